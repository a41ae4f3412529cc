//! A run on one target: fires blocks of cases and decides at the end of each what to shrink.

use std::sync::atomic::AtomicBool;

use super::batch::ToFire;
use super::decisions::Decisions;
use super::doubt::Firing;
use super::limits::Limits;
use super::order::Scheduled;
use super::plan::Plan;
use super::prober::Prober;
use super::read_only::run_read_only;
use super::rotation::Rotation;
use super::sample::Sample;
use super::sink::{CaseOutcome, Event, Sink};
use super::state::RunState;
use super::summary::Summary;
use crate::error::{Error, Input};
use crate::exchange::{Budget, RequestsByPurpose};
use crate::render::Case;
use crate::transport::{Target, side_by_side};

/// Number of cases fired between two decisions.
const BLOCK: usize = 128;
/// The most threads on which a block is rendered.
const RENDERING: usize = 2;
/// Cases that need more content than this come last: what the others need is pushed by then.
const HEAVY: usize = 64;

/// Runs the plan on one target and reports to `sink` as it goes. Setting `stop` ends the run soon; what was found so far is
/// still reported. The same plan on the same target reports the same findings, whatever the number of jobs.
///
/// A target lost during the run is not an error: see [`Summary::lost`].
///
/// # Errors
///
/// [`Error::Trouble`] if the target is not a registry or its capabilities cannot be probed, and any error that the sink
/// returns.
///
/// # Examples
///
/// ```
/// use std::sync::atomic::AtomicBool;
///
/// use manifuzz::engine::{Event, MinimalFinding, Plan, Schedule, Sink, run};
/// use manifuzz::error::Error;
/// use manifuzz::registry::{Params, Profile};
/// use manifuzz::transport::{Opening, Target, embedded};
///
/// #[derive(Default)]
/// struct Findings(Vec<MinimalFinding>);
///
/// impl Sink for Findings {
///     fn take(&mut self, _: &dyn Target, event: Event<'_>) -> Result<(), Error> {
///         if let Event::Found(finding) = event {
///             self.0.push(finding.clone());
///         }
///         Ok(())
///     }
/// }
///
/// // A registry that answers 202 instead of 201 to every push.
/// let profile = Profile::clean().plant("push-answers-202", Params::default())?;
/// let target = embedded(&profile, &Opening { nonce: "run1".to_owned(), ..Opening::default() });
/// let plan = Plan { order: Schedule { count: Some(100), ..Schedule::default() }, ..Plan::default() };
///
/// let mut findings = Findings::default();
/// let summary = run(target.as_ref(), &plan, &AtomicBool::new(false), &mut findings)?;
/// assert!(summary.judged > 0 && summary.lost.is_none());
/// assert!(findings.0.iter().any(|found| found.finding.symptom.class.as_str() == "wrong-status"));
/// # Ok::<(), Error>(())
/// ```
pub fn run(target: &dyn Target, plan: &Plan, stop: &AtomicBool, sink: &mut dyn Sink) -> Result<Summary, Error> {
    if plan.read_only {
        return run_read_only(target, plan, stop, sink);
    }
    let sent_before = plan.resume.as_ref().map_or(0, RunState::requests);
    let requests = plan.budget.requests.map(|most| most.saturating_sub(sent_before));
    let limits = Limits::new(stop, plan.time).with_budget(target, Budget { requests, ..plan.budget });
    let prober = Prober::new(target, plan.versions, plan.depth)?.waiting(plan.restart_wait);
    let lacking = prober.capabilities.lacking();
    let size = plan.order.size(&|| limits.are_over());
    let planned = size.map_or(0, |size| size.cases);
    sink.take(target, Event::Target { name: target.name(), lacking, cases: planned })?;
    let mut loop_state = Loop {
        decisions: Decisions::new(&prober, plan, limits),
        // What another shard's draws are asked is not known, so a shard asks its draws everything.
        sample: Sample::new(plan.order.seed, size.filter(|_| plan.order.shard.is_none()).map(|size| size.drawn)),
        rotation: Rotation::default(),
        prober: &prober,
        plan,
        limits,
        heavy: Vec::new(),
        planned,
        taken: 0,
        done: 0,
    };
    if let Some(state) = &plan.resume {
        loop_state = loop_state.continued(state).ok_or_else(|| {
            let what = format!("cannot continue the run on {}", target.name());
            Input::value(what, "its state is not that of this version", "start it again without it")
        })?;
        target.acknowledge(&state.acknowledged);
        sink.take(target, Event::Block { done: loop_state.done, cases: planned })?;
    }
    let over = || limits.end_firing();
    let mut cases = plan.order.cases_until(&over).skip(loop_state.taken);
    while !loop_state.is_over() {
        let drawn: Vec<Scheduled> = cases.by_ref().take(BLOCK).collect();
        if drawn.is_empty() {
            // A filter can leave fewer cases than were planned.
            loop_state.planned = loop_state.done + loop_state.heavy.len();
            break;
        }
        let (later, block) = loop_state.rendered(&drawn).into_iter().partition(is_heavy);
        loop_state.heavy.extend::<Vec<ToFire>>(later);
        loop_state.taken += drawn.len();
        loop_state.fire(block, sink)?;
    }
    while !loop_state.is_over() && !loop_state.heavy.is_empty() {
        let rest = loop_state.heavy.split_off(loop_state.heavy.len().min(BLOCK));
        let block = std::mem::replace(&mut loop_state.heavy, rest);
        loop_state.fire(block, sink)?;
    }
    let fired = loop_state.done + loop_state.heavy.len();
    let planned = loop_state.planned.max(fired);
    loop_state.decisions.conclude(sink)?;
    let (contradictions, requests) = (loop_state.contradictions(), loop_state.requests());
    let done = loop_state.done;
    let mut summary = loop_state.decisions.summary;
    summary.tally.point(done);
    summary.not_asked = planned - summary.judged - summary.unsupported - summary.trouble;
    summary.bases.not_asked = plan.order.bases() - summary.bases.asked();
    summary.contradictions = contradictions;
    summary.requests = requests;
    summary.stopped = summary.lost.is_none() && over();
    Ok(summary)
}

/// Whether a case needs so much content that it is fired after all others.
fn is_heavy(case: &ToFire) -> bool {
    case.case.exchange.needs.len() > HEAVY
}

/// The state of a run between blocks.
struct Loop<'a, 't> {
    prober: &'a Prober<'t>,
    plan: &'a Plan,
    limits: Limits<'a>,
    decisions: Decisions<'a, 't>,
    sample: Sample,
    rotation: Rotation,
    /// Cases that come last.
    heavy: Vec<ToFire>,
    planned: usize,
    /// Cases taken from the schedule.
    taken: usize,
    /// Cases fired.
    done: usize,
}

impl Loop<'_, '_> {
    fn is_over(&self) -> bool {
        self.limits.end_firing() || self.decisions.has_lost_the_target()
    }

    /// The cases of a block, with the questions that each is asked.
    fn rendered(&self, block: &[Scheduled]) -> Vec<ToFire> {
        let all = self.prober.usual().questions;
        // Rendering is quick; more threads than this take more time to start than they save.
        side_by_side(block.len(), self.plan.jobs.min(RENDERING), |i| {
            let Scheduled { shape, is_drawn } = &block[i];
            let questions = if *is_drawn { self.sample.questions(shape, all) } else { all };
            ToFire { case: Case::of(shape.clone()), questions, is_drawn: *is_drawn }
        })
    }

    /// Fires a block and decides what to hunt.
    fn fire(&mut self, block: Vec<ToFire>, sink: &mut dyn Sink) -> Result<(), Error> {
        let (prober, jobs, limits) = (self.prober, self.plan.jobs, self.limits);
        let firing =
            Firing { prober, options: prober.usual(), jobs, limits, known: self.decisions.known(), sought: None };
        let believed = firing.fire(&block, &|| limits.end_firing(), sink)?;
        let is_whole = believed.outcomes.iter().all(Option::is_some);
        for (fired, outcome) in block.iter().zip(&believed.outcomes) {
            self.rotation.count(outcome.as_ref());
            if fired.is_drawn {
                self.sample.count(fired.questions, outcome.as_ref());
            }
        }
        let cases: Vec<CaseOutcome<'_>> = (block.iter().zip(&believed.outcomes))
            .filter_map(|(ToFire { case, is_drawn, .. }, outcome)| {
                Some(CaseOutcome { shape: &case.shape, is_drawn: *is_drawn, outcome: outcome.as_ref()? })
            })
            .collect();
        sink.take(prober.target(), Event::Cases(&cases))?;
        self.decisions.settle(&block, believed, sink)?;
        prober.end_block();
        if prober.capabilities.fresh_repositories && self.rotation.is_due() {
            prober.target().rotate();
            self.rotation = Rotation::default();
        }
        if let Err(trouble) = prober.target().reset() {
            sink.take(prober.target(), Event::Trouble(&trouble))?;
        }
        self.done += block.len();
        self.decisions.summary.tally.point(self.done);
        let is_evaluated = is_whole && !limits.are_over() && !self.decisions.has_lost_the_target();
        if is_evaluated {
            self.decisions.summary.whole = self.done;
        }
        sink.take(prober.target(), Event::Block { done: self.done, cases: self.planned.max(self.done) })?;
        if is_evaluated && sink.keeps_states() {
            sink.take(prober.target(), Event::State(&self.state()))?;
        }
        Ok(())
    }

    /// The state after a whole block.
    fn state(&self) -> RunState {
        let RequestsByPurpose { cases, repetitions, hunts, uploads, others } = self.requests();
        RunState {
            taken: self.taken,
            done: self.done,
            heavy: self.heavy.iter().map(ToFire::store).collect(),
            sample: self.sample.store(),
            rotation: self.rotation.store(),
            decisions: self.decisions.store(),
            requests: [cases, repetitions, hunts, uploads, others],
            contradictions: self.contradictions(),
            acknowledged: self.prober.target().acknowledged(),
        }
    }

    /// Continues from the state of an earlier run; `None` if this version cannot read it.
    fn continued(self, state: &RunState) -> Option<Self> {
        Some(Self {
            decisions: self.decisions.restore(&state.decisions)?,
            sample: Sample::restore(self.plan.order.seed, &state.sample)?,
            rotation: Rotation::restore(state.rotation),
            heavy: state.heavy.iter().map(ToFire::restore).collect::<Option<_>>()?,
            taken: state.taken,
            done: state.done,
            ..self
        })
    }

    /// The requests so far, with those of the run that this one continues.
    fn requests(&self) -> RequestsByPurpose {
        let [cases, repetitions, hunts, uploads, others] =
            self.plan.resume.as_ref().map_or([0; 5], |state| state.requests);
        let now = self.prober.counts();
        RequestsByPurpose {
            cases: cases + now.cases,
            repetitions: repetitions + now.repetitions,
            hunts: hunts + now.hunts,
            uploads: uploads + now.uploads,
            others: others + now.others,
        }
    }

    /// As [`Prober::contradictions`], with those of the run that this one continues.
    fn contradictions(&self) -> Vec<String> {
        let mut all = self.prober.contradictions();
        all.extend(self.plan.resume.iter().flat_map(|state| &state.contradictions).cloned());
        all.sort_unstable();
        all.dedup();
        all
    }
}

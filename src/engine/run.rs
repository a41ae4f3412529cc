//! A run on one target: fires blocks of cases and decides at the end of each what to shrink.

use std::sync::atomic::AtomicBool;

use super::decisions::Decisions;
use super::doubt::Firing;
use super::limits::Limits;
use super::plan::Plan;
use super::prober::Prober;
use super::sink::{Event, Sink};
use super::summary::Summary;
use crate::error::Error;
use crate::render::Case;
use crate::transport::Target;

/// Number of cases fired between two decisions.
const BLOCK: usize = 64;

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
    let limits = Limits::new(stop, plan.time);
    let prober = Prober::new(target, plan.versions, plan.depth)?.waiting(plan.restart_wait);
    let lacking = prober.capabilities.lacking();
    // The number of rows of a covering array is only known once it is built, during the run.
    let planned =
        if plan.order.cover.is_none() { plan.order.cases().take_while(|_| !limits.are_over()).count() } else { 0 };
    sink.take(target, Event::Target { name: target.name(), lacking, cases: planned })?;
    let mut decisions = Decisions::new(&prober, plan, limits);
    let over = || limits.end_firing();
    let mut cases = plan.order.cases_until(&over);
    let mut done = 0;
    while !over() && !decisions.has_lost_the_target() {
        let block: Vec<Case> = cases.by_ref().take(BLOCK).map(|shape| prober.case(&shape)).collect();
        if block.is_empty() {
            break;
        }
        let (options, jobs) = (prober.usual(), plan.jobs);
        let firing = Firing { prober: &prober, options, jobs, limits, known: decisions.known(), sought: None };
        let believed = firing.fire(&block, &over, sink)?;
        let is_whole = believed.outcomes.iter().all(Option::is_some);
        decisions.settle(&block, believed, sink)?;
        prober.end_block();
        done += block.len();
        if is_whole && !limits.are_over() {
            decisions.summary.whole = done;
        }
        sink.take(target, Event::Block { done, cases: planned.max(done) })?;
    }
    decisions.conclude(sink)?;
    let mut summary = decisions.summary;
    summary.not_asked = planned.max(done) - summary.judged - summary.unsupported - summary.trouble;
    summary.contradictions = prober.contradictions();
    summary.requests = target.requests();
    summary.stopped = summary.lost.is_none() && over();
    Ok(summary)
}

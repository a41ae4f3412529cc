//! A whole run: blocks of cases, decisions at their ends, hunts, rows.

use std::sync::atomic::{AtomicBool, Ordering};

use super::batch::fire_all;
use super::hunt::{Found, Hunt, Hunted};
use super::order::Order;
use super::prober::{Outcome, Prober};
use crate::compare::{Grade, Symptom};
use crate::error::{Error, Trouble};
use crate::exchange::Depth;
use crate::generate::Covered;
use crate::shape::Shape;
use crate::spec::Versions;
use crate::target::Target;

/// How many cases are fired between two decisions.
const BLOCK: usize = 64;

/// What a run does.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Which cases, in what order.
    pub order: Order,
    /// What cases are judged by.
    pub versions: Versions,
    /// How far is read back.
    pub depth: Depth,
    /// How many cases are in flight at most.
    pub jobs: usize,
    /// Whether findings are shrunk.
    pub shrink: bool,
}

/// What happens in a run, in order.
#[derive(Debug)]
pub enum Event<'e> {
    /// A target's capabilities were probed.
    Target {
        /// Its name.
        name: &'e str,
        /// What it lacks: not judged, never a finding.
        lacking: Vec<&'static str>,
        /// How many cases will be fired.
        cases: usize,
    },
    /// A block of cases was fired.
    Block {
        /// How many cases so far.
        done: usize,
        /// Of how many.
        cases: usize,
    },
    /// A finding was reproduced and shrunk.
    Found(&'e Found),
    /// Something went wrong with the target, or a finding did not come again.
    Warning(String),
}

/// What takes a run's events.
pub trait Sink {
    /// Takes one event. An error ends the run.
    fn take(&mut self, target: &dyn Target, event: Event<'_>) -> Result<(), Error>;
}

/// What came of a run on one target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Cases that could be judged.
    pub judged: usize,
    /// Cases that need what the target lacks.
    pub unsupported: usize,
    /// Cases that the target could not be asked.
    pub trouble: usize,
    /// Findings that did not come again.
    pub not_reproduced: usize,
    /// Findings handed to the sink.
    pub found: usize,
    /// Requests sent.
    pub requests: u64,
    /// What the shapes that were judged cover.
    pub covered: Covered,
    /// The run was stopped before its end.
    pub stopped: bool,
    /// How many cases the whole blocks hold that were decided on.
    pub whole: usize,
}

struct State<'a, 't> {
    hunt: Hunt<'a, 't>,
    summary: Summary,
    smallest: Vec<(Symptom, Shape)>,
    notes: Vec<(Shape, Symptom)>,
}

/// Runs the plan on one target. `stop` ends it soon, with what was found so far.
pub fn run(target: &dyn Target, plan: &Plan, stop: &AtomicBool, sink: &mut dyn Sink) -> Result<Summary, Error> {
    let prober = Prober::new(target, plan.versions, plan.depth)?;
    let all: Vec<Shape> = plan.order.cases_until(&|| stop.load(Ordering::Relaxed)).collect();
    let lacking = prober.capabilities.lacking();
    sink.take(target, Event::Target { name: target.name(), lacking, cases: all.len() })?;
    let hunt = Hunt { prober: &prober, jobs: plan.jobs, shrink: plan.shrink, stop };
    let mut state = State { hunt, summary: Summary::default(), smallest: Vec::new(), notes: Vec::new() };
    let mut done = 0;
    for block in all.chunks(BLOCK) {
        let fired = fire_all(&prober, block, prober.usual(), plan.jobs, stop);
        if stop.load(Ordering::Relaxed) {
            break;
        }
        for (shape, fired) in block.iter().zip(fired) {
            let Some(fired) = fired else { continue };
            state.settle(target, shape, fired.outcome, fired.killed_target, sink)?;
        }
        done += block.len();
        if done <= BLOCK && state.summary.judged == 0 {
            return Err(untestable(target).into());
        }
        sink.take(target, Event::Block { done, cases: all.len() })?;
    }
    // Notes last: they hold no verdict, and a run that is cut short should have what does.
    for (shape, symptom) in std::mem::take(&mut state.notes) {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        state.hunt_down(target, &shape, &symptom, sink)?;
    }
    let mut summary = state.summary;
    summary.requests = target.requests();
    summary.stopped = stop.load(Ordering::Relaxed);
    summary.whole = done;
    Ok(summary)
}

impl State<'_, '_> {
    /// Decides on one case of a block, in case order.
    fn settle(
        &mut self,
        target: &dyn Target,
        shape: &Shape,
        outcome: Outcome,
        killed_target: bool,
        sink: &mut dyn Sink,
    ) -> Result<(), Error> {
        let findings = match outcome {
            Outcome::Judged { findings, .. } => findings,
            Outcome::Unsupported => {
                self.summary.unsupported += 1;
                return Ok(());
            }
            Outcome::Trouble(trouble) => {
                self.summary.trouble += 1;
                return sink.take(target, Event::Warning(trouble.to_string()));
            }
        };
        self.summary.judged += 1;
        self.summary.covered.add(shape);
        if killed_target {
            for finding in findings {
                let (shape, from) = (shape.clone(), shape.clone());
                let mut found = Found { shape, finding, witness: None, from, reproduced: 0, probes: 1 };
                found.finding.note.push_str("; the target does not answer the base any more");
                sink.take(target, Event::Found(&found))?;
                self.summary.found += 1;
            }
            return Err(untestable(target).into());
        }
        for finding in findings {
            if finding.grade == Grade::Note {
                self.notes.push((shape.clone(), finding.symptom));
            } else {
                self.hunt_down(target, shape, &finding.symptom, sink)?;
            }
        }
        Ok(())
    }

    fn hunt_down(
        &mut self,
        target: &dyn Target,
        shape: &Shape,
        symptom: &Symptom,
        sink: &mut dyn Sink,
    ) -> Result<(), Error> {
        let is_known = |(known, smallest): &(Symptom, Shape)| known == symptom && shape.contains(smallest);
        if self.smallest.iter().any(is_known) {
            return Ok(());
        }
        match self.hunt.down(shape, symptom) {
            Hunted::Found(found) => {
                self.smallest.push((symptom.clone(), found.shape.clone()));
                self.summary.found += 1;
                sink.take(target, Event::Found(&found))
            }
            Hunted::Explained(smallest) => {
                self.smallest.push((symptom.clone(), smallest));
                Ok(())
            }
            // A suspicion that rests on what the repository held before is expected to go away.
            Hunted::Gone if symptom.depends_on_state() => Ok(()),
            Hunted::Gone => {
                self.summary.not_reproduced += 1;
                sink.take(target, Event::Warning(format!("{symptom} was seen on {shape}, but did not come again")))
            }
        }
    }
}

fn untestable(target: &dyn Target) -> Trouble {
    Trouble {
        attempted: "pushing the base of each kind".to_owned(),
        host: target.name().to_owned(),
        cause: "none of the answers can be judged".to_owned(),
        advice: "look at the warnings above; check address, repository and credentials".to_owned(),
    }
}

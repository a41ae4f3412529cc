//! The events of a run, and the trait that receives them.

use std::time::Duration;

use super::minimal::MinimalFinding;
use super::outcome::Outcome;
use super::state::RunState;
use crate::compare::Symptom;
use crate::error::{Error, Trouble};
use crate::exchange::Lack;
use crate::shape::Shape;
use crate::transport::Target;

/// The outcome of a case of a run.
#[derive(Clone, Copy, Debug)]
pub struct CaseOutcome<'e> {
    /// The shape.
    pub shape: &'e Shape,
    /// Whether it was drawn, so that it depends on the seed.
    pub is_drawn: bool,
    /// The outcome.
    pub outcome: &'e Outcome,
}

/// An event of a run.
#[derive(Debug)]
pub enum Event<'e> {
    /// The target's capabilities were probed. Always the first event.
    Target {
        /// The target's name.
        name: &'e str,
        /// The capabilities it lacks. They are not judged and are never findings.
        lacking: Vec<Lack>,
        /// The number of cases planned; 0 if not known yet.
        cases: usize,
    },
    /// The outcomes of a block, in the order of its cases, without those that were not completed.
    Cases(&'e [CaseOutcome<'e>]),
    /// A block of cases was fired.
    Block {
        /// The number of cases fired so far.
        done: usize,
        /// The number of cases planned.
        cases: usize,
    },
    /// After a block that was evaluated completely: from here a later run can continue. Only if the sink
    /// [keeps states](Sink::keeps_states).
    State(&'e RunState),
    /// A finding that was reproduced and shrunk, or one that could not be confirmed (`reproduced` 0).
    Found(&'e MinimalFinding),
    /// At the end: findings that were neither confirmed nor shrunk because the run ended.
    Unshrunk(&'e [MinimalFinding]),
    /// While shrinking: a smaller case shows the same symptom.
    Smaller {
        /// The symptom.
        symptom: &'e Symptom,
        /// The smallest case so far.
        shape: &'e Shape,
        /// The number of candidates tried so far.
        probes: usize,
    },
    /// A case could not be judged.
    Trouble(&'e Trouble),
    /// The target no longer accepts the base case; the run waits for it to recover.
    Waiting {
        /// Whether it answers, with a 5xx.
        failing: bool,
        /// The maximum wait.
        most: Duration,
    },
    /// The target was given up before the end of the run, for this reason.
    Lost(&'e str),
}

/// Receives the events of a run, in order. See [`run`](super::run()) for an example.
///
/// Hunts run side by side, so events of the kind [`Event::Smaller`] and [`Event::Waiting`] come from several threads, one after
/// the other.
pub trait Sink: Send {
    /// Handles one event.
    ///
    /// # Errors
    ///
    /// An error ends the run, which returns it.
    fn take(&mut self, target: &dyn Target, event: Event<'_>) -> Result<(), Error>;

    /// Whether it takes [`Event::State`].
    fn keeps_states(&self) -> bool {
        false
    }
}

/// Ignores all events.
#[derive(Clone, Copy, Debug)]
pub struct Silent;

impl Sink for Silent {
    fn take(&mut self, _: &dyn Target, _: Event<'_>) -> Result<(), Error> {
        Ok(())
    }
}

//! What happens in a run, and who is told.

use std::time::Duration;

use super::hunt::MinimalFinding;
use crate::compare::Symptom;
use crate::error::{Error, Trouble};
use crate::exchange::Lack;
use crate::shape::Shape;
use crate::transport::Target;

/// What happens in a run, in order.
#[derive(Debug)]
pub enum Event<'e> {
    /// A target's capabilities were probed.
    Target {
        /// Its name.
        name: &'e str,
        /// What it lacks: not judged, never a finding.
        lacking: Vec<Lack>,
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
    /// A finding was reproduced and shrunk, or is a suspicion that nothing could confirm.
    MinimalFinding(&'e MinimalFinding),
    /// At the end: the findings that were seen and neither confirmed nor shrunk, because the run ended.
    Unshrunk(&'e [MinimalFinding]),
    /// While a finding is shrunk: a smaller case shows it as well.
    Smaller {
        /// What it shows.
        symptom: &'e Symptom,
        /// The smallest case so far.
        shape: &'e Shape,
        /// How many cases were asked for.
        probes: usize,
    },
    /// A case could not be judged.
    Trouble(&'e Trouble),
    /// The target does not answer the base as before, and is waited for.
    Waiting {
        /// It answers, but with a 5xx.
        failing: bool,
        /// How long at most.
        most: Duration,
    },
    /// The target was given up before the end of the run.
    Lost(&'e str),
}

/// What takes a run's events.
pub trait Sink {
    /// Takes one event. An error ends the run.
    fn take(&mut self, target: &dyn Target, event: Event<'_>) -> Result<(), Error>;
}

/// Takes events and does nothing with them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Silent;

impl Sink for Silent {
    fn take(&mut self, _: &dyn Target, _: Event<'_>) -> Result<(), Error> {
        Ok(())
    }
}

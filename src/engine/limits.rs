//! The limits of a run: the caller's stop flag, the time limit and the budget.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::exchange::Budget;
use crate::transport::Target;

/// The stop flag, the deadlines and the budget of a run on one target.
#[derive(Clone, Copy)]
pub(super) struct Limits<'a> {
    stop: &'a AtomicBool,
    /// No new case is fired after this.
    fire_until: Option<Instant>,
    end: Option<Instant>,
    /// The target, and how much may be sent to it.
    budget: Option<(&'a dyn Target, Budget)>,
}

impl<'a> Limits<'a> {
    /// Reserves the last quarter of `time` for shrinking.
    pub fn new(stop: &'a AtomicBool, time: Option<Duration>) -> Self {
        let now = Instant::now();
        let after = |time: Duration| now.checked_add(time);
        Self { stop, fire_until: time.and_then(|time| after(time * 3 / 4)), end: time.and_then(after), budget: None }
    }

    /// Ends the run also when so much was sent to the target.
    #[must_use]
    pub fn with_budget(self, target: &'a dyn Target, budget: Budget) -> Self {
        Self { budget: Some((target, budget)), ..self }
    }

    /// Whether no more requests may be sent.
    pub fn are_over(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
            || self.end.is_some_and(|end| Instant::now() >= end)
            || self.budget.is_some_and(|(target, budget)| budget.is_used_up_by(&target.spent()))
    }

    /// Whether no new case may be fired.
    pub fn end_firing(&self) -> bool {
        self.are_over() || self.fire_until.is_some_and(|until| Instant::now() >= until)
    }
}

impl std::fmt::Debug for Limits<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Limits").field("end", &self.end).finish_non_exhaustive()
    }
}

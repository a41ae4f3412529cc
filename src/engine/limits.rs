//! The limits of a run: the caller's stop flag, the time limit and the number of requests.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::transport::Target;

/// The stop flag, the deadlines and the number of requests of a run on one target.
#[derive(Clone, Copy)]
pub(super) struct Limits<'a> {
    stop: &'a AtomicBool,
    /// No new case is fired after this.
    fire_until: Option<Instant>,
    end: Option<Instant>,
    /// The target, and how many requests it may get.
    requests: Option<(&'a dyn Target, u64)>,
}

impl<'a> Limits<'a> {
    /// Reserves the last quarter of `time` for shrinking.
    pub fn new(stop: &'a AtomicBool, time: Option<Duration>) -> Self {
        let now = Instant::now();
        let after = |time: Duration| now.checked_add(time);
        Self { stop, fire_until: time.and_then(|time| after(time * 3 / 4)), end: time.and_then(after), requests: None }
    }

    /// Ends the run also when the target got this many requests.
    #[must_use]
    pub fn with_requests(self, target: &'a dyn Target, most: Option<u64>) -> Self {
        Self { requests: most.map(|most| (target, most)), ..self }
    }

    /// Whether no more requests may be sent.
    pub fn are_over(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
            || self.end.is_some_and(|end| Instant::now() >= end)
            || self.requests.is_some_and(|(target, most)| target.requests() >= most)
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

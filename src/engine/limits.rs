//! The limits of a run: the caller's stop flag and the time limit.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// The stop flag and the deadlines of a run on one target.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits<'a> {
    stop: &'a AtomicBool,
    /// No new case is fired after this.
    fire_until: Option<Instant>,
    end: Option<Instant>,
}

impl<'a> Limits<'a> {
    /// Reserves the last quarter of `time` for shrinking.
    pub fn new(stop: &'a AtomicBool, time: Option<Duration>) -> Self {
        let now = Instant::now();
        let after = |time: Duration| now.checked_add(time);
        Self { stop, fire_until: time.and_then(|time| after(time * 3 / 4)), end: time.and_then(after) }
    }

    /// Whether no more requests may be sent.
    pub fn are_over(&self) -> bool {
        self.stop.load(Ordering::Relaxed) || self.end.is_some_and(|end| Instant::now() >= end)
    }

    /// Whether no new case may be fired.
    pub fn end_firing(&self) -> bool {
        self.are_over() || self.fire_until.is_some_and(|until| Instant::now() >= until)
    }
}

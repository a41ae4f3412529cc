//! When a run has to end: because its caller says so, or because its time is up.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// The stop flag and the deadlines of a run on one target.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits<'a> {
    stop: &'a AtomicBool,
    /// No case is fired after this.
    fire_until: Option<Instant>,
    end: Option<Instant>,
}

impl<'a> Limits<'a> {
    /// Three quarters of `time` are for cases, the rest for shrinking what they showed.
    pub fn new(stop: &'a AtomicBool, time: Option<Duration>) -> Self {
        let now = Instant::now();
        let after = |time: Duration| now.checked_add(time);
        Self { stop, fire_until: time.and_then(|time| after(time * 3 / 4)), end: time.and_then(after) }
    }

    /// Whether nothing may be sent any more.
    pub fn are_over(&self) -> bool {
        self.stop.load(Ordering::Relaxed) || self.end.is_some_and(|end| Instant::now() >= end)
    }

    /// Whether no further case may be fired.
    pub fn end_firing(&self) -> bool {
        self.are_over() || self.fire_until.is_some_and(|until| Instant::now() >= until)
    }
}

//! The deadline of one attempt, and the flag that ends everything.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep, sleep_until};

use super::Failure;

/// How often the flag is looked at.
const LOOK: Duration = Duration::from_millis(50);

/// What bounds one attempt in time.
pub(super) struct AnswerLimits<'a> {
    until: Pin<Box<Sleep>>,
    stop: &'a AtomicBool,
}

impl<'a> AnswerLimits<'a> {
    /// `deadline` from now on.
    pub fn new(deadline: Duration, stop: &'a AtomicBool) -> Self {
        Self { until: Box::pin(sleep_until(Instant::now() + deadline)), stop }
    }

    /// Runs a part of the attempt, to its end or to that of the deadline.
    pub async fn run<R>(&mut self, part: impl Future<Output = R>) -> Result<R, Failure> {
        tokio::select! {
            done = part => Ok(done),
            () = &mut self.until => Err(Failure::Late),
            () = stopped(self.stop) => Err(Failure::Stopped),
        }
    }

    /// Adds time that was spent waiting for ourselves.
    pub fn extend(&mut self, by: Duration) {
        if by >= Duration::from_millis(1) {
            let until = self.until.deadline() + by;
            self.until.as_mut().reset(until);
        }
    }

    /// Whether the run is asked to stop.
    pub fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

async fn stopped(stop: &AtomicBool) {
    while !stop.load(Ordering::Relaxed) {
        sleep(LOOK).await;
    }
}

/// Sleeps on this thread, no longer than until the flag is set; whether it was not.
pub(super) fn rest(pause: Duration, stop: &AtomicBool) -> bool {
    let started = std::time::Instant::now();
    loop {
        if stop.load(Ordering::Relaxed) {
            return false;
        }
        let left = pause.saturating_sub(started.elapsed());
        if left.is_zero() {
            return true;
        }
        std::thread::sleep(left.min(LOOK));
    }
}

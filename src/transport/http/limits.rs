//! The deadline of one attempt, and the stop flag of the run.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep, sleep_until};

use super::failure::Failure;

/// How often the stop flag is polled.
const LOOK: Duration = Duration::from_millis(50);

/// The time limits of one attempt.
pub(super) struct AnswerLimits<'a> {
    until: Pin<Box<Sleep>>,
    stop: &'a AtomicBool,
}

impl<'a> AnswerLimits<'a> {
    /// Starts a deadline from now.
    pub fn new(deadline: Duration, stop: &'a AtomicBool) -> Self {
        Self { until: Box::pin(sleep_until(Instant::now() + deadline)), stop }
    }

    /// Runs a part of the attempt until it is done, the deadline passes or the run is stopped.
    pub async fn run<R>(&mut self, part: impl Future<Output = R>) -> Result<R, Failure> {
        tokio::select! {
            done = part => Ok(done),
            () = &mut self.until => Err(Failure::Late),
            () = stopped(self.stop) => Err(Failure::Stopped),
        }
    }

    /// Extends the deadline by time that was spent waiting on our side.
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

/// Sleeps on this thread until the pause is over or the stop flag is set. Returns false if it was stopped.
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

//! The deadline of one attempt, and the stop flag of the run.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep};

use super::failure::Failure;

/// How often the stop flag is polled.
const LOOK: Duration = Duration::from_millis(50);

/// The time limits of one attempt.
pub(super) struct AnswerLimits<'a> {
    /// Fires at the deadline, and before that at least every [`LOOK`]. It outlives the attempt, so most attempts set no timer.
    tick: Pin<&'a mut Sleep>,
    deadline: Instant,
    stop: &'a AtomicBool,
}

impl<'a> AnswerLimits<'a> {
    /// Starts a deadline from now.
    pub fn new(mut tick: Pin<&'a mut Sleep>, deadline: Duration, stop: &'a AtomicBool) -> Self {
        let deadline = Instant::now() + deadline;
        if tick.deadline() > deadline {
            tick.as_mut().reset(deadline);
        }
        Self { tick, deadline, stop }
    }

    /// Runs a part of the attempt until it is done, the deadline passes or the run is stopped.
    pub async fn run<R>(&mut self, part: impl Future<Output = R>) -> Result<R, Failure> {
        let mut part = pin!(part);
        poll_fn(|cx| match self.reached(cx) {
            Some(failure) => Poll::Ready(Err(failure)),
            None => part.as_mut().poll(cx).map(Ok),
        })
        .await
    }

    /// The limit that was reached. To be asked before a part is polled, whose endless bytes may take what the runtime allows a
    /// task to do at once.
    fn reached(&mut self, cx: &mut Context<'_>) -> Option<Failure> {
        loop {
            if self.is_stopped() {
                return Some(Failure::Stopped);
            }
            if self.tick.as_mut().poll(cx).is_pending() {
                return None;
            }
            let now = Instant::now();
            if now >= self.deadline {
                return Some(Failure::Late);
            }
            self.tick.as_mut().reset(self.deadline.min(now + LOOK));
        }
    }

    /// Extends the deadline by time that was spent waiting on our side.
    pub fn extend(&mut self, by: Duration) {
        self.deadline += by;
    }

    /// Whether the run is asked to stop.
    pub fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
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

//! INT, TERM and HUP: the first signal ends a command with its results, the second one immediately.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use super::{INTERRUPTED, tell};

/// Whether a command must end, and whether because of a signal.
#[derive(Clone, Debug, Default)]
pub(super) struct Interrupt {
    stop: Arc<AtomicBool>,
    signalled: Arc<AtomicBool>,
    /// Counts the time limits: only the last one holds.
    limits: Arc<AtomicUsize>,
}

impl Interrupt {
    /// Starts watching for signals.
    pub fn watch() -> Self {
        let interrupt = Self::default();
        let Self { stop, signalled, .. } = interrupt.clone();
        let handler = move || {
            if signalled.swap(true, Ordering::SeqCst) {
                std::process::exit(INTERRUPTED.into());
            }
            stop.store(true, Ordering::SeqCst);
        };
        if let Err(error) = ctrlc::set_handler(handler) {
            tell(format_args!("warning: cannot handle signals, so they end manifuzz without a summary: {error}"));
        }
        interrupt
    }

    /// Ends the command after this time, as a signal would, unless it [`resumes`](Self::resume) before.
    pub fn after(&self, time: Duration) {
        let Self { stop, limits, .. } = self.clone();
        let own = limits.fetch_add(1, Ordering::SeqCst) + 1;
        std::thread::spawn(move || {
            std::thread::sleep(time);
            if limits.load(Ordering::SeqCst) == own {
                stop.store(true, Ordering::SeqCst);
            }
        });
    }

    /// Goes on after the end of the time, to clean up. Returns false if a signal came.
    pub fn resume(&self) -> bool {
        self.limits.fetch_add(1, Ordering::SeqCst);
        self.stop.store(self.came(), Ordering::SeqCst);
        !self.came()
    }

    /// The flag that is set when the command must end.
    pub fn stop(&self) -> &Arc<AtomicBool> {
        &self.stop
    }

    /// Whether a signal came.
    pub fn came(&self) -> bool {
        self.signalled.load(Ordering::SeqCst)
    }
}

//! INT, TERM and HUP: the first one ends a command with its results, a second one at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::{INTERRUPTED, tell};

/// Whether a command has to end, and whether a signal is the reason.
#[derive(Clone, Debug, Default)]
pub(super) struct Interrupt {
    stop: Arc<AtomicBool>,
    signalled: Arc<AtomicBool>,
}

impl Interrupt {
    /// Watches for signals from now on.
    pub fn watch() -> Self {
        let interrupt = Self::default();
        let Self { stop, signalled } = interrupt.clone();
        let handler = move || {
            if signalled.swap(true, Ordering::SeqCst) {
                std::process::exit(INTERRUPTED.into());
            }
            stop.store(true, Ordering::SeqCst);
        };
        if let Err(error) = ctrlc::set_handler(handler) {
            tell(format_args!("warning: a signal will end this at once, without a summary: {error}"));
        }
        interrupt
    }

    /// Ends the command when `time` is over, as a signal would.
    pub fn after(&self, time: Duration) {
        let stop = Arc::clone(&self.stop);
        std::thread::spawn(move || {
            std::thread::sleep(time);
            stop.store(true, Ordering::SeqCst);
        });
    }

    /// The flag that says that the command has to end.
    pub fn stop(&self) -> &Arc<AtomicBool> {
        &self.stop
    }

    /// Whether a signal came.
    pub fn came(&self) -> bool {
        self.signalled.load(Ordering::SeqCst)
    }
}

//! Counts consecutive requests that timed out.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// How many consecutive requests may time out while the target is probed.
pub(super) const LIMIT: u32 = 3;

/// Counts consecutive timeouts while a target is probed, to give up on one that accepts connections but never answers.
#[derive(Debug, Default)]
pub(super) struct Hangs {
    pub counting: AtomicBool,
    pub in_a_row: AtomicU32,
}

impl Hangs {
    /// Starts or stops counting. What timed out just before counts as well.
    pub fn count(&self, counting: bool) {
        if !counting {
            self.in_a_row.store(0, Ordering::Relaxed);
        }
        self.counting.store(counting, Ordering::Relaxed);
    }
}

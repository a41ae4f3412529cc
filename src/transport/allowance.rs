//! Bounds the memory taken by the answers of cases in flight.
//!
//! Most answers are small. A case with large answers takes one of a fixed number of grants and keeps it until its answers are
//! dropped. A case holds at most one grant, so cases cannot deadlock; and the limit of a case does not depend on the other
//! cases, so answers are truncated at the same place regardless of concurrency.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use bytes::Bytes;

/// Memory a case may use without a grant, in bytes.
const FREE: usize = 1 << 20;
/// Memory a case may use in total, in bytes.
const CASE: usize = 8 << 20;
/// Number of grants. With eight jobs, answers take 32 MiB at most.
const GRANTS: usize = 3;

/// The grants of one target, shared by the allowances of its cases.
#[derive(Debug)]
pub struct Purse {
    left: Mutex<usize>,
    given_back: Condvar,
}

impl Default for Purse {
    fn default() -> Self {
        Self { left: Mutex::new(GRANTS), given_back: Condvar::new() }
    }
}

impl Purse {
    /// The allowance of one more case.
    pub fn allowance(self: &Arc<Self>) -> Allowance {
        Allowance { purse: Some(Arc::clone(self)), ..Allowance::default() }
    }

    fn left(&self) -> MutexGuard<'_, usize> {
        self.left.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Held by a case while its answers are in memory.
#[derive(Debug)]
struct Grant(Arc<Purse>);

impl Drop for Grant {
    fn drop(&mut self) {
        *self.0.left() += 1;
        self.0.given_back.notify_one();
    }
}

/// The memory that the answers of one case may take.
#[derive(Debug, Default)]
pub struct Allowance {
    taken: AtomicUsize,
    /// `None` if unbounded: the answers of an embedded registry are in this process anyway.
    purse: Option<Arc<Purse>>,
    grant: OnceLock<Arc<Grant>>,
}

/// The bytes of an answer with the grant they were read under.
struct Granted<B> {
    bytes: B,
    _grant: Arc<Grant>,
}

impl<B: AsRef<[u8]>> AsRef<[u8]> for Granted<B> {
    fn as_ref(&self) -> &[u8] {
        self.bytes.as_ref()
    }
}

impl Allowance {
    /// Reserves up to `length` more bytes and returns how many were granted. Blocks while no grant is available, until
    /// `is_stopped` returns true.
    pub fn take(&self, length: usize, is_stopped: impl Fn() -> bool) -> usize {
        let Some(purse) = &self.purse else { return length };
        let taken = self.taken.load(Ordering::Relaxed);
        let granted = length.min(CASE.saturating_sub(taken));
        if taken + granted > FREE && self.grant.get().is_none() {
            let mut left = purse.left();
            while *left == 0 {
                if is_stopped() {
                    return 0;
                }
                let waited = purse.given_back.wait_timeout(left, Duration::from_millis(50));
                left = waited.map_or_else(|error| error.into_inner().0, |(left, _)| left);
            }
            *left -= 1;
            let _ = self.grant.set(Arc::new(Grant(Arc::clone(purse))));
        }
        self.taken.store(taken + granted, Ordering::Relaxed);
        granted
    }

    /// Wraps the bytes so that they keep the case's grant, if it has one.
    pub fn hold(&self, bytes: impl AsRef<[u8]> + Send + 'static) -> Bytes {
        match self.grant.get() {
            Some(grant) => Bytes::from_owner(Granted { bytes, _grant: Arc::clone(grant) }),
            None => Bytes::from_owner(bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_gets_so_much_and_no_more_whatever_others_take() {
        let purse = Arc::new(Purse::default());
        let take = |allowance: &Allowance, length| allowance.take(length, || true);
        let cases: Vec<Allowance> = (0..GRANTS).map(|_| purse.allowance()).collect();
        let held: Vec<Bytes> = cases
            .iter()
            .map(|case| {
                assert_eq!((take(case, CASE + 1), take(case, 1)), (CASE, 0));
                case.hold(vec![0; 10])
            })
            .collect();
        let last = purse.allowance();
        assert_eq!((take(&last, FREE), take(&last, 1)), (FREE, 0), "no grant is left");
        drop(cases);
        assert_eq!(take(&last, 1), 0, "the answers are still there");
        drop(held);
        assert_eq!(take(&last, 1), 1);
        assert_eq!(Allowance::default().take(usize::MAX, || true), usize::MAX);
    }
}

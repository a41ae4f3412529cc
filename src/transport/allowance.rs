//! How much memory the answers of the cases in flight may take.
//!
//! A few answers are small. A case whose answers are not takes a grant, of which there are only so many, and keeps it until
//! its answers are dropped. A case waits for its grant while it holds none, so that no two wait for each other; and what one
//! case may take does not depend on the others, so that the same answers are cut at the same place however many are in
//! flight.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use bytes::Bytes;

/// What a case may take without a grant, in bytes.
const FREE: usize = 1 << 20;
/// What a case may take in all, in bytes.
const CASE: usize = 8 << 20;
/// How many cases have a grant at once. With eight jobs, answers take 32 MiB at most.
const GRANTS: usize = 3;

/// The grants of one target: where a transport that reads answers off a wire gets its allowances from.
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
    /// What the answers of one more case may take.
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

/// What the answers of one case may take in memory.
#[derive(Debug, Default)]
pub struct Allowance {
    taken: AtomicUsize,
    /// `None` where nothing is bounded: the answers of an embedded registry are in this process anyway.
    purse: Option<Arc<Purse>>,
    grant: OnceLock<Arc<Grant>>,
}

/// The bytes of an answer, and the grant that they were read under.
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
    /// Takes up to `length` more bytes; how many. Waits for a grant if the case needs one, until `is_stopped`.
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

    /// The bytes, with the grant if the case has one.
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

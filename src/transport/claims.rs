//! Content that is being pushed. Cases in flight need the same blobs, most of all just after a run has moved on to another
//! repository; the first pushes each, and the others wait. That saves requests, and registries that write the same file twice
//! at once answer reads of it wrongly for a moment.

use std::collections::HashSet;
use std::sync::{Condvar, Mutex, PoisonError};

/// What is being pushed, by repository and digest.
#[derive(Debug, Default)]
pub(super) struct Claims {
    taken: Mutex<HashSet<String>>,
    given_back: Condvar,
}

/// The right to push something.
#[derive(Debug)]
pub(super) struct Claim<'c> {
    claims: &'c Claims,
    what: String,
}

impl Claims {
    /// Waits until nothing else pushes this. A thread must not hold another claim, so that none waits for itself.
    pub fn take(&self, what: String) -> Claim<'_> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        while taken.contains(&what) {
            taken = self.given_back.wait(taken).unwrap_or_else(PoisonError::into_inner);
        }
        taken.insert(what.clone());
        Claim { claims: self, what }
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        self.claims.taken.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.what);
        self.claims.given_back.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn one_at_a_time_pushes_the_same_and_others_do_not_wait() {
        let (claims, now, most) = (Claims::default(), AtomicUsize::new(0), AtomicUsize::new(0));
        let held = claims.take("other".to_owned());
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let _claim = claims.take("same".to_owned());
                    most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    std::thread::yield_now();
                    now.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        drop(held);
        assert_eq!((most.load(Ordering::SeqCst), claims.taken.lock().expect("not poisoned").len()), (1, 0));
    }
}

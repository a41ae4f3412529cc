//! Does independent things on several threads, with results in order.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// Does `act` for each index below `count`, on at most `jobs` threads, and returns the results in order. Indexes are
/// started in order. With one job, everything happens on this thread.
pub fn side_by_side<R: Send>(count: usize, jobs: usize, act: impl Fn(usize) -> R + Sync) -> Vec<R> {
    let jobs = jobs.min(count);
    if jobs <= 1 {
        return (0..count).map(act).collect();
    }
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<Option<R>>> = Mutex::new((0..count).map(|_| None).collect());
    let work = || {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= count {
                break;
            }
            let result = act(at);
            done.lock().unwrap_or_else(PoisonError::into_inner)[at] = Some(result);
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..jobs {
            scope.spawn(work);
        }
        work();
    });
    done.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_in_order_whatever_the_number_of_jobs() {
        for jobs in [0, 1, 2, 9] {
            assert_eq!(side_by_side(20, jobs, |at| at * at), (0..20).map(|at| at * at).collect::<Vec<_>>());
            assert!(side_by_side(0, jobs, |at| at).is_empty());
        }
    }
}

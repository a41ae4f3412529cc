//! Fires cases on several threads. Cases that share a body never overlap, and firing pauses when the target may be down.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use super::outcome::Outcome;
use super::outcome::TROUBLES;
use super::prober::{FireOptions, Prober};
use crate::render::Case;

/// The outcome of a case, and when it was in flight.
#[derive(Clone, Debug)]
pub(super) struct Shot {
    pub outcome: Outcome,
    start: u64,
    end: u64,
}

impl Shot {
    /// Whether both were in flight at the same time.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.start <= other.end && other.start <= self.end
    }

    /// Whether this one ended after the other.
    pub fn ended_after(&self, other: &Self) -> bool {
        self.end > other.end
    }
}

/// The shot that ended first.
pub(super) fn first_to_end<'s>(shots: impl Iterator<Item = &'s Shot>) -> Option<&'s Shot> {
    shots.min_by_key(|shot| shot.end)
}

/// Fires the cases and returns their outcomes in order. `None` for cases not fired: because `over` returned true, because the
/// target may be down, or because too many cases in a row were in trouble.
pub(super) fn fire_all(
    prober: &Prober<'_>,
    cases: &[&Case],
    options: FireOptions,
    jobs: usize,
    over: &(dyn Fn() -> bool + Sync),
) -> Vec<Option<Shot>> {
    let groups = groups(cases);
    let clock = AtomicU64::new(0);
    let next = AtomicUsize::new(0);
    let (held_back, in_trouble) = (AtomicBool::new(false), AtomicUsize::new(0));
    let shots: Mutex<Vec<Option<Shot>>> = Mutex::new(vec![None; cases.len()]);
    std::thread::scope(|scope| {
        for _ in 0..jobs.clamp(1, groups.len().max(1)) {
            scope.spawn(|| {
                while let Some(group) = groups.get(next.fetch_add(1, Ordering::Relaxed)) {
                    for i in group {
                        if held_back.load(Ordering::SeqCst) || over() {
                            return;
                        }
                        let start = clock.fetch_add(1, Ordering::SeqCst);
                        let outcome = prober.fire(cases[*i], options);
                        let is_trouble = matches!(outcome, Outcome::Trouble(_));
                        let troubles = if is_trouble {
                            in_trouble.fetch_add(1, Ordering::SeqCst) + 1
                        } else {
                            in_trouble.swap(0, Ordering::SeqCst)
                        };
                        if outcome.may_be_down() || is_trouble && troubles >= TROUBLES {
                            held_back.store(true, Ordering::SeqCst);
                        }
                        let end = clock.fetch_add(1, Ordering::SeqCst);
                        let shot = Shot { outcome, start, end };
                        shots.lock().unwrap_or_else(PoisonError::into_inner)[*i] = Some(shot);
                    }
                }
            });
        }
    });
    let shots = shots.into_inner().unwrap_or_else(PoisonError::into_inner);
    // Cases interrupted by the end of the run have no outcome.
    shots.into_iter().map(|shot| shot.filter(|shot| !shot.outcome.is_interrupted())).collect()
}

/// Groups cases that share a body or a subject, in case order: concurrent ones would observe each other's effects.
fn groups(cases: &[&Case]) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut by_body = HashMap::new();
    for (i, case) in cases.iter().enumerate() {
        let group = *by_body.entry(case.contended()).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[group].push(i);
    }
    groups
}

//! Fires many cases on several threads, so that no two that share a body overlap, and repeats alone whatever
//! was in flight beside a failure.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use super::prober::{Manner, Outcome, Prober, is_doubtful};
use crate::error::{Trouble, TroubleKind};
use crate::render::Case;

/// What came of a case in a batch.
#[derive(Clone, Debug)]
pub(super) struct Fired {
    pub outcome: Outcome,
    /// The target did not answer the base after this case, and did before.
    pub killed_target: bool,
}

/// Fires the cases and gives their outcomes in their order; `None` for those that `stop` came before.
pub(super) fn fire_all(
    prober: &Prober<'_>,
    cases: &[Case],
    manner: Manner,
    jobs: usize,
    stop: &AtomicBool,
) -> Vec<Option<Fired>> {
    let groups = groups(cases);
    let clock = AtomicU64::new(0);
    let next = AtomicUsize::new(0);
    let results: Mutex<Vec<Option<(Outcome, u64, u64)>>> = Mutex::new(vec![None; cases.len()]);
    std::thread::scope(|scope| {
        for _ in 0..jobs.clamp(1, groups.len().max(1)) {
            scope.spawn(|| {
                while let Some(group) = groups.get(next.fetch_add(1, Ordering::Relaxed)) {
                    for i in group {
                        if stop.load(Ordering::Relaxed) {
                            return;
                        }
                        let start = clock.fetch_add(1, Ordering::SeqCst);
                        let outcome = prober.fire(&cases[*i], manner);
                        let end = clock.fetch_add(1, Ordering::SeqCst);
                        results.lock().unwrap_or_else(std::sync::PoisonError::into_inner)[*i] =
                            Some((outcome, start, end));
                    }
                }
            });
        }
    });
    let results = results.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    let doubtful: Vec<(u64, u64)> =
        results.iter().flatten().filter(|(o, ..)| is_doubtful(o)).map(|(_, start, end)| (*start, *end)).collect();
    let mut fired = Vec::with_capacity(cases.len());
    for (case, result) in cases.iter().zip(results) {
        fired.push(match result {
            None => None,
            Some(_) if stop.load(Ordering::Relaxed) && !doubtful.is_empty() => None,
            Some((outcome, start, end)) => {
                let beside = doubtful.iter().any(|(from, to)| start <= *to && *from <= end);
                Some(if beside { alone(prober, case, manner) } else { Fired { outcome, killed_target: false } })
            }
        });
    }
    fired
}

/// Cases that share a body or a subject, in case order: two of them at once would see each other's traces.
fn groups(cases: &[Case]) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut by_body = std::collections::HashMap::new();
    for (i, case) in cases.iter().enumerate() {
        let group = *by_body.entry(case.contended()).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[group].push(i);
    }
    groups
}

/// Fires a case with nothing beside it and the base before and after: what it shows is its own doing.
pub(super) fn alone(prober: &Prober<'_>, case: &Case, manner: Manner) -> Fired {
    let before = prober.fire(prober.base(), manner);
    if let Outcome::Trouble(trouble) = before {
        return Fired { outcome: Outcome::Trouble(trouble), killed_target: false };
    }
    let outcome = prober.fire(case, manner);
    let after = prober.fire(prober.base(), manner);
    let answers_no_more = matches!(after, Outcome::Trouble(_)) && matches!(outcome, Outcome::Judged { .. });
    if answers_no_more {
        return Fired { outcome, killed_target: true };
    }
    // 403 is a verdict on the content only if the same credentials are let in just before and after.
    let forbidden = matches!(&outcome, Outcome::Judged { findings, .. }
        if findings.iter().any(|finding| finding.symptom.status == Some(403)));
    if forbidden && !(before.accepted() && after.accepted()) {
        let (attempted, cause) = (format!("a push of {case}"), "it was answered with 403, and so is the base");
        let trouble = Trouble::new(TroubleKind::Forbidden, attempted, prober.target().name(), cause);
        return Fired { outcome: Outcome::Trouble(trouble), killed_target: false };
    }
    Fired { outcome, killed_target: false }
}

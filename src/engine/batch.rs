//! Fires cases on several threads. Cases that share a body never overlap, and firing pauses when the target may be down.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use super::fire_options::FireOptions;
use super::outcome::Outcome;
use super::outcome::TROUBLES;
use super::prober::Prober;
use super::state::StoredCase;
use crate::exchange::{Question, Questions};
use crate::render::Case;
use crate::transport::side_by_side;

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

/// A case to fire, and what to ask after the push.
#[derive(Clone, Debug)]
pub(super) struct ToFire {
    pub case: Case,
    pub questions: Questions,
    /// Whether it was drawn, so that its questions are a sample.
    pub is_drawn: bool,
}

impl ToFire {
    /// Its text form.
    pub fn store(&self) -> StoredCase {
        let asked = Question::ALL.into_iter().filter(|one| self.questions.has(*one));
        StoredCase {
            shape: self.case.shape.to_string(),
            is_drawn: self.is_drawn,
            questions: asked.map(|one| one.name().to_owned()).collect(),
        }
    }

    /// Reads [`store`](Self::store).
    pub fn restore(stored: &StoredCase) -> Option<Self> {
        let is_asked = |one: &Question| stored.questions.iter().any(|name| name == one.name());
        let case = Case::of(stored.shape.parse().ok()?);
        Some(Self { case, questions: Question::ALL.into_iter().filter(is_asked).collect(), is_drawn: stored.is_drawn })
    }
}

/// Fires the cases and returns their outcomes in order. `None` for cases not fired: because `over` returned true, because the
/// target may be down, or because too many cases in a row were in trouble.
pub(super) fn fire_all(
    prober: &Prober<'_>,
    cases: &[&ToFire],
    options: FireOptions,
    jobs: usize,
    over: &(dyn Fn() -> bool + Sync),
) -> Vec<Option<Shot>> {
    let groups = groups(cases, jobs);
    let clock = AtomicU64::new(0);
    let (held_back, in_trouble) = (AtomicBool::new(false), AtomicUsize::new(0));
    let fire = |ToFire { case, questions, is_drawn }: &ToFire| {
        if held_back.load(Ordering::SeqCst) || over() {
            return None;
        }
        let start = clock.fetch_add(1, Ordering::SeqCst);
        let options = FireOptions { questions: *questions, ..options };
        // No hunt comes across a random shape again.
        let outcome = if *is_drawn { prober.fire_once(case, options) } else { prober.fire(case, options) };
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
        Some(Shot { outcome, start, end })
    };
    let fired = side_by_side(groups.len(), jobs, |group| {
        groups[group].iter().map(|i| (*i, fire(cases[*i]))).collect::<Vec<_>>()
    });
    let mut shots = vec![None; cases.len()];
    for (i, shot) in fired.into_iter().flatten() {
        // Cases interrupted by the end of the run have no outcome.
        shots[i] = shot.filter(|shot: &Shot| !shot.outcome.is_interrupted());
    }
    shots
}

/// Groups cases that share a body or a subject, in case order: concurrent ones would observe each other's effects. With several
/// jobs, those that need the most content come first, so that the others need not wait for them in the end.
fn groups(cases: &[&ToFire], jobs: usize) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut by_body = HashMap::new();
    for (i, ToFire { case, .. }) in cases.iter().enumerate() {
        let group = *by_body.entry(case.contended()).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[group].push(i);
    }
    if jobs > 1 {
        let needs = |i: &usize| cases[*i].case.exchange.needs.len();
        groups.sort_by_cached_key(|group| std::cmp::Reverse(group.iter().map(needs).sum::<usize>()));
    }
    groups
}

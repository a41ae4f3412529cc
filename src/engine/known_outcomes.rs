//! The outcomes of cases that were fired before, so that hunts do not ask the same twice.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::fire_options::FireOptions;
use super::outcome::Outcome;
use crate::exchange::Questions;
use crate::render::Case;
use crate::transport::Repository;

/// How many cases are remembered; then all are forgotten. A hunt asks again for what it needs.
const KEPT: usize = 1 << 14;

/// The rendered exchange, which excludes fresh names, and whether the repository is a fresh one.
type Place = ([u8; 32], bool);
/// What was asked, and the outcome.
type Asked = (Questions, Outcome);

/// The remembered outcomes.
#[derive(Debug, Default)]
pub(super) struct KnownOutcomes(Mutex<HashMap<Place, Vec<Asked>>>);

impl KnownOutcomes {
    /// Remembers an outcome. Trouble is not remembered, because it may be temporary.
    pub fn remember(&self, case: &Case, options: FireOptions, outcome: &Outcome) {
        if matches!(outcome, Outcome::Trouble(_)) {
            return;
        }
        let mut known = self.lock();
        if known.len() >= KEPT {
            known.clear();
        }
        let asked = known.entry(place(case, options)).or_default();
        // What asked no more than this one is no longer needed.
        asked.retain(|(questions, _)| !options.questions.include(*questions));
        asked.push((options.questions, outcome.clone()));
    }

    /// The outcome of a case that was asked at least these questions.
    pub fn of(&self, case: &Case, options: FireOptions) -> Option<Outcome> {
        let known = self.lock();
        let mut asked = known.get(&place(case, options))?.iter();
        asked.find(|(questions, _)| questions.include(options.questions)).map(|(_, outcome)| outcome.clone())
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Place, Vec<Asked>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn place(case: &Case, options: FireOptions) -> Place {
    (case.fingerprint(), options.place == Repository::Fresh)
}

#[cfg(test)]
mod tests {
    use super::super::counts::Purpose;
    use super::*;
    use crate::exchange::Depth;

    #[test]
    fn an_outcome_is_known_if_it_asked_as_much() {
        let (known, case) = (KnownOutcomes::default(), Case::base());
        let options =
            |depth: Depth| FireOptions { place: Repository::Main, questions: depth.into(), purpose: Purpose::Case };
        known.remember(&case, options(Depth::Get), &Outcome::Unsupported);
        assert!(known.of(&case, options(Depth::Put)).is_some() && known.of(&case, options(Depth::Get)).is_some());
        assert!(known.of(&case, options(Depth::Full)).is_none());
        let fresh = FireOptions { place: Repository::Fresh, ..options(Depth::Put) };
        assert!(known.of(&case, fresh).is_none());
        known.remember(&case, options(Depth::Full), &Outcome::Unsupported);
        assert_eq!(known.lock().values().map(Vec::len).sum::<usize>(), 1, "the larger one replaces the smaller");
    }
}

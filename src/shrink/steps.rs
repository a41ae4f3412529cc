//! The parts of a descent, one after the other.

use super::lowering::Lowering;
use super::search::Search;
use crate::shape::Shape;

/// Where a descent is.
#[derive(Clone, Debug)]
pub(super) struct Steps {
    search: Option<Search>,
    lowering: Option<Lowering>,
    /// Where the last part continues in the list of neighbours: after a success, the neighbours before it would most likely fail
    /// again, and the next success would make that useless.
    at: usize,
}

impl Steps {
    /// The beginning of a descent from this case.
    pub fn new(case: &Shape) -> Self {
        Self { search: Some(Search::new(case)), lowering: Some(Lowering::default()), at: 0 }
    }

    /// The next candidate that was not tried, if there is one left. Those that were tried did not show the symptom.
    pub fn candidate(&mut self, smallest: &Shape, is_tried: &dyn Fn(&Shape) -> bool) -> Option<Shape> {
        while let Some(search) = &mut self.search {
            match search.candidate() {
                Some(candidate) if is_tried(candidate) => search.answered(false),
                Some(candidate) => return Some(candidate.clone()),
                None => self.search = None,
            }
        }
        while let Some(lowering) = &mut self.lowering {
            match lowering.candidate(smallest) {
                Some(candidate) if is_tried(&candidate) => lowering.failed(),
                Some(candidate) => return Some(candidate),
                None => self.lowering = None,
            }
        }
        let mut neighbours = smallest.simpler();
        let count = neighbours.len();
        let at = (0..count).map(|i| (self.at + i) % count).find(|at| !is_tried(&neighbours[*at]))?;
        self.at = at;
        Some(neighbours.swap_remove(at))
    }

    /// The candidate did not show the symptom.
    pub fn failed(&mut self) {
        match (&mut self.search, &mut self.lowering) {
            (Some(search), _) => search.answered(false),
            (None, Some(lowering)) => lowering.failed(),
            (None, None) => {}
        }
    }

    /// The candidate showed the symptom and is the smallest case now.
    pub fn showed(&mut self) {
        if let Some(search) = &mut self.search {
            search.answered(true);
        }
    }
}

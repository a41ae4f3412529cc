//! Decides when a run continues in another repository, so that lists stay short.
//!
//! Every push makes the tag list longer, and every list that is read is read whole. Without rotation, the work of a run, and
//! of the registry under test, would grow with the square of the number of cases.

use super::outcome::Outcome;
use crate::exchange::Stage;

/// The product of pushes and lists at which a run continues in another repository: 256 pushes that are all listed.
const DUE: usize = 256 * 256;

/// What was pushed to a repository, and how often a list of it was read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Rotation {
    pushed: usize,
    listed: usize,
}

impl Rotation {
    /// Counts a case. What hunts push is not counted, because that depends on the number of jobs.
    pub fn count(&mut self, outcome: Option<&Outcome>) {
        let Some(Outcome::Judged { accepted, answered, .. }) = outcome else { return };
        self.pushed += usize::from(*accepted);
        self.listed += answered.iter().filter(|stage| matches!(stage, Stage::TagList | Stage::Referrers)).count();
    }

    /// Pushes and lists.
    pub fn store(self) -> (usize, usize) {
        (self.pushed, self.listed)
    }

    /// The rotation with these counts.
    pub fn restore((pushed, listed): (usize, usize)) -> Self {
        Self { pushed, listed }
    }

    /// Whether to continue in another repository.
    pub fn is_due(self) -> bool {
        self.pushed * self.listed >= DUE
    }
}

//! The options of a hunt.

use super::limits::Limits;
use super::prober::Prober;

/// Options of a hunt.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hunt<'a, 't> {
    pub prober: &'a Prober<'t>,
    pub jobs: usize,
    pub shrink: bool,
    /// The most questions about how far a finding goes.
    pub explain: usize,
    pub limits: Limits<'a>,
    /// Some finding of this run was not reproduced, so all others are repeated twice as often.
    pub flaky: bool,
}

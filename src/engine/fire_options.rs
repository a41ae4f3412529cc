//! How to fire a case.

use super::counts::Purpose;
use crate::exchange::Questions;
use crate::transport::Repository;

/// How to fire a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FireOptions {
    /// The repository.
    pub place: Repository,
    /// What to ask after the push.
    pub questions: Questions,
    /// What the requests are counted as.
    pub purpose: Purpose,
}

//! A limit of a registry, and how much may be sent to find it.

use super::axis::Axis;
use crate::engine::refusal::Refusal;

/// How much may be sent to find all limits, capabilities included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CeilingBudget {
    /// Requests.
    pub requests: u64,
    /// Bytes of request bodies.
    pub bytes: u64,
}

impl Default for CeilingBudget {
    fn default() -> Self {
        Self { requests: 300, bytes: 512 << 20 }
    }
}

/// How the search for a limit ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CeilingEnd {
    /// The limit lies between two neighbouring numbers.
    Exact,
    /// Nothing that was tried is refused.
    NoLimit,
    /// Larger numbers make a manifest that is refused for its size.
    Size,
    /// Even the smallest number is refused.
    AllRefused,
    /// Not complete, for this reason.
    Partial(String),
    /// Not measured, for this reason.
    NotTested(String),
}

/// A limit of a registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ceiling {
    /// What is limited, such as `manifest-size`.
    pub name: &'static str,
    /// What the numbers count.
    pub unit: &'static str,
    /// The largest number that was accepted.
    pub accepted: Option<u64>,
    /// The smallest number that was refused.
    pub refused: Option<u64>,
    /// How that was refused.
    pub refusal: Option<Refusal>,
    /// If the registry does not serve everything that it accepts: the largest number that it serves, and how it answers otherwise.
    pub served: Option<(Option<u64>, Refusal)>,
    /// How the search ended.
    pub end: CeilingEnd,
    /// The requests that it took.
    pub requests: u64,
}

impl Ceiling {
    pub(super) fn of(axis: &Axis) -> Self {
        Self {
            name: axis.name,
            unit: axis.unit,
            accepted: None,
            refused: None,
            refusal: None,
            served: None,
            end: CeilingEnd::NoLimit,
            requests: 0,
        }
    }
}

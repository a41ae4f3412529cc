//! Measures what a registry limits: sizes, counts, lengths and depths, each by doubling and bisection.

mod axis;
mod ceiling;
mod measure;
mod search;

pub use ceiling::{Ceiling, CeilingBudget, CeilingEnd};
pub use measure::Ceilings;

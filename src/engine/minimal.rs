//! The results of a hunt.

use std::time::Duration;

use super::extent::Extent;
use crate::compare::{Finding, Grade};
use crate::shape::Shape;

/// A finding that was reproduced and shrunk, or one that was not, for the reason in its note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MinimalFinding {
    /// The smallest case.
    pub shape: Shape,
    /// What it shows.
    pub finding: Finding,
    /// The nearest accepted shape.
    pub witness: Option<Shape>,
    /// The case it was shrunk from.
    pub from: Shape,
    /// How often the target showed it again, not counting cached answers. 0: not confirmed.
    pub reproduced: usize,
    /// How many cases were fired or looked up in the cache.
    pub probes: usize,
    /// If content appeared only after a while: the delay for each of three pushes.
    pub late: Vec<Duration>,
    /// How far the finding goes beyond its smallest case; empty if that was not explored.
    pub extent: Extent,
    /// Whether the shape is the smallest case, or as small as this target allows.
    pub is_smallest: bool,
}

impl MinimalFinding {
    /// A finding that was not shrunk. Its grade is at most a warning, because it is not fully confirmed.
    pub(super) fn as_seen(case: &Shape, mut finding: Finding, reproduced: usize) -> Self {
        finding.unshrunk(case.deviations());
        let finding = Finding { grade: finding.grade.min(Grade::Warning), ..finding };
        Self {
            shape: case.clone(),
            finding,
            witness: None,
            from: case.clone(),
            reproduced,
            probes: 1 + reproduced,
            late: Vec::new(),
            extent: Extent::default(),
            is_smallest: false,
        }
    }
}

/// The result of a hunt.
#[derive(Clone, Debug)]
pub(super) enum Hunted {
    /// Confirmed and shrunk, or not, for the reason in its note.
    Found(Box<MinimalFinding>),
    /// At this smallest case, another finding explains it.
    Explained(Shape),
    /// It shows only in a repository with a history, so another push may be the cause.
    NeedsHistory,
    /// It was not reproduced.
    Gone,
    /// The target was given up for this reason. Contains the unfinished finding and the suspected cases.
    Lost(Vec<MinimalFinding>, String),
}

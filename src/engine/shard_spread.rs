//! How far defects spread in a shard. Only the counts of all shards show whether every answer of a group has a defect.

use std::collections::HashSet;

use super::minimal::MinimalFinding;
use super::order::is_base;
use crate::compare::Symptom;
use crate::exchange::Stage;
use crate::model::Class;
use crate::shape::{Kind, Shape};

/// A number of cases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CaseCount {
    /// All of them.
    pub all: usize,
    /// Those that are bases, which every shard fires.
    pub bases: usize,
}

impl CaseCount {
    /// Counts a case.
    pub(super) fn count(&mut self, shape: &Shape) {
        self.all += 1;
        self.bases += usize::from(is_base(shape));
    }
}

/// The answers of a shard, and the defects that every one of them may share with those of the other shards.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShardSpread {
    /// Answers, by the name of one answer of their group, and the kind of the document.
    pub answers: Vec<(&'static str, Kind, CaseCount)>,
    /// The defects.
    pub defects: Vec<ShardDefect>,
}

/// A defect that every answer of a group may show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShardDefect {
    /// The name of one answer of the group.
    pub group: &'static str,
    /// The stage at which the defect shows.
    pub stage: Stage,
    /// Its class.
    pub class: Class,
    /// The rule that the answers break.
    pub duty: Option<&'static str>,
    /// Different cases whose answers show it, by kind.
    pub shown: Vec<(Kind, CaseCount)>,
    /// The findings reported for it: the kind of the case, the symptom, and the smallest case.
    pub found: Vec<(Kind, Symptom, Shape)>,
    /// What to report instead if every answer, or every answer to documents of this kind, shows it in all shards.
    pub instead: Vec<(Option<Kind>, MinimalFinding)>,
}

/// Different shapes, by kind.
pub(super) fn by_kind<'s>(shapes: impl Iterator<Item = &'s Shape>) -> Vec<(Kind, CaseCount)> {
    let mut counts = std::collections::BTreeMap::new();
    let mut seen = HashSet::new();
    for shape in shapes.filter(|shape| seen.insert(*shape)) {
        counts.entry(shape.kind()).or_insert_with(CaseCount::default).count(shape);
    }
    counts.into_iter().collect()
}

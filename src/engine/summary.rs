//! The counts of a run on one target.

use std::collections::BTreeMap;
use std::time::Duration;

use super::outcome::Outcome;
use super::shard_spread::ShardSpread;
use super::state::StoredCounts;
use super::tally::Tally;
use crate::compare::Symptom;
use crate::exchange::RequestsByPurpose;
use crate::generate::Covered;
use crate::shape::Shape;

/// A target is flaky if more than one in this many findings is not reproduced.
const FLAKY_ONE_IN: usize = 20;
/// How many example shapes are kept for an unreproduced symptom.
const EXAMPLES: usize = 2;

/// A symptom that was observed but not reproduced.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unreproduced {
    /// How often it was observed.
    pub count: usize,
    /// The first two shapes that showed it.
    pub shapes: Vec<Shape>,
}

/// How the bases ended, with which every run and every shard begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BaseCounts {
    /// Judged.
    pub judged: usize,
    /// Not supported by the target.
    pub unsupported: usize,
    /// Not testable.
    pub trouble: usize,
    /// Not sent, or not evaluated.
    pub not_asked: usize,
}

impl BaseCounts {
    /// How many were completed.
    pub(super) fn asked(self) -> usize {
        self.judged + self.unsupported + self.trouble
    }

    /// Counts a base; `None` if it was not completed.
    pub(super) fn count(&mut self, outcome: Option<&Outcome>) {
        match outcome {
            None => {}
            Some(Outcome::Judged { .. }) => self.judged += 1,
            Some(Outcome::Unsupported) => self.unsupported += 1,
            Some(Outcome::Trouble(_)) => self.trouble += 1,
        }
    }
}

/// The result of a run on one target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Cases that were judged.
    pub judged: usize,
    /// Cases that need a capability the target lacks.
    pub unsupported: usize,
    /// Cases that could not be tested.
    pub trouble: usize,
    /// Of these three, the bases.
    pub bases: BaseCounts,
    /// Cases of the plan that were not sent, or not evaluated, before the run ended.
    pub not_asked: usize,
    /// Findings that were not reproduced.
    pub not_reproduced: usize,
    /// Their symptoms.
    pub unreproduced: BTreeMap<Symptom, Unreproduced>,
    /// Content that appeared late: symptom, smallest case, and the delay for each of three pushes.
    pub late: Vec<(Symptom, Shape, Vec<Duration>)>,
    /// Findings passed to the sink.
    pub found: usize,
    /// Requests sent, by purpose.
    pub requests: RequestsByPurpose,
    /// Coverage of the judged shapes.
    pub covered: Covered,
    /// Whether the run was stopped before its end.
    pub stopped: bool,
    /// Why the target was given up during the run, if it was.
    pub lost: Option<String>,
    /// Answers that contradict the probed capabilities, each once.
    pub contradictions: Vec<String>,
    /// Cases in completely evaluated blocks. Running this many cases again reproduces the run.
    pub whole: usize,
    /// In a shard: its answers, and the defects that all of them may share.
    pub spread: ShardSpread,
    /// What was asked of each rule, how flavours ended, and how findings accumulated.
    pub tally: Tally,
}

impl Summary {
    /// Counts a finding that was not reproduced.
    pub(super) fn add_unreproduced(&mut self, symptom: &Symptom, shape: &Shape) {
        self.not_reproduced += 1;
        let kept = self.unreproduced.entry(symptom.clone()).or_default();
        kept.count += 1;
        if kept.shapes.len() < EXAMPLES && !kept.shapes.contains(shape) {
            kept.shapes.push(shape.clone());
        }
    }

    /// The counts that a run which continues this one begins with.
    pub(super) fn store(&self) -> StoredCounts {
        let BaseCounts { judged, unsupported, trouble, .. } = self.bases;
        let texts = |shapes: &[Shape]| shapes.iter().map(Shape::to_string).collect();
        let unreproduced = self.unreproduced.iter();
        let late = self.late.iter();
        StoredCounts {
            ended: [self.judged, self.unsupported, self.trouble],
            bases: [judged, unsupported, trouble],
            not_reproduced: self.not_reproduced,
            unreproduced: unreproduced.map(|(symptom, one)| (symptom.into(), one.count, texts(&one.shapes))).collect(),
            late: late.map(|(symptom, shape, times)| (symptom.into(), shape.to_string(), times.clone())).collect(),
            found: self.found,
            covered: self.covered.to_text(),
            whole: self.whole,
            tally: self.tally.clone(),
        }
    }

    /// Reads [`store`](Self::store).
    pub(super) fn restore(stored: &StoredCounts) -> Option<Self> {
        let [judged, unsupported, trouble] = stored.bases;
        let bases = BaseCounts { judged, unsupported, trouble, not_asked: 0 };
        let [judged, unsupported, trouble] = stored.ended;
        let shapes = |texts: &[String]| texts.iter().map(|text| text.parse().ok()).collect::<Option<Vec<Shape>>>();
        let unreproduced = stored.unreproduced.iter().map(|(symptom, count, examples)| {
            Some((symptom.read()?, Unreproduced { count: *count, shapes: shapes(examples)? }))
        });
        let late = stored
            .late
            .iter()
            .map(|(symptom, shape, times)| Some((symptom.read()?, shape.parse().ok()?, times.clone())));
        Some(Self {
            judged,
            unsupported,
            trouble,
            bases,
            not_reproduced: stored.not_reproduced,
            unreproduced: unreproduced.collect::<Option<_>>()?,
            late: late.collect::<Option<_>>()?,
            found: stored.found,
            covered: Covered::from_text(&stored.covered)?,
            whole: stored.whole,
            tally: stored.tally.clone(),
            ..Self::default()
        })
    }

    /// Whether more than 5 % of all findings were not reproduced.
    pub fn is_flaky(&self) -> bool {
        self.not_reproduced * FLAKY_ONE_IN > self.found + self.not_reproduced
    }
}

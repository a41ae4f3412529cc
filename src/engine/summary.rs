//! What came of a run on one target, in counts.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::compare::Symptom;
use crate::generate::Covered;
use crate::shape::Shape;

/// Of how many findings one may fail to come again before the target is called flaky: one in twenty.
const FLAKY_ONE_IN: usize = 20;
/// How many shapes are kept of a symptom that did not come again.
const EXAMPLES: usize = 2;

/// A symptom that was seen and did not come again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unreproduced {
    /// How often it was seen.
    pub count: usize,
    /// The first two shapes that showed it.
    pub shapes: Vec<Shape>,
}

/// What came of a run on one target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Cases that could be judged.
    pub judged: usize,
    /// Cases that need what the target lacks.
    pub unsupported: usize,
    /// Cases that the target could not be asked.
    pub trouble: usize,
    /// Cases of the plan that were not sent, or not decided on, before the run ended.
    pub not_asked: usize,
    /// Findings that did not come again.
    pub not_reproduced: usize,
    /// What those showed, by symptom.
    pub unreproduced: BTreeMap<Symptom, Unreproduced>,
    /// What was absent at first: symptom, smallest case, and after how long it was there on each of three pushes.
    pub late: Vec<(Symptom, Shape, Vec<Duration>)>,
    /// Findings handed to the sink.
    pub found: usize,
    /// Requests sent.
    pub requests: u64,
    /// What the shapes that were judged cover.
    pub covered: Covered,
    /// The run was stopped before its end.
    pub stopped: bool,
    /// Why the target was given up in mid-run, if it was.
    pub lost: Option<String>,
    /// Answers that contradict what was found out about the target's capabilities, each once.
    pub contradictions: Vec<String>,
    /// How many cases the whole blocks hold that were decided on.
    pub whole: usize,
}

impl Summary {
    /// Counts a finding that did not come again.
    pub(super) fn add_unreproduced(&mut self, symptom: &Symptom, shape: &Shape) {
        self.not_reproduced += 1;
        let kept = self.unreproduced.entry(symptom.clone()).or_default();
        kept.count += 1;
        if kept.shapes.len() < EXAMPLES && !kept.shapes.contains(shape) {
            kept.shapes.push(shape.clone());
        }
    }

    /// Whether more than 5 % of all findings did not come again.
    pub fn is_flaky(&self) -> bool {
        self.not_reproduced * FLAKY_ONE_IN > self.found + self.not_reproduced
    }
}

//! Fires the fixed cases of a run once, and judges what was observed by two versions of the specifications.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};

use super::excusal::{excused, neighbours};
use super::outcome::{Outcome, TROUBLES, is_doubtful};
use super::prober::Prober;
use super::rotation::Rotation;
use crate::compare::{Finding, Grade, Symptom};
use crate::error::{Trouble, TroubleKind};
use crate::exchange::Depth;
use crate::model::{Versions, rule};
use crate::render::Case;
use crate::shape::Shape;
use crate::transport::Target;

/// A finding that two versions judge differently.
#[derive(Clone, Debug)]
pub struct VersionChange {
    /// The finding by the first version; `None` if that version has nothing against the answer.
    pub before: Option<Finding>,
    /// The finding by the second one.
    pub after: Option<Finding>,
    /// The first case that shows it.
    pub shape: Shape,
    /// How many cases show it.
    pub cases: usize,
}

impl VersionChange {
    /// Whether an answer that breaks no MUST by the first version breaks one by the second.
    pub fn becomes_a_violation(&self) -> bool {
        let is_violation = |finding: &Option<Finding>| finding.as_ref().is_some_and(|f| f.grade == Grade::Violation);
        is_violation(&self.after) && !is_violation(&self.before)
    }
}

/// How two versions judge the answers of a target.
#[derive(Clone, Debug, Default)]
pub struct VersionComparison {
    /// What they judge differently, the worst first.
    pub changes: Vec<VersionChange>,
    /// The number of cases that were judged.
    pub judged: usize,
    /// The number of cases that need a capability that the target lacks.
    pub unsupported: usize,
    /// The number of cases in trouble.
    pub troubled: usize,
}

/// Fires these cases at a target, and judges each observation by both versions.
///
/// # Errors
///
/// Trouble from [`Prober::new`], or from 20 cases in a row.
///
/// # Examples
///
/// ```
/// use std::sync::atomic::AtomicBool;
///
/// use manifuzz::engine::compare_versions;
/// use manifuzz::model::Versions;
/// use manifuzz::shape::Shape;
/// use manifuzz::transport::{Opening, open};
///
/// let opening = Opening { nonce: "run1".to_owned(), ..Opening::default() };
/// let target = open("embedded:clean+head-lacks-digest", &opening)?;
/// let sets = [Versions::V1_1, Versions::DEV];
/// let compared = compare_versions(target.as_ref(), sets, &[Shape::base()], &AtomicBool::new(false))?;
/// let after = compared.changes[0].after.as_ref().and_then(|finding| finding.symptom.duty);
/// assert_eq!(after, Some("head-always-names-the-digest"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn compare_versions(
    target: &dyn Target,
    sets: [Versions; 2],
    shapes: &[Shape],
    stop: &AtomicBool,
) -> Result<VersionComparison, Trouble> {
    let prober = Prober::new(target, sets[0], Depth::Full)?;
    let mut firing = Firing { prober, sets, outcomes: HashMap::new() };
    let mut compared = VersionComparison::default();
    let (mut rotation, mut in_a_row) = (Rotation::default(), 0);
    for shape in shapes {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        match firing.fire(shape) {
            Fired::Judged => {
                compared.judged += 1;
                in_a_row = 0;
                rotation.count(firing.outcomes.get(shape).map(|both| &both[0]));
            }
            Fired::Unsupported => compared.unsupported += 1,
            Fired::Trouble(trouble) if trouble.kind == TroubleKind::Interrupted => break,
            Fired::Trouble(trouble) => {
                (compared.troubled, in_a_row) = (compared.troubled + 1, in_a_row + 1);
                if in_a_row == TROUBLES {
                    return Err(trouble);
                }
            }
        }
        if rotation.is_due() && firing.prober.capabilities.fresh_repositories {
            target.rotate();
            rotation = Rotation::default();
        }
    }
    compared.changes = firing.changes(shapes, stop);
    Ok(compared)
}

/// What came of one case.
enum Fired {
    Judged,
    Unsupported,
    Trouble(Trouble),
}

/// The cases that were fired, each with its outcome by both versions.
struct Firing<'t> {
    prober: Prober<'t>,
    sets: [Versions; 2],
    outcomes: HashMap<Shape, [Outcome; 2]>,
}

/// What makes two changes the same: the symptom and the grade by each version.
type ChangeKey = [Option<(Grade, Symptom)>; 2];

impl Firing<'_> {
    fn fire(&mut self, shape: &Shape) -> Fired {
        match self.prober.fire_under(&Case::of(shape.clone()), self.prober.usual(), self.sets) {
            Ok(both) => {
                self.outcomes.insert(shape.clone(), both);
                Fired::Judged
            }
            Err(outcome) => match *outcome {
                Outcome::Trouble(trouble) => Fired::Trouble(trouble),
                Outcome::Unsupported | Outcome::Judged { .. } => Fired::Unsupported,
            },
        }
    }

    fn changes(mut self, shapes: &[Shape], stop: &AtomicBool) -> Vec<VersionChange> {
        let mut changes: BTreeMap<ChangeKey, VersionChange> = BTreeMap::new();
        for shape in shapes {
            let [before, after] = [0, 1].map(|side| self.findings(shape, side, stop));
            for (before, after) in pairs(before, after) {
                let key = [&before, &after].map(|one| one.as_ref().map(|f| (f.grade, f.symptom.clone())));
                let change = VersionChange { before, after, shape: shape.clone(), cases: 0 };
                changes.entry(key).or_insert(change).cases += 1;
            }
        }
        let mut changes: Vec<_> = changes.into_values().collect();
        let grade = |finding: &Option<Finding>| finding.as_ref().map(|finding| finding.grade);
        changes
            .sort_by_key(|one| std::cmp::Reverse((one.becomes_a_violation(), grade(&one.after), grade(&one.before))));
        changes
    }

    /// What a case shows by one version, judged as a run judges it. What a failing target may have caused is left out: the
    /// answers say nothing about the difference of two versions.
    fn findings(&mut self, shape: &Shape, side: usize, stop: &AtomicBool) -> Vec<Finding> {
        let Some(both) = self.outcomes.get(shape) else { return Vec::new() };
        let findings: Vec<Finding> =
            both[side].findings().iter().filter(|finding| !is_doubtful(&finding.symptom)).cloned().collect();
        findings.into_iter().filter_map(|finding| self.excused(shape, side, finding, stop)).collect()
    }

    /// The finding after comparison with simpler cases, which are fired if they were not yet.
    fn excused(&mut self, shape: &Shape, side: usize, finding: Finding, stop: &AtomicBool) -> Option<Finding> {
        let simpler = neighbours(shape, &finding);
        for neighbour in &simpler {
            if !self.outcomes.contains_key(neighbour) && !stop.load(Ordering::Relaxed) {
                self.fire(neighbour);
            }
        }
        let outcomes = &self.outcomes;
        let known = |shape: Shape| outcomes.get(&shape).map(|both| (shape, both[side].clone()));
        excused(finding, simpler.into_iter().filter_map(known))
    }
}

/// The findings that differ, those about the same answer side by side.
fn pairs(before: Vec<Finding>, mut after: Vec<Finding>) -> Vec<(Option<Finding>, Option<Finding>)> {
    let mut pairs = Vec::new();
    for old in before {
        // The same rule first: two rules may object to one answer.
        let same = after.iter().position(|new| new.symptom == old.symptom);
        let place = same.or_else(|| after.iter().position(|new| is_counterpart(&old.symptom, &new.symptom)));
        let new = place.map(|place| after.remove(place));
        let is_equal = new.as_ref().is_some_and(|new| new.symptom == old.symptom && new.grade == old.grade);
        if !is_equal {
            pairs.push((Some(old), new));
        }
    }
    pairs.extend(after.into_iter().map(|new| (None, Some(new))));
    pairs
}

/// Whether two findings object to the same of an answer, by a rule and by the one that restates it.
fn is_counterpart(old: &Symptom, new: &Symptom) -> bool {
    let restates = |new: &str, old: &str| rule(new).is_some_and(|rule| rule.restates == old);
    let is_one_duty = match (old.duty, new.duty) {
        (Some(old), Some(new)) => old == new || restates(new, old) || restates(old, new),
        (None, None) => true,
        _ => false,
    };
    let answer = |symptom: &Symptom| (symptom.stage, symptom.status, symptom.code.clone());
    is_one_duty && answer(old) == answer(new)
}

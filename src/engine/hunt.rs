//! From a finding to the smallest case that shows it, with its witness.

use std::time::Duration;

use super::descent::Descent;
use super::late::{Waited, as_late, is_absence, wait_for};
use super::limits::Limits;
use super::outcome::Outcome;
use super::prober::{FireOptions, Prober};
use super::repetition::Repeated;
use super::sink::Sink;
use crate::compare::{Finding, Grade, Symptom};
use crate::error::Error;
use crate::render::Case;
use crate::shape::Shape;
use crate::transport::Repository;

/// A finding that was reproduced and shrunk, or a suspicion that says in its note why it was not.
#[derive(Clone, Debug)]
pub struct MinimalFinding {
    /// The smallest case.
    pub shape: Shape,
    /// What it shows.
    pub finding: Finding,
    /// The nearest accepted shape.
    pub witness: Option<Shape>,
    /// The case that it was shrunk from.
    pub from: Shape,
    /// How often the target itself showed it again, the cache left out. 0: a suspicion.
    pub reproduced: usize,
    /// How many cases were fired or looked up for it.
    pub probes: usize,
    /// Where what is absent at first was there later: after how long, for each of three pushes.
    pub late: Vec<Duration>,
    /// Whether the shape is the smallest case, or as small as it can be made on this target.
    pub is_smallest: bool,
}

impl MinimalFinding {
    /// A finding as it was seen, not shrunk. Without all confirmations it is never above a warning.
    pub(super) fn as_seen(case: &Shape, mut finding: Finding, reproduced: usize) -> Self {
        finding.unshrunk(case.deviations());
        let finding = Finding { grade: finding.grade.min(Grade::Warning), ..finding };
        let (shape, from, late) = (case.clone(), case.clone(), Vec::new());
        Self { shape, finding, witness: None, from, reproduced, probes: 1 + reproduced, late, is_smallest: false }
    }
}

/// What came of a hunt.
#[derive(Clone, Debug)]
pub(super) enum Hunted {
    /// A finding in its smallest form.
    MinimalFinding(Box<MinimalFinding>),
    /// In this smallest form it is explained by another finding.
    Explained(Shape),
    /// It shows only in a repository with a history, where it may be another push's doing.
    OfHistory,
    /// It did not come again.
    Gone,
    /// The target was given up, for this reason; with what is known of the finding, and the cases that may be why.
    Lost(Vec<MinimalFinding>, String),
}

/// Options of a hunt.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hunt<'a, 't> {
    pub prober: &'a Prober<'t>,
    pub jobs: usize,
    pub shrink: bool,
    pub limits: Limits<'a>,
    /// Some finding of this run did not come again, so twice as much is asked of the others.
    pub flaky: bool,
}

impl Hunt<'_, '_> {
    /// How often a finding must come again: before it is shrunk, and on its smallest case.
    fn times(&self) -> (usize, usize) {
        if self.flaky { (3, 3) } else { (2, 1) }
    }

    /// Shrinks `case`, which showed `seen` once.
    pub fn down(&self, case: &Case, seen: &Finding, sink: &mut dyn Sink) -> Result<Hunted, Error> {
        let symptom = &seen.symptom;
        let options = self.prober.options(symptom);
        // Without a fresh repository, what is read back may be another push's doing: it is repeated, but counts once.
        let can_repeat = !symptom.depends_on_state() || options.place == Repository::Fresh;
        let (first, last) = self.times();
        let confirmed = match self.repeat(case, symptom, options, first, sink)? {
            Repeated::Each(finding) => finding,
            Repeated::Missed if self.prober.fire(case, self.prober.usual()).finding(symptom).is_some() => {
                return Ok(Hunted::OfHistory);
            }
            other => return Ok(other.ended(case, &case.shape, seen)),
        };
        let (smallest, witness, probes) = match self.base_with(case, symptom, options) {
            Some(base) => (base, None, 2),
            None if self.shrink && can_repeat => {
                let descent = Descent { hunt: self, symptom, options };
                let ended = descent.from(case, sink)?;
                if let Some((why, suspects)) = ended.loss {
                    let mut finding = confirmed;
                    finding.note.push_str(&format!("; shrinking ended early, because {why}"));
                    let found = MinimalFinding::as_seen(&ended.smallest.shape, finding, first);
                    let suspects =
                        suspects.into_iter().map(|(shape, finding)| MinimalFinding::as_seen(&shape, finding, 0));
                    let all = std::iter::once(MinimalFinding { from: case.shape.clone(), ..found }).chain(suspects);
                    return Ok(Hunted::Lost(all.collect(), why));
                }
                (ended.smallest, ended.witness, ended.probes)
            }
            None => (case.clone(), self.accepted_base(&case.shape, options), 2),
        };
        let finding = match self.repeat(&smallest, symptom, options, last, sink)? {
            Repeated::Each(finding) => finding,
            other => return Ok(other.ended(&smallest, &case.shape, &confirmed)),
        };
        if self.is_explained(&finding, &smallest.shape, options) {
            return Ok(Hunted::Explained(smallest.shape));
        }
        let Some((mut finding, late)) = self.or_late(finding, &smallest, options) else { return Ok(Hunted::Gone) };
        self.excuse(&mut finding, &smallest.shape, options);
        if !(self.shrink && can_repeat) {
            finding.unshrunk(smallest.shape.deviations());
        }
        let reproduced = first + last;
        Ok(Hunted::MinimalFinding(Box::new(MinimalFinding {
            shape: smallest.shape,
            finding,
            witness,
            from: case.shape.clone(),
            reproduced: if can_repeat { reproduced } else { 1 },
            probes: probes + reproduced,
            late,
            is_smallest: true,
        })))
    }

    /// Confirms `case` as the smallest one, which showed `seen` once.
    pub fn as_it_is(&self, case: &Case, seen: &Finding, sink: &mut dyn Sink) -> Result<Hunted, Error> {
        let options = self.prober.options(&seen.symptom);
        let reproduced = self.times().0 + self.times().1;
        let finding = match self.repeat(case, &seen.symptom, options, reproduced, sink)? {
            Repeated::Each(finding) => finding,
            other => return Ok(other.ended(case, &case.shape, seen)),
        };
        let Some((finding, late)) = self.or_late(finding, case, options) else { return Ok(Hunted::Gone) };
        let witness = self.accepted_base(&case.shape, options).filter(|base| *base != case.shape);
        let (shape, from, probes) = (case.shape.clone(), case.shape.clone(), 1 + reproduced);
        Ok(Hunted::MinimalFinding(Box::new(MinimalFinding {
            shape,
            finding,
            witness,
            from,
            reproduced,
            probes,
            late,
            is_smallest: true,
        })))
    }

    /// A confirmed finding, as one of what is late if what was absent appears after a while; `None` if it only sometimes does.
    /// If the run ended before the wait did, it may only be late, so it is at most a warning.
    fn or_late(&self, mut finding: Finding, smallest: &Case, options: FireOptions) -> Option<(Finding, Vec<Duration>)> {
        if !is_absence(&finding.symptom) {
            return Some((finding, Vec::new()));
        }
        let waited = match self.limits.are_over() {
            true => None,
            false => wait_for(self.prober, smallest, &finding.symptom, options).ok(),
        };
        match waited {
            Some(Waited::Absent) => Some((finding, Vec::new())),
            Some(Waited::Late(times)) => Some((as_late(finding, &times), times)),
            Some(Waited::Unclear) => None,
            None => {
                finding.grade = finding.grade.min(Grade::Warning);
                finding.note.push_str("; it may only be late, but the run ended");
                Some((finding, Vec::new()))
            }
        }
    }

    /// Looks among the neighbours for one whose refusal explains this one.
    fn is_explained(&self, finding: &Finding, smallest: &Shape, options: FireOptions) -> bool {
        smallest.simpler().into_iter().any(|neighbour| match self.prober.known(&Case::of(neighbour), options) {
            Some(Outcome::Judged { findings, .. }) => findings.iter().any(|other| finding.is_explained_by(other)),
            _ => false,
        })
    }

    /// Looks among the neighbours for one that is accepted although the same MUST names it.
    fn excuse(&self, finding: &mut Finding, smallest: &Shape, options: FireOptions) {
        for neighbour in smallest.simpler() {
            let known = self.prober.known(&Case::of(neighbour.clone()), options);
            if let Some(Outcome::Judged { accepted: true, applicable, .. }) = known {
                finding.excuse(&applicable, &neighbour.to_string());
            }
        }
    }

    /// A base that shows the same: then the defect does not depend on the case at all.
    fn base_with(&self, case: &Case, symptom: &Symptom, options: FireOptions) -> Option<Case> {
        [Shape::base(), case.shape.own_base()]
            .into_iter()
            .map(Case::of)
            .find(|base| self.prober.ask(base, options).finding(symptom).is_some())
    }

    pub(super) fn accepted_base(&self, case: &Shape, options: FireOptions) -> Option<Shape> {
        let bases = [case.own_base(), Shape::base()];
        bases.into_iter().find(|base| self.prober.ask(&Case::of(base.clone()), options).accepted())
    }
}

//! Confirms a finding and shrinks it to the smallest case that shows it, with its witness.

use std::time::Duration;

use super::descent::Descent;
use super::extent::Extent;
use super::fire_options::FireOptions;
use super::hunter::Hunt;
use super::late::{Waited, as_late, is_absence, wait_for};
use super::minimal::{Hunted, MinimalFinding};
use super::outcome::Outcome;
use super::repetition::Repeated;
use super::sink::Sink;
use crate::compare::{Finding, Grade, Symptom};
use crate::error::Error;
use crate::model::Class;
use crate::render::Case;
use crate::shape::Shape;
use crate::transport::Repository;

impl Hunt<'_, '_> {
    /// How often a finding must be reproduced: before shrinking, and on its smallest case. A note fails no run, so a flaky target
    /// does not make it more expensive.
    fn times(&self, seen: &Finding) -> (usize, usize) {
        if self.flaky && seen.grade > Grade::Note { (3, 3) } else { (2, 1) }
    }

    /// Confirms a note of `case` whose key is already known from `smallest`, a case that deviates in the same slots: it only adds
    /// another entry to a row, so one repetition is enough.
    pub fn fold(&self, case: &Case, seen: &Finding, smallest: &Shape, sink: &mut dyn Sink) -> Result<Hunted, Error> {
        let options = self.prober.options(&seen.symptom);
        let finding = match self.repeat(case, &seen.symptom, options, 1, sink)? {
            Repeated::Each(finding) => finding,
            other => return Ok(other.ended(case, &case.shape, seen)),
        };
        Ok(Hunted::Found(Box::new(MinimalFinding {
            shape: smallest.clone(),
            finding,
            witness: None,
            from: case.shape.clone(),
            reproduced: 1,
            probes: 2,
            late: Vec::new(),
            extent: Extent::default(),
            is_smallest: true,
        })))
    }

    /// Shrinks `case`, which showed `seen` once.
    pub fn down(&self, case: &Case, seen: &Finding, sink: &mut dyn Sink) -> Result<Hunted, Error> {
        let symptom = &seen.symptom;
        let options = self.prober.options(symptom);
        // Without a fresh repository another push may be the cause of what is read back: repetitions count as one.
        let can_repeat = !symptom.depends_on_state() || options.place == Repository::Fresh;
        let (first, last) = self.times(seen);
        let confirmed = match self.repeat(case, symptom, options, first, sink)? {
            Repeated::Each(finding) => finding,
            Repeated::Missed if self.prober.fire(case, self.prober.usual()).finding(symptom).is_some() => {
                return Ok(Hunted::NeedsHistory);
            }
            other => return Ok(other.ended(case, &case.shape, seen)),
        };
        let (smallest, witness, probes) = match self.base_with(case, symptom, options) {
            Some(base) => (base, None, 2),
            None if self.shrink && can_repeat => {
                let recalls = !self.flaky || seen.grade == Grade::Note;
                let descent = Descent { hunt: self, symptom, options, recalls };
                let ended = descent.from(case, sink)?;
                if let Some((why, suspects)) = ended.loss {
                    let mut finding = confirmed;
                    finding.note.push_str(&format!("; shrinking ended early: {why}"));
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
        let extent = if self.shrink && can_repeat {
            self.explore(&smallest.shape, &finding, options)
        } else {
            Extent::default()
        };
        let reproduced = first + last;
        Ok(Hunted::Found(Box::new(MinimalFinding {
            shape: smallest.shape,
            finding,
            witness,
            from: case.shape.clone(),
            reproduced: if can_repeat { reproduced } else { 1 },
            probes: probes + reproduced,
            late,
            extent,
            is_smallest: true,
        })))
    }

    /// Confirms `case`, which showed `seen` once, without shrinking it.
    pub fn confirm(&self, case: &Case, seen: &Finding, sink: &mut dyn Sink) -> Result<Hunted, Error> {
        let options = self.prober.options(&seen.symptom);
        let (first, last) = self.times(seen);
        let reproduced = first + last;
        let finding = match self.repeat(case, &seen.symptom, options, reproduced, sink)? {
            Repeated::Each(finding) => finding,
            other => return Ok(other.ended(case, &case.shape, seen)),
        };
        let Some((finding, late)) = self.or_late(finding, case, options) else { return Ok(Hunted::Gone) };
        let witness = self.accepted_base(&case.shape, options).filter(|base| *base != case.shape);
        let (shape, from, probes) = (case.shape.clone(), case.shape.clone(), 1 + reproduced);
        Ok(Hunted::Found(Box::new(MinimalFinding {
            shape,
            finding,
            witness,
            from,
            reproduced,
            probes,
            late,
            extent: Extent::default(),
            is_smallest: true,
        })))
    }

    /// Turns a confirmed finding of absent content into one of late content if it appears after a while; `None` if it only
    /// sometimes does. If the run ends before that is known, the grade is at most a warning.
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
                finding
                    .note
                    .push_str("; downgraded to a warning: it may only be late, the run ended before that was checked");
                Some((finding, Vec::new()))
            }
        }
    }

    /// Whether the refusal of a neighbour explains this one.
    fn is_explained(&self, finding: &Finding, smallest: &Shape, options: FireOptions) -> bool {
        finding.blames_a_code()
            && self.neighbours(smallest, options).any(|(_, outcome)| match outcome {
                Outcome::Judged { findings, .. } => findings.iter().any(|other| finding.is_explained_by(other)),
                _ => false,
            })
    }

    /// Downgrades the finding if a neighbour to which the same MUST applies is accepted.
    fn excuse(&self, finding: &mut Finding, smallest: &Shape, options: FireOptions) {
        if !finding.breaks_a_duty_to_accept() {
            return;
        }
        for (neighbour, outcome) in self.neighbours(smallest, options) {
            if let Outcome::Judged { accepted: true, applicable, .. } = outcome {
                finding.excuse(&applicable, &neighbour.to_string());
            }
        }
    }

    /// The outcomes of the simpler neighbours. Those that the descent did not fire are fired now, so that what they say does
    /// not depend on what else was fired before; a case that was not shrunk has too many, and is downgraded anyway.
    fn neighbours(&self, smallest: &Shape, options: FireOptions) -> impl Iterator<Item = (Shape, Outcome)> {
        let all = if self.shrink || smallest.deviations() <= 1 { smallest.simpler() } else { Vec::new() };
        all.into_iter().filter(|_| !self.limits.are_over()).map(move |neighbour| {
            let outcome = self.prober.ask(&self.prober.case(&neighbour), options);
            (neighbour, outcome)
        })
    }

    /// How far a violation or warning goes. One that takes the target down is not explored.
    fn explore(&self, smallest: &Shape, finding: &Finding, options: FireOptions) -> Extent {
        let is_harmless = !matches!(finding.symptom.class, Class::Dropped | Class::Hang);
        let most = if is_harmless && finding.grade > Grade::Note { self.explain } else { 0 };
        Extent::explore(smallest, most, &mut |shape| {
            if self.limits.are_over() {
                return None;
            }
            match self.prober.ask(&self.prober.case(shape), options) {
                outcome @ Outcome::Judged { .. } => Some(outcome.finding(&finding.symptom).is_some()),
                Outcome::Unsupported | Outcome::Trouble(_) => None,
            }
        })
    }

    /// A base that shows the same symptom, in which case the defect does not depend on the case.
    fn base_with(&self, case: &Case, symptom: &Symptom, options: FireOptions) -> Option<Case> {
        [Shape::base(), case.shape.own_base()]
            .into_iter()
            .map(|base| self.prober.case(&base))
            .find(|base| self.prober.ask(base, options).finding(symptom).is_some())
    }

    pub(super) fn accepted_base(&self, case: &Shape, options: FireOptions) -> Option<Shape> {
        let bases = [case.own_base(), Shape::base()];
        bases.into_iter().find(|base| self.prober.ask(&self.prober.case(base), options).accepted())
    }
}

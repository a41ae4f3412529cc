//! From a finding to the smallest case that shows it, with its witness.

use std::time::Duration;

use super::descent::Descent;
use super::doubt::{Loss, suspect};
use super::health::{Health, health};
use super::late::{Waited, as_late, is_absence, wait_for};
use super::limits::Limits;
use super::outcome::Outcome;
use super::prober::{Manner, Prober};
use super::sink::Sink;
use crate::compare::{Finding, Grade, Symptom};
use crate::error::Error;
use crate::render::Case;
use crate::shape::Shape;
use crate::spec::Class;
use crate::target::Place;

/// A finding that was reproduced and shrunk, or a suspicion that says in its note why it was not.
#[derive(Clone, Debug)]
pub struct Found {
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
}

impl Found {
    /// A finding as it was seen, neither confirmed nor shrunk. Without a confirmation it is never above a warning.
    pub(super) fn as_seen(case: &Shape, mut finding: Finding, reproduced: usize) -> Self {
        finding.unshrunk(case.deviations());
        let grade = if reproduced == 0 { finding.grade.min(Grade::Warning) } else { finding.grade };
        let finding = Finding { grade, ..finding };
        Self {
            shape: case.clone(),
            finding,
            witness: None,
            from: case.clone(),
            reproduced,
            probes: 1 + reproduced,
            late: Vec::new(),
        }
    }
}

/// What came of a hunt.
#[derive(Clone, Debug)]
pub(super) enum Hunted {
    /// A finding in its smallest form.
    Found(Box<Found>),
    /// In this smallest form, what was seen has another reason, which is a finding of its own.
    Explained(Shape),
    /// It did not come again.
    Gone,
    /// The target was given up; with what is known of the finding.
    Lost(Box<Found>, String),
}

/// How a hunt goes about.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hunt<'a, 't> {
    pub prober: &'a Prober<'t>,
    pub jobs: usize,
    pub shrink: bool,
    pub limits: Limits<'a>,
    /// Some finding of this run did not come again, so twice as much is asked of the others.
    pub flaky: bool,
}

/// What came of repeating a case.
enum Repeated {
    /// It showed the symptom each time; with what it showed last.
    Each(Finding),
    /// Once it did not.
    Missed,
    /// The run ended after so many times.
    Cut(usize),
    /// The target was given up after so many times.
    Lost(usize, Loss),
}

impl Hunt<'_, '_> {
    /// How often a finding must come again: before it is shrunk, and on its smallest case.
    fn times(&self) -> (usize, usize) {
        if self.flaky { (3, 3) } else { (2, 1) }
    }

    /// Shrinks `case`, which showed `seen` once.
    pub fn down(&self, case: &Case, seen: &Finding, sink: &mut dyn Sink) -> Result<Hunted, Error> {
        let symptom = &seen.symptom;
        let manner = self.prober.manner(symptom);
        // Where a fresh repository is not to be had, what is read back may be another push's doing: once is all.
        let can_repeat = !symptom.depends_on_state() || manner.place == Place::Fresh;
        let (first, last) = self.times();
        let mut confirmed = match self.repeat(case, symptom, manner, first, sink)? {
            Repeated::Each(finding) => finding,
            Repeated::Missed => return Ok(Hunted::Gone),
            Repeated::Cut(times) => return Ok(cut(case, seen.clone(), times)),
            Repeated::Lost(times, loss) => return Ok(lost(case, loss, times)),
        };
        let (smallest, witness, probes) = match self.base_with(case, symptom, manner) {
            Some(base) => (base, None, 2),
            None if self.shrink && can_repeat => {
                let descent = Descent { hunt: self, symptom, manner };
                let ended = descent.from(case, sink)?;
                if let Some(loss) = ended.loss {
                    confirmed.note.push_str(&format!("; shrinking ended early, because {}", loss.why));
                    let found = Found { reproduced: first, ..Found::as_seen(&ended.smallest.shape, confirmed, first) };
                    return Ok(Hunted::Lost(Box::new(Found { from: case.shape.clone(), ..found }), loss.why));
                }
                (ended.smallest, ended.witness, ended.probes)
            }
            None => (case.clone(), self.accepted_base(&case.shape, manner), 2),
        };
        let (mut finding, reproduced) = match self.repeat(&smallest, symptom, manner, last, sink)? {
            Repeated::Each(finding) => (finding, first + last),
            Repeated::Missed => return Ok(Hunted::Gone),
            Repeated::Cut(_) => return Ok(cut(case, confirmed, first)),
            Repeated::Lost(times, loss) => return Ok(lost(&smallest, loss, first + times)),
        };
        if self.is_explained(&finding, &smallest.shape, manner) {
            return Ok(Hunted::Explained(smallest.shape));
        }
        let mut late = Vec::new();
        if is_absence(symptom) && can_repeat && !self.limits.are_over() {
            match wait_for(self.prober, &smallest, symptom, manner) {
                Ok(Waited::Late(times)) => {
                    finding = as_late(finding, &times);
                    late = times;
                }
                Ok(Waited::Unclear) => return Ok(Hunted::Gone),
                // Trouble while waiting takes nothing from what was confirmed.
                Ok(Waited::Absent) | Err(_) => {}
            }
        }
        self.excuse(&mut finding, &smallest.shape, manner);
        if !(self.shrink && can_repeat) {
            finding.unshrunk(smallest.shape.deviations());
        }
        Ok(Hunted::Found(Box::new(Found {
            shape: smallest.shape,
            finding,
            witness,
            from: case.shape.clone(),
            reproduced: if can_repeat { reproduced } else { 1 },
            probes: probes + reproduced,
            late,
        })))
    }

    /// Confirms `case` as the smallest one, which showed `seen` once.
    pub fn as_it_is(&self, case: &Case, seen: &Finding, sink: &mut dyn Sink) -> Result<Hunted, Error> {
        let manner = self.prober.manner(&seen.symptom);
        let times = self.times().0 + self.times().1;
        Ok(match self.repeat(case, &seen.symptom, manner, times, sink)? {
            Repeated::Each(finding) => {
                let witness = self.accepted_base(&case.shape, manner).filter(|base| *base != case.shape);
                Hunted::Found(Box::new(Found { witness, ..Found::as_seen(&case.shape, finding, times) }))
            }
            Repeated::Missed => Hunted::Gone,
            Repeated::Cut(times) => cut(case, seen.clone(), times),
            Repeated::Lost(times, loss) => lost(case, loss, times),
        })
    }

    /// Asks the target itself, so many times. After an answer that leaves a doubt the base is asked, once more each time: a
    /// failing node behind a load balancer then meets another request.
    fn repeat(
        &self,
        case: &Case,
        symptom: &Symptom,
        manner: Manner,
        times: usize,
        sink: &mut dyn Sink,
    ) -> Result<Repeated, Error> {
        let mut last = None;
        for done in 0..times {
            if self.limits.are_over() {
                return Ok(Repeated::Cut(done));
            }
            let mut outcome = self.prober.fire(case, manner);
            // A target that is just coming back has not answered this case.
            if outcome.may_be_down() && outcome.finding(symptom).is_none() {
                if !health(self.prober, self.limits, outcome.silences(), sink)?.is_usable() {
                    return Ok(Repeated::Missed);
                }
                outcome = self.prober.fire(case, manner);
            }
            if outcome.is_interrupted() {
                return Ok(Repeated::Cut(done));
            }
            let Some(shown) = outcome.finding(symptom) else { return Ok(Repeated::Missed) };
            for base in 0..=done {
                if !outcome.is_doubtful() {
                    break;
                }
                let health = health(self.prober, self.limits, outcome.silences(), sink)?;
                match health {
                    Health::Well => {}
                    // The case may have brought it down for a moment; what fails later does so by itself.
                    Health::Recovered if base == 0 || may_restart(symptom) => {}
                    Health::Recovered | Health::NotLetIn(_) => return Ok(Repeated::Missed),
                    Health::Failing | Health::Down if self.limits.are_over() => return Ok(Repeated::Cut(done + 1)),
                    Health::Failing | Health::Down => {
                        return Ok(Repeated::Lost(done, Loss::of(suspect(shown, &health, 1), &health)));
                    }
                }
            }
            last = Some(shown.clone());
        }
        Ok(last.map_or(Repeated::Missed, Repeated::Each))
    }

    /// Looks among the neighbours for one whose refusal explains this one.
    fn is_explained(&self, finding: &Finding, smallest: &Shape, manner: Manner) -> bool {
        smallest.simpler().into_iter().any(|neighbour| match self.prober.known(&Case::of(neighbour), manner) {
            Some(Outcome::Judged { findings, .. }) => findings.iter().any(|other| finding.is_explained_by(other)),
            _ => false,
        })
    }

    /// Looks among the neighbours for one that is accepted although the same MUST names it.
    fn excuse(&self, finding: &mut Finding, smallest: &Shape, manner: Manner) {
        for neighbour in smallest.simpler() {
            let known = self.prober.known(&Case::of(neighbour.clone()), manner);
            if let Some(Outcome::Judged { accepted: true, speaking, .. }) = known {
                finding.excuse(&speaking, &neighbour.to_string());
            }
        }
    }

    /// A base that shows the same: then the defect does not depend on the case at all.
    fn base_with(&self, case: &Case, symptom: &Symptom, manner: Manner) -> Option<Case> {
        [Shape::base(), case.shape.own_base()]
            .into_iter()
            .map(Case::of)
            .find(|base| self.prober.ask(base, manner).finding(symptom).is_some())
    }

    pub(super) fn accepted_base(&self, case: &Shape, manner: Manner) -> Option<Shape> {
        let bases = [case.own_base(), Shape::base()];
        bases.into_iter().find(|base| self.prober.ask(&Case::of(base.clone()), manner).accepted())
    }
}

/// Whether a target that shows this may have been restarted because of it.
fn may_restart(symptom: &Symptom) -> bool {
    matches!(symptom.class, Class::Dropped | Class::Hang)
}

fn cut(case: &Case, mut finding: Finding, times: usize) -> Hunted {
    finding.note.push_str(UNSHRUNK);
    Hunted::Found(Box::new(Found::as_seen(&case.shape, finding, times)))
}

fn lost(case: &Case, loss: Loss, times: usize) -> Hunted {
    let Loss { why, suspects } = loss;
    match suspects.into_iter().next() {
        Some((_, finding)) => Hunted::Lost(Box::new(Found::as_seen(&case.shape, finding, times)), why),
        None => Hunted::Gone,
    }
}

/// What the note of a finding says that the end of the run came before.
pub(super) const UNSHRUNK: &str = "; not shrunk, because the run ended";

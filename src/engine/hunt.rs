//! From a finding to the smallest case that shows it, with its witness.

use std::sync::atomic::AtomicBool;

use super::batch::{alone, fire_all};
use super::prober::{Manner, Outcome, Prober, is_doubtful};
use crate::compare::{Finding, Symptom};
use crate::shape::Shape;
use crate::shrink::{Minimiser, Verdict};
use crate::target::Place;

/// A finding that was reproduced and shrunk.
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
    /// How often the target itself showed it, the cache left out.
    pub reproduced: usize,
    /// How many cases were fired or looked up for it.
    pub probes: usize,
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
}

/// How a hunt goes about.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hunt<'a, 't> {
    pub prober: &'a Prober<'t>,
    pub jobs: usize,
    pub shrink: bool,
    pub stop: &'a AtomicBool,
}

impl Hunt<'_, '_> {
    /// Shrinks `case`, which showed `symptom` once.
    pub fn down(&self, case: &Shape, symptom: &Symptom) -> Hunted {
        self.hunted(case, symptom).unwrap_or(Hunted::Gone)
    }

    fn hunted(&self, case: &Shape, symptom: &Symptom) -> Option<Hunted> {
        let manner = self.prober.manner(symptom);
        // Where a fresh repository is not to be had, what is read back may be another push's doing: once is all.
        let can_repeat = !symptom.depends_on_state() || manner.place == Place::Fresh;
        let mut reproduced = 0;
        for _ in 0..2 {
            self.at_target(case, manner).finding(symptom)?;
            reproduced += 1;
        }
        let (smallest, witness, probes) = match self.base_with(case, symptom, manner) {
            Some(base) => (base, None, 2),
            None if self.shrink && can_repeat => self.descend(case, symptom, manner),
            None => (case.clone(), self.accepted_base(case, manner), 2),
        };
        let last = self.at_target(&smallest, manner);
        let mut finding = last.finding(symptom)?.clone();
        if self.is_explained(&finding, &smallest, manner) {
            return Some(Hunted::Explained(smallest));
        }
        self.excuse(&mut finding, &smallest, manner);
        reproduced += 1;
        let reproduced = if can_repeat { reproduced } else { 1 };
        let probes = probes + 3;
        Some(Hunted::Found(Box::new(Found {
            shape: smallest,
            finding,
            witness,
            from: case.clone(),
            reproduced,
            probes,
        })))
    }

    /// Looks among the neighbours for one whose refusal explains this one.
    fn is_explained(&self, finding: &Finding, smallest: &Shape, manner: Manner) -> bool {
        smallest.simpler().iter().any(|neighbour| match self.prober.known(neighbour, manner) {
            Some(Outcome::Judged { findings, .. }) => findings.iter().any(|other| finding.is_explained_by(other)),
            _ => false,
        })
    }

    /// Looks among the neighbours for one that is accepted although the same MUST names it.
    fn excuse(&self, finding: &mut Finding, smallest: &Shape, manner: Manner) {
        for neighbour in smallest.simpler() {
            if let Some(Outcome::Judged { accepted: true, speaking, .. }) = self.prober.known(&neighbour, manner) {
                finding.excuse(&speaking, &neighbour.to_string());
            }
        }
    }

    /// Asks the target itself; with nothing beside it where its answer leaves a doubt.
    fn at_target(&self, shape: &Shape, manner: Manner) -> Outcome {
        let outcome = self.prober.fire(shape, manner);
        if is_doubtful(&outcome) { alone(self.prober, shape, manner).outcome } else { outcome }
    }

    /// A base that shows the same: then the defect does not depend on the case at all.
    fn base_with(&self, case: &Shape, symptom: &Symptom, manner: Manner) -> Option<Shape> {
        [Shape::base(), case.own_base()]
            .into_iter()
            .find(|base| self.prober.ask(base, manner).finding(symptom).is_some())
    }

    fn accepted_base(&self, case: &Shape, manner: Manner) -> Option<Shape> {
        [case.own_base(), Shape::base()].into_iter().find(|base| self.prober.ask(base, manner).accepted())
    }

    fn descend(&self, case: &Shape, symptom: &Symptom, manner: Manner) -> (Shape, Option<Shape>, usize) {
        let mut minimiser = Minimiser::new(case.clone());
        loop {
            let candidates = minimiser.candidates(self.jobs);
            if candidates.is_empty() || self.stop.load(std::sync::atomic::Ordering::Relaxed) {
                break;
            }
            let outcomes = self.ask_all(&candidates, manner);
            minimiser.tell(candidates.into_iter().zip(outcomes).map(|(candidate, outcome)| {
                let verdict = match &outcome {
                    Some(outcome) if outcome.finding(symptom).is_some() => Verdict::Reproduced,
                    Some(outcome) if outcome.accepted() => Verdict::Accepted,
                    None | Some(Outcome::Trouble(_)) => Verdict::Trouble,
                    Some(_) => Verdict::Otherwise,
                };
                (candidate, verdict)
            }));
        }
        let minimal = minimiser.finish();
        let witness = minimal.witness.or_else(|| self.accepted_base(&minimal.shape, manner));
        (minimal.shape, witness, minimal.probes + 2)
    }

    /// Outcomes from the cache where it has them, else from the target, all at once.
    fn ask_all(&self, candidates: &[Shape], manner: Manner) -> Vec<Option<Outcome>> {
        let known: Vec<Option<Outcome>> = candidates.iter().map(|shape| self.prober.known(shape, manner)).collect();
        let unknown: Vec<Shape> =
            candidates.iter().zip(&known).filter(|(_, known)| known.is_none()).map(|(s, _)| s.clone()).collect();
        let mut fired = fire_all(self.prober, &unknown, manner, self.jobs, self.stop).into_iter();
        known.into_iter().map(|known| known.or_else(|| fired.next().flatten().map(|fired| fired.outcome))).collect()
    }
}

//! Drives the minimiser: fires its candidates and reports their outcomes to it.

use super::batch::ToFire;
use super::doubt::{Firing, Loss};
use super::fire_options::FireOptions;
use super::hunter::Hunt;
use super::known::KnownSmallest;
use super::outcome::Outcome;
use super::sink::{Event, Sink};
use super::variation::Variations;
use crate::compare::{Finding, Symptom};
use crate::error::Error;
use crate::model::Class;
use crate::render::Case;
use crate::shape::Shape;
use crate::shrink::{Minimiser, Verdict};

/// How often the candidates of the smallest case are retried on a flaky target.
const RECHECKS: usize = 3;

/// A descent to the smallest case of a symptom.
pub(super) struct Descent<'h, 'a, 't> {
    pub hunt: &'h Hunt<'a, 't>,
    pub symptom: &'h Symptom,
    pub options: FireOptions,
    /// Whether remembered outcomes of candidates are used, except when the candidates of the smallest case are retried.
    pub recalls: bool,
}

/// Why a target was given up, and the shapes that may have caused it, each with its finding.
type Lost = (String, Vec<(Shape, Finding)>);

/// The result of a descent.
pub(super) struct Descended {
    pub smallest: Case,
    pub witness: Option<Shape>,
    pub probes: usize,
    /// Set if the target was given up during the descent.
    pub loss: Option<Lost>,
}

impl Descent<'_, '_, '_> {
    /// Descends from a case that shows the symptom.
    pub fn from(&self, case: &Case, sink: &mut dyn Sink) -> Result<Descended, Error> {
        let mut minimiser = Minimiser::new(case.shape.clone());
        let mut loss = None;
        let mut rechecks = 0;
        let mut freshness = Freshness::new(case);
        while !self.hunt.limits.are_over() && loss.is_none() {
            let candidates = minimiser.candidates(self.at_once());
            if candidates.is_empty() {
                // On a flaky target, one answer does not settle which case is smallest.
                if !self.hunt.flaky || rechecks == RECHECKS || !minimiser.recheck() {
                    break;
                }
                rechecks += 1;
                continue;
            }
            let outcomes;
            (outcomes, loss) = self.ask_all(&candidates, self.recalls && rechecks == 0, sink)?;
            let mut verdicts = Vec::new();
            for (candidate, outcome) in candidates.into_iter().zip(&outcomes) {
                let verdict = self.confirmed(&candidate, outcome.as_ref(), &mut freshness);
                verdicts.push((candidate, verdict));
                if verdict == Verdict::Reproduced {
                    rechecks = 0;
                    break;
                }
            }
            let smaller = verdicts.last().filter(|(_, verdict)| *verdict == Verdict::Reproduced);
            let smaller = smaller.map(|(shape, _)| shape.clone());
            minimiser.tell(verdicts);
            if let Some(shape) = &smaller {
                let (symptom, probes) = (self.symptom, minimiser.probes());
                sink.take(self.hunt.prober.target(), Event::Smaller { symptom, shape, probes })?;
            }
        }
        let minimal = minimiser.finish();
        let witness = minimal.witness.or_else(|| self.hunt.accepted_base(&minimal.shape, self.options));
        Ok(Descended { smallest: self.hunt.prober.case(&minimal.shape), witness, probes: minimal.probes + 2, loss })
    }

    /// How many candidates to fire concurrently: one if a candidate may take the target, and thereby other connections, down.
    fn at_once(&self) -> usize {
        if matches!(self.symptom.class, Class::Dropped | Class::Hang) { 1 } else { self.hunt.jobs }
    }

    /// The verdict on a candidate. On a flaky target it must reproduce twice; and if the symptom is in reading back, also with a
    /// body that was never sent before.
    fn confirmed(&self, candidate: &Shape, outcome: Option<&Outcome>, freshness: &mut Freshness) -> Verdict {
        let verdict = self.verdict(outcome);
        if verdict != Verdict::Reproduced {
            return verdict;
        }
        let case = self.hunt.prober.case(candidate);
        if self.hunt.flaky && self.verdict(Some(&self.hunt.prober.fire(&case, self.options))) != verdict {
            return Verdict::Otherwise;
        }
        if self.symptom.depends_on_state() && !freshness.shows(self, &case) {
            return Verdict::Otherwise;
        }
        freshness.adopt(case);
        verdict
    }

    fn verdict(&self, outcome: Option<&Outcome>) -> Verdict {
        match outcome {
            Some(outcome) if outcome.finding(self.symptom).is_some() => Verdict::Reproduced,
            Some(outcome) if outcome.accepted() => Verdict::Accepted,
            None | Some(Outcome::Trouble(_)) => Verdict::Trouble,
            Some(_) => Verdict::Otherwise,
        }
    }

    /// The outcomes of candidates, remembered if `recalls` is set, or by firing them concurrently.
    fn ask_all(
        &self,
        candidates: &[Shape],
        recalls: bool,
        sink: &mut dyn Sink,
    ) -> Result<(Vec<Option<Outcome>>, Option<Lost>), Error> {
        let Hunt { prober, limits, .. } = *self.hunt;
        let candidates: Vec<Case> = candidates.iter().map(|shape| prober.case(shape)).collect();
        let known = |case: &Case| prober.known(case, self.options).filter(|_| recalls);
        let mut outcomes: Vec<Option<Outcome>> = candidates.iter().map(known).collect();
        let questions = self.options.questions;
        let unknown = candidates.into_iter().enumerate().filter(|(i, _)| outcomes[*i].is_none());
        let (places, unknown): (Vec<usize>, Vec<ToFire>) =
            unknown.map(|(i, case)| (i, ToFire { case, questions, is_drawn: false })).unzip();
        let firing = Firing {
            prober,
            options: self.options,
            jobs: self.at_once(),
            limits,
            known: &KnownSmallest::default(),
            sought: Some(self.symptom),
        };
        let believed = firing.fire(&unknown, &|| limits.are_over(), sink)?;
        for (i, outcome) in places.into_iter().zip(believed.outcomes) {
            outcomes[i] = outcome;
        }
        let lost = believed.loss.map(|Loss { why, suspects }| {
            // Showing the symptom that is being shrunk is expected.
            let suspects = suspects.into_iter().filter(|(_, finding)| finding.symptom != *self.symptom);
            (why, suspects.map(|(i, finding)| (unknown[i].case.shape.clone(), finding)).collect())
        });
        Ok((outcomes, lost))
    }
}

/// Rules out that a target answers from a cache by body: see [`Variations`].
struct Freshness {
    smallest: Case,
    variations: Variations,
    /// Whether a variation of the smallest case shows the symptom, once known; if not, variations are inconclusive.
    is_telling: Option<bool>,
}

impl Freshness {
    fn new(case: &Case) -> Self {
        Self { smallest: case.clone(), variations: Variations::new(), is_telling: None }
    }

    /// Whether a candidate shows the symptom regardless of any cache. Only one with the body of the smallest case can be affected.
    fn shows(&mut self, descent: &Descent<'_, '_, '_>, candidate: &Case) -> bool {
        if candidate.exchange.tested.digest() != self.smallest.exchange.tested.digest() {
            return true;
        }
        let smallest = self.smallest.shape.clone();
        let is_telling = match self.is_telling {
            Some(is_telling) => is_telling,
            None => self.varied(descent, &smallest).unwrap_or(false),
        };
        self.is_telling = Some(is_telling);
        !is_telling || self.varied(descent, &candidate.shape).unwrap_or(true)
    }

    fn varied(&mut self, descent: &Descent<'_, '_, '_>, shape: &Shape) -> Option<bool> {
        let varied = Case::of(self.variations.of(shape)?);
        let outcome = descent.hunt.prober.fire(&varied, descent.options);
        Some(outcome.finding(descent.symptom).is_some())
    }

    fn adopt(&mut self, smallest: Case) {
        self.smallest = smallest;
    }
}

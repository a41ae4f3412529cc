//! Drives the minimiser: fires its candidates and tells it what they did.

use super::doubt::{Firing, Loss};
use super::hunt::Hunt;
use super::known::Known;
use super::outcome::Outcome;
use super::prober::Manner;
use super::sink::{Event, Sink};
use crate::compare::Symptom;
use crate::error::Error;
use crate::render::Case;
use crate::shape::Shape;
use crate::shrink::{Minimiser, Verdict};
use crate::spec::Class;

/// A descent to the smallest case of a symptom.
pub(super) struct Descent<'h, 'a, 't> {
    pub hunt: &'h Hunt<'a, 't>,
    pub symptom: &'h Symptom,
    pub manner: Manner,
}

/// Where a descent ended.
pub(super) struct Ended {
    pub smallest: Case,
    pub witness: Option<Shape>,
    pub probes: usize,
    /// The target was given up on the way.
    pub loss: Option<Loss>,
}

impl Descent<'_, '_, '_> {
    /// From a case that shows the symptom.
    pub fn from(&self, case: &Case, sink: &mut dyn Sink) -> Result<Ended, Error> {
        let mut minimiser = Minimiser::new(case.shape.clone());
        let mut loss = None;
        let mut rechecked = false;
        while !self.hunt.limits.are_over() && loss.is_none() {
            let candidates = minimiser.candidates(self.at_once());
            if candidates.is_empty() {
                // On a flaky target, one answer does not make the smallest case.
                if !self.hunt.flaky || rechecked || !minimiser.recheck() {
                    break;
                }
                rechecked = true;
                continue;
            }
            let outcomes;
            (outcomes, loss) = self.ask_all(&candidates, sink)?;
            let mut verdicts = Vec::new();
            for (candidate, outcome) in candidates.into_iter().zip(&outcomes) {
                let verdict = self.confirmed(&candidate, outcome.as_ref());
                verdicts.push((candidate, verdict));
                if verdict == Verdict::Reproduced {
                    rechecked = false;
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
        let witness = minimal.witness.or_else(|| self.hunt.accepted_base(&minimal.shape, self.manner));
        Ok(Ended { smallest: Case::of(minimal.shape), witness, probes: minimal.probes + 2, loss })
    }

    /// A candidate that may take the target down would take its neighbours' connections with it.
    fn at_once(&self) -> usize {
        if matches!(self.symptom.class, Class::Dropped | Class::Hang) { 1 } else { self.hunt.jobs }
    }

    /// What a candidate did; on a flaky target it must do so twice to count as reproduced.
    fn confirmed(&self, candidate: &Shape, outcome: Option<&Outcome>) -> Verdict {
        let verdict = self.verdict(outcome);
        if verdict != Verdict::Reproduced || !self.hunt.flaky {
            return verdict;
        }
        self.verdict(Some(&self.hunt.prober.fire(&Case::of(candidate.clone()), self.manner)))
    }

    fn verdict(&self, outcome: Option<&Outcome>) -> Verdict {
        match outcome {
            Some(outcome) if outcome.finding(self.symptom).is_some() => Verdict::Reproduced,
            Some(outcome) if outcome.accepted() => Verdict::Accepted,
            None | Some(Outcome::Trouble(_)) => Verdict::Trouble,
            Some(_) => Verdict::Otherwise,
        }
    }

    /// Outcomes from the cache where it has them, else from the target, all at once.
    fn ask_all(
        &self,
        candidates: &[Shape],
        sink: &mut dyn Sink,
    ) -> Result<(Vec<Option<Outcome>>, Option<Loss>), Error> {
        let Hunt { prober, limits, flaky, .. } = *self.hunt;
        let candidates: Vec<Case> = candidates.iter().cloned().map(Case::of).collect();
        let known = |case: &Case| prober.known(case, self.manner).filter(|_| !flaky);
        let mut outcomes: Vec<Option<Outcome>> = candidates.iter().map(known).collect();
        let unknown: Vec<(usize, Case)> =
            candidates.into_iter().enumerate().filter(|(i, _)| outcomes[*i].is_none()).collect();
        let (places, unknown): (Vec<usize>, Vec<Case>) = unknown.into_iter().unzip();
        let firing = Firing {
            prober,
            manner: self.manner,
            jobs: self.at_once(),
            limits,
            known: &Known::default(),
            sought: Some(self.symptom),
        };
        let believed = firing.fire(&unknown, &|| limits.are_over(), sink)?;
        for (i, outcome) in places.into_iter().zip(believed.outcomes) {
            outcomes[i] = outcome;
        }
        Ok((outcomes, believed.loss))
    }
}

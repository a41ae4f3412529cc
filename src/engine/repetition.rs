//! Whether a case shows again what it showed once.

use super::doubt::{Loss, suspect};
use super::health::{Health, health};
use super::hunt::{Hunt, Hunted, MinimalFinding};
use super::outcome::Outcome;
use super::prober::FireOptions;
use super::sink::Sink;
use crate::compare::{Finding, Symptom};
use crate::error::Error;
use crate::render::Case;
use crate::shape::Shape;

/// What came of repeating a case.
pub(super) enum Repeated {
    /// It showed the symptom each time; with what it showed last.
    Each(Finding),
    /// Once it did not.
    Missed,
    /// The run ended after so many times.
    Cut(usize),
    /// After so many times, the target could be asked no more, but is not lost.
    Barred(usize),
    /// The target was given up.
    Lost(Loss),
}

impl Hunt<'_, '_> {
    /// Asks the target itself, so many times. After an answer that leaves a doubt the base is asked, once more each time: a
    /// failing node behind a load balancer then meets another request.
    pub(super) fn repeat(
        &self,
        case: &Case,
        symptom: &Symptom,
        options: FireOptions,
        times: usize,
        sink: &mut dyn Sink,
    ) -> Result<Repeated, Error> {
        let mut last = None;
        for done in 0..times {
            if self.limits.are_over() {
                return Ok(Repeated::Cut(done));
            }
            let mut outcome = self.prober.fire(case, options);
            // A target that is restarting, or briefly refuses access, has not answered this case.
            if is_no_answer(&outcome) && outcome.finding(symptom).is_none() && !outcome.is_interrupted() {
                let health = health(self.prober, self.limits, outcome.silences(), sink)?;
                if !health.is_usable() {
                    return Ok(self.ended_by(&health, done, None));
                }
                outcome = self.prober.fire(case, options);
            }
            if outcome.is_interrupted() {
                return Ok(Repeated::Cut(done));
            }
            if matches!(outcome, Outcome::Trouble(_)) {
                return Ok(Repeated::Barred(done));
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
                    Health::Recovered if base == 0 => {}
                    // 403 says something of the content only if the base is let in.
                    Health::NotLetIn(_) if symptom.status != Some(403) => {}
                    Health::Recovered | Health::NotLetIn(_) => return Ok(Repeated::Missed),
                    Health::Failing { .. } | Health::Down => return Ok(self.ended_by(&health, done, Some(shown))),
                }
            }
            last = Some(shown.clone());
        }
        Ok(last.map_or(Repeated::Missed, Repeated::Each))
    }

    /// How a repetition ends after a target that is not usable any more: with the run, or as a loss.
    fn ended_by(&self, health: &Health, done: usize, shown: Option<&Finding>) -> Repeated {
        if self.limits.are_over() {
            return Repeated::Cut(done);
        }
        Repeated::Lost(Loss::of(shown.map(|shown| suspect(shown, health, 1)), health))
    }
}

/// Whether an outcome says nothing of the case, because the target gave no answer to judge.
fn is_no_answer(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Trouble(_)) || outcome.may_be_down()
}

impl Repeated {
    /// What a hunt ends with that was not confirmed each time: `case` was shrunk from `from` and showed `seen` before.
    pub fn ended(self, case: &Case, from: &Shape, seen: &Finding) -> Hunted {
        let as_seen = |reason: &str, times| {
            let mut finding = seen.clone();
            finding.note.push_str(reason);
            MinimalFinding { from: from.clone(), ..MinimalFinding::as_seen(&case.shape, finding, times) }
        };
        match self {
            Self::Each(_) | Self::Missed => Hunted::Gone,
            Self::Cut(times) => Hunted::MinimalFinding(Box::new(as_seen(UNSHRUNK, times))),
            Self::Barred(times) => Hunted::MinimalFinding(Box::new(as_seen(BARRED, times))),
            Self::Lost(Loss { why, suspects }) => {
                let suspects: Vec<MinimalFinding> =
                    suspects.into_iter().map(|(_, finding)| MinimalFinding::as_seen(&case.shape, finding, 0)).collect();
                let found = if suspects.is_empty() { vec![as_seen(UNSHRUNK, 0)] } else { suspects };
                Hunted::Lost(found, why)
            }
        }
    }
}

/// Appended to the note if the target refused access before the finding was confirmed.
const BARRED: &str = "; not shrunk, because the target could not be asked again";
/// What the note of a finding says that the end of the run came before.
pub(super) const UNSHRUNK: &str = "; not shrunk, because the run ended";

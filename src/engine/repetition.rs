//! Re-runs a case to confirm a symptom.

use super::counts::Purpose;
use super::doubt::{Loss, suspect};
use super::fire_options::FireOptions;
use super::health::{Health, health};
use super::hunter::Hunt;
use super::minimal::{Hunted, MinimalFinding};
use super::outcome::Outcome;
use super::sink::Sink;
use crate::compare::{Finding, Symptom};
use crate::error::Error;
use crate::render::Case;
use crate::shape::Shape;

/// The result of repeating a case.
pub(super) enum Repeated {
    /// It showed the symptom each time; the last finding.
    Each(Finding),
    /// At least once it did not show the symptom.
    Missed,
    /// The run ended after this many repetitions.
    Cut(usize),
    /// The target refused further requests after this many repetitions, but is not lost.
    Denied(usize),
    /// The target was given up.
    Lost(Loss),
}

impl Hunt<'_, '_> {
    /// Fires the case `times` times, bypassing the cache. After a doubtful answer the base is fired, once more each time, so that
    /// one failing node of several behind a load balancer is not blamed on the case.
    pub(super) fn repeat(
        &self,
        case: &Case,
        symptom: &Symptom,
        options: FireOptions,
        times: usize,
        sink: &mut dyn Sink,
    ) -> Result<Repeated, Error> {
        let options = FireOptions { purpose: Purpose::Repetition, ..options };
        let mut last = None;
        for done in 0..times {
            if self.limits.are_over() {
                return Ok(Repeated::Cut(done));
            }
            let mut outcome = self.prober.fire(case, options);
            // A target that is restarting or briefly denies access has not answered this case.
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
                return Ok(Repeated::Denied(done));
            }
            let Some(shown) = outcome.finding(symptom) else { return Ok(Repeated::Missed) };
            for base in 0..=done {
                if !outcome.is_doubtful() {
                    break;
                }
                let health = health(self.prober, self.limits, outcome.silences(), sink)?;
                match health {
                    Health::Well => {}
                    // The case may have brought the target down for a moment; later failures are not its doing.
                    Health::Recovered if base == 0 => {}
                    // A 403 is about the content only if the base is accepted.
                    Health::Denied(_) if symptom.status != Some(403) => {}
                    Health::Recovered | Health::Denied(_) => return Ok(Repeated::Missed),
                    Health::Failing { .. } | Health::Down => return Ok(self.ended_by(&health, done, Some(shown))),
                }
            }
            last = Some(shown.clone());
        }
        Ok(last.map_or(Repeated::Missed, Repeated::Each))
    }

    /// The result if the target is no longer usable: cut if the run is over, otherwise a loss.
    fn ended_by(&self, health: &Health, done: usize, shown: Option<&Finding>) -> Repeated {
        if self.limits.are_over() {
            return Repeated::Cut(done);
        }
        Repeated::Lost(Loss::of(shown.map(|shown| suspect(shown, health, 1)), health))
    }
}

/// Whether the target gave no answer to judge.
fn is_no_answer(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Trouble(_)) || outcome.may_be_down()
}

impl Repeated {
    /// The result of a hunt that was not fully confirmed. `case` was shrunk from `from` and showed `seen` before.
    pub fn ended(self, case: &Case, from: &Shape, seen: &Finding) -> Hunted {
        let as_seen = |reason: &str, times| {
            let mut finding = seen.clone();
            finding.note.push_str(reason);
            MinimalFinding { from: from.clone(), ..MinimalFinding::as_seen(&case.shape, finding, times) }
        };
        match self {
            Self::Each(_) | Self::Missed => Hunted::Gone,
            Self::Cut(times) => Hunted::Found(Box::new(as_seen(UNSHRUNK, times))),
            Self::Denied(times) => Hunted::Found(Box::new(as_seen(DENIED, times))),
            Self::Lost(Loss { why, suspects }) => {
                let suspects: Vec<MinimalFinding> =
                    suspects.into_iter().map(|(_, finding)| MinimalFinding::as_seen(&case.shape, finding, 0)).collect();
                let found = if suspects.is_empty() { vec![as_seen(UNSHRUNK, 0)] } else { suspects };
                Hunted::Lost(found, why)
            }
        }
    }
}

/// Appended to the note if the target denied access before the finding was confirmed.
const DENIED: &str = "; not shrunk: the target refused further requests";
/// Appended to the note if the run ended before the finding was shrunk.
pub(super) const UNSHRUNK: &str = "; not shrunk: the run ended";

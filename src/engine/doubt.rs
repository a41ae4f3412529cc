//! Decides which outcomes of a block can be believed, and repeats doubtful cases alone.
//!
//! A server error, a dropped connection or a timeout may be caused by another case in flight, or the server may be failing
//! altogether. Firing the base tells: once for all cases that were in flight together, and after each case that is still
//! doubtful alone.

use std::collections::HashSet;

use super::batch::{Shot, ToFire, fire_all, first_to_end};
use super::counts::Purpose;
use super::fire_options::FireOptions;
use super::health::{Health, health};
use super::known::KnownSmallest;
use super::limits::Limits;
use super::outcome::Outcome;
use super::outcome::TROUBLES;
use super::prober::Prober;
use super::sink::Sink;
use crate::compare::{Finding, Grade, Symptom};
use crate::error::Error;
use crate::exchange::Stage;
use crate::model::Class;
use crate::render::Case;

/// Why a target was given up, and the cases that may have caused it.
#[derive(Clone, Debug)]
pub(super) struct Loss {
    /// What happened to the target.
    pub why: String,
    /// Indexes of cases in the block, each with its finding.
    pub suspects: Vec<(usize, Finding)>,
}

impl Loss {
    /// The target was given up after this case, which was in flight alone.
    pub fn of(suspect: Option<Finding>, health: &Health) -> Self {
        Self { why: why(health).to_owned(), suspects: suspect.into_iter().map(|finding| (0, finding)).collect() }
    }
}

/// The outcomes of a block after doubtful ones were repeated.
#[derive(Debug)]
pub(super) struct Believed {
    /// In the order of the cases; `None` for cases that were not completed.
    pub outcomes: Vec<Option<Outcome>>,
    /// Symptoms that were not reproduced when the case was fired alone.
    pub gone: Vec<(usize, Symptom)>,
    /// The target was given up.
    pub loss: Option<Loss>,
}

/// How to fire a block.
#[derive(Clone, Copy)]
pub(super) struct Firing<'a, 't> {
    pub prober: &'a Prober<'t>,
    /// The place and the purpose; each case has its own questions.
    pub options: FireOptions,
    pub jobs: usize,
    pub limits: Limits<'a>,
    /// Findings explained by these are not doubtful.
    pub known: &'a KnownSmallest,
    /// The symptom being shrunk, which is not doubtful either.
    pub sought: Option<&'a Symptom>,
}

impl Firing<'_, '_> {
    /// Fires the cases, then repeats the doubtful ones alone.
    pub fn fire(
        &self,
        cases: &[ToFire],
        over: &(dyn Fn() -> bool + Sync),
        sink: &mut dyn Sink,
    ) -> Result<Believed, Error> {
        let mut believed = Believed { outcomes: vec![None; cases.len()], gone: Vec::new(), loss: None };
        let mut left: Vec<usize> = (0..cases.len()).collect();
        while !left.is_empty() && !over() && !is_hopeless(&believed.outcomes) {
            let volley: Vec<&ToFire> = left.iter().map(|i| &cases[*i]).collect();
            let shots = fire_all(self.prober, &volley, self.options, self.jobs, over);
            let (fired, unfired): (Vec<_>, Vec<_>) = left.iter().zip(shots).partition(|(_, shot)| shot.is_some());
            if fired.is_empty() {
                break;
            }
            let fired: Vec<(usize, Shot)> = fired.into_iter().filter_map(|(i, shot)| Some((*i, shot?))).collect();
            left = unfired.into_iter().map(|(i, _)| *i).collect();
            self.settle(cases, fired, &mut believed, sink)?;
            if believed.loss.is_some() {
                break;
            }
        }
        Ok(believed)
    }

    /// Whether an outcome is doubtful and not explained by a known smallest case.
    fn is_in_doubt(&self, case: &Case, outcome: &Outcome) -> bool {
        let is_expected = |finding: &Finding| {
            self.sought == Some(&finding.symptom) || self.known.explains(&case.shape, &finding.symptom)
        };
        matches!(outcome, Outcome::Trouble(_)) || outcome.doubts().any(|finding| !is_expected(finding))
    }

    fn settle(
        &self,
        cases: &[ToFire],
        fired: Vec<(usize, Shot)>,
        believed: &mut Believed,
        sink: &mut dyn Sink,
    ) -> Result<(), Error> {
        let may_be_down = fired.iter().any(|(_, shot)| shot.outcome.may_be_down());
        let doubtful = |(i, shot): &&(usize, Shot)| self.is_in_doubt(&cases[*i].case, &shot.outcome);
        let mut is_denied = false;
        let mut was_down = may_be_down || fired.iter().any(|(_, shot)| matches!(shot.outcome, Outcome::Trouble(_)));
        let first = first_to_end(fired.iter().filter(doubtful).map(|(_, shot)| shot)).cloned();
        if (may_be_down || first.is_some()) && !self.limits.are_over() {
            let silences = fired.iter().map(|(_, shot)| shot.outcome.silences()).max().unwrap_or_default();
            let health = health(self.prober, self.limits, silences, sink)?;
            // If the end of the run cut the wait short, the target may still recover.
            if !health.is_usable() && !self.limits.are_over() {
                believed.loss = Some(self.loss(cases, &fired, &health));
            }
            is_denied = matches!(health, Health::Denied(_));
            was_down |= !matches!(health, Health::Well);
        }
        let gone_before = believed.gone.len();
        let mut some_came_again = false;
        // Server errors that some case of this block showed again alone. Each is confirmed once more when it is hunted.
        let mut confirmed: HashSet<Symptom> = HashSet::new();
        for (i, shot) in fired {
            let is_affected = first.as_ref().is_some_and(|first| {
                // Of a refusal without findings, nothing is claimed.
                let has_failed = !shot.outcome.accepted() && !shot.outcome.findings().is_empty();
                let is_in_doubt = self.is_in_doubt(&cases[i].case, &shot.outcome)
                    && (matches!(shot.outcome, Outcome::Trouble(_))
                        || !shot.outcome.doubts().all(|finding| confirmed.contains(&finding.symptom)));
                is_in_doubt || was_down && shot.ended_after(first) && has_failed
            });
            if is_affected && believed.loss.is_some() {
                // The target is gone, so this outcome cannot be confirmed.
                believed.outcomes[i] = Some(shot.outcome).filter(|outcome| !self.is_in_doubt(&cases[i].case, outcome));
            } else if is_denied && matches!(shot.outcome, Outcome::Trouble(_)) {
                believed.outcomes[i] = Some(shot.outcome);
            } else if is_affected && !self.limits.are_over() {
                let (broke, before) = (shot.outcome.may_be_down(), shot.outcome.clone());
                self.repeat(cases, i, shot.outcome, believed, sink)?;
                let Some(again) = &believed.outcomes[i] else { continue };
                some_came_again |= broke && again.may_be_down();
                let shown_again = before.doubts().map(|finding| &finding.symptom);
                let shown_again = shown_again.filter(|symptom| symptom.class == Class::ServerError);
                confirmed.extend(shown_again.filter(|symptom| again.finding(symptom).is_some()).cloned());
            } else {
                some_came_again |= shot.outcome.may_be_down();
                believed.outcomes[i] = Some(shot.outcome);
            }
        }
        if some_came_again {
            // A reproduced case takes the target down, which explains the dropped connections of the others.
            let mut place = 0;
            believed.gone.retain(|(_, symptom)| {
                place += 1;
                place <= gone_before || !matches!(symptom.class, Class::Dropped | Class::Hang)
            });
        }
        Ok(())
    }

    /// Repeats a case alone: only what is pushed, unless the doubtful finding is in reading back.
    fn repeat(
        &self,
        cases: &[ToFire],
        i: usize,
        before: Outcome,
        believed: &mut Believed,
        sink: &mut dyn Sink,
    ) -> Result<(), Error> {
        let ToFire { case, questions, .. } = &cases[i];
        let in_reading = before.doubts().any(|finding| finding.symptom.depends_on_state());
        let options = FireOptions { purpose: Purpose::Repetition, questions: *questions, ..self.options };
        let of_pushes = questions.about(Stage::ManifestPut);
        let only_push = FireOptions { questions: if in_reading { *questions } else { of_pushes }, ..options };
        let again = self.prober.fire(case, only_push);
        if again.is_interrupted() {
            believed.outcomes[i] = Some(before);
            return Ok(());
        }
        let mut health_after = Health::Well;
        if again.is_doubtful() {
            health_after = health(self.prober, self.limits, again.silences(), sink)?;
        }
        let gone: Vec<Symptom> = before
            .doubts()
            .filter(|finding| again.finding(&finding.symptom).is_none())
            .map(|finding| finding.symptom.clone())
            .collect();
        let was_judged = matches!(before, Outcome::Judged { .. });
        let is_same = was_judged && gone.is_empty() && before.accepted() == again.accepted() && !again.is_doubtful();
        let outcome = match &health_after {
            // A 403 is about the content only if the base is accepted.
            Health::Denied(trouble) if !was_judged || shows_403(&before) => Outcome::Trouble(trouble.clone()),
            Health::Denied(_) => before,
            Health::Down | Health::Failing { .. } if self.limits.are_over() => before,
            Health::Down | Health::Failing { .. } => {
                let shown = again.doubts().next().or(before.doubts().next());
                let finding = shown.map(|finding| suspect(finding, &health_after, 1));
                let suspects = finding.into_iter().map(|finding| (i, finding)).collect();
                believed.loss = Some(Loss { why: why(&health_after).to_owned(), suspects });
                return Ok(());
            }
            // Reproduced alone, so the case is the cause. Keep the first outcome, which was read back further.
            Health::Well | Health::Recovered if was_judged && gone.is_empty() && before.doubts().next().is_some() => {
                before
            }
            Health::Well | Health::Recovered if is_same => before,
            Health::Well | Health::Recovered if only_push == options => again,
            Health::Well | Health::Recovered => self.prober.fire(case, options),
        };
        believed.gone.extend(gone.into_iter().map(|symptom| (i, symptom)));
        believed.outcomes[i] = Some(outcome).filter(|outcome| !outcome.is_interrupted());
        Ok(())
    }

    /// The cases that may have caused the loss. If the target is down: each in flight together with the first that failed. If it
    /// answers every request with an error: the first that failed.
    fn loss(&self, cases: &[ToFire], fired: &[(usize, Shot)], health: &Health) -> Loss {
        let doubts = |shot: &Shot| shot.outcome.doubts().next().cloned();
        let failed: Vec<&(usize, Shot)> = fired
            .iter()
            .filter(|(i, shot)| self.is_in_doubt(&cases[*i].case, &shot.outcome) && doubts(shot).is_some())
            .collect();
        let Some(first) = first_to_end(failed.iter().map(|(_, shot)| shot)) else {
            return Loss { why: why(health).to_owned(), suspects: Vec::new() };
        };
        // A case known to take the target down explains the loss.
        let is_known = |(i, shot): &(usize, Shot)| {
            shot.overlaps(first) && shot.outcome.may_be_down() && !self.is_in_doubt(&cases[*i].case, &shot.outcome)
        };
        if fired.iter().any(is_known) {
            return Loss { why: why(health).to_owned(), suspects: Vec::new() };
        }
        let in_flight: Vec<&&(usize, Shot)> = match health {
            Health::Failing { .. } => failed.iter().filter(|(_, shot)| std::ptr::eq(shot, first)).collect(),
            _ => failed.iter().filter(|(_, shot)| shot.overlaps(first)).collect(),
        };
        let count = in_flight.len();
        let suspects = in_flight.iter().filter_map(|(i, shot)| Some((*i, suspect(&doubts(shot)?, health, count))));
        Loss { why: why(health).to_owned(), suspects: suspects.collect() }
    }
}

/// Whether the last [`TROUBLES`] cases were all in trouble, so that firing more is pointless.
fn is_hopeless(outcomes: &[Option<Outcome>]) -> bool {
    let fired: Vec<&Outcome> = outcomes.iter().flatten().collect();
    let in_a_row = fired.iter().rev().take_while(|outcome| matches!(outcome, Outcome::Trouble(_))).count();
    in_a_row >= TROUBLES
}

fn shows_403(outcome: &Outcome) -> bool {
    outcome.doubts().any(|finding| finding.symptom.status == Some(403))
}

fn why(health: &Health) -> &'static str {
    match health {
        Health::Failing { .. } => "every request fails, including the base case",
        _ => "it no longer answers, not even the base case",
    }
}

/// The finding of a suspected case: at most a warning, because it is not confirmed.
pub(super) fn suspect(finding: &Finding, health: &Health, in_flight: usize) -> Finding {
    let mut finding = Finding { grade: Grade::Warning, ..finding.clone() };
    finding.note = match health {
        Health::Failing { .. } => "every request failed from this case on".to_owned(),
        _ if in_flight == 1 => "the only case in flight when the target went down".to_owned(),
        _ => format!("one of the {in_flight} cases in flight when the target went down"),
    };
    finding
}

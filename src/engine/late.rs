//! Checks whether absent content is only late, by requesting it repeatedly after fresh pushes of the smallest case.

use std::time::Duration;

use super::fire_options::FireOptions;
use super::prober::Prober;
use crate::compare::{Finding, Grade, Symptom};
use crate::error::Trouble;
use crate::exchange::{Answer, Observation};
use crate::model::Class;
use crate::render::Case;

/// How long to wait for absent content.
const PATIENCE: Duration = Duration::from_secs(5);
/// The pause before the second request; it doubles each time, up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);
/// The number of fresh pushes after which it must be late.
const PUSHES: usize = 3;

/// The result of waiting for absent content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Waited {
    /// It never appeared.
    Absent,
    /// It appeared each time, after these pauses.
    Late(Vec<Duration>),
    /// It behaved differently on different pushes.
    Unclear,
}

/// The rules that a list breaks if an entry is missing.
const LISTS: [&str; 3] = ["tag-list-holds-the-tag", "referrers-hold-the-manifest", "referrers-hold-the-index"];

/// Whether a symptom is about absent content.
pub(super) fn is_absence(symptom: &Symptom) -> bool {
    let is_missed = symptom.class == Class::Lost || symptom.duty.is_some_and(|duty| LISTS.contains(&duty));
    symptom.depends_on_state() && is_missed
}

/// Pushes the case again and requests the absent content until it appears or [`PATIENCE`] is over. Three pushes decide that it
/// is late, one that it never appears.
pub(super) fn wait_for(
    prober: &Prober<'_>,
    case: &Case,
    symptom: &Symptom,
    options: FireOptions,
) -> Result<Waited, Trouble> {
    let mut times = Vec::new();
    while times.len() < PUSHES {
        match appears_after(prober, case, symptom, options)? {
            None if times.is_empty() => return Ok(Waited::Absent),
            // Present at once, so not late.
            None | Some(Duration::ZERO) => return Ok(Waited::Unclear),
            Some(time) => times.push(time),
        }
    }
    Ok(Waited::Late(times))
}

/// The total pause until the symptom disappears; `None` if it does not.
fn appears_after(
    prober: &Prober<'_>,
    case: &Case,
    symptom: &Symptom,
    options: FireOptions,
) -> Result<Option<Duration>, Trouble> {
    let target = prober.target();
    let shows = |observation: &Observation| prober.judge(&case.exchange, observation).finding(symptom).is_some();
    let first = target.fire(&case.exchange, options.place, options.questions)?;
    let (mut waited, mut pause) = (Duration::ZERO, FIRST_PAUSE);
    let mut is_absent = shows(&first);
    while is_absent && waited < PATIENCE {
        let next = pause.min(PATIENCE - waited);
        target.wait(next)?;
        (waited, pause) = (waited + next, (pause * 2).min(LONGEST_PAUSE));
        let again = target.read_again(&case.exchange, &first, options.questions)?;
        // Another failure does not show that the content is present.
        is_absent = shows(&again) || !is_there(&again, symptom);
    }
    Ok(Some(waited).filter(|_| !is_absent))
}

/// Whether every request at the symptom's stage was answered with 2xx.
fn is_there(observation: &Observation, symptom: &Symptom) -> bool {
    let at_stage = observation.replies.iter().filter(|(probe, _)| probe.stage() == symptom.stage);
    at_stage.into_iter().all(|(_, reply)| reply.answer().is_some_and(Answer::is_success))
}

/// Turns a finding of absent content into one of late content.
pub(super) fn as_late(finding: Finding, times: &[Duration]) -> Finding {
    let longest = times.iter().max().copied().unwrap_or_default();
    let bucket = match longest.as_millis() {
        ..=100 => "< 100 ms",
        101..=1000 => "< 1 s",
        _ => "< 5 s",
    };
    let symptom = Symptom { class: Class::Late, ..finding.symptom };
    Finding { symptom, grade: Grade::Note, note: format!("absent at first, present after {bucket}"), ..finding }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::Depth;
    use crate::model::Versions;
    use crate::registry::{Params, Profile};
    use crate::transport::{Opening, embedded};

    #[test]
    fn what_appears_within_the_patience_is_late_and_what_does_not_is_absent() {
        for (quirk, is_late) in [("pull-answers-late", true), ("loses-manifest-by-digest", false)] {
            let profile = Profile::clean().plant(quirk, Params::default()).expect("the quirk is there");
            let target = embedded(&profile, &Opening { nonce: "late".to_owned(), ..Opening::default() });
            let prober = Prober::new(target.as_ref(), Versions::V1_1, Depth::Full).expect("it answers");
            let case = Case::base();
            let outcome = prober.fire(&case, prober.usual());
            let lost = outcome.findings().iter().find(|finding| is_absence(&finding.symptom)).expect("it is lost");
            let waited = wait_for(&prober, &case, &lost.symptom, prober.options(&lost.symptom)).expect("it answers");
            match waited {
                Waited::Late(times) => assert!(is_late && times.len() == PUSHES, "{quirk}: {times:?}"),
                other => assert!(!is_late && other == Waited::Absent, "{quirk}: {other:?}"),
            }
        }
    }
}

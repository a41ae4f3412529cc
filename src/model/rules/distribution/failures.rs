//! Which MUST is broken by a 5xx, a dropped connection or a timeout: the one that requires an answer to the request.
//!
//! The rule decides the grade, what came decides the class. Where no MUST applies, `refusal-is-a-client-error` does.

use crate::exchange::{Ask, By, Probe};
use crate::model::policy::answered::{Answered, Flaw};
use crate::model::rule::{AnswerRule, RuleInfo};
use crate::model::rules::distribution::deletion::{self, says_disabled};
use crate::model::rules::distribution::pull::{self, is_asked_for};
use crate::model::rules::distribution::referrers::{self, has_referrers_list};
use crate::model::rules::distribution::{missing, pushed, tags};

/// The rules that require an answer to a request.
const REQUIRING: [&[AnswerRule]; 6] =
    [pushed::ANSWERS, pull::ANSWERS, missing::ANSWERS, tags::ANSWERS, referrers::ANSWERS, deletion::ANSWERS];

/// Every 5xx answer to a request for which a MUST requires another one, with that MUST.
pub(in crate::model) fn failures(answered: &Answered<'_>) -> Vec<(&'static RuleInfo, Flaw)> {
    let failed = answered.observation.answers().filter(|(_, answer)| answer.status >= 500);
    failed
        .filter(|(probe, answer)| !says_disabled(probe, answer))
        .filter_map(|(probe, answer)| {
            let rule = due(answered, probe)?;
            let (stage, status, says) = (probe.stage(), answer.status, rule.clause.summary);
            Some((rule, Flaw::of(probe, answer, format!("{stage} is answered with {status}; required: {says}"))))
        })
        .collect()
}

/// The MUST that requires an answer to this request, if the chosen versions have one.
pub(in crate::model) fn due(answered: &Answered<'_>, probe: &Probe) -> Option<&'static RuleInfo> {
    let id = id(answered, probe)?;
    let rule = REQUIRING.into_iter().flatten().map(|rule| &rule.info).find(|rule| rule.id == id)?;
    rule.holds_in(answered.content.versions).then_some(rule)
}

fn id(answered: &Answered<'_>, probe: &Probe) -> Option<&'static str> {
    let accepted = answered.observation.accepted();
    match probe {
        // There are no rules on uploads, and for the push the expectation decides.
        Probe::Upload(_) | Probe::Put => None,
        Probe::Head(_) if accepted => is_owed(answered).then_some("head-answers-200"),
        Probe::Get(By::Location) if accepted => is_owed(answered).then_some("push-location-is-pullable"),
        Probe::Get(_) if accepted => is_owed(answered).then_some("pull-answers-200"),
        Probe::Head(by) => is_absent(answered, *by).then_some("missing-content-answers-404-to-head"),
        Probe::Get(by) => is_absent(answered, *by).then_some("missing-manifest-answers-404"),
        Probe::Referrers => {
            let is_owed = answered.owes(probe) && (answered.accepted_valid() || has_referrers_list(answered));
            is_owed.then_some("referrers-answer-200")
        }
        // Pages are not asked for.
        Probe::NextPage(_) => None,
        Probe::TagList => (answered.owes(probe) && accepted).then_some("tag-list-answers-200"),
        Probe::Gone(_) => Some("missing-manifest-answers-404"),
        Probe::Ask(ask) => of_question(answered, *ask),
    }
}

fn of_question(answered: &Answered<'_>, ask: Ask) -> Option<&'static str> {
    let has = answered.capabilities;
    match ask {
        Ask::Blob => Some("blob-pull-answers-200"),
        Ask::UnknownTag | Ask::UnknownDigest => Some("missing-manifest-answers-404"),
        Ask::UnknownBlob => Some("missing-blob-answers-404"),
        Ask::UnknownRepository => Some("missing-repository-answers-404"),
        Ask::ReferrersOfUnknown => has.referrers.then_some("referrers-of-nobody-are-an-empty-list"),
        Ask::ReferrersOfMalformed => has.referrers.then_some("referrers-of-a-malformed-digest-answer-400"),
        Ask::ReferrersFiltered => has.referrers.then_some("referrers-answer-200"),
        Ask::NoTags => has.tag_list.then_some("tag-list-of-none-is-empty"),
        Ask::OneTag | Ask::TagsInOrder => has.tag_list.then_some("tag-list-answers-200"),
        // No MUST says that a deletion succeeds, but one says how to answer where deletion is disabled.
        Ask::DeleteDigest => (!has.deletion).then_some("disabled-delete-of-manifests-answers-400-or-405"),
        Ask::DeleteTag => None,
        Ask::DeleteUnknownBlob => Some("delete-of-a-missing-blob-answers-404"),
        Ask::DeleteInUnknownRepository => Some("delete-in-a-missing-repository-answers-404"),
    }
}

/// Whether reading back must return what was pushed. No specification says how a coded body is stored.
fn is_owed(answered: &Answered<'_>) -> bool {
    is_asked_for(answered) && answered.content.exchange.tested.content_encoding.is_none()
}

/// Whether the manifest was refused and was not there before, so that nothing has this name.
fn is_absent(answered: &Answered<'_>, by: By) -> bool {
    let seen = answered.observation;
    answered.refusal().is_some() && seen.body_is_new && (by == By::Digest || seen.tag_is_new)
}

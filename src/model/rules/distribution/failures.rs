//! The MUST that a failure (5xx, dropped connection, timeout) breaks: the one that requires an answer to the request.
//!
//! The rule decides the grade and the failure the class. If there is no such MUST, `refusal-is-a-client-error` applies.

use crate::exchange::roles::{blobs, mounts, reading, referrers as referrers_roles, tags as tag_roles, uploads};
use crate::exchange::{Ask, By, Probe, Role, Stage};
use crate::model::policy::answered::{Answered, Flaw};
use crate::model::rule::{AnswerRule, RuleInfo};
use crate::model::rules::distribution::deletion::{self, is_not_implemented};
use crate::model::rules::distribution::expected;
use crate::model::rules::distribution::pull::{self, accepts_pushed_type};
use crate::model::rules::distribution::referrers::{self, has_referrers_list};
use crate::model::rules::distribution::{
    blob_deletion, chunks, missing, mounts as mount_rules, pushed, tags, uploads as upload_rules,
};

/// The rules that can require an answer.
const REQUIRING: [&[AnswerRule]; 9] = [
    pushed::ANSWERS,
    pull::ANSWERS,
    missing::ANSWERS,
    tags::ANSWERS,
    referrers::ANSWERS,
    deletion::ANSWERS,
    upload_rules::ANSWERS,
    chunks::ANSWERS,
    mount_rules::ANSWERS,
];

/// Every 5xx answer to a request for which a MUST requires another answer, with that MUST.
pub(in crate::model) fn failures(answered: &Answered<'_, '_>) -> Vec<(&'static RuleInfo, Flaw)> {
    let failed = answered.observation.answers().filter(|(_, answer)| answer.status >= 500);
    failed
        .filter(|(probe, answer)| !is_not_implemented(probe, answer))
        .filter_map(|(probe, answer)| {
            let rule = requirement(answered, probe)?;
            let (stage, status, required) = (probe.stage(), answer.status, rule.clause.summary);
            Some((
                rule,
                Flaw::of(
                    probe,
                    answer,
                    format!("{} returned {status}; required: {required}", stage.as_str().replace('-', " ")),
                ),
            ))
        })
        .collect()
}

/// The MUST that requires an answer to this request, if the chosen versions have one.
pub(in crate::model) fn requirement(answered: &Answered<'_, '_>, probe: &Probe) -> Option<&'static RuleInfo> {
    let id = requirement_id(answered, probe)?;
    let rule = REQUIRING.into_iter().flatten().map(|rule| &rule.info).find(|rule| rule.id == id)?;
    rule.holds_in(answered.content.versions).then_some(rule)
}

fn requirement_id(answered: &Answered<'_, '_>, probe: &Probe) -> Option<&'static str> {
    let accepted = answered.observation.accepted();
    match probe {
        // No rule requires an upload to succeed; for the push, the expectation decides.
        Probe::Upload(_) | Probe::Put => None,
        Probe::Head(_) if accepted => must_be_readable(answered).then_some("head-answers-200"),
        Probe::Get(By::Location) if accepted => must_be_readable(answered).then_some("push-location-is-pullable"),
        Probe::Get(_) if accepted => must_be_readable(answered).then_some("pull-answers-200"),
        Probe::Head(by) => is_absent(answered, *by).then_some("missing-content-answers-404-to-head"),
        Probe::Get(by) => is_absent(answered, *by).then_some("missing-manifest-answers-404"),
        Probe::Referrers => {
            let is_required = answered.supports(probe) && (answered.accepted_valid() || has_referrers_list(answered));
            is_required.then_some("referrers-answer-200")
        }
        // No rule requires further pages to be readable.
        Probe::NextPage(_) => None,
        Probe::TagList => (answered.supports(probe) && accepted).then_some("tag-list-answers-200"),
        Probe::Gone(_) => Some("missing-manifest-answers-404"),
        Probe::Ask(ask) => requirement_id_of_ask(answered, *ask),
        Probe::Scripted { role: blobs::DELETE_AGAIN, .. } => {
            blob_deletion::is_known_to_be_gone(answered).then_some("delete-of-a-missing-blob-answers-404")
        }
        Probe::Scripted { role, page: 0, .. } => {
            requirement_id_of_role(answered, *role).or_else(|| expected::requirement_id(answered, *role))
        }
        Probe::Scripted { .. } => None,
    }
}

fn requirement_id_of_ask(answered: &Answered<'_, '_>, ask: Ask) -> Option<&'static str> {
    let capabilities = answered.capabilities;
    match ask {
        Ask::Blob => Some("blob-pull-answers-200"),
        Ask::UnknownTag | Ask::UnknownDigest => Some("missing-manifest-answers-404"),
        Ask::UnknownBlob => Some("missing-blob-answers-404"),
        Ask::UnknownRepository => Some("missing-repository-answers-404"),
        Ask::ReferrersOfUnknown => capabilities.referrers.then_some("referrers-of-nobody-are-an-empty-list"),
        Ask::ReferrersOfMalformed => capabilities.referrers.then_some("referrers-of-a-malformed-digest-answer-400"),
        Ask::ReferrersFiltered => capabilities.referrers.then_some("referrers-answer-200"),
        Ask::NoTags => capabilities.tag_list.then_some("tag-list-of-none-is-empty"),
        Ask::OneTag | Ask::TagsInOrder => capabilities.tag_list.then_some("tag-list-answers-200"),
        // No MUST requires a deletion to succeed, but one defines the answer if deletion is disabled.
        Ask::DeleteDigest => (!capabilities.deletion).then_some("disabled-delete-of-manifests-answers-400-or-405"),
        Ask::DeleteTag => None,
        Ask::DeleteUnknownBlob => Some("delete-of-a-missing-blob-answers-404"),
        Ask::DeleteInUnknownRepository => Some("delete-in-a-missing-repository-answers-404"),
        // Its requests have roles.
        Ask::Script(_) => None,
    }
}

/// The rule that requires an answer to requests with this role; no MUST requires an upload to succeed.
fn requirement_id_of_role(answered: &Answered<'_, '_>, role: Role) -> Option<&'static str> {
    const REQUIRED: &[(Role, &str)] = &[
        (blobs::HEAD, "head-answers-200"),
        (blobs::GET, "blob-pull-answers-200"),
        (blobs::GET_LOCATION, "upload-location-is-pullable"),
        (mounts::GET_LOCATION, "mount-location-is-pullable"),
        (blobs::HEAD_REFUSED, "missing-content-answers-404-to-head"),
        (blobs::GET_REFUSED, "missing-blob-answers-404"),
        (uploads::OUT_OF_ORDER, "chunk-out-of-order-answers-416"),
        (uploads::STATUS, "upload-status-answers-204"),
        (reading::HEAD_UNKNOWN_MANIFEST, "missing-content-answers-404-to-head"),
        (reading::HEAD_UNKNOWN_BLOB, "missing-content-answers-404-to-head"),
        (tag_roles::LIST, "tag-list-answers-200"),
        (tag_roles::LIST_AFTER_DELETE, "tag-list-answers-200"),
        (tag_roles::LIST_OF_UNTAGGED, "tag-list-answers-200"),
        (referrers_roles::LIST, "referrers-answer-200"),
        (referrers_roles::LIST_FILTERED, "referrers-answer-200"),
        (referrers_roles::LIST_AFTER_DELETE, "referrers-answer-200"),
    ];
    let is_lacking = match role.stage {
        Stage::TagList => !answered.capabilities.tag_list,
        Stage::Referrers => !answered.capabilities.referrers,
        _ => false,
    };
    if is_lacking {
        return None;
    }
    REQUIRED.iter().find(|(own, _)| *own == role).map(|(_, id)| *id)
}

/// Whether reading back must return the pushed manifest. No specification defines how a body with a coding is stored.
fn must_be_readable(answered: &Answered<'_, '_>) -> bool {
    accepts_pushed_type(answered) && answered.content.exchange.tested.content_encoding.is_none()
}

/// Whether the manifest was refused and did not exist before, so that the reference must not resolve.
fn is_absent(answered: &Answered<'_, '_>, by: By) -> bool {
    let observation = answered.observation;
    answered.refusal().is_some() && observation.body_is_new && (by == By::Digest || observation.tag_is_new)
}

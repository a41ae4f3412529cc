//! Rules from distribution-spec's section on content management: deletion, which a registry may disable.

use crate::exchange::{Answer, Ask, By, Probe, Stage};
use crate::model::policy::answered::{Answered, Flaw};
use crate::model::rule::{AnswerRule, Binds, Class, Clause, Family, Level, RuleInfo, Source};
use crate::model::rules::distribution::blob_deletion::deleted_again;
use crate::model::versions::{ALWAYS, FROM_1_0, FROM_1_1_1};

const TAGS: &str = "deleting-tags";
const MANIFESTS: &str = "deleting-manifests";
const BLOBS: &str = "deleting-blobs";

const PAGE: Clause = Clause::of(Source::DistributionSpec, "spec.md");
const REGISTRY: RuleInfo = RuleInfo::of(Binds::Registry, Family::Deletion);

pub(in crate::model) const ANSWERS: &[AnswerRule] = &[
    AnswerRule {
        info: RuleInfo {
            id: "delete-of-a-tag-answers-202",
            clause: Clause {
                section: TAGS,
                summary: "a successful tag deletion is answered with 202",
                sentence: "f39c003380403c59",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "Clients that check for 202 report a failed deletion although the tag is gone.",
            fix: "Answer a successful deletion with 202 Accepted.",
            ..REGISTRY
        },
        class: Class::WrongStatus,
        check: |answered, flaws| success_is_202(answered, Ask::DeleteTag, flaws),
    },
    AnswerRule {
        info: RuleInfo {
            id: "delete-of-a-manifest-answers-202",
            clause: Clause {
                section: MANIFESTS,
                summary: "a successful manifest deletion is answered with 202",
                sentence: "f39c003380403c59",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "Clients that check for 202 report a failed deletion although the manifest is gone.",
            fix: "Answer a successful deletion with 202 Accepted.",
            ..REGISTRY
        },
        class: Class::WrongStatus,
        check: |answered, flaws| success_is_202(answered, Ask::DeleteDigest, flaws),
    },
    AnswerRule {
        info: RuleInfo {
            id: "disabled-delete-of-tags-answers-400-or-405",
            clause: Clause {
                section: TAGS,
                summary: "DELETE of a tag is answered with 400 or 405 if tag deletion is disabled",
                sentence: "236c683e9234262f",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "Clients cannot tell that tag deletion is disabled from a failed deletion, and retry.",
            fix: "Answer DELETE of a tag with 405 or 400 if tag deletion is disabled.",
            ..REGISTRY
        },
        class: Class::WrongStatus,
        check: |answered, flaws| disabled(answered, Ask::DeleteTag, flaws),
    },
    AnswerRule {
        info: RuleInfo {
            id: "disabled-delete-of-manifests-answers-400-or-405",
            clause: Clause {
                section: MANIFESTS,
                summary: "DELETE of a manifest is answered with 400 or 405 if manifest deletion is disabled",
                sentence: "24f7ab739e02638b",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_1_1,
            why: "Clients cannot tell that deletion is disabled from a failed deletion, and retry.",
            fix: "Answer DELETE of a manifest with 405 or 400 if deletion is disabled.",
            ..REGISTRY
        },
        class: Class::WrongStatus,
        check: |answered, flaws| {
            // If the base can be deleted, deletion is not disabled, and no sentence covers other failures.
            if !answered.capabilities.deletion {
                disabled(answered, Ask::DeleteDigest, flaws);
            }
        },
    },
    AnswerRule {
        info: RuleInfo {
            id: "deleted-manifest-is-gone",
            clause: Clause {
                section: MANIFESTS,
                summary: "GET of a deleted manifest by digest is answered with 404",
                sentence: "b8e9fd2f2c909294",
                ..PAGE
            },
            // The sentence has no key word.
            level: Level::Should,
            versions: FROM_1_1_1,
            why: "An image that was deleted, for example because it leaked a secret, can still be pulled.",
            fix: "Stop serving a manifest, including from caches, before answering its deletion with 202.",
            ..REGISTRY
        },
        class: Class::Inconsistent,
        check: is_gone,
    },
    AnswerRule {
        info: RuleInfo {
            id: "deleted-manifest-has-no-tags",
            clause: Clause {
                section: MANIFESTS,
                summary: "GET of a deleted manifest by any of its tags is answered with 404",
                sentence: "b8e9fd2f2c909294",
                ..PAGE
            },
            level: Level::Should,
            versions: FROM_1_1_1,
            why: "A deleted image can still be pulled by tag.",
            fix: "Remove all tags of a manifest when deleting it.",
            ..REGISTRY
        },
        class: Class::Inconsistent,
        check: tags_are_gone,
    },
    AnswerRule {
        info: RuleInfo {
            id: "deleted-tag-is-gone",
            // Not every version of distribution-spec covers GET of a deleted tag.
            clause: Clause {
                document: Source::Http,
                page: "RFC 9110",
                section: "section-9.3.5",
                summary: "after DELETE, the name no longer leads to the content",
                ..PAGE
            },
            level: Level::Should,
            versions: ALWAYS,
            why: "A deleted tag can still be pulled.",
            fix: "Remove the tag, also from caches, before answering its deletion with 202.",
            ..REGISTRY
        },
        class: Class::Inconsistent,
        check: tag_is_gone,
    },
    AnswerRule {
        info: RuleInfo {
            id: "delete-in-a-missing-repository-answers-404",
            clause: Clause {
                section: MANIFESTS,
                summary: "DELETE in a repository that does not exist is answered with 404",
                sentence: "42471dd7eccf9a80",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "Clean-up tools cannot tell that there is nothing to delete.",
            fix: "Answer DELETE in a repository that does not exist with 404.",
            ..REGISTRY
        },
        class: Class::WrongStatus,
        check: |answered, flaws| {
            missing(answered, Ask::DeleteInUnknownRepository, !answered.capabilities.deletion, flaws)
        },
    },
    AnswerRule {
        info: RuleInfo {
            id: "delete-of-a-missing-blob-answers-404",
            clause: Clause {
                section: BLOBS,
                summary: "DELETE of a blob that does not exist is answered with 404",
                sentence: "b941c1453f1412be",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "Clean-up tools report a blob as deleted that never existed, or abort.",
            fix: "Answer DELETE of an unknown blob with 404.",
            ..REGISTRY
        },
        class: Class::WrongStatus,
        // Deletion of blobs may be disabled even if deletion of manifests is not.
        check: |answered, flaws| {
            missing(answered, Ask::DeleteUnknownBlob, true, flaws);
            deleted_again(answered, flaws);
        },
    },
];

fn flaw(ask: Ask, answer: &Answer) -> Flaw {
    Flaw::of(&Probe::Ask(ask), answer, format!("DELETE returned {}", answer.status))
}

/// Whether a deletion was answered with 501: deletion is not implemented, which is not a server failure.
pub(in crate::model) fn is_not_implemented(probe: &Probe, answer: &Answer) -> bool {
    answer.status == 501 && matches!(probe, Probe::Ask(ask) if ask.stage() == Stage::Delete)
}

/// Whether a rule on this page forbids 501 as the answer to this request.
pub(in crate::model) fn forbids_501(answered: &Answered<'_, '_>, ask: Ask) -> bool {
    let has_deletion = answered.capabilities.deletion;
    // Version 1.1.1 is the first to define the answer if deletion of manifests or blobs is disabled.
    let covers_disabled = FROM_1_1_1.holds(answered.content.versions.distribution);
    match ask {
        Ask::DeleteTag => true,
        Ask::DeleteDigest => !has_deletion && covers_disabled,
        Ask::DeleteInUnknownRepository => has_deletion || covers_disabled,
        Ask::DeleteUnknownBlob => covers_disabled,
        _ => false,
    }
}

/// The answer to a deletion, except 401, 403, 429 and 5xx; 501 is included if a rule forbids it.
fn deletion<'a>(answered: &'a Answered<'_, '_>, ask: Ask) -> Option<&'a Answer> {
    let probe = Probe::Ask(ask);
    let not_implemented = answered.observation.answer(&probe).filter(|answer| is_not_implemented(&probe, answer));
    not_implemented.filter(|_| forbids_501(answered, ask)).or_else(|| answered.answer_to(ask))
}

fn success_is_202(answered: &Answered<'_, '_>, ask: Ask, flaws: &mut Vec<Flaw>) {
    flaws.extend(answered.answer_to(ask).filter(|a| a.is_success() && a.status != 202).map(|answer| flaw(ask, answer)));
}

fn disabled(answered: &Answered<'_, '_>, ask: Ask, flaws: &mut Vec<Flaw>) {
    let is_wrong = |answer: &&Answer| !answer.is_success() && !matches!(answer.status, 400 | 405);
    flaws.extend(deletion(answered, ask).filter(is_wrong).map(|answer| flaw(ask, answer)));
}

/// If deletion may be disabled, 400 and 405 are allowed too.
fn missing(answered: &Answered<'_, '_>, ask: Ask, may_be_disabled: bool, flaws: &mut Vec<Flaw>) {
    let is_disabled = |status| may_be_disabled && matches!(status, 400 | 405);
    let is_wrong = |answer: &&Answer| answer.status != 404 && !is_disabled(answer.status);
    flaws.extend(deletion(answered, ask).filter(is_wrong).map(|answer| flaw(ask, answer)));
}

/// The status of a successful deletion, and the successful answers to GET by digest and by tag after it.
fn still_returned<'a>(answered: &'a Answered<'_, '_>, ask: Ask) -> Option<(u16, [Option<&'a Answer>; 2])> {
    let deleted = answered.answer_to(ask).filter(|answer| answer.is_success())?;
    let returned = |by| answered.observation.answer(&Probe::Gone(by)).filter(|answer| answer.is_success());
    Some((deleted.status, [By::Digest, By::Tag].map(returned)))
}

/// What was deleted is there or not: a refusal to return it is 404. 401, 403, 429 and 5xx do not tell.
pub(in crate::model) fn is_gone_with_404(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let tells = |answer: &&Answer| !answer.is_success() && !matches!(answer.status, 401 | 403 | 404 | 429 | 500..);
    let is_deleted = |ask| answered.answer_to(ask).is_some_and(Answer::is_success);
    for by in [By::Digest, By::Tag] {
        // After the deletion of a tag, the digest may still lead to the manifest.
        let due = is_deleted(Ask::DeleteDigest) || (by == By::Tag && is_deleted(Ask::DeleteTag));
        if let Some(answer) = answered.observation.answer(&Probe::Gone(by)).filter(|answer| due && tells(answer)) {
            let message = format!("GET of the deleted manifest returned {}", answer.status);
            flaws.push(Flaw::of(&Probe::Gone(by), answer, message));
        }
    }
}

fn is_gone(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    if let Some((status, [Some(answer), _])) = still_returned(answered, Ask::DeleteDigest) {
        let message = format!("DELETE returned {status}, but GET by digest still returns the manifest");
        flaws.push(Flaw::of(&Probe::Gone(By::Digest), answer, message));
    }
}

/// Not reported if GET by digest returns the manifest too: then it was not deleted.
fn tags_are_gone(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    if let Some((status, [None, Some(answer)])) = still_returned(answered, Ask::DeleteDigest) {
        let message =
            format!("DELETE returned {status} and the digest is gone, but GET by tag still returns the manifest");
        flaws.push(Flaw::of(&Probe::Gone(By::Tag), answer, message));
    }
}

fn tag_is_gone(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    if let Some((status, [_, Some(answer)])) = still_returned(answered, Ask::DeleteTag) {
        let message = format!("DELETE of the tag returned {status}, but GET by tag still returns the manifest");
        flaws.push(Flaw::of(&Probe::Gone(By::Tag), answer, message));
    }
}

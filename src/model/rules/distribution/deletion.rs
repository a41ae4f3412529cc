//! Rules of distribution-spec's section on content management: deletion, and that a registry may have it disabled.

use crate::exchange::{Answer, Ask, By, Probe, Stage};
use crate::model::policy::answered::{Answered, Flaw};
use crate::model::rule::{AnswerRule, Binds, Class, Clause, Family, Level, RuleInfo, Source};
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
                summary: "a tag's deletion that succeeds is answered with 202",
                sentence: "f39c003380403c59",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
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
                summary: "a manifest's deletion that succeeds is answered with 202",
                sentence: "f39c003380403c59",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
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
                summary: "where tags are not deleted, that is answered with 400 or 405",
                sentence: "236c683e9234262f",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
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
                summary: "where manifests are not deleted, that is answered with 400 or 405",
                sentence: "24f7ab739e02638b",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_1_1,
            ..REGISTRY
        },
        class: Class::WrongStatus,
        check: |answered, flaws| {
            // Where the base can be deleted, deletion is not disabled, and of other failures nothing is said.
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
                summary: "after the deletion GET by digest is answered with 404",
                sentence: "b8e9fd2f2c909294",
                ..PAGE
            },
            // The sentence says what will happen and has no key word.
            level: Level::Should,
            versions: FROM_1_1_1,
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
                summary: "after the deletion GET by a tag of the manifest is answered with 404",
                sentence: "b8e9fd2f2c909294",
                ..PAGE
            },
            level: Level::Should,
            versions: FROM_1_1_1,
            ..REGISTRY
        },
        class: Class::Inconsistent,
        check: tags_are_gone,
    },
    AnswerRule {
        info: RuleInfo {
            id: "deleted-tag-is-gone",
            // No version of distribution-spec says what GET of a deleted tag answers.
            clause: Clause {
                document: Source::Http,
                page: "RFC 9110",
                section: "section-9.3.5",
                summary: "a deletion removes the association between the target and what it led to",
                ..PAGE
            },
            level: Level::Should,
            versions: ALWAYS,
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
                summary: "a deletion in a repository that is not there is answered with 404",
                sentence: "42471dd7eccf9a80",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
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
                summary: "the deletion of a blob that is not there is answered with 404",
                sentence: "b941c1453f1412be",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            ..REGISTRY
        },
        class: Class::WrongStatus,
        // Blobs may be kept where manifests are deleted.
        check: |answered, flaws| missing(answered, Ask::DeleteUnknownBlob, true, flaws),
    },
];

fn flaw(ask: Ask, answer: &Answer) -> Flaw {
    Flaw::of(&Probe::Ask(ask), answer, format!("DELETE is answered with {}", answer.status))
}

/// Whether a deletion is answered with 501, which says that deletion is not implemented and not that the server failed.
pub(in crate::model) fn says_disabled(probe: &Probe, answer: &Answer) -> bool {
    answer.status == 501 && matches!(probe, Probe::Ask(ask) if ask.stage() == Stage::Delete)
}

/// Whether a rule on this page forbids 501 as the answer to this request.
pub(in crate::model) fn forbids_501(answered: &Answered<'_>, ask: Ask) -> bool {
    let has_deletion = answered.capabilities.deletion;
    // Version 1.1.1 is the first to say how to answer where deletion of manifests or blobs is disabled.
    let is_said = FROM_1_1_1.holds(answered.content.versions.distribution);
    match ask {
        Ask::DeleteTag => true,
        Ask::DeleteDigest => !has_deletion && is_said,
        Ask::DeleteInUnknownRepository => has_deletion || is_said,
        Ask::DeleteUnknownBlob => is_said,
        _ => false,
    }
}

/// The answer to a deletion, unless it says that we may not ask or that the server failed.
fn deletion<'a>(answered: &'a Answered<'_>, ask: Ask) -> Option<&'a Answer> {
    let probe = Probe::Ask(ask);
    let not_there = answered.observation.answer(&probe).filter(|answer| says_disabled(&probe, answer));
    not_there.filter(|_| forbids_501(answered, ask)).or_else(|| answered.asked(ask))
}

fn success_is_202(answered: &Answered<'_>, ask: Ask, flaws: &mut Vec<Flaw>) {
    flaws.extend(answered.asked(ask).filter(|a| a.is_success() && a.status != 202).map(|answer| flaw(ask, answer)));
}

fn disabled(answered: &Answered<'_>, ask: Ask, flaws: &mut Vec<Flaw>) {
    let is_wrong = |answer: &&Answer| !answer.is_success() && !matches!(answer.status, 400 | 405);
    flaws.extend(deletion(answered, ask).filter(is_wrong).map(|answer| flaw(ask, answer)));
}

/// Where deletion may be disabled, 400 and 405 say that first.
fn missing(answered: &Answered<'_>, ask: Ask, may_be_disabled: bool, flaws: &mut Vec<Flaw>) {
    let says_disabled = |status| may_be_disabled && matches!(status, 400 | 405);
    let is_wrong = |answer: &&Answer| answer.status != 404 && !says_disabled(answer.status);
    flaws.extend(deletion(answered, ask).filter(is_wrong).map(|answer| flaw(ask, answer)));
}

/// The status of a deletion that succeeded, and what GET by digest and by tag still return.
fn kept<'a>(answered: &'a Answered<'_>, ask: Ask) -> Option<(u16, [Option<&'a Answer>; 2])> {
    let deleted = answered.asked(ask).filter(|answer| answer.is_success())?;
    let returned = |by| answered.observation.answer(&Probe::Gone(by)).filter(|answer| answer.is_success());
    Some((deleted.status, [By::Digest, By::Tag].map(returned)))
}

fn is_gone(answered: &Answered<'_>, flaws: &mut Vec<Flaw>) {
    if let Some((status, [Some(answer), _])) = kept(answered, Ask::DeleteDigest) {
        let message = format!("deleted with {status}, but GET by digest still returns it");
        flaws.push(Flaw::of(&Probe::Gone(By::Digest), answer, message));
    }
}

/// Not reported if GET by digest returns the manifest too: then it was not deleted at all.
fn tags_are_gone(answered: &Answered<'_>, flaws: &mut Vec<Flaw>) {
    if let Some((status, [None, Some(answer)])) = kept(answered, Ask::DeleteDigest) {
        let message = format!("deleted with {status} and gone by digest, but GET by tag still returns it");
        flaws.push(Flaw::of(&Probe::Gone(By::Tag), answer, message));
    }
}

fn tag_is_gone(answered: &Answered<'_>, flaws: &mut Vec<Flaw>) {
    if let Some((status, [_, Some(answer)])) = kept(answered, Ask::DeleteTag) {
        let message = format!("the tag was deleted with {status}, but GET by tag still returns the manifest");
        flaws.push(Flaw::of(&Probe::Gone(By::Tag), answer, message));
    }
}

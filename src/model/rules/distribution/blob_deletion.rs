//! Rules from distribution-spec on deleting a blob that the case uploaded and that no manifest references.

use crate::exchange::Role;
use crate::exchange::roles::blobs as roles;
use crate::model::policy::answered::{Answered, Flaw};
use crate::model::rule::{AnswerRule, Binds, Class, Clause, Family, Level, RuleInfo, Source};
use crate::model::versions::{ALWAYS, FROM_1_0, FROM_1_1_1};

const SECTION: &str = "deleting-blobs";

const PAGE: Clause = Clause::of(Source::DistributionSpec, "spec.md");
const REGISTRY: RuleInfo = RuleInfo::of(Binds::Registry, Family::Deletion);

pub(in crate::model) const ANSWERS: &[AnswerRule] = &[
    AnswerRule {
        info: RuleInfo {
            id: "delete-of-a-blob-answers-202",
            clause: Clause {
                section: SECTION,
                summary: "a successful deletion of a blob is answered with 202",
                sentence: "3676c5c46bfa6635",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "Clients that check for 202 report a failed deletion although the blob is gone.",
            fix: "Answer a successful deletion with 202 Accepted.",
            ..REGISTRY
        },
        class: Class::WrongStatus,
        check: success_is_202,
    },
    AnswerRule {
        info: RuleInfo {
            id: "disabled-delete-of-blobs-answers-400-or-405",
            clause: Clause {
                section: SECTION,
                summary: "DELETE of a blob is answered with 400 or 405 if deletion of blobs is disabled",
                sentence: "7a8891ae2e239c74",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_1_1,
            why: "Clients cannot tell that deletion is disabled from a failed deletion, and retry.",
            fix: "Answer DELETE of a blob with 405 or 400 if deletion is disabled.",
            ..REGISTRY
        },
        class: Class::WrongStatus,
        check: disabled,
    },
    AnswerRule {
        info: RuleInfo {
            id: "deleted-blob-is-gone",
            clause: Clause {
                document: Source::Http,
                page: "RFC 9110",
                section: "section-9.3.5",
                summary: "after DELETE, the name no longer leads to the content",
                ..PAGE
            },
            level: Level::Should,
            versions: ALWAYS,
            why: "A blob that was deleted, for example because it holds a secret, can still be pulled.",
            fix: "Stop serving a blob, including from caches, before answering its deletion with 202.",
            ..REGISTRY
        },
        class: Class::Inconsistent,
        check: is_gone,
    },
];

fn success_is_202(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let deleted = answered.scripted(roles::DELETE).filter(|one| one.answer.is_success());
    for one in deleted.filter(|one| one.answer.status != 202) {
        flaws.push(one.flaw(format!("DELETE of a blob returned {}", one.answer.status)));
    }
}

fn disabled(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let refused = answered.scripted(roles::DELETE).filter(|one| !one.answer.is_success());
    for one in refused.filter(|one| !matches!(one.answer.status, 400 | 405)) {
        flaws.push(one.flaw(format!("DELETE of an uploaded blob returned {}", one.answer.status)));
    }
}

/// One flaw, even if both HEAD and GET show it.
fn is_gone(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let mut reads = [roles::GET_DELETED, roles::HEAD_DELETED].into_iter().flat_map(|role| answered.scripted(role));
    if let Some(one) = reads.find(|one| one.answer.is_success()) {
        let method = &one.request.method;
        flaws.push(one.flaw(format!("{method} still returns a blob whose DELETE was accepted")));
    }
}

/// A blob whose deletion was accepted is there or not: a refusal to return it is 404.
pub(in crate::model) fn is_gone_with_404(answered: &Answered<'_, '_>, role: Role, flaws: &mut Vec<Flaw>) {
    for one in answered.scripted(role).filter(|one| !one.answer.is_success() && one.answer.status != 404) {
        let method = &one.request.method;
        flaws.push(one.flaw(format!("{method} of a blob whose DELETE was accepted returned {}", one.answer.status)));
    }
}

/// Whether GET said of the deleted blob that it is gone. Until then, its deletion may only have been accepted.
pub(in crate::model) fn is_known_to_be_gone(answered: &Answered<'_, '_>) -> bool {
    answered.scripted(roles::GET_DELETED).any(|one| one.answer.status == 404)
}

/// `delete-of-a-missing-blob-answers-404`: only if GET says that the blob is gone.
pub(in crate::model) fn deleted_again(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let is_gone = is_known_to_be_gone(answered);
    for one in answered.scripted(roles::DELETE_AGAIN).filter(|one| is_gone && one.answer.status != 404) {
        flaws.push(one.flaw(format!("DELETE of a blob that was deleted returned {}", one.answer.status)));
    }
}

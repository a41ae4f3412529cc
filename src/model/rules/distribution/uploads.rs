//! Rules from distribution-spec on uploading blobs: opening, closing, and what the answers say.

use crate::exchange::roles::uploads as roles;
use crate::model::policy::answered::{Answered, Flaw};
use crate::model::rule::{AnswerRule, Binds, Class, Clause, ContentRule, Family, Level, RuleInfo, Source};
use crate::model::versions::FROM_1_0;

const PAGE: Clause = Clause::of(Source::DistributionSpec, "spec.md");
const REGISTRY: RuleInfo = RuleInfo::of(Binds::Registry, Family::Uploads);

/// Rules on what is uploaded.
pub(in crate::model) const CONTENT: &[ContentRule] = &[];

pub(in crate::model) const ANSWERS: &[AnswerRule] = &[
    AnswerRule {
        info: RuleInfo {
            id: "upload-opens-with-202",
            clause: Clause {
                section: "post-then-put",
                summary: "an upload session is opened with 202",
                sentence: "ae91a646d87fc16d",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "Clients that require 202 do not start the upload, so nothing can be pushed.",
            fix: "Answer POST to /blobs/uploads/ with 202 when a session was opened.",
            ..REGISTRY
        },
        class: Class::WrongStatus,
        check: opens_with_202,
    },
    AnswerRule {
        info: RuleInfo {
            id: "upload-open-names-the-session",
            clause: Clause {
                section: "post-then-put",
                summary: "the answer that opens an upload session has the session's URL in Location",
                sentence: "ae91a646d87fc16d",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "Clients do not know where to send the content.",
            fix: "Add Location with the URL of the session to the 202 that opens it.",
            ..REGISTRY
        },
        class: Class::MissingHeader,
        check: names_the_session,
    },
];

fn opens_with_202(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    for one in answered.scripted(roles::OPEN).filter(|one| one.answer.status != 202) {
        flaws.push(one.flaw(format!("opening an upload was answered with {} instead of 202", one.answer.status)));
    }
}

fn names_the_session(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let opened = answered.scripted(roles::OPEN).filter(|one| one.answer.is_success());
    for one in opened.filter(|one| one.answer.headers.get("location").is_none_or(|value| value.is_empty())) {
        flaws.push(one.flaw("the answer that opened an upload has no Location".to_owned()));
    }
}

//! Rules from distribution-spec on uploading a blob in chunks, and on the status of an upload.

use crate::exchange::ScriptedRequest;
use crate::exchange::roles::uploads as roles;
use crate::model::policy::answered::{Answered, Flaw, ScriptedAnswer};
use crate::model::rule::{AnswerRule, Binds, Class, Clause, Family, Level, RuleInfo, Source};
use crate::model::rules::distribution::uploads::lacks_a_location;
use crate::model::versions::{FROM_1_0, FROM_1_1};

const SECTION: &str = "pushing-a-blob-in-chunks";

const PAGE: Clause = Clause::of(Source::DistributionSpec, "spec.md");
const REGISTRY: RuleInfo = RuleInfo::of(Binds::Registry, Family::Chunks);

pub(in crate::model) const ANSWERS: &[AnswerRule] = &[
    AnswerRule {
        info: RuleInfo {
            id: "chunk-answers-202",
            clause: Clause {
                section: SECTION,
                summary: "a chunk that was taken is answered with 202",
                sentence: "a4c22a0f0a0b9b12",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "Clients that check for 202 abort the upload although the chunk was taken.",
            fix: "Answer PATCH with 202 Accepted.",
            ..REGISTRY
        },
        class: Class::WrongStatus,
        check: answers_202,
    },
    AnswerRule {
        info: RuleInfo {
            id: "chunk-answers-a-location",
            clause: Clause {
                section: SECTION,
                summary: "the answer to a chunk has the session's URL in Location",
                sentence: "a4c22a0f0a0b9b12",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "Clients do not know where to send the next chunk.",
            fix: "Add Location with the URL for the next chunk to the 202.",
            ..REGISTRY
        },
        class: Class::MissingHeader,
        check: answers_a_location,
    },
    AnswerRule {
        info: RuleInfo {
            id: "chunk-answers-its-range",
            clause: Clause {
                section: SECTION,
                summary: "the answer to a chunk has 0- and the position of the last byte in Range",
                sentence: "a4c22a0f0a0b9b12",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_1,
            why: "Clients that resume an upload send the wrong bytes, and the digest does not match.",
            fix: "Add Range: 0-LAST to the 202, where LAST is the number of bytes so far less 1.",
            ..REGISTRY
        },
        class: Class::MissingHeader,
        check: answers_its_range,
    },
    AnswerRule {
        info: RuleInfo {
            id: "chunk-out-of-order-answers-416",
            clause: Clause {
                section: SECTION,
                summary: "a chunk that does not follow the last one is answered with 416",
                sentence: "0477889b36830f52",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "A chunk that was lost or sent twice corrupts the blob, or clients cannot tell why it was refused.",
            fix: "Compare the first byte in Content-Range with the number of bytes so far, and answer 416 if they differ.",
            ..REGISTRY
        },
        class: Class::WrongStatus,
        check: out_of_order,
    },
    AnswerRule {
        info: RuleInfo {
            id: "upload-status-answers-204",
            clause: Clause {
                section: SECTION,
                summary: "GET of an open session is answered with 204",
                sentence: "57230ee3e9dd29eb",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_1,
            why: "Clients cannot resume an upload after an error and must begin again.",
            fix: "Answer GET of an open session with 204 No Content.",
            ..REGISTRY
        },
        class: Class::WrongStatus,
        check: status_answers_204,
    },
    AnswerRule {
        info: RuleInfo {
            id: "upload-survives-a-chunk-out-of-order",
            clause: Clause {
                section: SECTION,
                summary: "after a chunk out of order, the status of the upload can be asked for",
                sentence: "0fde1b383aca8586",
                ..PAGE
            },
            // The sentence has no key word.
            level: Level::Should,
            versions: FROM_1_1,
            why: "Clients that send a chunk again after an error lose all that they have uploaded.",
            fix: "Keep the session when a chunk is refused with 416.",
            ..REGISTRY
        },
        class: Class::WrongStatus,
        check: survives_a_chunk_out_of_order,
    },
    AnswerRule {
        info: RuleInfo {
            id: "upload-status-names-the-session",
            clause: Clause {
                section: SECTION,
                summary: "the status of an open session has its URL in Location",
                sentence: "57230ee3e9dd29eb",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_1,
            why: "Clients that resume an upload do not know where to send the next chunk.",
            fix: "Add Location with the URL for the next chunk to the 204.",
            ..REGISTRY
        },
        class: Class::MissingHeader,
        check: status_names_the_session,
    },
    AnswerRule {
        info: RuleInfo {
            id: "upload-status-has-its-range",
            clause: Clause {
                section: SECTION,
                summary: "the status of an open session has 0- and the position of the last byte in Range",
                sentence: "57230ee3e9dd29eb",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_1,
            why: "Clients that resume an upload send the wrong bytes, and the digest does not match.",
            fix: "Add Range: 0-LAST to the 204, where LAST is the number of bytes so far less 1.",
            ..REGISTRY
        },
        class: Class::MissingHeader,
        check: status_has_its_range,
    },
    AnswerRule {
        info: RuleInfo {
            id: "chunk-minimum-is-announced",
            clause: Clause {
                section: SECTION,
                summary: "a registry with a minimum for chunks announces it when a session is opened",
                sentence: "428cc139f0e59c86",
                ..PAGE
            },
            level: Level::Should,
            versions: FROM_1_1,
            why: "Clients cannot choose chunks that the registry takes.",
            fix: "Add OCI-Chunk-Min-Length to the 202 that opens a session.",
            ..REGISTRY
        },
        class: Class::MissingHeader,
        check: minimum_is_announced,
    },
];

/// The successful answers to chunks in order.
fn taken<'a>(answered: &'a Answered<'_, '_>) -> impl Iterator<Item = ScriptedAnswer<'a>> {
    let chunks = answered.scripted(roles::CHUNK).chain(answered.scripted(roles::SMALL_CHUNK));
    chunks.filter(|one| one.answer.is_success())
}

/// The position of the last byte of the upload after this chunk.
fn end(chunk: &ScriptedRequest) -> Option<usize> {
    match chunk.header("content-range") {
        Some(range) => range.split_once('-')?.1.parse().ok(),
        None => chunk.body.len().checked_sub(1),
    }
}

fn answers_202(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    for one in taken(answered).filter(|one| one.answer.status != 202) {
        flaws.push(one.flaw(format!("a chunk was answered with {} instead of 202", one.answer.status)));
    }
}

fn answers_a_location(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    for one in taken(answered).filter(lacks_a_location) {
        flaws.push(one.flaw("the answer to a chunk has no Location".to_owned()));
    }
}

fn answers_its_range(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    for one in taken(answered) {
        if let Some(end) = end(one.request) {
            has_range(&one, end, "the answer to a chunk", flaws);
        }
    }
}

fn has_range(one: &ScriptedAnswer<'_>, end: usize, what: &str, flaws: &mut Vec<Flaw>) {
    let expected = format!("0-{end}");
    match one.answer.header("range") {
        None => flaws.push(one.flaw(format!("{what} has no Range"))),
        Some(range) if range != expected => {
            let message = format!("Range of {what} is {range}, not {expected}");
            flaws.push(one.flaw(message).classed(Class::Inconsistent));
        }
        Some(_) => {}
    }
}

/// Until a chunk was taken, 404 and 405 may mean that the registry takes none at all, which is reported where they are in order.
fn out_of_order(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let takes_chunks_before = |at| taken(answered).any(|chunk| chunk.at < at);
    let may_take_none =
        |one: &ScriptedAnswer<'_>| matches!(one.answer.status, 404 | 405) && !takes_chunks_before(one.at);
    let wrong = answered.scripted(roles::OUT_OF_ORDER).filter(|one| one.answer.status != 416);
    for one in wrong.filter(|one| !may_take_none(one)) {
        flaws.push(one.flaw(format!("a chunk out of order was answered with {} instead of 416", one.answer.status)));
    }
}

/// Whether the registry may have ended the upload: the text speaks of an active one, and requires nowhere that one is still active
/// after a chunk out of order.
fn may_be_over(answered: &Answered<'_, '_>) -> bool {
    answered.scripted(roles::OUT_OF_ORDER).next().is_some()
}

fn survives_a_chunk_out_of_order(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    for one in answered.scripted(roles::STATUS).filter(|one| may_be_over(answered) && one.answer.status == 404) {
        flaws.push(one.flaw("GET of a session returned 404 after a chunk out of order".to_owned()));
    }
}

fn status_answers_204(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let may_be_over = may_be_over(answered);
    let is_right = |status| status == 204 || status == 404 && may_be_over;
    for one in answered.scripted(roles::STATUS).filter(|one| !is_right(one.answer.status)) {
        flaws.push(one.flaw(format!("GET of an open session was answered with {} instead of 204", one.answer.status)));
    }
}

fn statuses<'a>(answered: &'a Answered<'_, '_>) -> impl Iterator<Item = ScriptedAnswer<'a>> {
    answered.scripted(roles::STATUS).filter(|one| one.answer.is_success())
}

fn status_names_the_session(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    for one in statuses(answered).filter(lacks_a_location) {
        flaws.push(one.flaw("the status of an open session has no Location".to_owned()));
    }
}

/// A session without bytes has no last byte, so that its Range is open.
fn status_has_its_range(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    for one in statuses(answered) {
        let last = taken(answered).filter(|chunk| chunk.at < one.at).last();
        if let Some(end) = last.and_then(|chunk| end(chunk.request)) {
            has_range(&one, end, "the status of an open session", flaws);
        }
    }
}

/// A minimum shows only if a larger chunk is taken.
fn minimum_is_announced(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let is_announced =
        answered.scripted(roles::OPEN).any(|one| one.answer.headers.contains_key("oci-chunk-min-length"));
    for one in answered.scripted(roles::SMALL_CHUNK).filter(|one| one.answer.status >= 400) {
        if !is_announced && answered.scripted(roles::CHUNK).any(|larger| larger.answer.is_success()) {
            let status = one.answer.status;
            let message = format!(
                "a chunk of one byte was refused with {status}, and a larger one taken; no minimum was announced"
            );
            flaws.push(one.flaw(message));
        }
    }
}

//! Rules from distribution-spec on uploading blobs in one or two requests: opening, closing, and the digest that the client gives.

use crate::exchange::roles::{blobs, uploads as roles};
use crate::exchange::{Reference, sha512};
use crate::model::document::content::Content;
use crate::model::document::forms::DigestForm;
use crate::model::policy::answered::{Answered, Flaw, ScriptedAnswer};
use crate::model::policy::judgement::Expect;
use crate::model::rule::{
    AnswerRule, Binds, Class, Clause, Consequence, ContentRule, Family, Level, Report, RuleInfo, Source,
};
use crate::model::rules::distribution::locations::malformed_of;
use crate::model::versions::{ALWAYS, FROM_1_0};

const PAGE: Clause = Clause::of(Source::DistributionSpec, "spec.md");
const REGISTRY: RuleInfo = RuleInfo::of(Binds::Registry, Family::Uploads);

/// Rules on what is uploaded.
pub(in crate::model) const CONTENT: &[ContentRule] = &[
    ContentRule {
        info: RuleInfo {
            id: "upload-of-another-digest-is-refused",
            clause: Clause {
                section: "single-post",
                summary: "the digest that a client gives is that of the blob",
                sentence: "a6a61cb8ceaefb79",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "A blob stored under another digest fails verification whenever it is pulled.",
            fix: "Hash the content and refuse it with 400 and DIGEST_INVALID if the digest that the client gives differs.",
            ..REGISTRY
        },
        consequence: Consequence::Refuse(&["DIGEST_INVALID"]),
        check: another_digest,
    },
    ContentRule {
        info: RuleInfo {
            id: "closing-put-names-the-digest",
            clause: Clause {
                section: "pushing-a-blob-in-chunks",
                summary: "the PUT that ends an upload gives the digest of the whole blob",
                sentence: "29d2277683c5c9c4",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "The registry cannot verify that the content arrived as it was sent.",
            fix: "Add `digest` with the digest of the whole blob to the query of the PUT.",
            ..RuleInfo::of(Binds::Author, Family::Uploads)
        },
        consequence: Consequence::Breach,
        check: no_digest,
    },
];

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
    AnswerRule {
        info: RuleInfo {
            id: "upload-sessions-are-distinct",
            clause: Clause {
                section: "post-then-put",
                summary: "each upload session has its own URL",
                sentence: "3930cbbe3d75da6f",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "Two clients that push to the same repository at the same time write into each other's blobs.",
            fix: "Give each session its own identifier, and put it into Location.",
            ..REGISTRY
        },
        class: Class::Inconsistent,
        check: sessions_are_distinct,
    },
    AnswerRule {
        info: RuleInfo {
            id: "upload-answers-201",
            clause: Clause {
                section: "post-then-put",
                summary: "the PUT that ends an upload successfully is answered with 201",
                sentence: "a2164f494a97f85d",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "Clients that check for 201 report a failed upload although the blob is stored.",
            fix: "Answer the PUT that ends an upload with 201 Created.",
            ..REGISTRY
        },
        class: Class::WrongStatus,
        check: answers_201,
    },
    AnswerRule {
        info: RuleInfo {
            id: "upload-answers-a-location",
            clause: Clause {
                section: "post-then-put",
                summary: "the answer that ends an upload has the blob's URL in Location",
                sentence: "a2164f494a97f85d",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "Clients that use Location to find the uploaded blob do not get its URL.",
            fix: "Add Location with the blob's URL, such as /v2/NAME/blobs/DIGEST, to the 201.",
            ..REGISTRY
        },
        class: Class::MissingHeader,
        check: answers_a_location,
    },
    AnswerRule {
        info: RuleInfo {
            id: "upload-location-is-pullable",
            clause: Clause {
                section: "post-then-put",
                summary: "GET of the Location in the answer that ends an upload returns the blob",
                sentence: "a2164f494a97f85d",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "Clients that pull the blob from Location get an error although it is stored.",
            fix: "Send a Location from which GET returns the blob, such as /v2/NAME/blobs/DIGEST.",
            ..REGISTRY
        },
        class: Class::Lost,
        check: location_is_pullable,
    },
    AnswerRule {
        info: RuleInfo {
            id: "single-post-answers-201",
            clause: Clause {
                section: "single-post",
                summary: "a POST that stores a blob is answered with 201, one that opens a session with 202",
                sentence: "1c57460277a47293",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "Clients cannot tell whether the blob is stored or still has to be sent.",
            fix: "Answer POST with digest and content with 201 when the blob is stored, else with 202.",
            ..REGISTRY
        },
        class: Class::WrongStatus,
        check: single_post_answers_201,
    },
    AnswerRule {
        info: RuleInfo {
            id: "single-post-answers-a-location",
            clause: Clause {
                section: "single-post",
                summary: "the answer to a POST that stores a blob has the blob's URL in Location",
                sentence: "1c57460277a47293",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "Clients that use Location to find the uploaded blob do not get its URL.",
            fix: "Add Location with the blob's URL to the 201.",
            ..REGISTRY
        },
        class: Class::MissingHeader,
        check: single_post_answers_a_location,
    },
    AnswerRule {
        info: RuleInfo {
            id: "single-post-without-support-opens-a-session",
            clause: Clause {
                section: "single-post",
                summary: "a registry that takes no blob by a single POST opens a session instead",
                sentence: "94594c68133fddb4",
                ..PAGE
            },
            level: Level::Should,
            versions: FROM_1_0,
            why: "Clients that begin with a single POST fail instead of going on with PUT.",
            fix: "Answer a POST whose content is not taken with 202 and the URL of a session in Location.",
            ..REGISTRY
        },
        class: Class::WrongStatus,
        check: single_post_opens_a_session,
    },
    AnswerRule {
        info: RuleInfo {
            id: "cancelled-upload-is-gone",
            clause: Clause {
                document: Source::Http,
                page: "RFC 9110",
                section: "section-9.3.5",
                summary: "after DELETE, the URL of a session no longer leads to it",
                ..PAGE
            },
            level: Level::Should,
            versions: ALWAYS,
            why: "The storage of a cancelled upload is not freed, and the session can still be written to.",
            fix: "Remove the session before answering its DELETE with a success.",
            ..REGISTRY
        },
        class: Class::Inconsistent,
        check: cancelled_is_gone,
    },
];

/// The digest that the client gives for the blob, empty if it gives none; `None` if no blob is uploaded.
fn given<'e>(content: &Content<'e>) -> Option<&'e str> {
    content.exchange.upload.as_ref()?;
    match &content.exchange.tested.reference {
        Reference::Text(digest) => Some(digest),
        _ => None,
    }
}

/// Whether the client gives a digest that cannot be that of the blob.
fn gives_another_digest(content: &Content<'_>) -> bool {
    let tested = &content.exchange.tested;
    given(content).is_some_and(|given| match DigestForm::of(given) {
        DigestForm::Sha256 => given != tested.digest(),
        DigestForm::Sha512 => given != sha512(&tested.body),
        DigestForm::Unregistered => false,
        _ => !given.is_empty(),
    })
}

fn another_digest(content: &Content<'_>, report: &mut Report) {
    if gives_another_digest(content) {
        report.add("reference", "the digest in the request is not that of the blob; use the blob's digest");
    }
}

fn no_digest(content: &Content<'_>, report: &mut Report) {
    if given(content) == Some("") {
        report.add("reference", "the PUT that ends the upload gives no digest; add `digest` to its query");
    }
}

/// Whether an answer lacks the URL that the next request needs.
pub(in crate::model) fn lacks_a_location(one: &ScriptedAnswer<'_>) -> bool {
    one.answer.headers.get("location").is_none_or(|value| value.is_empty())
}

fn opens_with_202(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let opened = answered.scripted(roles::OPEN).filter(|one| one.answer.is_success());
    for one in opened.filter(|one| one.answer.status != 202) {
        flaws.push(one.flaw(format!("opening an upload was answered with {} instead of 202", one.answer.status)));
    }
}

fn names_the_session(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let opened = answered.scripted(roles::OPEN).filter(|one| one.answer.is_success());
    for one in opened.filter(lacks_a_location) {
        flaws.push(one.flaw("the answer that opened an upload has no Location".to_owned()));
    }
}

fn sessions_are_distinct(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let opened: Vec<_> = answered.scripted(roles::OPEN).filter(|one| one.answer.is_success()).collect();
    for (number, one) in opened.iter().enumerate().filter(|(_, one)| !lacks_a_location(one)) {
        let location = one.answer.header("location");
        if opened[..number].iter().any(|before| before.answer.header("location") == location) {
            flaws.push(one.flaw("two sessions were opened with the same Location".to_owned()));
        }
    }
}

/// The successful answers to PUTs that end an upload as the client should.
fn closed<'a>(answered: &'a Answered<'_, '_>) -> impl Iterator<Item = ScriptedAnswer<'a>> {
    let is_right = answered.judgement.expect.is_accept() || answered.judgement.expect == Expect::Ambiguous;
    answered.scripted(roles::CLOSE).filter(move |one| is_right && one.answer.is_success())
}

fn answers_201(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    for one in closed(answered).filter(|one| one.answer.status != 201) {
        flaws.push(one.flaw(format!("the end of an upload was answered with {} instead of 201", one.answer.status)));
    }
}

fn answers_a_location(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    for one in closed(answered).filter(lacks_a_location) {
        flaws.push(one.flaw("the answer that ended an upload has no Location".to_owned()));
    }
}

fn location_is_pullable(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    flaws.extend(malformed_of(answered, blobs::GET_LOCATION));
    for one in answered.scripted(blobs::GET_LOCATION).filter(|one| one.answer.status != 200) {
        flaws.push(one.flaw(format!("GET of the Location of an uploaded blob returned {}", one.answer.status)));
    }
}

fn single_post_answers_201(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let taken = answered.scripted(roles::SINGLE_POST).filter(|one| one.answer.is_success());
    for one in taken.filter(|one| !matches!(one.answer.status, 201 | 202)) {
        let status = one.answer.status;
        flaws.push(one.flaw(format!("POST of a blob was answered with {status} instead of 201 or 202")));
    }
}

fn single_post_answers_a_location(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let stored = answered.scripted(roles::SINGLE_POST).filter(|one| one.answer.status == 201);
    for one in stored.filter(lacks_a_location) {
        flaws.push(one.flaw("POST of a blob was answered with 201 without Location".to_owned()));
    }
}

/// A POST with the digest of other bytes has to be refused at some point, so that it may be refused at once.
fn single_post_opens_a_session(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let may_be_refused = gives_another_digest(answered.content);
    for one in answered.scripted(roles::SINGLE_POST) {
        match one.answer.status {
            400.. if !may_be_refused => {
                let status = one.answer.status;
                flaws.push(one.flaw(format!("POST of a blob was refused with {status} instead of opening a session")));
            }
            202 if lacks_a_location(&one) => {
                let message = "POST of a blob was answered with 202 without Location".to_owned();
                flaws.push(one.flaw(message).classed(Class::MissingHeader));
            }
            _ => {}
        }
    }
}

fn cancelled_is_gone(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let later = [roles::STATUS_OF_CANCELLED, roles::CHUNK_OF_CANCELLED];
    for one in later.into_iter().flat_map(|role| answered.scripted(role)).filter(|one| one.answer.is_success()) {
        let (method, status) = (&one.request.method, one.answer.status);
        flaws.push(one.flaw(format!("{method} of a session returned {status} after its DELETE was accepted")));
    }
}

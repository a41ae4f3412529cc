//! Rules of distribution-spec's section on error codes: what a refusal looks like.

use crate::exchange::{Answer, Ask, Probe, essence};
use crate::json::{Document, Node, read_answer as read};
use crate::model::policy::answered::{Answered, Flaw};
use crate::model::policy::judgement::Expect;
use crate::model::rule::{AnswerRule, Binds, Class, Clause, Family, Level, RuleInfo, Source};
use crate::model::versions::{FROM_1_0, FROM_1_1};

/// The codes that the specification has.
pub const CODES: &[&str] = &[
    "BLOB_UNKNOWN",
    "BLOB_UPLOAD_INVALID",
    "BLOB_UPLOAD_UNKNOWN",
    "DIGEST_INVALID",
    "MANIFEST_BLOB_UNKNOWN",
    "MANIFEST_INVALID",
    "MANIFEST_UNKNOWN",
    "NAME_INVALID",
    "NAME_UNKNOWN",
    "SIZE_INVALID",
    "UNAUTHORIZED",
    "DENIED",
    "UNSUPPORTED",
    "TOOMANYREQUESTS",
];

/// Codes of Docker's first schema, which clients may still meet.
const LEGACY_CODES: &[&str] = &["TAG_INVALID", "MANIFEST_UNVERIFIED"];

const PAGE: Clause = Clause::of(Source::DistributionSpec, "spec.md");
const REGISTRY: RuleInfo = RuleInfo::of(Binds::Registry, Family::Errors);

pub(in crate::model) const ANSWERS: &[AnswerRule] = &[
    AnswerRule {
        info: RuleInfo {
            id: "error-body-has-the-form",
            clause: Clause {
                section: "error-codes",
                summary: "a JSON body of a 4xx answer is an object with an array errors, each with a code",
                sentence: "1df54e007aadcc75",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            ..REGISTRY
        },
        class: Class::BadErrorBody,
        check: has_form,
    },
    AnswerRule {
        info: RuleInfo {
            id: "error-code-is-specified",
            clause: Clause {
                section: "error-codes",
                summary: "a code is one of the list",
                sentence: "3feefe813ff6159f",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            ..REGISTRY
        },
        class: Class::WrongCode,
        check: is_specified,
    },
    AnswerRule {
        info: RuleInfo {
            id: "error-message-is-a-text",
            clause: Clause {
                section: "error-codes",
                summary: "a message, where there is one, is a text",
                sentence: "0de6bb3231458a33",
                ..PAGE
            },
            level: Level::Should,
            versions: FROM_1_0,
            ..REGISTRY
        },
        class: Class::BadErrorBody,
        check: message_is_a_text,
    },
    AnswerRule {
        info: RuleInfo {
            id: "missing-content-code-is-said-twice",
            clause: Clause {
                section: "push",
                summary: "the code for missing content is named in one way and pointed at in another",
                sentence: "29699161994cc702",
                ..PAGE
            },
            level: Level::May,
            versions: FROM_1_1,
            ..REGISTRY
        },
        class: Class::Ambiguous,
        check: said_twice,
    },
    AnswerRule {
        info: RuleInfo {
            id: "missing-content-is-named-by-its-code",
            clause: Clause {
                section: "push",
                summary: "a refusal for missing content has the code MANIFEST_BLOB_UNKNOWN",
                sentence: "29699161994cc702",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_1,
            excused_by_equal_refusal: true,
            ..REGISTRY
        },
        class: Class::WrongCode,
        check: code_fits,
    },
];

fn put_flaw(answer: &Answer, message: String) -> Flaw {
    Flaw::of(&Probe::Put, answer, message)
}

/// Every answer with 4xx of the registry that came whole, and what it was asked; of requests that were sent twice the
/// last. Content may be taken and given by a storage behind the registry, and who may not ask is answered by whoever
/// guards it.
fn refusals<'a>(answered: &'a Answered<'_>) -> impl Iterator<Item = (&'a Probe, &'a Answer)> {
    let is_others = |probe: &Probe, status| match probe {
        Probe::Upload(_) | Probe::Ask(Ask::Blob) => true,
        Probe::Put => false,
        _ => matches!(status, 401 | 403 | 429),
    };
    let is_last = |probe, answer| answered.observation.answer(probe).is_some_and(|last| std::ptr::eq(last, answer));
    answered.observation.answers().filter(move |(probe, answer)| {
        let is_refusal = (400..500).contains(&answer.status) && !answer.cut && is_last(probe, *answer);
        is_refusal && answered.owes(probe) && !is_others(probe, answer.status)
    })
}

fn has_form(answered: &Answered<'_>, flaws: &mut Vec<Flaw>) {
    for (probe, answer) in refusals(answered).filter(|(_, answer)| !answer.body.is_empty()) {
        // Other formats are allowed; only a JSON body must have this form.
        let Some(body) = json_of(answer) else { continue };
        let errors = body.root().get("errors").filter(|errors| errors.is_array());
        let complete = errors.is_some_and(|e| e.elements().all(|error| error.get("code").is_some_and(Node::is_string)));
        if !complete {
            let message = "the error body is JSON, but not an object with `errors` and a `code` each";
            flaws.push(Flaw::of(probe, answer, message.to_owned()));
        }
    }
}

/// The body of an error if it is JSON by its Content-Type; without that header, if it is a JSON object or array.
fn json_of(answer: &Answer) -> Option<Document<'_>> {
    let is_json =
        |media_type: &str| matches!(media_type, "application/json" | "text/json") || media_type.ends_with("+json");
    let body = read(&answer.body).ok()?;
    let is_structured = body.root().is_object() || body.root().is_array();
    let declared = answer.headers.get(http::header::CONTENT_TYPE).map(|value| value.to_str().unwrap_or_default());
    declared.map_or(is_structured, |value| is_json(&essence(value))).then_some(body)
}

/// The codes of an error body, in order. The specification defines them for JSON bodies only.
pub(in crate::model) fn specified_codes(answer: &Answer) -> Vec<String> {
    json_of(answer).map(|body| codes_in(&body)).unwrap_or_default()
}

/// The first code of an error body; empty where there is none, or no error.
pub fn code_of(answer: &Answer) -> String {
    if answer.is_success() { String::new() } else { codes_of(answer).into_iter().next().unwrap_or_default() }
}

/// The codes of an error body, in order.
pub fn codes_of(answer: &Answer) -> Vec<String> {
    read(&answer.body).map(|body| codes_in(&body)).unwrap_or_default()
}

fn codes_in(body: &Document<'_>) -> Vec<String> {
    let errors = body.root().get("errors").into_iter().flat_map(Node::elements);
    errors.filter_map(|error| Some(error.get("code")?.text()?.into_owned())).collect()
}

fn is_specified(answered: &Answered<'_>, flaws: &mut Vec<Flaw>) {
    // Version 1.1 has a section on these two beside the list.
    let legacy = FROM_1_1.holds(answered.content.versions.distribution);
    let is_known = |code: &str| CODES.contains(&code) || (legacy && LEGACY_CODES.contains(&code));
    for (probe, answer) in refusals(answered) {
        if let Some(code) = specified_codes(answer).into_iter().find(|code| !is_known(code)) {
            flaws.push(Flaw::of(probe, answer, format!("the code {code} is not one of the specification's")));
        }
    }
}

fn message_is_a_text(answered: &Answered<'_>, flaws: &mut Vec<Flaw>) {
    for (probe, answer) in refusals(answered) {
        let Some(body) = json_of(answer) else { continue };
        let errors = body.root().get("errors").into_iter().flat_map(Node::elements);
        if errors.filter_map(|error| error.get("message")).any(|message| !message.is_string() && !message.is_null()) {
            flaws.push(Flaw::of(probe, answer, "the message of an error is no text".to_owned()));
        }
    }
}

/// The sentence names MANIFEST_BLOB_UNKNOWN, but the row of the table that it points at is BLOB_UNKNOWN.
fn said_twice(answered: &Answered<'_>, flaws: &mut Vec<Flaw>) {
    let applies = answered.judgement.codes == ["MANIFEST_BLOB_UNKNOWN"];
    let Some(answer) = answered.refusal().filter(|_| applies) else { return };
    if specified_codes(answer).first().is_some_and(|code| code == "BLOB_UNKNOWN") {
        let message = "refused for missing content with BLOB_UNKNOWN, which the sentence points at and does not name";
        flaws.push(put_flaw(answer, message.to_owned()));
    }
}

fn code_fits(answered: &Answered<'_>, flaws: &mut Vec<Flaw>) {
    let due = answered.judgement.codes;
    let applies = answered.judgement.expect == Expect::MayReject
        && !due.is_empty()
        && !crate::model::rules::distribution::push::has_unknown_algorithm(&answered.content);
    let Some(answer) = answered.refusal().filter(|_| applies) else { return };
    let codes = specified_codes(answer);
    // The sentence points at the first row of the table, which is BLOB_UNKNOWN: no verdict on that one.
    let fits = codes.iter().any(|code| due.contains(&code.as_str()) || code == "BLOB_UNKNOWN");
    if !codes.is_empty() && !fits {
        flaws.push(put_flaw(answer, format!("refused for missing content with {} instead of {}", codes[0], due[0])));
    }
}

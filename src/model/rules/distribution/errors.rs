//! Rules from distribution-spec's section on error codes: the form of a refusal.

use crate::exchange::{Answer, Ask, Probe, Stage, essence};
use crate::json::{Document, Node, read_answer as read};
use crate::model::policy::answered::{Answered, Flaw};
use crate::model::policy::judgement::Expect;
use crate::model::rule::{AnswerRule, Binds, Class, Clause, Family, Level, RuleInfo, Source};
use crate::model::rules::distribution::push::has_optional_algorithm;
use crate::model::versions::{FROM_1_0, FROM_1_1};

/// The codes that distribution-spec defines.
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

/// Codes from Docker's first schema, which distribution-spec lists as legacy.
pub const LEGACY_CODES: &[&str] = &["TAG_INVALID", "MANIFEST_UNVERIFIED"];

const PAGE: Clause = Clause::of(Source::DistributionSpec, "spec.md");
const REGISTRY: RuleInfo = RuleInfo::of(Binds::Registry, Family::Errors);

pub(in crate::model) const ANSWERS: &[AnswerRule] = &[
    AnswerRule {
        info: RuleInfo {
            id: "error-body-has-the-form",
            clause: Clause {
                section: "error-codes",
                summary: "a JSON body of a 4xx answer has an array errors whose elements each have a code",
                sentence: "1df54e007aadcc75",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "Clients cannot show why a request was refused.",
            fix: "Make the JSON body of a 4xx answer {\"errors\": [{\"code\": ..., \"message\": ...}]}.",
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
                summary: "an error code is one of the listed codes",
                sentence: "3feefe813ff6159f",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "Clients that act on error codes cannot handle an unknown one.",
            fix: "Use a code from the table of error codes in distribution-spec.",
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
                summary: "an error's message, if present, is a string",
                sentence: "0de6bb3231458a33",
                ..PAGE
            },
            level: Level::Should,
            versions: FROM_1_0,
            why: "Clients with a typed parser cannot read the error.",
            fix: "Make \"message\" a string, and put structured data into \"detail\".",
            ..REGISTRY
        },
        class: Class::BadErrorBody,
        check: message_is_a_string,
    },
    AnswerRule {
        info: RuleInfo {
            id: "missing-content-code-is-said-twice",
            clause: Clause {
                section: "push",
                summary: "the sentence names MANIFEST_BLOB_UNKNOWN for missing content but links to BLOB_UNKNOWN",
                sentence: "29699161994cc702",
                ..PAGE
            },
            level: Level::May,
            versions: FROM_1_1,
            why: "The sentence names one code in its text and another in its link, so clients must expect both for \
                  missing content.",
            fix: "Use MANIFEST_BLOB_UNKNOWN, the code in the text; BLOB_UNKNOWN, the code behind the link, gives a \
                  note.",
            ..REGISTRY
        },
        class: Class::Ambiguous,
        check: linked_code,
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
            why: "Clients cannot tell that blobs must be uploaded again from a manifest that is invalid.",
            fix: "Use MANIFEST_BLOB_UNKNOWN if the manifest references content that the registry does not have.",
            ..REGISTRY
        },
        class: Class::WrongCode,
        check: code_fits,
    },
];

fn put_flaw(answer: &Answer, message: String) -> Flaw {
    Flaw::of(&Probe::Put, answer, message)
}

/// Every complete 4xx answer from the registry, and its request; only the last one if a request was repeated. Excluded
/// are answers that may come from a storage backend (blobs) or from a proxy (401, 403, 429).
fn refusals<'a>(answered: &'a Answered<'_, '_>) -> impl Iterator<Item = (&'a Probe, &'a Answer)> {
    let may_be_foreign = |probe: &Probe, status| match probe {
        Probe::Upload(_) | Probe::Ask(Ask::Blob) => true,
        Probe::Scripted { role, .. } if role.stage == Stage::BlobGet => true,
        Probe::Put => false,
        _ => matches!(status, 401 | 403 | 429),
    };
    let is_last = |probe, answer| answered.observation.answer(probe).is_some_and(|last| std::ptr::eq(last, answer));
    answered.observation.answers().filter(move |(probe, answer)| {
        let is_refusal = (400..500).contains(&answer.status) && !answer.cut && is_last(probe, *answer);
        is_refusal && answered.supports(probe) && !may_be_foreign(probe, answer.status)
    })
}

fn has_form(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    for (probe, answer) in refusals(answered).filter(|(_, answer)| !answer.body.is_empty()) {
        // Other formats are allowed; only JSON bodies must have this form.
        let Some(body) = json_of(answer) else { continue };
        let errors = body.root().get("errors").filter(|errors| errors.is_array());
        let complete = errors.is_some_and(|e| e.elements().all(|error| error.get("code").is_some_and(Node::is_string)));
        if !complete {
            let message = "the JSON error body has no array \"errors\" whose elements each have a string \"code\"";
            flaws.push(Flaw::of(probe, answer, message.to_owned()));
        }
    }
}

/// The error body if Content-Type names JSON or, without that header, if it is a JSON object or array.
fn json_of(answer: &Answer) -> Option<Document<'_>> {
    let is_json =
        |media_type: &str| matches!(media_type, "application/json" | "text/json") || media_type.ends_with("+json");
    let body = read(&answer.body).ok()?;
    let is_structured = body.root().is_object() || body.root().is_array();
    let declared = answer.headers.get(http::header::CONTENT_TYPE).map(|value| value.to_str().unwrap_or_default());
    declared.map_or(is_structured, |value| is_json(&essence(value))).then_some(body)
}

/// The codes in an error body, in order. The specification defines them for JSON bodies only.
pub(in crate::model) fn specified_codes(answer: &Answer) -> Vec<String> {
    json_of(answer).map(|body| codes_in(&body)).unwrap_or_default()
}

/// The first code in an error body; empty if there is none or the answer is a success.
pub fn code_of(answer: &Answer) -> String {
    if answer.is_success() { String::new() } else { codes_of(answer).into_iter().next().unwrap_or_default() }
}

/// The codes in an error body, in order. Content-Type is ignored.
pub fn codes_of(answer: &Answer) -> Vec<String> {
    read(&answer.body).map(|body| codes_in(&body)).unwrap_or_default()
}

fn codes_in(body: &Document<'_>) -> Vec<String> {
    let errors = body.root().get("errors").into_iter().flat_map(Node::elements);
    errors.filter_map(|error| Some(error.get("code")?.text()?.into_owned())).collect()
}

fn is_specified(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    // Version 1.1 allows these two in a separate section.
    let legacy = FROM_1_1.holds(answered.content.versions.distribution);
    let is_known = |code: &str| CODES.contains(&code) || (legacy && LEGACY_CODES.contains(&code));
    for (probe, answer) in refusals(answered) {
        if let Some(code) = specified_codes(answer).into_iter().find(|code| !is_known(code)) {
            flaws.push(Flaw::of(probe, answer, format!("distribution-spec does not define the error code {code}")));
        }
    }
}

fn message_is_a_string(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    for (probe, answer) in refusals(answered) {
        let Some(body) = json_of(answer) else { continue };
        let errors = body.root().get("errors").into_iter().flat_map(Node::elements);
        if errors.filter_map(|error| error.get("message")).any(|message| !message.is_string() && !message.is_null()) {
            flaws.push(Flaw::of(probe, answer, "\"message\" of an error is not a string".to_owned()));
        }
    }
}

/// The sentence names MANIFEST_BLOB_UNKNOWN, but links to the row of BLOB_UNKNOWN.
fn linked_code(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let applies = answered.judgement.codes == ["MANIFEST_BLOB_UNKNOWN"];
    let Some(answer) = answered.refusal().filter(|_| applies) else { return };
    if specified_codes(answer).first().is_some_and(|code| code == "BLOB_UNKNOWN") {
        let message = "refused for missing content with BLOB_UNKNOWN, which the sentence links to but does not name";
        flaws.push(put_flaw(answer, message.to_owned()));
    }
}

fn code_fits(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let expected = answered.judgement.codes;
    let applies = answered.judgement.expect == Expect::MayReject
        && !expected.is_empty()
        && !has_optional_algorithm(answered.content);
    let Some(answer) = answered.refusal().filter(|_| applies) else { return };
    let codes = specified_codes(answer);
    // The sentence links to the row of BLOB_UNKNOWN, so that code is not reported here.
    let fits = codes.iter().any(|code| expected.contains(&code.as_str()) || code == "BLOB_UNKNOWN");
    // Without a JSON body there is nothing to compare; an empty list names no error.
    let names_none = || {
        json_of(answer)
            .is_some_and(|body| body.root().get("errors").is_some_and(|errors| errors.is_array() && errors.is_empty()))
    };
    let named = codes.first().map(String::as_str).or_else(|| names_none().then_some("an empty list of errors"));
    if let Some(named) = named.filter(|_| !fits) {
        flaws.push(put_flaw(answer, format!("refused for missing content with {named} instead of {}", expected[0])));
    }
}

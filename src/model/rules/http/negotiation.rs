//! Rules from HTTP on answers to requests that say which codings they take.

use crate::exchange::{Answer, Stage};
use crate::model::policy::answered::{Answered, Flaw, ScriptedAnswer};
use crate::model::rule::{AnswerRule, Binds, Class, Clause, Family, Level, RuleInfo, Source};
use crate::model::rules::http::codings::coding;
use crate::model::versions::ALWAYS;

const PAGE: Clause = Clause::of(Source::Http, "RFC 9110");
const REGISTRY: RuleInfo = RuleInfo::of(Binds::Registry, Family::Http);

pub(in crate::model) const ANSWERS: &[AnswerRule] = &[
    AnswerRule {
        info: RuleInfo {
            id: "http-coding-is-one-of-those-asked-for",
            clause: Clause {
                section: "section-12.5.3",
                summary: "an answer has no content coding but one that Accept-Encoding names",
                ..PAGE
            },
            level: Level::Should,
            versions: ALWAYS,
            why: "Clients that cannot decode the content compare other bytes with the digest, and the pull fails.",
            fix: "Send manifests and blobs as they were pushed unless Accept-Encoding names the coding.",
            ..REGISTRY
        },
        class: Class::Inconsistent,
        check: asked_for,
    },
    AnswerRule {
        info: RuleInfo {
            id: "http-coded-answer-varies",
            clause: Clause {
                section: "section-12.5.5",
                summary: "an answer that depends on Accept-Encoding names that header in Vary",
                ..PAGE
            },
            level: Level::Should,
            versions: ALWAYS,
            why: "A cache gives the coded content to clients that did not ask for it.",
            fix: "Add Vary: Accept-Encoding to every answer that could have been coded.",
            ..REGISTRY
        },
        class: Class::MissingHeader,
        check: varies,
    },
    AnswerRule {
        info: RuleInfo {
            id: "http-coded-answer-has-another-etag",
            clause: Clause {
                section: "section-8.8.3.3",
                summary: "a strong ETag of coded content differs from that of the content itself",
                ..PAGE
            },
            level: Level::Should,
            versions: ALWAYS,
            why: "Caches and clients that resume a download mix coded bytes with others.",
            fix: "Make the ETag of coded content weak, or another one.",
            ..REGISTRY
        },
        class: Class::Inconsistent,
        check: has_another_etag,
    },
];

/// The answers that registries themselves gave to requests with `Accept-Encoding`, with its value.
fn negotiated<'a>(answered: &'a Answered<'_, '_>) -> impl Iterator<Item = (ScriptedAnswer<'a>, &'a str)> {
    let own = answered.all_scripted().filter(|one| one.answer.status == 200 && !one.answer.redirected);
    own.filter_map(|one| Some((one, one.request.header("accept-encoding")?)))
}

/// Whether `Accept-Encoding` names the coding; `x-gzip` is another name of gzip.
fn names(accepted: &str, coding: &str) -> bool {
    accepted == coding.strip_prefix("x-").unwrap_or(coding)
}

fn asked_for(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    for (one, accepted) in negotiated(answered) {
        if let Some(coding) = coding(one.answer).filter(|coding| !names(accepted, coding)) {
            let shown: String = coding.chars().take(40).collect();
            flaws.push(one.flaw(format!("the answer has Content-Encoding {shown}, but the request takes {accepted}")));
        }
    }
}

/// Whether a `Vary` of the answer names `Accept-Encoding`.
fn names_what_it_depends_on(answer: &Answer) -> bool {
    let values = answer.headers.get_all(http::header::VARY).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|name| {
        let name = name.trim();
        name == "*" || name.eq_ignore_ascii_case("accept-encoding")
    })
}

/// Whether no cache may keep the answer.
fn is_private(answer: &Answer) -> bool {
    answer.header("cache-control").is_some_and(|value| value.contains("no-store") || value.contains("private"))
}

/// Pairs of answers to the same request, with and without a coding. Only these show that the answer depends on the request.
fn pairs<'a>(answered: &'a Answered<'_, '_>, stage: Stage) -> Option<(ScriptedAnswer<'a>, ScriptedAnswer<'a>)> {
    let at_stage = || negotiated(answered).filter(move |(one, _)| one.request.role.stage == stage);
    let (coded, _) = at_stage().find(|(one, _)| coding(one.answer).is_some())?;
    let (plain, _) = at_stage().find(|(one, _)| coding(one.answer).is_none())?;
    Some((coded, plain))
}

const STAGES: [Stage; 2] = [Stage::ManifestGet, Stage::BlobGet];

fn varies(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    for (coded, _) in STAGES.into_iter().filter_map(|stage| pairs(answered, stage)) {
        if !names_what_it_depends_on(coded.answer) && !is_private(coded.answer) {
            let message = "the answer is coded as Accept-Encoding asks, but its Vary does not name Accept-Encoding";
            flaws.push(coded.flaw(message.to_owned()));
        }
    }
}

fn has_another_etag(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    for (coded, plain) in STAGES.into_iter().filter_map(|stage| pairs(answered, stage)) {
        let strong =
            |answer: &'_ Answer| answer.header("etag").filter(|etag| !etag.starts_with("W/")).map(str::to_owned);
        if let Some(etag) = strong(coded.answer).filter(|etag| strong(plain.answer).as_ref() == Some(etag)) {
            flaws.push(coded.flaw(format!("the coded answer has the strong ETag {etag}, as the plain one has")));
        }
    }
}

//! Rules from HTTP on a push and its answers, for cases that distribution-spec does not cover.

use crate::exchange::roles::reading::HEAD_ANY_TYPE;
use crate::exchange::{Accept, By, Probe, Stage, Transfer};
use crate::model::document::content::Content;
use crate::model::policy::answered::{Answered, Flaw};
use crate::model::rule::{
    AnswerRule, Binds, Class, Clause, Consequence, ContentRule, Family, Level, Report, RuleInfo, Source,
};
use crate::model::rules::distribution::deletion::{forbids_501, is_not_implemented};
use crate::model::rules::distribution::failures::requirement;
use crate::model::versions::{ALWAYS, ONLY_1_0};

const PAGE: Clause = Clause::of(Source::Http, "RFC 9110");
const REGISTRY: RuleInfo = RuleInfo::of(Binds::Registry, Family::Http);

pub(in crate::model) const CONTENT: &[ContentRule] = &[
    ContentRule {
        info: RuleInfo {
            id: "http-media-types-ignore-case",
            clause: Clause {
                section: "section-8.3.1",
                summary: "type and subtype of a media type are case-insensitive",
                ..PAGE
            },
            level: Level::Should,
            versions: ALWAYS,
            why: "Clients that write a media type in another letter case cannot push.",
            fix: "Compare media types without regard to case.",
            ..REGISTRY
        },
        consequence: Consequence::Accept,
        check: upper_case,
    },
    ContentRule {
        info: RuleInfo {
            id: "http-server-may-ask-for-a-length",
            clause: Clause {
                document: Source::Http,
                page: "RFC 9112",
                section: "section-6.3",
                summary: "a server may refuse a body sent without Content-Length",
                ..PAGE
            },
            level: Level::Should,
            versions: ALWAYS,
            why: "Clients that send a body in chunks may be refused with 411.",
            fix: "Send Content-Length with every push.",
            ..REGISTRY
        },
        consequence: Consequence::Allow(&[]),
        check: chunked,
    },
    ContentRule {
        info: RuleInfo {
            id: "http-server-may-refuse-a-coding",
            clause: Clause {
                section: "section-15.5.16",
                summary: "a server may refuse a body in a content coding that it does not support",
                ..PAGE
            },
            level: Level::Should,
            versions: ALWAYS,
            why: "A compressed body may be refused with 415, and registries that accept it differ in what they store.",
            fix: "Push manifests without Content-Encoding.",
            ..REGISTRY
        },
        consequence: Consequence::Allow(&[]),
        check: coded,
    },
    ContentRule {
        info: RuleInfo {
            id: "http-server-may-limit-content",
            clause: Clause {
                section: "section-15.5.14",
                summary: "a server may refuse content that is larger than its limit",
                ..PAGE
            },
            level: Level::Should,
            // Since version 1.1, distribution-spec has its own rule.
            versions: ONLY_1_0,
            why: "A large manifest may be refused, so it cannot be copied to every registry.",
            fix: "Keep manifests below 4 megabytes; move large annotations and embedded data into blobs.",
            ..REGISTRY
        },
        consequence: Consequence::Allow(&[]),
        check: crate::model::rules::distribution::push::beyond_4_megabytes,
    },
];

pub(in crate::model) const ANSWERS: &[AnswerRule] = &[
    AnswerRule {
        info: RuleInfo {
            id: "http-any-type-is-accepted",
            clause: Clause {
                section: "section-12.5.1",
                summary: "a request without Accept, or with */*, accepts every media type",
                ..PAGE
            },
            level: Level::Should,
            versions: ALWAYS,
            why: "Clients that send no Accept header cannot pull the manifest.",
            fix: "Treat a missing Accept header as */*.",
            family: Family::Pull,
            ..REGISTRY
        },
        class: Class::Lost,
        check: any_type,
    },
    AnswerRule {
        info: RuleInfo {
            id: "refusal-leaves-nothing",
            clause: Clause { section: "section-15.5", summary: "a request answered with 4xx has no effect", ..PAGE },
            level: Level::Should,
            versions: ALWAYS,
            why: "A manifest that was reported as refused can be pulled, and may have replaced the content of a tag.",
            fix: "Validate the whole manifest before storing anything.",
            ..REGISTRY
        },
        class: Class::Residue,
        check: leaves_nothing,
    },
    AnswerRule {
        info: RuleInfo {
            id: "refusal-is-a-client-error",
            clause: Clause {
                section: "section-15.6",
                summary: "5xx means that the server failed, not that the request is wrong",
                ..PAGE
            },
            level: Level::Should,
            versions: ALWAYS,
            why: "Clients retry a request that can never succeed, and operators are alerted for a user's mistake.",
            fix: "Answer invalid requests with 4xx and a code from distribution-spec.",
            ..REGISTRY
        },
        class: Class::ServerError,
        check: no_server_error,
    },
];

fn upper_case(content: &Content<'_>, report: &mut Report) {
    let value = content.exchange.tested.content_type.as_deref().unwrap_or_default();
    // No early exit, so the loop vectorises.
    if value.bytes().fold(false, |any, b| any | b.is_ascii_uppercase()) {
        report.add("header:Content-Type", "media type with upper-case letters");
    }
}

fn chunked(content: &Content<'_>, report: &mut Report) {
    if content.exchange.tested.transfer == Transfer::Chunked {
        report.add("header:Transfer-Encoding", "body sent without Content-Length");
    }
}

fn coded(content: &Content<'_>, report: &mut Report) {
    if content.exchange.tested.content_encoding.is_some() {
        report.add("header:Content-Encoding", "body in a content coding");
    }
}

fn any_type(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let any = match &answered.content.exchange.accept {
        Accept::Every => false,
        Accept::Absent => true,
        Accept::Value(value) => value == "*/*",
    };
    let refuses = |status: u16| matches!(status, 404 | 406);
    for one in answered.scripted(HEAD_ANY_TYPE).filter(|one| refuses(one.answer.status)) {
        flaws.push(one.flaw(format!("HEAD that accepts any media type returned {}", one.answer.status)));
    }
    if !any || !answered.observation.accepted() {
        return;
    }
    for by in [By::Tag, By::Digest] {
        if let Some(answer) = answered.observation.answer(&Probe::Get(by)).filter(|answer| refuses(answer.status)) {
            let message = format!("GET that accepts any media type returned {}", answer.status);
            flaws.push(Flaw::at(Stage::ManifestGet, answer, message));
        }
    }
}

fn leaves_nothing(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let observation = answered.observation;
    // Not if an earlier step of the exchange pushed the same body.
    let Some(refusal) = answered.refusal().filter(|_| observation.body_is_new) else { return };
    let digest = answered.content.exchange.tested.digest();
    let mut found = |what: &str| flaws.push(Flaw::at(Stage::Residue, refusal, format!("push refused, but {what}")));
    // HEAD is not enough: only GET shows which manifest it is.
    let returns_it = |by| {
        let answer = observation.answer(&Probe::Get(by)).filter(|answer| answer.status == 200 && !answer.cut);
        answer.is_some_and(|answer| answer.body == *answered.content.exchange.tested.body.bytes())
    };
    if returns_it(By::Digest) {
        found("GET by digest returns the manifest");
    }
    if returns_it(By::Tag) {
        found("GET by tag returns the manifest");
    }
    if crate::model::rules::distribution::referrers::lists(observation, digest).is_some() {
        found("the subject's referrers list contains the manifest");
    }
}

/// If a MUST requires another answer, `failures` reports that MUST instead.
fn no_server_error(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    for (probe, answer) in answered.observation.answers().filter(|(_, answer)| answer.status >= 500) {
        // A follow-up counts even if the capability is absent: 5xx does not mean that the endpoint is not supported.
        let counts = answered.supports(probe) || matches!(probe, Probe::Ask(_));
        let is_reported = match probe {
            Probe::Ask(ask) if is_not_implemented(probe, answer) => forbids_501(answered, *ask),
            _ => requirement(answered, probe).is_some(),
        };
        if counts && !is_reported {
            let stage = probe.stage();
            flaws.push(Flaw::of(probe, answer, format!("{stage} returned {}", answer.status)));
        }
    }
}

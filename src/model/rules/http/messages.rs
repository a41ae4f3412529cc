//! What HTTP itself says of a push and its answer, where distribution-spec says nothing.

use crate::exchange::{Accept, By, Probe, Stage, Transfer};
use crate::model::document::content::Content;
use crate::model::policy::answered::{Answered, Flaw};
use crate::model::rule::{
    AnswerRule, Binds, Class, Clause, Consequence, ContentRule, Family, Level, Report, RuleInfo, Source,
};
use crate::model::rules::distribution::deletion::{forbids_501, says_disabled};
use crate::model::rules::distribution::failures::due;
use crate::model::versions::{ALWAYS, ONLY_1_0};

const PAGE: Clause = Clause::of(Source::Http, "RFC 9110");
const REGISTRY: RuleInfo = RuleInfo::of(Binds::Registry, Family::Http);

pub(in crate::model) const CONTENT: &[ContentRule] = &[
    ContentRule {
        info: RuleInfo {
            id: "http-media-types-ignore-case",
            clause: Clause {
                section: "section-8.3.1",
                summary: "type and subtype are compared without regard to case",
                ..PAGE
            },
            level: Level::Should,
            versions: ALWAYS,
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
                summary: "a server may refuse a body whose length is not told in advance",
                ..PAGE
            },
            level: Level::Should,
            versions: ALWAYS,
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
                summary: "a server may refuse a body in a coding that it does not take",
                ..PAGE
            },
            level: Level::Should,
            versions: ALWAYS,
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
                summary: "a server may refuse content that is larger than it takes",
                ..PAGE
            },
            level: Level::Should,
            // Version 1.1 of distribution-spec says this itself.
            versions: ONLY_1_0,
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
                summary: "without Accept, or with */*, every type is welcome",
                ..PAGE
            },
            level: Level::Should,
            versions: ALWAYS,
            ..REGISTRY
        },
        class: Class::Lost,
        check: any_type,
    },
    AnswerRule {
        info: RuleInfo {
            id: "refusal-leaves-nothing",
            clause: Clause {
                section: "section-15.5",
                summary: "a request that is answered with 4xx was not carried out",
                ..PAGE
            },
            level: Level::Should,
            versions: ALWAYS,
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
                summary: "5xx says that the server failed, not that the request is at fault",
                ..PAGE
            },
            level: Level::Should,
            versions: ALWAYS,
            ..REGISTRY
        },
        class: Class::ServerError,
        check: no_server_error,
    },
];

fn upper_case(content: &Content<'_>, report: &mut Report) {
    let value = content.exchange.tested.content_type.as_deref().unwrap_or_default();
    // Without a way out before the end, so that many bytes are looked at at once.
    if value.bytes().fold(false, |any, b| any | b.is_ascii_uppercase()) {
        report.add("header:Content-Type", "a media type in upper case");
    }
}

fn chunked(content: &Content<'_>, report: &mut Report) {
    if content.exchange.tested.transfer == Transfer::Chunked {
        report.add("header:Transfer-Encoding", "the body's length is not told in advance");
    }
}

fn coded(content: &Content<'_>, report: &mut Report) {
    if content.exchange.tested.content_encoding.is_some() {
        report.add("header:Content-Encoding", "the body comes in a coding");
    }
}

fn any_type(answered: &Answered<'_>, flaws: &mut Vec<Flaw>) {
    let any = match &answered.content.exchange.accept {
        Accept::Every => false,
        Accept::Absent => true,
        Accept::Value(value) => value == "*/*",
    };
    if !any || !answered.observation.accepted() {
        return;
    }
    for by in [By::Tag, By::Digest] {
        let missed = answered.observation.answer(&Probe::Get(by)).filter(|answer| matches!(answer.status, 404 | 406));
        if let Some(answer) = missed {
            let message = format!("GET without a wish for a type is answered with {}", answer.status);
            flaws.push(Flaw::at(Stage::ManifestGet, answer, message));
        }
    }
}

fn leaves_nothing(answered: &Answered<'_>, flaws: &mut Vec<Flaw>) {
    let observation = answered.observation;
    // What an earlier step of the exchange left is not left by the refusal.
    let Some(refusal) = answered.refusal().filter(|_| observation.body_is_new) else { return };
    let digest = answered.content.exchange.tested.digest();
    let mut found = |what: &str| flaws.push(Flaw::at(Stage::Residue, refusal, format!("refused, but {what}")));
    // HEAD proves nothing: only GET shows that the refused manifest is there.
    let returns_it = |by| {
        let answer = observation.answer(&Probe::Get(by)).filter(|answer| answer.status == 200 && !answer.cut);
        answer.is_some_and(|answer| answer.body == *answered.content.exchange.tested.body.bytes())
    };
    if returns_it(By::Digest) {
        found("the manifest is there by its digest");
    }
    if returns_it(By::Tag) {
        found("the tag points at it");
    }
    if crate::model::rules::distribution::referrers::lists(observation, digest).is_some() {
        found("the subject's referrers hold it");
    }
}

/// Where a MUST requires another answer, `failures` reports that MUST instead.
fn no_server_error(answered: &Answered<'_>, flaws: &mut Vec<Flaw>) {
    for (probe, answer) in answered.observation.answers().filter(|(_, answer)| answer.status >= 500) {
        // A server that fails at a question has not said that it lacks what it was asked for.
        let counts = answered.owes(probe) || matches!(probe, Probe::Ask(_));
        let is_judged = match probe {
            Probe::Ask(ask) if says_disabled(probe, answer) => forbids_501(answered, *ask),
            _ => due(answered, probe).is_some(),
        };
        if counts && !is_judged {
            let stage = probe.stage();
            flaws.push(Flaw::of(probe, answer, format!("{stage} is answered with {}", answer.status)));
        }
    }
}

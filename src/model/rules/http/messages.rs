//! What HTTP itself says of a push and its answer, where distribution-spec says nothing.

use crate::exchange::{Accept, By, Probe, Stage, Transfer};
use crate::model::document::content::Content;
use crate::model::policy::obligations::{Answered, Flaw};
use crate::model::rule::{Binds, Check, Class, Clause, Level, Report, Rule, Source};
use crate::model::rules::distribution::deletion::{forbids_501, says_disabled};
use crate::model::rules::distribution::failures::due;
use crate::model::versions::{ALWAYS, ONLY_1_0};

const fn http(id: &'static str, page: &'static str, section: &'static str, says: &'static str, check: Check) -> Rule {
    Rule {
        id,
        source: Source::Http,
        span: ALWAYS,
        level: Level::Should,
        binds: Binds::Registry,
        clause: Clause { page, section, says, sentence: "" },
        check,
    }
}

pub(in crate::model) const RULES: &[Rule] = &[
    http(
        "http-media-types-ignore-case",
        "RFC 9110",
        "section-8.3.1",
        "type and subtype are compared without regard to case",
        Check::Takes(upper_case),
    ),
    http(
        "http-server-may-ask-for-a-length",
        "RFC 9112",
        "section-6.3",
        "a server may refuse a body whose length is not told in advance",
        Check::Allows(&[], chunked),
    ),
    http(
        "http-server-may-refuse-a-coding",
        "RFC 9110",
        "section-15.5.16",
        "a server may refuse a body in a coding that it does not take",
        Check::Allows(&[], coded),
    ),
    Rule {
        // Version 1.1 of distribution-spec says this itself.
        span: ONLY_1_0,
        ..http(
            "http-server-may-limit-content",
            "RFC 9110",
            "section-15.5.14",
            "a server may refuse content that is larger than it takes",
            Check::Allows(&[], crate::model::rules::distribution::push::beyond_4_megabytes),
        )
    },
    http(
        "http-any-type-is-accepted",
        "RFC 9110",
        "section-12.5.1",
        "without Accept, or with */*, every type is welcome",
        Check::Answer(Class::Lost, any_type),
    ),
    http(
        "refusal-leaves-nothing",
        "RFC 9110",
        "section-15.5",
        "a request that is answered with 4xx was not carried out",
        Check::Answer(Class::Residue, leaves_nothing),
    ),
    http(
        "refusal-is-a-client-error",
        "RFC 9110",
        "section-15.6",
        "5xx says that the server failed, not that the request is at fault",
        Check::Answer(Class::ServerError, no_server_error),
    ),
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

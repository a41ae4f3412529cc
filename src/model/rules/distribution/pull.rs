//! Rules of distribution-spec's sections on pulling and on checking for content: what was accepted comes back.

use crate::exchange::{Answer, By, Exchange, Probe, Reply, Stage, essence};
use crate::model::document::forms::has_parameters;
use crate::model::policy::obligations::{Answered, Flaw};
use crate::model::rule::{Binds, Check, Class, Clause, Level, Rule, Source};
use crate::model::rules::http::codings::coding;
use crate::model::versions::{FROM_1_0, FROM_1_1, Span};

const fn rule(
    id: &'static str,
    span: Span,
    level: Level,
    section: &'static str,
    says: &'static str,
    sentence: &'static str,
    check: Check,
) -> Rule {
    let clause = Clause { page: "spec.md", section, says, sentence };
    Rule { id, source: Source::DistributionSpec, span, level, binds: Binds::Registry, clause, check }
}

pub(in crate::model) const RULES: &[Rule] = &[
    rule(
        "push-keeps-exact-bytes",
        // Version 1.0 has it among what GET returns.
        FROM_1_0,
        Level::Must,
        "pushing-manifests",
        "the manifest is stored in exactly the bytes that came",
        "c733d8a6bcf7c00f",
        Check::Answer(Class::Altered, exact_bytes),
    ),
    rule(
        "pull-answers-200",
        FROM_1_0,
        Level::Must,
        "pulling-manifests",
        "GET of a manifest that is there is answered with 200 and the manifest",
        "a8a9bbdf5d4d82ee",
        Check::Answer(Class::Lost, get_answers_200),
    ),
    rule(
        "head-answers-200",
        FROM_1_0,
        Level::Must,
        "checking-if-content-exists-in-the-registry",
        "HEAD of a manifest that is there is answered with 200",
        "b42a5c463456e02f",
        Check::Answer(Class::Lost, head_answers_200),
    ),
    rule(
        "pull-names-the-digest",
        FROM_1_0,
        Level::Should,
        "pulling-manifests",
        "the answer to a GET has the digest in Docker-Content-Digest",
        "40a268c82ef5d8f1",
        Check::Answer(Class::MissingHeader, |a, flaws| names_digest(a, flaws, Stage::ManifestGet)),
    ),
    rule(
        "head-names-the-digest",
        FROM_1_0,
        Level::Should,
        "checking-if-content-exists-in-the-registry",
        "the answer to a HEAD has the digest in Docker-Content-Digest",
        "40a268c82ef5d8f1",
        Check::Answer(Class::MissingHeader, |a, flaws| names_digest(a, flaws, Stage::ManifestHead)),
    ),
    rule(
        "pull-digest-header-is-the-digest",
        FROM_1_0,
        Level::Should,
        "pulling-manifests",
        "a digest in Docker-Content-Digest is the content's, where the algorithm is the same",
        "72eb2c1e867b37fa",
        Check::Answer(Class::Inconsistent, digest_is_right),
    ),
    rule(
        "head-names-the-length",
        FROM_1_1,
        Level::Should,
        "checking-if-content-exists-in-the-registry",
        "the answer to a HEAD has the manifest's length in Content-Length",
        "546292326e61e3d0",
        Check::Answer(Class::MissingHeader, names_length),
    ),
    rule(
        "pull-returns-the-pushed-type",
        FROM_1_0,
        Level::Should,
        "pulling-manifests",
        "the Content-Type is the one that was pushed",
        "ed6041e9ce0b0798",
        Check::Answer(Class::Inconsistent, pushed_type),
    ),
    rule(
        "pull-returns-no-parameters",
        FROM_1_1,
        Level::Should,
        "pulling-manifests",
        "the Content-Type of the answer has no parameters",
        "4a21edf34547c60f",
        Check::Answer(Class::Inconsistent, no_parameters),
    ),
];

const ALL: [By; 3] = [By::Tag, By::Digest, By::Location];

/// Whether what was pushed is asked for by its type: only then does the specification owe it. Where no type was sent, it
/// is the document's own.
pub(in crate::model) fn is_asked_for(answered: &Answered<'_>) -> bool {
    let Exchange { accept, tested, .. } = answered.content.exchange;
    match tested.content_type.as_deref() {
        Some(pushed) => accept.names(pushed),
        None => answered.content.body_type().is_some_and(|own| accept.names(&own)),
    }
}

/// The answers with 200 to GET or HEAD after an accepted push.
fn found<'a>(answered: &'a Answered<'_>, stage: Stage) -> impl Iterator<Item = (By, &'a Answer)> {
    let accepted = answered.observation.accepted() && is_asked_for(answered);
    ALL.into_iter().filter_map(move |by| {
        let probe = if stage == Stage::ManifestHead { Probe::Head(by) } else { Probe::Get(by) };
        let answer = answered.observation.answer(&probe)?;
        (accepted && answer.status == 200).then_some((by, answer))
    })
}

fn named(by: By) -> &'static str {
    match by {
        By::Tag => "by tag",
        By::Digest => "by digest",
        By::Location => "by Location",
    }
}

/// Whatever was asked for: another type may be a conversion, but not under the digest of what was pushed.
fn exact_bytes(answered: &Answered<'_>, flaws: &mut Vec<Flaw>) {
    let tested = &answered.content.exchange.tested;
    let pushed = tested.content_type.as_deref().map(essence);
    for by in ALL.into_iter().filter(|_| answered.observation.accepted()) {
        let answer = answered.observation.answer(&Probe::Get(by)).filter(|answer| answer.status == 200);
        // What was read up to a bound differs if it is not how the manifest begins.
        let differs = |answer: &&Answer| match answer.cut {
            true => coding(answer).is_none() && !tested.body.bytes().starts_with(&answer.body),
            false => answer.body != *tested.body.bytes(),
        };
        let Some(answer) = answer.filter(differs) else { continue };
        let is_pushed_type = || answer.header("content-type").map(essence) == pushed;
        if by == By::Digest || is_asked_for(answered) || is_pushed_type() {
            let (came, went) = (answer.body.len(), tested.body.len());
            let at_least = if answer.cut { "at least " } else { "" };
            let message = format!("GET {} returns {at_least}{came} other bytes in place of {went}", named(by));
            flaws.push(Flaw::at(Stage::ManifestGet, answer, message));
        }
    }
}

fn get_answers_200(answered: &Answered<'_>, flaws: &mut Vec<Flaw>) {
    for by in [By::Tag, By::Digest] {
        missing(answered, &Probe::Get(by), Stage::ManifestGet, by, flaws);
    }
}

fn head_answers_200(answered: &Answered<'_>, flaws: &mut Vec<Flaw>) {
    for by in [By::Tag, By::Digest] {
        missing(answered, &Probe::Head(by), Stage::ManifestHead, by, flaws);
    }
}

fn missing(answered: &Answered<'_>, probe: &Probe, stage: Stage, by: By, flaws: &mut Vec<Flaw>) {
    if let Some(Reply::Answer(answer)) = answered.observation.reply(probe)
        && answered.observation.accepted()
        && is_asked_for(answered)
        && answer.status != 200
        && answer.status < 500
    {
        let message = format!("accepted, but {stage} {} is answered with {}", named(by), answer.status);
        flaws.push(Flaw::at(stage, answer, message));
    }
}

fn names_digest(answered: &Answered<'_>, flaws: &mut Vec<Flaw>, stage: Stage) {
    for (by, answer) in found(answered, stage) {
        if answer.header("docker-content-digest").is_none() {
            let message = format!("no Docker-Content-Digest on {stage} {}", named(by));
            flaws.push(Flaw::at(stage, answer, message));
        }
    }
}

fn digest_is_right(answered: &Answered<'_>, flaws: &mut Vec<Flaw>) {
    let digest = answered.content.exchange.tested.digest();
    for stage in [Stage::ManifestHead, Stage::ManifestGet] {
        for (by, answer) in found(answered, stage) {
            let header = answer.header("docker-content-digest").filter(|header| header.starts_with("sha256:"));
            if let Some(header) = header.filter(|header| *header != digest) {
                let message = format!("Docker-Content-Digest is {header} on {stage} {}", named(by));
                flaws.push(Flaw::at(stage, answer, message));
            }
        }
    }
}

fn names_length(answered: &Answered<'_>, flaws: &mut Vec<Flaw>) {
    // Whether a coded body is stored as it came or as it was meant is not said, so neither is its length.
    if answered.content.exchange.tested.content_encoding.is_some() {
        return;
    }
    let length = answered.content.exchange.tested.body.len().to_string();
    for (by, answer) in found(answered, Stage::ManifestHead) {
        // In an answer with a content coding it is the coded length.
        if coding(answer).is_some() {
            continue;
        }
        let flaw = |message| Flaw::at(Stage::ManifestHead, answer, message);
        // Where GET returns other bytes, of just that length, the defect is theirs.
        let is_of_the_pull = |header: &str| {
            let pulled =
                answered.observation.answer(&Probe::Get(by)).filter(|pulled| pulled.status == 200 && !pulled.cut);
            pulled.is_some_and(|pulled| pulled.body.len().to_string() == header)
        };
        match answer.header("content-length") {
            Some(header) if is_of_the_pull(header) => {}
            None => flaws.push(flaw(format!("no Content-Length on manifest-head {}", named(by)))),
            Some(header) if header != length => {
                let message = format!("Content-Length is {header} on manifest-head {}, not {length}", named(by));
                flaws.push(flaw(message).classed(Class::Inconsistent));
            }
            Some(_) => {}
        }
    }
}

fn pushed_type(answered: &Answered<'_>, flaws: &mut Vec<Flaw>) {
    let pushed = answered.content.exchange.tested.content_type.as_deref();
    let Some(pushed) = pushed.filter(|_| answered.accepted_valid() && !answered.content.exchange.is_of_two_kinds())
    else {
        return;
    };
    for (by, answer) in found(answered, Stage::ManifestGet) {
        let header = answer.header("content-type").unwrap_or("absent");
        if essence(header) != essence(pushed) {
            let message = format!("Content-Type is {header} on GET {}, pushed as {pushed}", named(by));
            flaws.push(Flaw::at(Stage::ManifestGet, answer, message));
        }
    }
}

fn no_parameters(answered: &Answered<'_>, flaws: &mut Vec<Flaw>) {
    for (by, answer) in found(answered, Stage::ManifestGet) {
        if let Some(header) = answer.header("content-type").filter(|header| has_parameters(header)) {
            let message = format!("Content-Type has parameters on GET {}: {header}", named(by));
            flaws.push(Flaw::at(Stage::ManifestGet, answer, message));
        }
    }
}

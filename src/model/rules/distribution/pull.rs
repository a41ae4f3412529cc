//! Rules of distribution-spec's sections on pulling and on checking for content: what was accepted comes back.

use crate::exchange::{Answer, By, Exchange, Probe, Reply, Stage, essence};
use crate::model::document::forms::has_parameters;
use crate::model::policy::answered::{Answered, Flaw};
use crate::model::rule::{AnswerRule, Binds, Class, Clause, Family, Level, RuleInfo, Source};
use crate::model::rules::http::codings::coding;
use crate::model::versions::{FROM_1_0, FROM_1_1};

const PAGE: Clause = Clause::of(Source::DistributionSpec, "spec.md");
const REGISTRY: RuleInfo = RuleInfo::of(Binds::Registry, Family::Pull);

pub(in crate::model) const ANSWERS: &[AnswerRule] = &[
    AnswerRule {
        info: RuleInfo {
            id: "push-keeps-exact-bytes",
            clause: Clause {
                section: "pushing-manifests",
                summary: "the manifest is stored in exactly the bytes that came",
                sentence: "c733d8a6bcf7c00f",
                ..PAGE
            },
            level: Level::Must,
            // Version 1.0 has it among what GET returns.
            versions: FROM_1_0,
            ..REGISTRY
        },
        class: Class::Altered,
        check: exact_bytes,
    },
    AnswerRule {
        info: RuleInfo {
            id: "pull-answers-200",
            clause: Clause {
                section: "pulling-manifests",
                summary: "GET of a manifest that is there is answered with 200 and the manifest",
                sentence: "a8a9bbdf5d4d82ee",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            ..REGISTRY
        },
        class: Class::Lost,
        check: get_answers_200,
    },
    AnswerRule {
        info: RuleInfo {
            id: "head-answers-200",
            clause: Clause {
                section: "checking-if-content-exists-in-the-registry",
                summary: "HEAD of a manifest that is there is answered with 200",
                sentence: "b42a5c463456e02f",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            ..REGISTRY
        },
        class: Class::Lost,
        check: head_answers_200,
    },
    AnswerRule {
        info: RuleInfo {
            id: "pull-names-the-digest",
            clause: Clause {
                section: "pulling-manifests",
                summary: "the answer to a GET has the digest in Docker-Content-Digest",
                sentence: "40a268c82ef5d8f1",
                ..PAGE
            },
            level: Level::Should,
            versions: FROM_1_0,
            ..REGISTRY
        },
        class: Class::MissingHeader,
        check: |a, flaws| names_digest(a, flaws, Stage::ManifestGet),
    },
    AnswerRule {
        info: RuleInfo {
            id: "head-names-the-digest",
            clause: Clause {
                section: "checking-if-content-exists-in-the-registry",
                summary: "the answer to a HEAD has the digest in Docker-Content-Digest",
                sentence: "40a268c82ef5d8f1",
                ..PAGE
            },
            level: Level::Should,
            versions: FROM_1_0,
            ..REGISTRY
        },
        class: Class::MissingHeader,
        check: |a, flaws| names_digest(a, flaws, Stage::ManifestHead),
    },
    AnswerRule {
        info: RuleInfo {
            id: "pull-digest-header-is-the-digest",
            clause: Clause {
                section: "pulling-manifests",
                summary: "a digest in Docker-Content-Digest is the content's, where the algorithm is the same",
                sentence: "72eb2c1e867b37fa",
                ..PAGE
            },
            level: Level::Should,
            versions: FROM_1_0,
            ..REGISTRY
        },
        class: Class::Inconsistent,
        check: digest_is_right,
    },
    AnswerRule {
        info: RuleInfo {
            id: "head-names-the-length",
            clause: Clause {
                section: "checking-if-content-exists-in-the-registry",
                summary: "the answer to a HEAD has the manifest's length in Content-Length",
                sentence: "546292326e61e3d0",
                ..PAGE
            },
            level: Level::Should,
            versions: FROM_1_1,
            ..REGISTRY
        },
        class: Class::MissingHeader,
        check: names_length,
    },
    AnswerRule {
        info: RuleInfo {
            id: "pull-returns-the-pushed-type",
            clause: Clause {
                section: "pulling-manifests",
                summary: "the Content-Type is the one that was pushed",
                sentence: "ed6041e9ce0b0798",
                ..PAGE
            },
            level: Level::Should,
            versions: FROM_1_0,
            ..REGISTRY
        },
        class: Class::Inconsistent,
        check: pushed_type,
    },
    AnswerRule {
        info: RuleInfo {
            id: "pull-returns-no-parameters",
            clause: Clause {
                section: "pulling-manifests",
                summary: "the Content-Type of the answer has no parameters",
                sentence: "4a21edf34547c60f",
                ..PAGE
            },
            level: Level::Should,
            versions: FROM_1_1,
            ..REGISTRY
        },
        class: Class::Inconsistent,
        check: no_parameters,
    },
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

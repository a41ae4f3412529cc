//! Rules from distribution-spec on pulling manifests and checking for them: an accepted manifest can be read back.

use crate::exchange::{Answer, By, Exchange, Probe, Reply, Stage, essence};
use crate::model::document::forms::has_parameters;
use crate::model::policy::answered::{Answered, Flaw};
use crate::model::rule::{AnswerRule, Binds, Class, Clause, Family, Level, RuleInfo, Source};
use crate::model::rules::distribution::{blobs, expected, reading};
use crate::model::rules::http::codings::coding;
use crate::model::versions::{BEFORE_DEV, FROM_1_0, FROM_1_1, FROM_1_1_BEFORE_DEV};

const PAGE: Clause = Clause::of(Source::DistributionSpec, "spec.md");
const REGISTRY: RuleInfo = RuleInfo::of(Binds::Registry, Family::Pull);

pub(in crate::model) const ANSWERS: &[AnswerRule] = &[
    AnswerRule {
        info: RuleInfo {
            id: "push-keeps-exact-bytes",
            clause: Clause {
                section: "pushing-manifests",
                summary: "the registry stores the manifest's exact bytes",
                sentence: "c733d8a6bcf7c00f",
                ..PAGE
            },
            level: Level::Must,
            // Version 1.0 states it for GET.
            versions: FROM_1_0,
            why: "Clients verify what they pull against its digest, so a manifest that was re-serialised fails \
                  verification and its signatures no longer match.",
            fix: "Store the request body and return those bytes; never re-encode the parsed JSON.",
            family: Family::Storage,
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
                summary: "GET of an existing manifest is answered with 200 and the manifest",
                sentence: "a8a9bbdf5d4d82ee",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "A manifest whose push was reported as successful cannot be pulled.",
            fix: "Answer a push with 201 only when GET by tag and by digest returns the manifest.",
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
                summary: "HEAD of an existing manifest or blob is answered with 200",
                sentence: "b42a5c463456e02f",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "Clients that check for existence with HEAD conclude that the content is missing.",
            fix: "Answer HEAD with the status and headers of GET.",
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
                summary: "the answer to GET has the digest in Docker-Content-Digest",
                sentence: "40a268c82ef5d8f1",
                ..PAGE
            },
            level: Level::Should,
            versions: BEFORE_DEV,
            why: "Clients cannot learn the digest of a tag from the answer and must compute it themselves.",
            fix: "Add Docker-Content-Digest with the manifest's digest to answers to GET.",
            family: Family::DigestHeaders,
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
                summary: "the answer to HEAD has the digest in Docker-Content-Digest",
                sentence: "40a268c82ef5d8f1",
                ..PAGE
            },
            level: Level::Should,
            versions: BEFORE_DEV,
            why: "Clients that resolve a tag with HEAD must download the manifest to learn its digest.",
            fix: "Add Docker-Content-Digest with the manifest's digest to answers to HEAD.",
            family: Family::DigestHeaders,
            ..REGISTRY
        },
        class: Class::MissingHeader,
        check: |answered, flaws| {
            names_digest(answered, flaws, Stage::ManifestHead);
            blobs::head_names_the_digest(answered, flaws);
        },
    },
    AnswerRule {
        info: RuleInfo {
            id: "pull-digest-header-is-the-digest",
            clause: Clause {
                section: "pulling-manifests",
                summary: "Docker-Content-Digest, if it uses the same algorithm, is the manifest's digest",
                sentence: "72eb2c1e867b37fa",
                ..PAGE
            },
            level: Level::Should,
            versions: FROM_1_0,
            why: "Clients that verify the body against Docker-Content-Digest reject a correct manifest.",
            fix: "Compute Docker-Content-Digest from the bytes that are returned.",
            family: Family::DigestHeaders,
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
                summary: "the answer to HEAD has the manifest's length in Content-Length",
                sentence: "546292326e61e3d0",
                ..PAGE
            },
            level: Level::Should,
            versions: FROM_1_1_BEFORE_DEV,
            why: "Clients that build a descriptor from HEAD do not get its size.",
            fix: "Add Content-Length with the manifest's length in bytes to answers to HEAD.",
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
                summary: "Content-Type is the one that the manifest was pushed with",
                sentence: "ed6041e9ce0b0798",
                ..PAGE
            },
            level: Level::Should,
            versions: FROM_1_0,
            why: "Clients choose a parser by Content-Type, so they misread the manifest or reject it.",
            fix: "Store the Content-Type of the push and return it with the manifest.",
            family: Family::PulledTypes,
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
                summary: "Content-Type of the answer has no parameters",
                sentence: "4a21edf34547c60f",
                ..PAGE
            },
            level: Level::Should,
            versions: FROM_1_1,
            why: "Clients that compare Content-Type with the known media types do not recognise the manifest.",
            fix: "Send the media type without parameters such as charset.",
            family: Family::PulledTypes,
            ..REGISTRY
        },
        class: Class::Inconsistent,
        check: no_parameters,
    },
];

const ALL: [By; 3] = [By::Tag, By::Digest, By::Location];

/// Whether `Accept` of the requests that read back names the type of the push (without Content-Type, the document's
/// mediaType). Only then must the registry return the manifest.
pub(in crate::model) fn accepts_pushed_type(answered: &Answered<'_, '_>) -> bool {
    let Exchange { accept, tested, .. } = answered.content.exchange;
    match tested.content_type.as_deref() {
        Some(pushed) => accept.names(pushed),
        None => answered.content.body_type().is_some_and(|own| accept.names(&own)),
    }
}

/// The 200 answers to GET or HEAD after an accepted push.
fn successes<'a>(answered: &'a Answered<'_, '_>, stage: Stage) -> impl Iterator<Item = (By, &'a Answer)> {
    let accepted = answered.observation.accepted() && accepts_pushed_type(answered);
    ALL.into_iter().filter_map(move |by| {
        let probe = if stage == Stage::ManifestHead { Probe::Head(by) } else { Probe::Get(by) };
        let answer = answered.observation.answer(&probe)?;
        (accepted && answer.status == 200).then_some((by, answer))
    })
}

fn addressed(by: By) -> &'static str {
    match by {
        By::Tag => "by tag",
        By::Digest => "by digest",
        By::Location => "by Location",
    }
}

fn method(stage: Stage) -> &'static str {
    if stage == Stage::ManifestHead { "HEAD" } else { "GET" }
}

/// A registry may convert a manifest for clients that accept only another type, but not under the digest of the push.
fn exact_bytes(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let tested = &answered.content.exchange.tested;
    let pushed_type = tested.content_type.as_deref().map(essence);
    for by in ALL.into_iter().filter(|_| answered.observation.accepted()) {
        let answer = answered.observation.answer(&Probe::Get(by)).filter(|answer| answer.status == 200);
        // Of a truncated body, only the part that was read is compared.
        let differs = |answer: &&Answer| match answer.cut {
            true => coding(answer).is_none() && !tested.body.bytes().starts_with(&answer.body),
            false => answer.body != *tested.body.bytes(),
        };
        let Some(answer) = answer.filter(differs) else { continue };
        let is_pushed_type = || answer.header("content-type").map(essence) == pushed_type;
        if by == By::Digest || accepts_pushed_type(answered) || is_pushed_type() {
            let (returned, pushed) = (answer.body.len(), tested.body.len());
            let at_least = if answer.cut { "at least " } else { "" };
            let message = format!(
                "GET {} returned {at_least}{returned} bytes that differ from the {pushed} pushed",
                addressed(by)
            );
            flaws.push(Flaw::at(Stage::ManifestGet, answer, message));
        }
    }
    expected::altered(answered, Stage::ManifestGet, flaws);
}

fn get_answers_200(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    for by in [By::Tag, By::Digest] {
        read_fails(answered, &Probe::Get(by), Stage::ManifestGet, by, flaws);
    }
    expected::unreadable(answered, Stage::ManifestGet, flaws);
}

fn head_answers_200(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    blobs::head_answers_200(answered, flaws);
    for by in [By::Tag, By::Digest] {
        read_fails(answered, &Probe::Head(by), Stage::ManifestHead, by, flaws);
    }
    expected::unreadable(answered, Stage::ManifestHead, flaws);
    expected::unreadable(answered, Stage::BlobHead, flaws);
}

fn read_fails(answered: &Answered<'_, '_>, probe: &Probe, stage: Stage, by: By, flaws: &mut Vec<Flaw>) {
    if let Some(Reply::Answer(answer)) = answered.observation.reply(probe)
        && answered.observation.accepted()
        && accepts_pushed_type(answered)
        && answer.status != 200
        && answer.status < 500
    {
        let message =
            format!("{} {} returned {} after the push was accepted", method(stage), addressed(by), answer.status);
        flaws.push(Flaw::at(stage, answer, message));
    }
}

pub(super) fn names_digest(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>, stage: Stage) {
    for (by, answer) in successes(answered, stage) {
        if answer.header("docker-content-digest").is_none() {
            let message = format!("no Docker-Content-Digest in the answer to {} {}", method(stage), addressed(by));
            flaws.push(Flaw::at(stage, answer, message));
        }
    }
    expected::unnamed(answered, stage, flaws);
    if stage == Stage::ManifestHead {
        expected::unnamed(answered, Stage::BlobHead, flaws);
        expected::misnamed(answered, Stage::BlobHead, |flaw| flaws.push(flaw.classed(Class::Inconsistent)));
    }
}

fn digest_is_right(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let digest = answered.content.exchange.tested.digest();
    for stage in [Stage::ManifestHead, Stage::ManifestGet] {
        for (by, answer) in successes(answered, stage) {
            let header = answer.header("docker-content-digest").filter(|header| header.starts_with("sha256:"));
            if let Some(header) = header.filter(|header| *header != digest) {
                let request = format!("{} {}", method(stage), addressed(by));
                let message = format!("Docker-Content-Digest is {header} in the answer to {request}, not {digest}");
                flaws.push(Flaw::at(stage, answer, message));
            }
        }
        expected::misnamed(answered, stage, |flaw| flaws.push(flaw));
    }
}

pub(super) fn names_length(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    blobs::head_names_the_length(answered, flaws);
    // No specification defines whether a body with a coding is stored encoded or decoded, so its length is open.
    if answered.content.exchange.tested.content_encoding.is_some() {
        return;
    }
    let length = answered.content.exchange.tested.body.len().to_string();
    for (by, answer) in successes(answered, Stage::ManifestHead) {
        // Content-Length of an answer with a content coding is the encoded length.
        if coding(answer).is_some() {
            continue;
        }
        let flaw = |message| Flaw::at(Stage::ManifestHead, answer, message);
        // If GET returns an altered manifest of that length, `push-keeps-exact-bytes` reports it.
        let matches_get = |header: &str| {
            let pulled =
                answered.observation.answer(&Probe::Get(by)).filter(|pulled| pulled.status == 200 && !pulled.cut);
            pulled.is_some_and(|pulled| pulled.body.len().to_string() == header)
        };
        match answer.header("content-length") {
            Some(header) if matches_get(header) => {}
            None => flaws.push(flaw(format!("no Content-Length in the answer to HEAD {}", addressed(by)))),
            Some(header) if header != length => {
                let message =
                    format!("Content-Length is {header} in the answer to HEAD {}, not {length}", addressed(by));
                flaws.push(flaw(message).classed(Class::Inconsistent));
            }
            Some(_) => {}
        }
    }
    for stage in [Stage::ManifestHead, Stage::BlobHead] {
        expected::mismeasured(answered, stage, |flaw, is_missing| {
            flaws.push(if is_missing { flaw } else { flaw.classed(Class::Inconsistent) });
        });
    }
}

fn pushed_type(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let pushed = answered.content.exchange.tested.content_type.as_deref();
    let Some(pushed) = pushed.filter(|_| answered.accepted_valid() && !answered.content.exchange.is_of_two_kinds())
    else {
        return;
    };
    for (by, answer) in successes(answered, Stage::ManifestGet) {
        let header = answer.header("content-type").unwrap_or("absent");
        if essence(header) != essence(pushed) {
            let message =
                format!("Content-Type is {header} in the answer to GET {}, but was pushed as {pushed}", addressed(by));
            flaws.push(Flaw::at(Stage::ManifestGet, answer, message));
        }
    }
    reading::neither_type(answered, flaws);
}

fn no_parameters(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    for (by, answer) in successes(answered, Stage::ManifestGet) {
        if let Some(header) = answer.header("content-type").filter(|header| has_parameters(header)) {
            let message = format!("Content-Type has parameters in the answer to GET {}: {header}", addressed(by));
            flaws.push(Flaw::at(Stage::ManifestGet, answer, message));
        }
    }
}

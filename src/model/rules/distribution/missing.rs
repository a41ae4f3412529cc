//! Rules of distribution-spec on what is not there, and on blobs that are: pulling and checking for content.

use crate::exchange::{Answer, Ask, By, Probe, sha512};
use crate::model::document::forms::DigestForm;
use crate::model::policy::answered::{Answered, Flaw};
use crate::model::rule::{AnswerRule, Binds, Class, Clause, Family, Level, RuleInfo, Source};
use crate::model::versions::FROM_1_0;

const MANIFESTS: &str = "pulling-manifests";
const BLOBS: &str = "pulling-blobs";

const PAGE: Clause = Clause::of(Source::DistributionSpec, "spec.md");
const REGISTRY: RuleInfo = RuleInfo::of(Binds::Registry, Family::Pull);

pub(in crate::model) const ANSWERS: &[AnswerRule] = &[
    AnswerRule {
        info: RuleInfo {
            id: "missing-manifest-answers-404",
            clause: Clause {
                section: MANIFESTS,
                summary: "GET of a manifest that is not there is answered with 404",
                sentence: "e6d47b48a21d3da9",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            ..REGISTRY
        },
        class: Class::WrongStatus,
        check: |answered, flaws| {
            [Ask::UnknownTag, Ask::UnknownDigest].into_iter().for_each(|ask| is_404(answered, ask, flaws))
        },
    },
    AnswerRule {
        info: RuleInfo {
            id: "missing-content-answers-404-to-head",
            clause: Clause {
                section: "checking-if-content-exists-in-the-registry",
                summary: "HEAD of content that is not there is answered with 404",
                sentence: "247e3b007143589e",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            ..REGISTRY
        },
        class: Class::WrongStatus,
        check: head_answers_404,
    },
    AnswerRule {
        info: RuleInfo {
            id: "missing-repository-answers-404",
            clause: Clause {
                section: "pushing-manifests",
                summary: "a pull from a repository that is not there is answered with 404",
                sentence: "9f0941a0def3164f",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            ..REGISTRY
        },
        class: Class::WrongStatus,
        check: |answered, flaws| is_404(answered, Ask::UnknownRepository, flaws),
    },
    AnswerRule {
        info: RuleInfo {
            id: "missing-blob-answers-404",
            clause: Clause {
                section: BLOBS,
                summary: "GET of a blob that is not there is answered with 404",
                sentence: "e3a9f219bf390a82",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            ..REGISTRY
        },
        class: Class::WrongStatus,
        check: |answered, flaws| is_404(answered, Ask::UnknownBlob, flaws),
    },
    AnswerRule {
        info: RuleInfo {
            id: "blob-pull-answers-200",
            clause: Clause {
                section: BLOBS,
                summary: "GET of a blob that is there is answered with 200",
                sentence: "3b9e6c5d429b287f",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            ..REGISTRY
        },
        class: Class::Lost,
        check: |answered, flaws| {
            if let Some(answer) = answered.asked(Ask::Blob).filter(|answer| answer.status != 200) {
                flaws.push(flaw(Ask::Blob, answer, format!("GET of a blob is answered with {}", answer.status)));
            }
        },
    },
    AnswerRule {
        info: RuleInfo {
            id: "blob-pull-returns-the-blob",
            clause: Clause {
                section: BLOBS,
                summary: "GET of a blob returns that blob",
                sentence: "3b9e6c5d429b287f",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            ..REGISTRY
        },
        class: Class::Altered,
        check: returns_the_blob,
    },
    AnswerRule {
        info: RuleInfo {
            id: "blob-pull-digest-header-is-the-blobs",
            clause: Clause {
                section: BLOBS,
                summary: "a digest in Docker-Content-Digest is that of the body",
                sentence: "071672bf3ce552fa",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            ..REGISTRY
        },
        class: Class::Inconsistent,
        check: blob_digest,
    },
];

fn flaw(ask: Ask, answer: &Answer, message: String) -> Flaw {
    Flaw::of(&Probe::Ask(ask), answer, message)
}

fn is_404(answered: &Answered<'_>, ask: Ask, flaws: &mut Vec<Flaw>) {
    if let Some(answer) = answered.asked(ask).filter(|answer| answer.status != 404) {
        flaws.push(flaw(ask, answer, format!("GET of what is not there is answered with {}", answer.status)));
    }
}

/// After a refusal nothing is there. If GET returns the manifest all the same, another rule reports that; if GET answers 404,
/// HEAD must too.
fn head_answers_404(answered: &Answered<'_>, flaws: &mut Vec<Flaw>) {
    let observation = answered.observation;
    if answered.refusal().is_none() || !observation.body_is_new {
        return;
    }
    for by in [By::Digest, By::Tag].into_iter().filter(|by| *by == By::Digest || observation.tag_is_new) {
        let Some(answer) = observation.answer(&Probe::Head(by)) else { continue };
        let flaw = |message| Flaw::of(&Probe::Head(by), answer, message);
        let status = answer.status;
        if answer.is_success() && observation.reply(&Probe::Get(by)).is_some_and(|reply| reply.is(404)) {
            let message = format!("HEAD of what was refused is answered with {status}, GET with 404");
            flaws.push(flaw(message).classed(Class::Inconsistent));
        }
        // Who may not look is told nothing of what is there.
        if !matches!(status, 200..300 | 401 | 403 | 404 | 429 | 500..) {
            flaws.push(flaw(format!("HEAD of what was refused is answered with {status}")));
        }
    }
}

/// The blob that was asked for: the first that the registry holds.
fn asked_blob<'a>(answered: &'a Answered<'_>) -> Option<(&'a Answer, &'a crate::exchange::Need)> {
    let answer = answered.asked(Ask::Blob).filter(|answer| answer.status == 200 && !answer.cut)?;
    Some((answer, answered.content.facts.first_blob(answered.content.exchange)?))
}

fn returns_the_blob(answered: &Answered<'_>, flaws: &mut Vec<Flaw>) {
    if let Some((answer, need)) = asked_blob(answered).filter(|(answer, need)| answer.body != need.bytes) {
        let message =
            format!("GET of a blob returns {} other bytes instead of {}", answer.body.len(), need.bytes.len());
        flaws.push(flaw(Ask::Blob, answer, message));
    }
}

fn blob_digest(answered: &Answered<'_>, flaws: &mut Vec<Flaw>) {
    let Some((answer, need)) = asked_blob(answered) else { return };
    let is_the_blobs = |header: &str| match DigestForm::of(header) {
        DigestForm::Sha256 => header == need.digest,
        DigestForm::Sha512 => header == sha512(&need.bytes),
        // What nobody registered cannot be checked.
        form => form == DigestForm::Unregistered,
    };
    if let Some(header) = answer.header("docker-content-digest").filter(|header| !is_the_blobs(header)) {
        flaws.push(flaw(Ask::Blob, answer, format!("Docker-Content-Digest is {header}, not the blob's digest")));
    }
}

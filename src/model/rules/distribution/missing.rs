//! Rules from distribution-spec on pulling content that does not exist, and on pulling blobs.

use crate::exchange::roles::{blobs as deleted, reading};
use crate::exchange::{Address, Answer, Ask, By, Probe, Role, Stage};
use crate::model::policy::answered::{Answered, Flaw, ScriptedAnswer};
use crate::model::rule::{AnswerRule, Binds, Class, Clause, Family, Level, RuleInfo, Source};
use crate::model::rules::distribution::expected::{self, is_digest_of};
use crate::model::rules::distribution::{blob_deletion, blobs, deletion};
use crate::model::versions::FROM_1_0;

const MANIFESTS: &str = "pulling-manifests";
const BLOBS: &str = "pulling-blobs";

const PAGE: Clause = Clause::of(Source::DistributionSpec, "spec.md");
const REGISTRY: RuleInfo = RuleInfo::of(Binds::Registry, Family::Missing);

pub(in crate::model) const ANSWERS: &[AnswerRule] = &[
    AnswerRule {
        info: RuleInfo {
            id: "missing-manifest-answers-404",
            clause: Clause {
                section: MANIFESTS,
                summary: "GET of a manifest that does not exist is answered with 404",
                sentence: "e6d47b48a21d3da9",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "Clients cannot tell a manifest that does not exist from a failing registry, so they abort or retry.",
            fix: "Answer 404 to GET of an unknown tag or digest.",
            ..REGISTRY
        },
        class: Class::WrongStatus,
        check: |answered, flaws| {
            [Ask::UnknownTag, Ask::UnknownDigest].into_iter().for_each(|ask| is_404(answered, ask, flaws));
            let invalid = [reading::GET_INVALID_NAME, reading::GET_INVALID_REFERENCE];
            invalid.into_iter().for_each(|role| is_refused(answered, role, flaws));
            is_200_or_404(answered, reading::GET_BLOB_AS_MANIFEST, flaws);
            deletion::is_gone_with_404(answered, flaws);
        },
    },
    AnswerRule {
        info: RuleInfo {
            id: "missing-content-answers-404-to-head",
            clause: Clause {
                section: "checking-if-content-exists-in-the-registry",
                summary: "HEAD of content that does not exist is answered with 404",
                sentence: "247e3b007143589e",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "Clients that check for existence with HEAD before a push abort or skip the push.",
            fix: "Answer 404 to HEAD if GET would be answered with 404.",
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
                summary: "a pull from a repository that does not exist is answered with 404",
                sentence: "9f0941a0def3164f",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "Clients cannot tell a repository that does not exist from a failing registry.",
            fix: "Answer 404 to pulls from a repository that does not exist.",
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
                summary: "GET of a blob that does not exist is answered with 404",
                sentence: "e3a9f219bf390a82",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "Clients cannot tell that a blob is missing and must be uploaded again.",
            fix: "Answer 404 to GET of a blob that the repository does not have.",
            family: Family::Blobs,
            ..REGISTRY
        },
        class: Class::WrongStatus,
        check: |answered, flaws| {
            is_404(answered, Ask::UnknownBlob, flaws);
            blobs::refused_is_absent(answered, flaws);
            is_refused(answered, reading::GET_INVALID_DIGEST, flaws);
            is_200_or_404(answered, reading::GET_MANIFEST_AS_BLOB, flaws);
            blob_deletion::is_gone_with_404(answered, deleted::GET_DELETED, flaws);
        },
    },
    AnswerRule {
        info: RuleInfo {
            id: "blob-pull-answers-200",
            clause: Clause {
                section: BLOBS,
                summary: "GET of an existing blob is answered with 200",
                sentence: "3b9e6c5d429b287f",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "Images cannot be pulled although all their blobs were uploaded.",
            fix: "Answer GET of a stored blob with 200, if necessary after a redirect.",
            family: Family::Blobs,
            ..REGISTRY
        },
        class: Class::Lost,
        check: |answered, flaws| {
            if let Some(answer) = answered.answer_to(Ask::Blob).filter(|answer| answer.status != 200) {
                flaws.push(flaw(Ask::Blob, answer, format!("GET of a blob returned {}", answer.status)));
            }
            blobs::get_answers_200(answered, flaws);
            expected::unreadable(answered, Stage::BlobGet, flaws);
        },
    },
    AnswerRule {
        info: RuleInfo {
            id: "blob-pull-returns-the-blob",
            clause: Clause {
                section: BLOBS,
                summary: "GET of a blob returns the blob's content",
                sentence: "3b9e6c5d429b287f",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "The pulled blob fails verification against its digest, so the image cannot be used.",
            fix: "Return exactly the uploaded bytes.",
            family: Family::Blobs,
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
                summary: "Docker-Content-Digest, if present, is the digest of the body",
                sentence: "071672bf3ce552fa",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "Clients that verify the body against Docker-Content-Digest reject a correct blob.",
            fix: "Set Docker-Content-Digest to the digest of the returned blob.",
            family: Family::Blobs,
            ..REGISTRY
        },
        class: Class::Inconsistent,
        check: blob_digest,
    },
];

fn flaw(ask: Ask, answer: &Answer, message: String) -> Flaw {
    Flaw::of(&Probe::Ask(ask), answer, message)
}

fn is_404(answered: &Answered<'_, '_>, ask: Ask, flaws: &mut Vec<Flaw>) {
    if let Some(answer) = answered.answer_to(ask).filter(|answer| answer.status != 404) {
        flaws.push(flaw(ask, answer, format!("GET of content that does not exist returned {}", answer.status)));
    }
}

/// What lies outside the grammars of names and digests cannot have been pushed. The sentences ask for 404, and the table of codes has
/// some for a refusal of the request itself, so only a success is wrong.
fn is_refused(answered: &Answered<'_, '_>, role: Role, flaws: &mut Vec<Flaw>) {
    for one in answered.scripted(role).filter(|one| one.answer.is_success()) {
        flaws.push(one.flaw(format!("GET of {} returned {}", path(&one), one.answer.status)));
    }
}

/// Content of one kind at the endpoint of the other: whether it is there is open, but the answer says one or the other.
fn is_200_or_404(answered: &Answered<'_, '_>, role: Role, flaws: &mut Vec<Flaw>) {
    for one in answered.scripted(role).filter(|one| !matches!(one.answer.status, 200 | 404)) {
        flaws.push(one.flaw(format!("GET of {} returned {}", path(&one), one.answer.status)));
    }
}

/// The path of a request, without the end of a very long one.
fn path(one: &ScriptedAnswer<'_>) -> String {
    match &one.request.address {
        Address::Path(path) => path.chars().take(100).collect(),
        Address::Location { .. } => "a Location".to_owned(),
    }
}

/// After a refusal the manifest must not exist. If GET returns it, `refusal-leaves-nothing` reports that; if GET
/// answers 404, HEAD must too.
fn head_answers_404(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    blobs::head_of_refused(answered, flaws);
    blob_deletion::is_gone_with_404(answered, deleted::HEAD_DELETED, flaws);
    let unknown = [reading::HEAD_UNKNOWN_MANIFEST, reading::HEAD_UNKNOWN_BLOB];
    for one in unknown.into_iter().flat_map(|role| answered.scripted(role)).filter(|one| one.answer.status != 404) {
        flaws.push(one.flaw(format!("HEAD of content that was never pushed returned {}", one.answer.status)));
    }
    let observation = answered.observation;
    if answered.refusal().is_none() || !observation.body_is_new {
        return;
    }
    for by in [By::Digest, By::Tag].into_iter().filter(|by| *by == By::Digest || observation.tag_is_new) {
        let Some(answer) = observation.answer(&Probe::Head(by)) else { continue };
        let flaw = |message| Flaw::of(&Probe::Head(by), answer, message);
        let status = answer.status;
        if answer.is_success() && observation.reply(&Probe::Get(by)).is_some_and(|reply| reply.is(404)) {
            let message = format!("HEAD of the refused manifest returned {status}, but GET returned 404");
            flaws.push(flaw(message).classed(Class::Inconsistent));
        }
        // 401, 403, 429 and 5xx do not tell whether the manifest exists.
        if !matches!(status, 200..300 | 401 | 403 | 404 | 429 | 500..) {
            flaws.push(flaw(format!("HEAD of the refused manifest returned {status}")));
        }
    }
}

/// The complete 200 answer to GET of a blob, and that blob: the first one that the registry holds.
pub(super) fn blob_answer<'a>(answered: &'a Answered<'_, '_>) -> Option<(&'a Answer, &'a crate::exchange::Need)> {
    let answer = answered.answer_to(Ask::Blob).filter(|answer| answer.status == 200 && !answer.cut)?;
    Some((answer, answered.content.facts.first_blob(answered.content.exchange)?))
}

fn returns_the_blob(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    blobs::returns_the_blob(answered, flaws);
    if let Some((answer, need)) = blob_answer(answered).filter(|(answer, need)| answer.body != need.bytes) {
        let message = format!(
            "GET of a blob returned {} bytes that differ from the {} uploaded",
            answer.body.len(),
            need.bytes.len()
        );
        flaws.push(flaw(Ask::Blob, answer, message));
    }
    expected::altered(answered, Stage::BlobGet, flaws);
}

fn blob_digest(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    blobs::digest_header(answered, flaws);
    expected::misnamed(answered, Stage::BlobGet, |flaw| flaws.push(flaw));
    let Some((answer, need)) = blob_answer(answered) else { return };
    if let Some(header) = answer.header("docker-content-digest").filter(|header| !is_digest_of(header, &need.bytes)) {
        flaws.push(flaw(Ask::Blob, answer, format!("Docker-Content-Digest is {header}, not the blob's digest")));
    }
}

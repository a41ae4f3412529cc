//! Rules from distribution-spec on reading in other ways than right after the push: the API's root, a tag that moved, blobs.

use crate::exchange::roles::reading as roles;
use crate::exchange::{Answer, Ask, Probe, ScriptedRequest, Stage, essence};
use crate::model::policy::answered::{Answered, Flaw, ScriptedAnswer};
use crate::model::rule::{AnswerRule, Binds, Class, Clause, Family, Level, RuleInfo, Source};
use crate::model::rules::distribution::expected::{is_digest_of, reads, unnamed};
use crate::model::versions::{FROM_1_0, FROM_1_1_1};

const PAGE: Clause = Clause::of(Source::DistributionSpec, "spec.md");
const REGISTRY: RuleInfo = RuleInfo::of(Binds::Registry, Family::Pull);

pub(in crate::model) const ANSWERS: &[AnswerRule] = &[
    AnswerRule {
        info: RuleInfo {
            id: "ping-answers-200",
            clause: Clause {
                section: "determining-support",
                summary: "GET of /v2/ is answered with 200 by a registry that implements the specification",
                sentence: "90986f7596c6d34d",
                ..PAGE
            },
            // The sentence has no key word.
            level: Level::Should,
            versions: FROM_1_0,
            why: "Clients check /v2/ first, and conclude that the host is not a registry.",
            fix: "Answer GET of /v2/ with 200, or with 401 to a client that must log in.",
            ..REGISTRY
        },
        class: Class::WrongStatus,
        check: ping,
    },
    AnswerRule {
        info: RuleInfo {
            id: "pull-by-tag-returns-the-last-push",
            clause: Clause {
                section: "pulling-manifests",
                summary: "GET and HEAD of a tag are answered with the manifest that was pushed there last",
                sentence: "a8a9bbdf5d4d82ee",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "Clients keep deploying the old image after a push that was reported as successful.",
            fix: "Drop what caches hold of a tag before the push that moves it is answered.",
            ..REGISTRY
        },
        class: Class::Inconsistent,
        check: is_newest,
    },
    AnswerRule {
        info: RuleInfo {
            id: "blob-is-no-manifest",
            clause: Clause {
                section: "pulling-manifests",
                summary: "whether a blob can be pulled as a manifest is open",
                sentence: "e6d47b48a21d3da9",
                ..PAGE
            },
            level: Level::May,
            versions: FROM_1_1_1,
            why: "A client that is given a blob's digest takes for a manifest what was only uploaded as a blob.",
            fix: "Answer GET of a manifest with 404 if its digest was only uploaded as a blob.",
            ..REGISTRY
        },
        class: Class::Ambiguous,
        check: serves_blob_as_manifest,
    },
    AnswerRule {
        info: RuleInfo {
            id: "pulled-type-of-two-pushes",
            clause: Clause {
                section: "pulling-manifests",
                summary: "which Content-Type is returned after the same bytes were pushed as two types is open",
                sentence: "ed6041e9ce0b0798",
                ..PAGE
            },
            level: Level::May,
            versions: FROM_1_0,
            why: "What a client takes the manifest for depends on who pushed the same bytes last.",
            fix: "Keep the Content-Type with the tag, or refuse documents without mediaType.",
            family: Family::PulledTypes,
            ..REGISTRY
        },
        class: Class::Ambiguous,
        check: mixes_types,
    },
];

fn ping(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    for one in answered.scripted(roles::PING).filter(|one| one.answer.status != 200) {
        flaws.push(one.flaw(format!("GET of /v2/ returned {}", one.answer.status)));
    }
}

/// `blob-pull-names-the-digest`
pub(in crate::model) fn unnamed_blob(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    unnamed(answered, Stage::BlobGet, flaws);
    let lacks = |answer: &&Answer| answer.status == 200 && answer.header("docker-content-digest").is_none();
    // What another host serves is not the registry's answer.
    if let Some(answer) = answered.answer_to(Ask::Blob).filter(lacks).filter(|answer| !answer.redirected) {
        let message = "no Docker-Content-Digest in the answer to GET of a blob".to_owned();
        flaws.push(Flaw::of(&Probe::Ask(Ask::Blob), answer, message));
    }
}

fn is_newest(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    for stage in [Stage::ManifestGet, Stage::ManifestHead] {
        for read in reads(answered, stage).filter(|read| read.one.answer.status == 200) {
            let Some(before) = read.before_move(answered) else { continue };
            let answer = read.one.answer;
            let is_stale = match stage {
                Stage::ManifestGet => !answer.cut && answer.body == *before,
                _ => answer.header("docker-content-digest").is_some_and(|header| is_digest_of(header, before)),
            };
            if is_stale {
                let message = format!("{} returned the manifest that the tag pointed at before", read.request());
                flaws.push(read.one.flaw(message));
            }
        }
    }
}

fn serves_blob_as_manifest(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    for one in answered.scripted(roles::GET_BLOB_AS_MANIFEST).filter(|one| one.answer.status == 200) {
        flaws.push(one.flaw("GET of a manifest by the digest of a blob returned 200".to_owned()));
    }
}

/// The pushes of the same bytes as two types.
fn pushes_of_two_types<'a>(answered: &'a Answered<'_, '_>) -> impl Iterator<Item = &'a ScriptedRequest> {
    let roles = [roles::PUSH_UNTYPED, roles::PUSH_UNTYPED_AS_OTHER];
    answered.observation.script.iter().filter(move |request| roles.contains(&request.role))
}

/// The 200 answers with such bytes, with the type of each.
fn pulled_types<'a>(answered: &'a Answered<'_, '_>) -> impl Iterator<Item = (ScriptedAnswer<'a>, String)> {
    let pulled = answered.scripted(roles::GET_UNTYPED).filter(|one| one.answer.status == 200);
    pulled.map(|one| (one, one.answer.header("content-type").map_or_else(|| "absent".to_owned(), essence)))
}

/// Answers with a type that no push had.
pub(in crate::model) fn neither_type(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let is_pushed = |media_type: &str| {
        pushes_of_two_types(answered).any(|push| push.header("content-type").is_some_and(|own| own == media_type))
    };
    for (one, media_type) in pulled_types(answered).filter(|(_, media_type)| !is_pushed(media_type)) {
        flaws.push(one.flaw(format!("Content-Type is {media_type} in the answer to GET, but no push had that type")));
    }
}

fn mixes_types(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    for (one, media_type) in pulled_types(answered) {
        let pushed = pushes_of_two_types(answered).find(|push| push.address == one.request.address);
        let own = pushed.and_then(|push| push.header("content-type"));
        if let Some(own) = own.filter(|own| *own != media_type) {
            let message =
                format!("a tag pushed as {own} is pulled as {media_type}, as the same bytes were pushed elsewhere");
            flaws.push(one.flaw(message));
        }
    }
}

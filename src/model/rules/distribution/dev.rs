//! Rules that only the main branch of distribution-spec has, on answers to requests that earlier versions define as well:
//! headers that were a SHOULD before.

use crate::exchange::Stage;
use crate::model::rule::{AnswerRule, Binds, Class, Clause, Family, Level, RuleInfo, Source};
use crate::model::rules::distribution::blobs;
use crate::model::rules::distribution::pull::{names_digest, names_length};
use crate::model::versions::FROM_DEV;

const HEAD: &str = "checking-if-content-exists-in-the-registry";

const PAGE: Clause = Clause::of(Source::DistributionSpec, "spec.md");
const REGISTRY: RuleInfo =
    RuleInfo { level: Level::Must, versions: FROM_DEV, ..RuleInfo::of(Binds::Registry, Family::DigestHeaders) };

pub(in crate::model) const ANSWERS: &[AnswerRule] = &[
    AnswerRule {
        info: RuleInfo {
            id: "pull-always-names-the-digest",
            clause: Clause {
                section: "pulling-manifests",
                summary: "the answer to GET of a manifest has its digest in Docker-Content-Digest",
                sentence: "6ce802c057597889",
                ..PAGE
            },
            why: "Clients cannot learn the digest of a tag from the answer, nor the algorithm that the registry uses.",
            fix: "Add Docker-Content-Digest with the manifest's digest to answers to GET.",
            restates: "pull-names-the-digest",
            ..REGISTRY
        },
        class: Class::MissingHeader,
        check: |answered, flaws| names_digest(answered, flaws, Stage::ManifestGet),
    },
    AnswerRule {
        info: RuleInfo {
            id: "head-always-names-the-digest",
            clause: Clause {
                section: HEAD,
                summary: "the answer to HEAD has the digest in Docker-Content-Digest",
                sentence: "983f9c2178744c3d",
                ..PAGE
            },
            why: "Clients that resolve a tag with HEAD must download the manifest to learn its digest.",
            fix: "Add Docker-Content-Digest with the manifest's digest to answers to HEAD.",
            restates: "head-names-the-digest",
            ..REGISTRY
        },
        class: Class::MissingHeader,
        check: |answered, flaws| names_digest(answered, flaws, Stage::ManifestHead),
    },
    AnswerRule {
        info: RuleInfo {
            id: "head-always-names-the-length",
            clause: Clause {
                section: HEAD,
                summary: "the answer to HEAD has the length in Content-Length",
                sentence: "cdc2b9e86bf30b8d",
                ..PAGE
            },
            why: "Clients that build a descriptor from HEAD do not get its size.",
            fix: "Add Content-Length with the manifest's length in bytes to answers to HEAD.",
            family: Family::Pull,
            restates: "head-names-the-length",
            ..REGISTRY
        },
        class: Class::MissingHeader,
        check: names_length,
    },
    AnswerRule {
        info: RuleInfo {
            id: "blob-pull-always-names-the-digest",
            clause: Clause {
                section: "pulling-blobs",
                summary: "the answer to GET of a blob has its digest in Docker-Content-Digest",
                sentence: "6ce802c057597889",
                ..PAGE
            },
            why: "Clients cannot tell by which algorithm the registry knows the blob.",
            fix: "Add Docker-Content-Digest with the blob's digest to answers to GET.",
            family: Family::Blobs,
            restates: "blob-pull-names-the-digest",
            ..REGISTRY
        },
        class: Class::MissingHeader,
        check: blobs::names_the_digest,
    },
];

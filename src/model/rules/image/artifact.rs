//! Author rules from the page on the artifact manifest, which exists only in release candidates of image-spec 1.1.0.

use crate::exchange::ARTIFACT_MANIFEST;
use crate::model::document::content::{Content, DocumentKind};
use crate::model::document::members::Name;
use crate::model::rule::{Binds, Clause, Consequence, ContentRule, Family, Level, Report, RuleInfo, Source};
use crate::model::rules::image::manifest;
use crate::model::versions::ONLY_RC2;

const PAGE: Clause =
    Clause { section: "artifact-manifest-property-descriptions", ..Clause::of(Source::ImageSpec, "artifact.md") };
const AUTHOR: RuleInfo = RuleInfo::of(Binds::Author, Family::Artifact);

pub(in crate::model) const CONTENT: &[ContentRule] = &[
    ContentRule {
        info: RuleInfo {
            id: "artifact-media-type-is-its-own",
            clause: Clause {
                summary: "mediaType is present and is the artifact manifest's media type",
                sentence: "2b71aa52998be615",
                ..PAGE
            },
            level: Level::Must,
            versions: ONLY_RC2,
            why: "Registries and clients recognise an artifact manifest by this value alone.",
            fix: "Set \"mediaType\" to application/vnd.oci.artifact.manifest.v1+json.",
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: media_type,
    },
    ContentRule {
        info: RuleInfo {
            id: "artifact-says-its-artifact-type",
            clause: Clause { summary: "artifactType is present", sentence: "a52b8a29f5b2c399", ..PAGE },
            level: Level::Should,
            versions: ONLY_RC2,
            why: "Clients cannot tell what kind of artifact it is, nor filter referrers by it.",
            fix: "Set \"artifactType\" to the artifact's media type.",
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: has_artifact_type,
    },
    ContentRule {
        info: RuleInfo {
            id: "artifact-artifact-type-is-a-media-type",
            clause: Clause {
                summary: "artifactType, if present, is a media type as defined in RFC 6838",
                sentence: "1e20e30e0a5b062a",
                ..PAGE
            },
            level: Level::Must,
            versions: ONLY_RC2,
            why: "Registries that validate the value refuse the push, and filters by type do not match it.",
            fix: "Write \"artifactType\" as type/subtype, such as application/vnd.example.sbom.",
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: |content, report| manifest::artifact_type(content, DocumentKind::Artifact, report),
    },
    ContentRule {
        info: RuleInfo {
            id: "artifact-blobs-are-descriptors",
            clause: Clause { summary: "each element of blobs is a descriptor", sentence: "38be19aaf11986b2", ..PAGE },
            level: Level::Must,
            versions: ONLY_RC2,
            why: "Clients that decode each element into a descriptor cannot read the manifest.",
            fix: "Write \"blobs\" as an array of objects with \"mediaType\", \"digest\" and \"size\".",
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: blobs,
    },
    ContentRule {
        info: RuleInfo {
            id: "artifact-subject-is-a-descriptor",
            clause: Clause { summary: "subject, if present, is a descriptor", sentence: "4c11d64dda3a156a", ..PAGE },
            level: Level::Must,
            versions: ONLY_RC2,
            why: "Registries cannot tell which manifest the artifact refers to, so it is never listed among the \
                  referrers.",
            fix: "Write \"subject\" as an object with \"mediaType\", \"digest\" and \"size\".",
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: |content, report| manifest::subject(content, DocumentKind::Artifact, report),
    },
];

fn media_type(content: &Content<'_>, report: &mut Report) {
    let Some(_) = content.root_of(DocumentKind::Artifact) else { return };
    match content.member(Name::MediaType) {
        None => report.add("", format!("\"mediaType\" is missing; add \"{ARTIFACT_MANIFEST}\"")),
        // Here it is required, so null and the empty string are breaches too.
        Some(node) if manifest::is_own_type(node, ARTIFACT_MANIFEST) => {}
        Some(node) => report
            .at(node, format!("\"mediaType\" does not match the kind of document; set it to \"{ARTIFACT_MANIFEST}\"")),
    }
}

fn has_artifact_type(content: &Content<'_>, report: &mut Report) {
    if content.root_of(DocumentKind::Artifact).is_some() && content.member(Name::ArtifactType).is_none() {
        report.add("", "\"artifactType\" is missing; add the artifact's media type");
    }
}

fn blobs(content: &Content<'_>, report: &mut Report) {
    if let Some(node) = content.member_of(DocumentKind::Artifact, Name::Blobs) {
        manifest::list_of_descriptors(node, "blobs", report);
    }
}

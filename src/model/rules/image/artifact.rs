//! Rules of the page on the artifact manifest, which only release candidates of image-spec 1.1.0 had.

use crate::exchange::ARTIFACT_MANIFEST;
use crate::model::document::content::{Content, DocumentKind};
use crate::model::document::members::Name;
use crate::model::rule::{Binds, Check, Clause, Level, Report, Rule, image_rule};
use crate::model::rules::image::manifest;
use crate::model::versions::ONLY_RC2;

const fn author(id: &'static str, level: Level, says: &'static str, sentence: &'static str, check: Check) -> Rule {
    let section = "artifact-manifest-property-descriptions";
    image_rule(id, ONLY_RC2, level, Binds::Author, Clause { page: "artifact.md", section, says, sentence }, check)
}

pub(in crate::model) const RULES: &[Rule] = &[
    author(
        "artifact-media-type-is-its-own",
        Level::Must,
        "mediaType is there and is the artifact manifest's",
        "2b71aa52998be615",
        Check::Content(media_type),
    ),
    author(
        "artifact-says-its-artifact-type",
        Level::Should,
        "an artifactType is there",
        "a52b8a29f5b2c399",
        Check::Content(says_artifact_type),
    ),
    author(
        "artifact-artifact-type-is-a-media-type",
        Level::Must,
        "an artifactType has the form of RFC 6838",
        "1e20e30e0a5b062a",
        Check::Content(|content, report| manifest::artifact_type(content, DocumentKind::Artifact, report)),
    ),
    author(
        "artifact-blobs-are-descriptors",
        Level::Must,
        "each element of blobs is a descriptor",
        "38be19aaf11986b2",
        Check::Content(blobs),
    ),
    author(
        "artifact-subject-is-a-descriptor",
        Level::Must,
        "a subject is a descriptor",
        "4c11d64dda3a156a",
        Check::Content(|content, report| manifest::subject(content, DocumentKind::Artifact, report)),
    ),
];

fn media_type(content: &Content<'_>, report: &mut Report) {
    let Some(_) = content.root_of(DocumentKind::Artifact) else { return };
    match content.member(Name::MediaType) {
        None => report.add("", format!("there is no mediaType: write {ARTIFACT_MANIFEST}")),
        // Here it may not be left out, so null and the empty text break it as well.
        Some(node) if manifest::is_own_type(node, ARTIFACT_MANIFEST) => {}
        Some(node) => report.at(node, format!("mediaType is not {ARTIFACT_MANIFEST}: write that")),
    }
}

fn says_artifact_type(content: &Content<'_>, report: &mut Report) {
    if content.root_of(DocumentKind::Artifact).is_some() && content.member(Name::ArtifactType).is_none() {
        report.add("", "there is no artifactType: name the artifact's type");
    }
}

fn blobs(content: &Content<'_>, report: &mut Report) {
    if let Some(node) = content.member_of(DocumentKind::Artifact, Name::Blobs) {
        manifest::list_of_descriptors(node, "blobs", report);
    }
}

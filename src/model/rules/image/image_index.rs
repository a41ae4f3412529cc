//! Author rules from image-spec's page on the image index, except those on platforms (`platform.rs`).

use crate::exchange::IMAGE_INDEX;
use crate::model::document::content::{Content, DocumentKind};
use crate::model::document::descriptors::Part;
use crate::model::document::media_types::KnownType;
use crate::model::document::members::Name;
use crate::model::rule::{Binds, Clause, Consequence, ContentRule, Family, Level, Report, RuleInfo, Source};
use crate::model::rules::image::manifest;
use crate::model::versions::{FROM_1_0, FROM_1_0_2, FROM_1_1};

const PAGE: Clause =
    Clause { section: "image-index-property-descriptions", ..Clause::of(Source::ImageSpec, "image-index.md") };
const AUTHOR: RuleInfo = RuleInfo::of(Binds::Author, Family::Index);

pub(in crate::model) const CONTENT: &[ContentRule] = &[
    ContentRule {
        info: RuleInfo {
            id: "index-schema-version-is-2",
            clause: Clause {
                summary: "schemaVersion is present and is the integer 2",
                sentence: "e0fb76e6d61f4562",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "Docker and other clients reject the index or treat it as another version.",
            fix: "Set \"schemaVersion\" to the integer 2.",
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: |content, report| manifest::schema_version(content, DocumentKind::Index, report),
    },
    ContentRule {
        info: RuleInfo {
            id: "index-media-type-is-its-own",
            clause: Clause {
                summary: "mediaType, if present, is the image index's media type",
                sentence: "c7ca2c1ad9c18dae",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0_2,
            why: "Readers that trust the member take the index for another kind of document and reject it.",
            fix: "Set \"mediaType\" to application/vnd.oci.image.index.v1+json.",
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: |content, report| manifest::own_media_type(content, DocumentKind::Index, IMAGE_INDEX, report),
    },
    ContentRule {
        info: RuleInfo {
            id: "index-says-its-media-type",
            clause: Clause { summary: "mediaType is present", sentence: "adb7a5c1a1c2f9bc", ..PAGE },
            level: Level::Should,
            versions: FROM_1_0_2,
            why: "Without it, a client that has only the bytes must guess the kind of document from its members.",
            fix: "Add \"mediaType\" with the value application/vnd.oci.image.index.v1+json.",
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: |content, report| manifest::has_media_type(content, DocumentKind::Index, IMAGE_INDEX, report),
    },
    ContentRule {
        info: RuleInfo {
            id: "index-artifact-type-is-a-media-type",
            clause: Clause {
                summary: "artifactType, if present, is a media type as defined in RFC 6838",
                sentence: "1e20e30e0a5b062a",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_1,
            why: "Clients that filter referrers by type do not recognise the value, and registries that validate it \
                  refuse the push.",
            fix: "Write \"artifactType\" as type/subtype, or remove it.",
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: |content, report| manifest::artifact_type(content, DocumentKind::Index, report),
    },
    ContentRule {
        info: RuleInfo {
            id: "index-manifests-is-there",
            clause: Clause {
                summary: "manifests is present, possibly as an empty array",
                sentence: "1e43363188329a1e",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "Clients reject the index or read it as another kind of document.",
            fix: "Add \"manifests\" as an array.",
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: has_manifests,
    },
    ContentRule {
        info: RuleInfo {
            id: "index-manifests-are-descriptors",
            clause: Clause {
                summary: "each element of manifests is a descriptor",
                sentence: "d1d51c3b2cd0bdbe",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "Clients that decode each element into a descriptor cannot read the index.",
            fix: "Write \"manifests\" as an array of objects with \"mediaType\", \"digest\" and \"size\".",
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: manifests,
    },
    ContentRule {
        info: RuleInfo {
            id: "index-child-types-are-portable",
            clause: Clause {
                summary: "elements of manifests have the media type of an image manifest or an image index",
                sentence: "67f49e9e3a29a5b1",
                ..PAGE
            },
            level: Level::Should,
            versions: FROM_1_0,
            why: "Clients that know only image manifests and indexes skip the element, or reject the index.",
            fix: "List manifests in the OCI formats, converting those in other formats.",
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: portable_children,
    },
    ContentRule {
        info: RuleInfo {
            id: "index-subject-is-a-descriptor",
            clause: Clause { summary: "subject, if present, is a descriptor", sentence: "4c11d64dda3a156a", ..PAGE },
            level: Level::Must,
            versions: FROM_1_1,
            why: "Registries cannot tell which manifest the index refers to, so it is never listed among the \
                  referrers.",
            fix: "Write \"subject\" as an object with \"mediaType\", \"digest\" and \"size\", or remove it.",
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: |content, report| manifest::subject(content, DocumentKind::Index, report),
    },
];

pub(in crate::model) fn has_manifests(content: &Content<'_>, report: &mut Report) {
    let Some(_) = content.root_of(DocumentKind::Index) else { return };
    match content.member(Name::Manifests) {
        None => report.add("", "\"manifests\" is missing; add an array, which may be empty"),
        Some(node) if node.is_null() => report.at(node, "\"manifests\" is null; write an array"),
        Some(_) => {}
    }
}

pub(in crate::model) fn manifests(content: &Content<'_>, report: &mut Report) {
    if let Some(node) = content.member_of(DocumentKind::Index, Name::Manifests) {
        manifest::list_of_descriptors(node, "manifests", report);
    }
}

fn portable_children(content: &Content<'_>, report: &mut Report) {
    // Version 1.0 does not list the image index.
    let is_listed =
        |known: KnownType| known == KnownType::ImageManifest || (known.is_child() && content.versions.is_1_1());
    for child in content.descriptors_of(Part::Child).filter(|child| !child.known.is_some_and(is_listed)) {
        if let Some(node) = child.media_type() {
            let listed = if content.versions.is_1_1() { "an image manifest or an index" } else { "an image manifest" };
            let is_dockers = node.text().is_some_and(|text| text.starts_with("application/vnd.docker."));
            let advice = if is_dockers { "convert the content to" } else { "use" };
            report.at(node, format!("some implementations do not support this type; {advice} {listed}"));
        }
    }
}

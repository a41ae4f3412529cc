//! Rules of image-spec's page on the image index that bind its author; those on platforms have a file of their own.

use crate::exchange::IMAGE_INDEX;
use crate::model::document::content::{Content, DocumentKind};
use crate::model::document::descriptors::Part;
use crate::model::document::media_types::KnownType;
use crate::model::document::members::Name;
use crate::model::rule::{Binds, Check, Clause, Level, Report, Rule, image_rule};
use crate::model::rules::image::manifest;
use crate::model::versions::{FROM_1_0, FROM_1_0_2, FROM_1_1, Span};

const fn author(
    id: &'static str,
    span: Span,
    level: Level,
    says: &'static str,
    sentence: &'static str,
    check: Check,
) -> Rule {
    let clause = Clause { page: "image-index.md", section: "image-index-property-descriptions", says, sentence };
    image_rule(id, span, level, Binds::Author, clause, check)
}

pub(in crate::model) const RULES: &[Rule] = &[
    author(
        "index-schema-version-is-2",
        FROM_1_0,
        Level::Must,
        "schemaVersion is there and is the integer 2",
        "e0fb76e6d61f4562",
        Check::Content(|content, report| manifest::schema_version(content, DocumentKind::Index, report)),
    ),
    author(
        "index-media-type-is-its-own",
        FROM_1_0_2,
        Level::Must,
        "a mediaType, where there is one, is the image index's",
        "c7ca2c1ad9c18dae",
        Check::Content(|content, report| manifest::own_media_type(content, DocumentKind::Index, IMAGE_INDEX, report)),
    ),
    author(
        "index-says-its-media-type",
        FROM_1_0_2,
        Level::Should,
        "a mediaType is there",
        "adb7a5c1a1c2f9bc",
        Check::Content(|content, report| manifest::has_media_type(content, DocumentKind::Index, report)),
    ),
    author(
        "index-artifact-type-is-a-media-type",
        FROM_1_1,
        Level::Must,
        "an artifactType has the form of RFC 6838",
        "1e20e30e0a5b062a",
        Check::Content(|content, report| manifest::artifact_type(content, DocumentKind::Index, report)),
    ),
    author(
        "index-manifests-is-there",
        FROM_1_0,
        Level::Must,
        "manifests is there, be it without elements",
        "1e43363188329a1e",
        Check::Content(manifests_is_there),
    ),
    author(
        "index-manifests-are-descriptors",
        FROM_1_0,
        Level::Must,
        "each element of manifests is a descriptor",
        "d1d51c3b2cd0bdbe",
        Check::Content(manifests),
    ),
    author(
        "index-child-types-are-portable",
        FROM_1_0,
        Level::Should,
        "an element's type is an image manifest's or an index's",
        "67f49e9e3a29a5b1",
        Check::Content(portable_children),
    ),
    author(
        "index-subject-is-a-descriptor",
        FROM_1_1,
        Level::Must,
        "a subject is a descriptor",
        "4c11d64dda3a156a",
        Check::Content(|content, report| manifest::subject(content, DocumentKind::Index, report)),
    ),
];

fn manifests_is_there(content: &Content<'_>, report: &mut Report) {
    let Some(_) = content.root_of(DocumentKind::Index) else { return };
    match content.member(Name::Manifests) {
        None => report.add("", "there is no manifests: add an array, be it empty"),
        Some(node) if node.is_null() => report.at(node, "manifests is null: write an array"),
        Some(_) => {}
    }
}

fn manifests(content: &Content<'_>, report: &mut Report) {
    if let Some(node) = content.member_of(DocumentKind::Index, Name::Manifests) {
        manifest::list_of_descriptors(node, "manifests", report);
    }
}

fn portable_children(content: &Content<'_>, report: &mut Report) {
    // Version 1.0 does not name an index among them.
    let is_usual =
        |known: KnownType| known == KnownType::ImageManifest || (known.is_child() && content.versions.is_1_1());
    for child in content.descriptors_of(Part::Child).filter(|child| !child.known.is_some_and(is_usual)) {
        if let Some(node) = child.media_type() {
            let usual = if content.versions.is_1_1() { "an image manifest or an index" } else { "an image manifest" };
            report.at(node, format!("an element has a type that not everybody knows: use {usual}"));
        }
    }
}

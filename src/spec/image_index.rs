//! Rules of image-spec's page on the image index.

use super::content::{Content, Part, Sort, is_media_type};
use super::manifest;
use super::rule::{Binds, Check, Clause, Level, Report, Rule, Source};
use super::versions::{V1_0_0, V1_1_0, Version};
use crate::exchange::{IMAGE_INDEX, IMAGE_MANIFEST};
use crate::json::Node;

const fn clause(says: &'static str, sentence: &'static str) -> Clause {
    Clause { page: "image-index.md", section: "image-index-property-descriptions", says, sentence }
}

const fn author(id: &'static str, since: Version, level: Level, clause: Clause, check: Check) -> Rule {
    Rule { id, source: Source::ImageSpec, since, level, binds: Binds::Author, clause, check }
}

pub(super) const RULES: &[Rule] = &[
    author(
        "index-schema-version-is-2",
        V1_0_0,
        Level::Must,
        clause("schemaVersion is there and is the integer 2", "e0fb76e6d61f4562"),
        Check::Content(|content, report| manifest::schema_version(content, Sort::Index, report)),
    ),
    author(
        "index-media-type-is-its-own",
        Version(1, 0, 2),
        Level::Must,
        clause("a mediaType, where there is one, is the image index's", "c7ca2c1ad9c18dae"),
        Check::Content(|content, report| manifest::own_media_type(content, Sort::Index, IMAGE_INDEX, report)),
    ),
    author(
        "index-says-its-media-type",
        Version(1, 0, 2),
        Level::Should,
        clause("a mediaType is there", "adb7a5c1a1c2f9bc"),
        Check::Content(|content, report| manifest::has_media_type(content, Sort::Index, report)),
    ),
    author(
        "index-artifact-type-is-a-media-type",
        V1_1_0,
        Level::Must,
        clause("an artifactType has the form of RFC 6838", "1e20e30e0a5b062a"),
        Check::Content(|content, report| manifest::artifact_type(content, Sort::Index, report)),
    ),
    author(
        "index-manifests-is-there",
        V1_0_0,
        Level::Must,
        clause("manifests is there, be it without elements", "1e43363188329a1e"),
        Check::Content(manifests_is_there),
    ),
    author(
        "index-manifests-are-descriptors",
        V1_0_0,
        Level::Must,
        clause("each element of manifests is a descriptor", "ad3e4341d7816ccd"),
        Check::Content(manifests),
    ),
    author(
        "index-platform-names-architecture-and-os",
        V1_0_0,
        Level::Must,
        clause("a platform names architecture and os", "625ac90e5fdfd7f5"),
        Check::Content(platforms),
    ),
    author(
        "index-subject-is-a-descriptor",
        V1_1_0,
        Level::Must,
        clause("a subject is a descriptor", "4c11d64dda3a156a"),
        Check::Content(|content, report| manifest::subject(content, Sort::Index, report)),
    ),
    Rule {
        id: "registry-takes-unknown-child-types",
        source: Source::ImageSpec,
        since: V1_0_0,
        // The sentence says MUST NOT, but speaks of whoever reads an index; a registry only stores it.
        level: Level::Should,
        binds: Binds::Registry,
        clause: clause("an unknown type of a child raises no error", "0c03c53aa9a9e9b6"),
        check: Check::Takes(unknown_child_type),
    },
];

fn manifests_is_there(content: &Content<'_>, report: &mut Report) {
    let Some(root) = content.root_of(Sort::Index) else { return };
    match root.get("manifests") {
        None => report.add("", "there is no manifests: add an array, be it empty"),
        Some(node) if node.is_null() => report.add(node.pointer(), "manifests is null: write an array"),
        Some(_) => {}
    }
}

fn manifests(content: &Content<'_>, report: &mut Report) {
    if let Some(node) = content.root_of(Sort::Index).and_then(|root| root.get("manifests")) {
        manifest::list_of_descriptors(node, "manifests", report);
    }
}

fn platforms(content: &Content<'_>, report: &mut Report) {
    for (_, child) in content.descriptors().filter(|(part, _)| *part == Part::Child) {
        let Some(platform) = child.get("platform").filter(|node| !node.is_null()) else { continue };
        if !platform.is_object() {
            report.add(platform.pointer(), "platform is no object");
            continue;
        }
        for name in ["architecture", "os"] {
            if !platform.get(name).is_some_and(Node::is_string) {
                report.add(platform.pointer(), format!("platform does not name {name}: add a text"));
            }
        }
    }
}

fn unknown_child_type(content: &Content<'_>, report: &mut Report) {
    for (_, child) in content.descriptors().filter(|(part, _)| *part == Part::Child) {
        let Some(node) = child.get("mediaType") else { continue };
        let known = |text: &str| text == IMAGE_MANIFEST || text == IMAGE_INDEX;
        if node.text().is_some_and(|text| is_media_type(&text) && !known(&text)) {
            report.add(node.pointer(), "a media type that need not be known");
        }
    }
}

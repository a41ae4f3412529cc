//! Rules of image-spec's page on the image manifest.

use super::content::{Content, Part, Sort, is_media_type};
use super::rule::{Binds, Check, Clause, Level, Report, Rule, Source};
use super::versions::{V1_0_0, V1_1_0, Version};
use crate::exchange::{Held, IMAGE_MANIFEST};
use crate::json::Node;

/// `application/vnd.oci.empty.v1+json`
const EMPTY_JSON: &str = "application/vnd.oci.empty.v1+json";
/// The media types that every implementation must know.
const KNOWN_CONFIGS: &[&str] = &["application/vnd.oci.image.config.v1+json"];
const KNOWN_LAYERS: &[&str] = &[
    "application/vnd.oci.image.layer.v1.tar",
    "application/vnd.oci.image.layer.v1.tar+gzip",
    "application/vnd.oci.image.layer.nondistributable.v1.tar",
    "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
];

const fn clause(section: &'static str, says: &'static str, sentence: &'static str) -> Clause {
    Clause { page: "manifest.md", section, says, sentence }
}

const fn author(id: &'static str, since: Version, level: Level, clause: Clause, check: Check) -> Rule {
    Rule { id, source: Source::ImageSpec, since, level, binds: Binds::Author, clause, check }
}

const fn registry(id: &'static str, since: Version, level: Level, clause: Clause, check: Check) -> Rule {
    Rule { id, source: Source::ImageSpec, since, level, binds: Binds::Registry, clause, check }
}

const PROPERTIES: &str = "image-manifest-property-descriptions";

pub(super) const RULES: &[Rule] = &[
    author(
        "manifest-schema-version-is-2",
        V1_0_0,
        Level::Must,
        clause(PROPERTIES, "schemaVersion is there and is the integer 2", "e0fb76e6d61f4562"),
        Check::Content(|content, report| schema_version(content, Sort::Image, report)),
    ),
    author(
        "manifest-media-type-is-its-own",
        Version(1, 0, 2),
        Level::Must,
        clause(PROPERTIES, "a mediaType, where there is one, is the image manifest's", "4569ef2dbd7623cd"),
        Check::Content(|content, report| own_media_type(content, Sort::Image, IMAGE_MANIFEST, report)),
    ),
    author(
        "manifest-says-its-media-type",
        Version(1, 0, 2),
        Level::Should,
        clause(PROPERTIES, "a mediaType is there", "247741fedb72441e"),
        Check::Content(|content, report| has_media_type(content, Sort::Image, report)),
    ),
    author(
        "manifest-artifact-type-is-a-media-type",
        V1_1_0,
        Level::Must,
        clause(PROPERTIES, "an artifactType has the form of RFC 6838", "1e20e30e0a5b062a"),
        Check::Content(|content, report| artifact_type(content, Sort::Image, report)),
    ),
    author(
        "manifest-empty-config-needs-artifact-type",
        V1_1_0,
        Level::Must,
        clause(PROPERTIES, "an artifactType is there if the config is the empty descriptor", "21562ee99513fc74"),
        Check::Content(empty_config),
    ),
    author(
        "manifest-config-is-a-descriptor",
        V1_0_0,
        Level::Must,
        clause(PROPERTIES, "config is there and is a descriptor", "7066306da8cb96a1"),
        Check::Content(config),
    ),
    author(
        "manifest-image-config-is-an-image-config",
        V1_0_0,
        Level::Must,
        Clause {
            page: "config.md",
            section: "properties",
            says: "content of the image configuration's type names architecture, os and rootfs",
            sentence: "7f139b35b6f8918a",
        },
        Check::Content(image_config),
    ),
    author(
        "manifest-layers-are-descriptors",
        V1_0_0,
        Level::Must,
        clause(PROPERTIES, "each element of layers is a descriptor", "c81171fa70ec0791"),
        Check::Content(layers),
    ),
    author(
        "manifest-tar-layer-is-a-tar",
        V1_0_0,
        Level::Must,
        Clause {
            page: "layer.md",
            section: "application-vnd-oci-image-layer-v1-tar",
            says: "content of a tar layer's type is a tar archive",
            sentence: "bc5695706d21a756",
        },
        Check::Content(tar_layers),
    ),
    author(
        "manifest-has-a-layer",
        V1_0_0,
        Level::Should,
        clause(PROPERTIES, "layers has at least one element", "ca8c42651c1c19f7"),
        Check::Content(has_a_layer),
    ),
    author(
        "manifest-subject-is-a-descriptor",
        V1_1_0,
        Level::Must,
        clause(PROPERTIES, "a subject is a descriptor", "4c11d64dda3a156a"),
        Check::Content(|content, report| subject(content, Sort::Image, report)),
    ),
    registry(
        "registry-takes-unknown-artifact-types",
        V1_1_0,
        Level::Must,
        clause(PROPERTIES, "whoever stores manifests raises no error for an unknown artifactType", "50e7eb5cd9c055a0"),
        Check::Takes(unknown_artifact_type),
    ),
    registry(
        "registry-takes-unknown-config-types",
        Version(1, 1, 0),
        Level::Must,
        clause(PROPERTIES, "whoever stores manifests raises no error for an unknown config type", "956aa094ac313092"),
        Check::Takes(|content, report| unknown_type(content, Part::Config, KNOWN_CONFIGS, report)),
    ),
    registry(
        "registry-takes-unknown-layer-types",
        Version(1, 1, 0),
        Level::Must,
        clause(PROPERTIES, "whoever stores manifests raises no error for an unknown layer type", "a268e6c2a78957ee"),
        Check::Takes(|content, report| unknown_type(content, Part::Layer, KNOWN_LAYERS, report)),
    ),
];

/// Whether a number means 2 but is not written as the integer 2.
pub(super) fn is_two_in_disguise(node: Node<'_>) -> bool {
    node.is_number()
        && node.integer() != Some(2)
        && std::str::from_utf8(node.raw()).ok().and_then(|text| text.parse::<f64>().ok()) == Some(2.0)
}

pub(super) fn schema_version(content: &Content<'_>, sort: Sort, report: &mut Report) {
    let Some(root) = content.root_of(sort) else { return };
    match root.get("schemaVersion") {
        None => report.add("", "there is no schemaVersion: write \"schemaVersion\": 2"),
        Some(node) if node.integer() == Some(2) || is_two_in_disguise(node) => {}
        Some(node) => report.add(node.pointer(), "schemaVersion is not the integer 2"),
    }
}

pub(super) fn own_media_type(content: &Content<'_>, sort: Sort, own: &str, report: &mut Report) {
    let Some(node) = content.root_of(sort).and_then(|root| root.get("mediaType")) else { return };
    // null and the empty text are ambiguous, not broken.
    if node.is_null() || node.text().is_some_and(|text| text.is_empty() || text == own) {
        return;
    }
    report.add(node.pointer(), format!("mediaType is not {own}: write that, or leave the member out"));
}

pub(super) fn has_media_type(content: &Content<'_>, sort: Sort, report: &mut Report) {
    if let Some(root) = content.root_of(sort)
        && root.get("mediaType").is_none()
    {
        report.add("", "there is no mediaType: name the document's type");
    }
}

pub(super) fn artifact_type(content: &Content<'_>, sort: Sort, report: &mut Report) {
    let Some(node) = content.root_of(sort).and_then(|root| root.get("artifactType")) else { return };
    // null and the empty text are ambiguous: the distribution-spec speaks of an empty artifactType.
    if node.is_null() || node.text().is_some_and(|text| text.is_empty() || is_media_type(&text)) {
        return;
    }
    report.add(node.pointer(), "artifactType is no media type: write type/subtype as RFC 6838 names them");
}

fn empty_config(content: &Content<'_>, report: &mut Report) {
    let Some(root) = content.root_of(Sort::Image) else { return };
    let Some(media_type) = root.get("config").and_then(|config| config.get("mediaType")) else { return };
    let is_set = root.get("artifactType").is_some_and(|node| node.text().is_none_or(|text| !text.is_empty()));
    if media_type.text().as_deref() == Some(EMPTY_JSON) && !is_set {
        report.add(media_type.pointer(), "the config is the empty descriptor, but there is no artifactType: set it");
    }
}

fn config(content: &Content<'_>, report: &mut Report) {
    let Some(root) = content.root_of(Sort::Image) else { return };
    match root.get("config") {
        None => report.add("", "there is no config: add a descriptor"),
        Some(node) if node.is_object() => {}
        Some(node) => report.add(node.pointer(), "config is no descriptor: write an object"),
    }
}

fn image_config(content: &Content<'_>, report: &mut Report) {
    for (_, descriptor) in content.descriptors().filter(|(part, _)| *part == Part::Config) {
        let is_image = descriptor.get("mediaType").and_then(Node::text).is_some_and(|t| KNOWN_CONFIGS.contains(&&*t));
        let Some((need, _)) = content.need(descriptor).filter(|_| is_image) else { continue };
        let complete = crate::json::read(&need.bytes).is_ok_and(|config| {
            let root = config.root();
            ["architecture", "os"].iter().all(|name| root.get(name).is_some_and(Node::is_string))
                && root.get("rootfs").is_some_and(Node::is_object)
        });
        if !complete {
            report.add(descriptor.pointer(), "config points at content that is no image configuration");
        }
    }
}

fn layers(content: &Content<'_>, report: &mut Report) {
    let Some(node) = content.root_of(Sort::Image).and_then(|root| root.get("layers")) else { return };
    list_of_descriptors(node, "layers", report);
}

pub(super) fn list_of_descriptors(node: Node<'_>, name: &str, report: &mut Report) {
    if !node.is_array() && !node.is_null() {
        report.add(node.pointer(), format!("{name} is no array"));
    }
    for element in node.elements().filter(|element| !element.is_object()) {
        report.add(element.pointer(), format!("an element of {name} is no descriptor: write an object"));
    }
}

fn tar_layers(content: &Content<'_>, report: &mut Report) {
    for (_, descriptor) in content.descriptors().filter(|(part, _)| *part == Part::Layer) {
        let is_tar = descriptor.get("mediaType").and_then(Node::text).as_deref() == Some(KNOWN_LAYERS[0]);
        let Some((need, _)) = content.need(descriptor).filter(|_| is_tar) else { continue };
        // Archives are whole blocks of 512 bytes, at least two of them.
        if need.bytes.len() < 1024 || need.bytes.len() % 512 != 0 {
            report.add(descriptor.pointer(), "a tar layer points at content that is no tar archive");
        }
    }
}

fn has_a_layer(content: &Content<'_>, report: &mut Report) {
    let Some(root) = content.root_of(Sort::Image) else { return };
    let message = "there is no layer: add one, the empty descriptor if need be";
    match root.get("layers") {
        None => report.add("", message),
        Some(layers) if layers.is_array() && layers.is_empty() => report.add(layers.pointer(), message),
        Some(_) => {}
    }
}

pub(super) fn subject(content: &Content<'_>, sort: Sort, report: &mut Report) {
    let Some(node) = content.root_of(sort).and_then(|root| root.get("subject")) else { return };
    if !node.is_object() && !node.is_null() {
        report.add(node.pointer(), "subject is no descriptor: write an object");
    }
}

fn unknown_artifact_type(content: &Content<'_>, report: &mut Report) {
    let Some(node) = content.root_of(Sort::Image).and_then(|root| root.get("artifactType")) else { return };
    if node.text().is_some_and(|text| is_media_type(&text)) {
        report.add(node.pointer(), "an artifactType that need not be known");
    }
}

fn unknown_type(content: &Content<'_>, part: Part, known: &[&str], report: &mut Report) {
    if content.sort() != Sort::Image {
        return;
    }
    for (_, descriptor) in content.descriptors().filter(|(at, _)| *at == part) {
        let Some(node) = descriptor.get("mediaType") else { continue };
        let is_there = content.held(descriptor) == Held::Yes;
        if is_there && node.text().is_some_and(|text| is_media_type(&text) && !known.contains(&&*text)) {
            report.add(node.pointer(), "a media type that need not be known");
        }
    }
}

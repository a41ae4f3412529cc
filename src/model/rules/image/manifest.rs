//! Rules of image-spec's page on the image manifest that bind its author.

use crate::exchange::{ARTIFACT_MANIFEST, IMAGE_INDEX, IMAGE_MANIFEST, essence};
use crate::json::Node;
use crate::model::document::content::{Content, DocumentKind};
use crate::model::document::descriptors::{Descriptor, Part};
use crate::model::document::forms::{is_media_type, parameters};
use crate::model::document::media_types::KnownType;
use crate::model::document::members::Name;
use crate::model::rule::{Binds, Clause, Consequence, ContentRule, Family, Level, Report, RuleInfo, Source};
use crate::model::rules::image::parameters::has_parameters;
use crate::model::versions::{FROM_1_0, FROM_1_0_2, FROM_1_1, FROM_RC2};

const PROPERTIES: &str = "image-manifest-property-descriptions";

const PAGE: Clause = Clause::of(Source::ImageSpec, "manifest.md");
const AUTHOR: RuleInfo = RuleInfo::of(Binds::Author, Family::Manifest);

pub(in crate::model) const CONTENT: &[ContentRule] = &[
    ContentRule {
        info: RuleInfo {
            id: "manifest-schema-version-is-2",
            clause: Clause {
                section: PROPERTIES,
                summary: "schemaVersion is there and is the integer 2",
                sentence: "e0fb76e6d61f4562",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: |content, report| schema_version(content, DocumentKind::Image, report),
    },
    ContentRule {
        info: RuleInfo {
            id: "manifest-media-type-is-its-own",
            clause: Clause {
                section: PROPERTIES,
                summary: "a mediaType, where there is one, is the image manifest's",
                sentence: "4569ef2dbd7623cd",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0_2,
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: |content, report| own_media_type(content, DocumentKind::Image, IMAGE_MANIFEST, report),
    },
    ContentRule {
        info: RuleInfo {
            id: "manifest-says-its-media-type",
            clause: Clause {
                section: PROPERTIES,
                summary: "a mediaType is there",
                sentence: "247741fedb72441e",
                ..PAGE
            },
            level: Level::Should,
            versions: FROM_1_0_2,
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: |content, report| has_media_type(content, DocumentKind::Image, report),
    },
    ContentRule {
        info: RuleInfo {
            id: "manifest-artifact-type-is-a-media-type",
            clause: Clause {
                section: PROPERTIES,
                summary: "an artifactType has the form of RFC 6838",
                sentence: "1e20e30e0a5b062a",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_1,
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: |content, report| artifact_type(content, DocumentKind::Image, report),
    },
    ContentRule {
        info: RuleInfo {
            id: "manifest-empty-config-needs-artifact-type",
            clause: Clause {
                section: PROPERTIES,
                summary: "an artifactType is there if the config is the empty descriptor",
                sentence: "21562ee99513fc74",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_1,
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: empty_config,
    },
    ContentRule {
        info: RuleInfo {
            id: "manifest-artifact-has-a-config-of-its-own",
            clause: Clause {
                section: "guidelines-for-artifact-usage",
                summary: "an artifact's config has a type of its own or the empty descriptor's, not an image's",
                sentence: "f93ab915a43641a4",
                ..PAGE
            },
            // The sentence says MUST, but stands among guidelines, and which manifests are artifacts it does not say.
            level: Level::Should,
            versions: FROM_1_1,
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: config_of_artifact,
    },
    ContentRule {
        info: RuleInfo {
            id: "manifest-config-is-a-descriptor",
            clause: Clause {
                section: PROPERTIES,
                summary: "config is there and is a descriptor",
                sentence: "7066306da8cb96a1",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: config,
    },
    ContentRule {
        info: RuleInfo {
            id: "manifest-layers-are-descriptors",
            clause: Clause {
                section: PROPERTIES,
                summary: "each element of layers is a descriptor",
                sentence: "c81171fa70ec0791",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: layers,
    },
    ContentRule {
        info: RuleInfo {
            id: "manifest-has-a-layer",
            clause: Clause {
                section: PROPERTIES,
                summary: "layers has at least one element",
                sentence: "ca8c42651c1c19f7",
                ..PAGE
            },
            level: Level::Should,
            versions: FROM_1_1,
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: has_a_layer,
    },
    ContentRule {
        info: RuleInfo {
            id: "manifest-single-layer-is-not-empty",
            clause: Clause {
                section: "guidelines-for-artifact-usage",
                summary: "an artifact's only layer has a size above zero",
                sentence: "7d7f78aeb70d08ba",
                ..PAGE
            },
            level: Level::Should,
            versions: FROM_1_1,
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: single_layer,
    },
    ContentRule {
        info: RuleInfo {
            id: "manifest-layer-types-are-portable",
            clause: Clause {
                section: PROPERTIES,
                summary: "an image's layers have types that everybody knows",
                sentence: "fc5b2fd3f2a73b16",
                ..PAGE
            },
            level: Level::Should,
            versions: FROM_1_0,
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: portable_layers,
    },
    ContentRule {
        info: RuleInfo {
            id: "manifest-subject-is-a-descriptor",
            clause: Clause {
                section: PROPERTIES,
                summary: "a subject is a descriptor",
                sentence: "4c11d64dda3a156a",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_RC2,
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: |content, report| subject(content, DocumentKind::Image, report),
    },
];

/// Whether a number means 2 but is not written as the integer 2.
pub(in crate::model) fn is_two_in_disguise(node: Node<'_>) -> bool {
    node.is_number()
        && node.integer() != Some(2)
        && std::str::from_utf8(node.raw()).ok().and_then(|text| text.parse::<f64>().ok()) == Some(2.0)
}

pub(in crate::model) fn schema_version(content: &Content<'_>, sort: DocumentKind, report: &mut Report) {
    let Some(_) = content.root_of(sort) else { return };
    match content.member(Name::SchemaVersion) {
        None => report.add("", "there is no schemaVersion: write \"schemaVersion\": 2"),
        Some(node) if node.integer() == Some(2) || is_two_in_disguise(node) => {}
        Some(node) => report.at(node, "schemaVersion is not the integer 2: write 2"),
    }
}

pub(in crate::model) fn own_media_type(content: &Content<'_>, sort: DocumentKind, own: &str, report: &mut Report) {
    let Some(node) = content.member_of(sort, Name::MediaType) else { return };
    // null and the empty text are ambiguous, not broken.
    if !(node.is_null() || node.is_text("") || is_own_type(node, own)) {
        report.at(node, format!("mediaType is not {own}: write that"));
    }
}

/// Whether a document's mediaType is this one, or differs only in what is ambiguous: letter case and parameters.
pub(in crate::model) fn is_own_type(node: Node<'_>, own: &str) -> bool {
    let is_meant = |text: &str| text.eq_ignore_ascii_case(own) || (parameters(text).is_some() && essence(text) == own);
    node.is_text(own) || node.text().is_some_and(|text| is_meant(&text))
}

/// Whether a document's mediaType differs from that of its kind in letter case only.
pub(in crate::model) fn is_own_type_but_for_case(content: &Content<'_>, node: Node<'_>) -> bool {
    let own = match content.sort() {
        DocumentKind::Image => IMAGE_MANIFEST,
        DocumentKind::Index => IMAGE_INDEX,
        DocumentKind::Artifact => ARTIFACT_MANIFEST,
        DocumentKind::Foreign | DocumentKind::Unknown => return false,
    };
    !node.is_text(own) && node.text().is_some_and(|text| text.eq_ignore_ascii_case(own))
}

pub(in crate::model) fn has_media_type(content: &Content<'_>, sort: DocumentKind, report: &mut Report) {
    if content.root_of(sort).is_some() && content.member(Name::MediaType).is_none() {
        report.add("", "there is no mediaType: name the document's type");
    }
}

pub(in crate::model) fn artifact_type(content: &Content<'_>, sort: DocumentKind, report: &mut Report) {
    let Some(node) = content.member_of(sort, Name::ArtifactType) else { return };
    // null and the empty text are ambiguous: the distribution-spec speaks of an empty artifactType.
    let is_right = node.bytes().is_some_and(|text| text.is_empty() || is_media_type(&text));
    if !(node.is_null() || is_right || has_parameters(node)) {
        report.at(node, "artifactType is no media type: write type/subtype as RFC 6838 names them");
    }
}

/// The config of an image manifest, where it is an object.
pub(in crate::model) fn config_of<'c>(content: &'c Content<'_>) -> Option<Descriptor<'c>> {
    content.descriptors_of(Part::Config).next()
}

fn empty_config(content: &Content<'_>, report: &mut Report) {
    // null sets it in no reading.
    let is_set = || content.member(Name::ArtifactType).is_some_and(|node| !node.is_text("") && !node.is_null());
    if let Some(config) = config_of(content)
        && config.is_of(KnownType::Empty)
        && !is_set()
        && let Some(media_type) = config.get(Name::MediaType)
    {
        report.at(media_type, "the config is the empty descriptor, but there is no artifactType: set it");
    }
}

/// Whether the document says that it is an artifact.
fn is_artifact(content: &Content<'_>) -> bool {
    content.member_of(DocumentKind::Image, Name::ArtifactType).is_some_and(|node| node.is_string() && !node.is_text(""))
}

fn config_of_artifact(content: &Content<'_>, report: &mut Report) {
    if is_artifact(content)
        && let Some(config) = config_of(content)
        && config.is_of(KnownType::ImageConfig)
    {
        report.at(config.node, "an artifact has an image's config: give it a type of its own, or the empty descriptor");
    }
}

fn config(content: &Content<'_>, report: &mut Report) {
    let Some(_) = content.root_of(DocumentKind::Image) else { return };
    match content.member(Name::Config) {
        None => report.add("", "there is no config: add a descriptor"),
        Some(node) if node.is_object() => {}
        Some(node) => report.at(node, "config is no descriptor: write an object"),
    }
}

fn layers(content: &Content<'_>, report: &mut Report) {
    if let Some(node) = content.member_of(DocumentKind::Image, Name::Layers) {
        list_of_descriptors(node, "layers", report);
    }
}

pub(in crate::model) fn list_of_descriptors(node: Node<'_>, name: &str, report: &mut Report) {
    if !node.is_array() && !node.is_null() {
        report.at(node, format!("{name} is no array: write an array of descriptors"));
    }
    for element in node.elements().filter(|element| !element.is_object()) {
        report.at(element, format!("an element of {name} is no descriptor: write an object"));
    }
}

fn has_a_layer(content: &Content<'_>, report: &mut Report) {
    let Some(_) = content.root_of(DocumentKind::Image) else { return };
    let message = "there is no layer: add one, the empty descriptor if need be";
    match content.member(Name::Layers) {
        None => report.add("", message),
        Some(layers) if layers.is_array() && layers.is_empty() => report.at(layers, message),
        Some(_) => {}
    }
}

fn single_layer(content: &Content<'_>, report: &mut Report) {
    let mut layers = content.descriptors_of(Part::Layer);
    if is_artifact(content)
        && let (Some(layer), None) = (layers.next(), layers.next())
        && let Some(size) = layer.get(Name::Size).filter(|size| size.integer() == Some(0))
    {
        report.at(size, "an artifact's only layer has no content: use the empty descriptor, which has two bytes");
    }
}

fn portable_layers(content: &Content<'_>, report: &mut Report) {
    if !config_of(content).is_some_and(|config| config.is_of(KnownType::ImageConfig)) {
        return;
    }
    for layer in content.descriptors_of(Part::Layer) {
        if let Some(node) = layer.media_type()
            && !layer.known.is_some_and(|known| known.is_layer() || known == KnownType::ZstdLayer)
        {
            report.at(node, "a layer of an image has a type that not everybody knows: use one of the specification's");
        }
    }
}

pub(in crate::model) fn subject(content: &Content<'_>, sort: DocumentKind, report: &mut Report) {
    let Some(node) = content.member_of(sort, Name::Subject) else { return };
    if !node.is_object() && !node.is_null() {
        report.at(node, "subject is no descriptor: write an object");
    }
}

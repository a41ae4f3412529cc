//! Author rules from image-spec's page on the image manifest.

use crate::exchange::{ARTIFACT_MANIFEST, IMAGE_INDEX, IMAGE_MANIFEST, essence};
use crate::json::Node;
use crate::model::document::content::{Content, DocumentKind};
use crate::model::document::descriptors::{Descriptor, Part};
use crate::model::document::forms::{is_media_type, parameters};
use crate::model::document::media_types::{EMPTY_TYPE, KnownType};
use crate::model::document::members::Name;
use crate::model::document::origins::{is_of_image, origin_of_layer};
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
                summary: "schemaVersion is present and is the integer 2",
                sentence: "e0fb76e6d61f4562",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "Docker and other clients reject the manifest or treat it as another version.",
            fix: "Set \"schemaVersion\" to the integer 2.",
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
                summary: "mediaType, if present, is the image manifest's media type",
                sentence: "4569ef2dbd7623cd",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0_2,
            why: "Clients that trust mediaType read the manifest as another kind of document.",
            fix: "Set \"mediaType\" to application/vnd.oci.image.manifest.v1+json.",
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
                summary: "mediaType is present",
                sentence: "247741fedb72441e",
                ..PAGE
            },
            level: Level::Should,
            versions: FROM_1_0_2,
            why: "Without mediaType, a document that is stored outside a registry can be read as either a manifest \
                  or an index.",
            fix: "Add \"mediaType\": \"application/vnd.oci.image.manifest.v1+json\".",
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: |content, report| has_media_type(content, DocumentKind::Image, IMAGE_MANIFEST, report),
    },
    ContentRule {
        info: RuleInfo {
            id: "manifest-artifact-type-is-a-media-type",
            clause: Clause {
                section: PROPERTIES,
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
        check: |content, report| artifact_type(content, DocumentKind::Image, report),
    },
    ContentRule {
        info: RuleInfo {
            id: "manifest-empty-config-needs-artifact-type",
            clause: Clause {
                section: PROPERTIES,
                summary: "artifactType is set if config is the empty descriptor",
                sentence: "21562ee99513fc74",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_1,
            why: "Clients cannot tell what kind of artifact the manifest describes.",
            fix: "Set \"artifactType\" to the artifact's media type.",
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
                summary: "an artifact's config has an artifact-specific media type or is the empty descriptor",
                sentence: "f93ab915a43641a4",
                ..PAGE
            },
            // The sentence says MUST, but it is a guideline and does not define which manifests are artifacts.
            level: Level::Should,
            versions: FROM_1_1,
            why: "Tools take the artifact for a container image and try to run it.",
            fix: "Use the empty descriptor as \"config\", or a config with the artifact's own media type.",
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
                summary: "config is present and is a descriptor",
                sentence: "7066306da8cb96a1",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "Clients cannot pull the image, since its configuration is missing.",
            fix: "Add \"config\" as a descriptor; if there is no configuration, use the empty descriptor and set \
                  \"artifactType\".",
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
            why: "Clients cannot find the layer's content and reject the manifest.",
            fix: "Write each layer as an object with \"mediaType\", \"digest\" and \"size\".",
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
            why: "Some registries and clients reject manifests without layers.",
            fix: "Add the empty descriptor as the only layer.",
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
                summary: "the only layer of an artifact is not empty",
                sentence: "7d7f78aeb70d08ba",
                ..PAGE
            },
            level: Level::Should,
            versions: FROM_1_1,
            why: "Some registries and clients cannot store or pull content of zero bytes.",
            fix: "Use the empty descriptor, whose content is the two bytes {}, as the only layer.",
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
                summary: "layers of an image have one of the media types that every implementation supports",
                sentence: "fc5b2fd3f2a73b16",
                ..PAGE
            },
            level: Level::Should,
            versions: FROM_1_0,
            why: "Runtimes that do not know the type cannot unpack the layer.",
            fix: "Use a layer type that image-spec lists: tar, tar+gzip or tar+zstd.",
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
                summary: "subject, if present, is a descriptor",
                sentence: "4c11d64dda3a156a",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_RC2,
            why: "Registries cannot tell which manifest this one refers to, so it is never listed among the referrers.",
            fix: "Write \"subject\" as an object with \"mediaType\", \"digest\" and \"size\", or remove it.",
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: |content, report| subject(content, DocumentKind::Image, report),
    },
];

/// Whether a number equals 2 but is not written as the integer 2, such as `2.0`.
pub(in crate::model) fn is_float_two(node: Node<'_>) -> bool {
    node.is_number() && node.integer() != Some(2) && node.whole() == Some(2)
}

pub(in crate::model) fn schema_version(content: &Content<'_>, kind: DocumentKind, report: &mut Report) {
    let Some(_) = content.root_of(kind) else { return };
    match content.member(Name::SchemaVersion) {
        None => report.add("", "\"schemaVersion\" is missing; add \"schemaVersion\": 2"),
        Some(node) if node.integer() == Some(2) || is_float_two(node) => {}
        Some(node) => report.at(node, "\"schemaVersion\" is not the integer 2; set it to 2"),
    }
}

pub(in crate::model) fn own_media_type(content: &Content<'_>, kind: DocumentKind, own: &str, report: &mut Report) {
    let Some(node) = content.member_of(kind, Name::MediaType) else { return };
    // The specifications disagree about null and the empty string, so they are not breaches.
    if !(node.is_null() || node.is_text("") || is_own_type(node, own)) {
        report.at(node, format!("\"mediaType\" does not match the kind of document; set it to \"{own}\""));
    }
}

/// Whether a document's mediaType is `own` in any letter case, or exactly `own` with parameters. The specifications
/// disagree about both; see `contradictions.rs`.
pub(in crate::model) fn is_own_type(node: Node<'_>, own: &str) -> bool {
    let matches = |text: &str| text.eq_ignore_ascii_case(own) || (parameters(text).is_some() && essence(text) == own);
    node.is_text(own) || node.text().is_some_and(|text| matches(&text))
}

/// Whether a document's mediaType differs from the type of its kind only in letter case.
pub(in crate::model) fn is_own_type_but_for_case(content: &Content<'_>, node: Node<'_>) -> bool {
    let own = match content.kind() {
        DocumentKind::Image => IMAGE_MANIFEST,
        DocumentKind::Index => IMAGE_INDEX,
        DocumentKind::Artifact => ARTIFACT_MANIFEST,
        DocumentKind::Foreign | DocumentKind::Unknown => return false,
    };
    !node.is_text(own) && node.text().is_some_and(|text| text.eq_ignore_ascii_case(own))
}

pub(in crate::model) fn has_media_type(content: &Content<'_>, kind: DocumentKind, own: &str, report: &mut Report) {
    if content.root_of(kind).is_some() && content.member(Name::MediaType).is_none() {
        report.add("", format!("\"mediaType\" is missing; add \"{own}\""));
    }
}

pub(in crate::model) fn artifact_type(content: &Content<'_>, kind: DocumentKind, report: &mut Report) {
    let Some(node) = content.member_of(kind, Name::ArtifactType) else { return };
    // null and the empty string are contradictions: distribution-spec mentions an empty artifactType.
    let is_right = node.bytes().is_some_and(|text| text.is_empty() || is_media_type(&text));
    if !(node.is_null() || is_right || has_parameters(node)) {
        report.at(node, "\"artifactType\" is not a media type; write type/subtype as defined in RFC 6838");
    }
}

/// The config of an image manifest, if it is an object.
pub(in crate::model) fn config_of<'c>(content: &'c Content<'_>) -> Option<Descriptor<'c>> {
    content.descriptors_of(Part::Config).next()
}

/// Whether a document has an `artifactType` that is neither null nor empty.
fn sets_artifact_type(content: &Content<'_>) -> bool {
    content.member(Name::ArtifactType).is_some_and(|node| !node.is_text("") && !node.is_null())
}

/// Whether a config has the empty type, but in another letter case, and nothing sets `artifactType`.
pub(in crate::model) fn has_empty_config_but_for_case(content: &Content<'_>) -> bool {
    let names_empty = |text: &[u8]| text.eq_ignore_ascii_case(EMPTY_TYPE.as_bytes());
    FROM_1_1.holds(content.versions.image)
        && !sets_artifact_type(content)
        && config_of(content).is_some_and(|config| {
            !config.is_type(KnownType::Empty)
                && config.media_type().and_then(Node::bytes).is_some_and(|text| names_empty(&text))
        })
}

fn empty_config(content: &Content<'_>, report: &mut Report) {
    if let Some(config) = config_of(content)
        && config.is_type(KnownType::Empty)
        && !sets_artifact_type(content)
        && let Some(media_type) = config.get(Name::MediaType)
    {
        report.at(media_type, "\"config\" is the empty descriptor and \"artifactType\" is not set; set it");
    }
}

/// Whether the document has an artifactType.
fn is_artifact(content: &Content<'_>) -> bool {
    content.member_of(DocumentKind::Image, Name::ArtifactType).is_some_and(|node| node.is_string() && !node.is_text(""))
}

fn config_of_artifact(content: &Content<'_>, report: &mut Report) {
    if is_artifact(content)
        && let Some(config) = config_of(content)
        && config.is_type(KnownType::ImageConfig)
    {
        report.at(
            config.node,
            "\"config\" of an artifact has the type of an image config; if this is an image, remove \"artifactType\", else use \
             another config type or the empty descriptor",
        );
    }
}

pub(in crate::model) fn config(content: &Content<'_>, report: &mut Report) {
    let Some(_) = content.root_of(DocumentKind::Image) else { return };
    match content.member(Name::Config) {
        None => report.add("", "\"config\" is missing; add a descriptor"),
        Some(node) if node.is_object() => {}
        Some(node) => report.at(node, "\"config\" is not a descriptor; write an object"),
    }
}

pub(in crate::model) fn layers(content: &Content<'_>, report: &mut Report) {
    if let Some(node) = content.member_of(DocumentKind::Image, Name::Layers) {
        list_of_descriptors(node, "layers", report);
    }
}

pub(in crate::model) fn list_of_descriptors(node: Node<'_>, name: &str, report: &mut Report) {
    if !node.is_array() && !node.is_null() {
        report.at(node, format!("\"{name}\" is not an array; write an array of descriptors"));
    }
    for element in node.elements().filter(|element| !element.is_object()) {
        report.at(element, format!("an element of \"{name}\" is not a descriptor; write an object"));
    }
}

fn has_a_layer(content: &Content<'_>, report: &mut Report) {
    let Some(_) = content.root_of(DocumentKind::Image) else { return };
    match content.member(Name::Layers) {
        None => report.add("", "\"layers\" is missing; add it with at least one element, such as the empty descriptor"),
        Some(layers) if layers.is_array() && layers.is_empty() => {
            let is_image = config_of(content).is_some_and(|config| config.is_type(KnownType::ImageConfig));
            // The empty descriptor is not a file system, so it is not a layer of an image.
            let element = if is_image { "a layer that is an empty tar archive" } else { "the empty descriptor" };
            report.at(layers, format!("\"layers\" is empty; add an element, such as {element}"));
        }
        Some(_) => {}
    }
}

fn single_layer(content: &Content<'_>, report: &mut Report) {
    let mut layers = content.descriptors_of(Part::Layer);
    if is_artifact(content)
        && let (Some(layer), None) = (layers.next(), layers.next())
        && let Some(size) = layer.get(Name::Size).filter(|size| size.integer() == Some(0))
    {
        report.at(size, "the only layer of an artifact has size 0; use the empty descriptor, whose size is 2");
    }
}

fn portable_layers(content: &Content<'_>, report: &mut Report) {
    let Some(config) = config_of(content).filter(|config| config.is_type(KnownType::ImageConfig)) else { return };
    let types = || content.descriptors_of(Part::Layer).filter_map(|layer| Some((layer.known, layer.media_type()?)));
    let is_listed = |known: Option<KnownType>| {
        known.is_some_and(|known| known.is_layer() || matches!(known, KnownType::ZstdLayer | KnownType::OldZstdLayer))
    };
    let is_tools = |node: Node<'_>| node.text().is_some_and(|text| origin_of_layer(&text).is_some());
    let others: Vec<_> = types().filter(|(known, node)| !is_listed(*known) && !is_tools(*node)).collect();
    // An artifact keeps its layer types: what makes it an image is the type of its config.
    if let Some(node) = config.media_type()
        && !others.is_empty()
        && types().all(|(_, node)| !node.text().is_some_and(|text| is_of_image(&text)))
    {
        let and = if sets_artifact_type(content) { "" } else { " with \"artifactType\"" };
        let advice = format!("if this is an artifact, use another config type or the empty descriptor{and}");
        let what = "\"config\" has the type that makes this an image, but no layer has the type of an image's";
        return report.at(node, format!("{what}; {advice}"));
    }
    for (_, node) in others {
        report.at(node, "some implementations do not support this type of layer; use one that image-spec lists");
    }
}

pub(in crate::model) fn subject(content: &Content<'_>, kind: DocumentKind, report: &mut Report) {
    let Some(node) = content.member_of(kind, Name::Subject) else { return };
    if !node.is_object() && !node.is_null() {
        report.at(node, "\"subject\" is not a descriptor; write an object");
    }
}

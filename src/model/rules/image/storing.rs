//! Registry rules from image-spec: content that implementations must or should store.

use crate::exchange::Presence;
use crate::json::Node;
use crate::model::document::content::{Content, DocumentKind};
use crate::model::document::descriptors::Part;
use crate::model::document::forms::{DigestForm, is_media_type};
use crate::model::document::media_types::KnownType;
use crate::model::document::members::Name;
use crate::model::rule::{Binds, Clause, Consequence, ContentRule, Family, Level, Report, RuleInfo, Source};
use crate::model::rules::image::annotations::annotations;
use crate::model::versions::{FROM_1_0, FROM_1_1, FROM_1_1_1, ONLY_1_0, ONLY_RC2};

const MANIFEST: Clause =
    Clause { section: "image-manifest-property-descriptions", ..Clause::of(Source::ImageSpec, "manifest.md") };
const INDEX: Clause =
    Clause { section: "image-index-property-descriptions", ..Clause::of(Source::ImageSpec, "image-index.md") };
const CONSIDERATIONS: Clause =
    Clause { section: "extensibility", ..Clause::of(Source::ImageSpec, "considerations.md") };
const ANNOTATIONS: Clause = Clause { section: "rules", ..Clause::of(Source::ImageSpec, "annotations.md") };
const DIGESTS: Clause = Clause { section: "digests", ..Clause::of(Source::ImageSpec, "descriptor.md") };

const REGISTRY: RuleInfo = RuleInfo::of(Binds::Registry, Family::Storage);

pub(in crate::model) const CONTENT: &[ContentRule] = &[
    ContentRule {
        info: RuleInfo {
            id: "registry-takes-unknown-artifact-types",
            clause: Clause {
                summary: "a registry stores manifests with an unknown artifactType",
                sentence: "50e7eb5cd9c055a0",
                ..MANIFEST
            },
            level: Level::Must,
            versions: FROM_1_1,
            why: "New kinds of artifacts cannot be stored until the registry is changed.",
            fix: "Do not compare artifactType with a list of known types.",
            ..REGISTRY
        },
        consequence: Consequence::Accept,
        check: unknown_artifact_type,
    },
    ContentRule {
        info: RuleInfo {
            id: "registry-takes-unknown-config-types",
            clause: Clause {
                summary: "a registry stores manifests with an unknown config media type",
                sentence: "956aa094ac313092",
                ..MANIFEST
            },
            level: Level::Must,
            versions: FROM_1_1,
            why: "Helm charts and other artifacts with their own config type cannot be stored.",
            fix: "Do not compare the config's media type with a list of known types.",
            ..REGISTRY
        },
        consequence: Consequence::Accept,
        check: |content, report| unknown_type(content, Part::Config, KnownType::is_config, report),
    },
    ContentRule {
        info: RuleInfo {
            id: "registry-takes-unknown-layer-types",
            clause: Clause {
                summary: "a registry stores manifests with an unknown layer media type",
                sentence: "a268e6c2a78957ee",
                ..MANIFEST
            },
            level: Level::Must,
            versions: FROM_1_1,
            why: "Artifacts with their own layer types cannot be stored.",
            fix: "Do not compare media types of layers with a list of known types.",
            restates: "registry-ignores-unknown-types",
            ..REGISTRY
        },
        consequence: Consequence::Accept,
        check: |content, report| unknown_type(content, Part::Layer, KnownType::is_layer, report),
    },
    ContentRule {
        info: RuleInfo {
            id: "registry-takes-zstd-layers",
            clause: Clause {
                summary: "implementations support zstd-compressed layers",
                sentence: "3deece5208ef00bb",
                ..MANIFEST
            },
            level: Level::Should,
            versions: FROM_1_1_1,
            why: "Images with zstd-compressed layers cannot be pushed.",
            fix: "Accept application/vnd.oci.image.layer.v1.tar+zstd as the type of a layer.",
            ..REGISTRY
        },
        consequence: Consequence::Accept,
        check: zstd_layers,
    },
    ContentRule {
        info: RuleInfo {
            id: "registry-ignores-unknown-types",
            clause: Clause {
                summary: "unknown layer media types are ignored",
                sentence: "da9057aba34844a9",
                ..MANIFEST
            },
            level: Level::Must,
            versions: ONLY_RC2,
            why: "Images and artifacts with new layer types cannot be pushed.",
            fix: "Do not compare media types of layers with a list of known types.",
            ..REGISTRY
        },
        consequence: Consequence::Accept,
        check: |content, report| unknown_type(content, Part::Layer, KnownType::is_layer, report),
    },
    ContentRule {
        info: RuleInfo {
            id: "registry-takes-nested-indexes",
            clause: Clause {
                summary: "implementations support an index as an element of an index",
                sentence: "d5aca8350c20c12d",
                ..INDEX
            },
            level: Level::Should,
            versions: FROM_1_1,
            why: "Indexes that group other indexes cannot be pushed.",
            fix: "Accept application/vnd.oci.image.index.v1+json as the type of an element of manifests.",
            ..REGISTRY
        },
        consequence: Consequence::Accept,
        check: nested_index,
    },
    ContentRule {
        info: RuleInfo {
            id: "registry-takes-unknown-child-types",
            clause: Clause {
                summary: "an unknown media type in manifests is not an error",
                sentence: "0c03c53aa9a9e9b6",
                ..INDEX
            },
            level: Level::Must,
            versions: FROM_1_1,
            why: "Indexes that list new kinds of manifests cannot be pushed.",
            fix: "Do not compare media types of elements of manifests with a list of known types.",
            restates: "registry-ignores-unknown-child-types",
            ..REGISTRY
        },
        consequence: Consequence::Accept,
        check: unregistered_child_type,
    },
    ContentRule {
        info: RuleInfo {
            id: "registry-ignores-unknown-child-types",
            clause: Clause {
                summary: "unknown media types in manifests are ignored",
                sentence: "37673d233b5e5562",
                ..INDEX
            },
            level: Level::Should,
            versions: ONLY_1_0,
            why: "Indexes that list new kinds of manifests cannot be pushed.",
            fix: "Do not compare media types of elements of manifests with a list of known types.",
            ..REGISTRY
        },
        consequence: Consequence::Accept,
        check: unknown_child_type,
    },
    ContentRule {
        info: RuleInfo {
            id: "registry-takes-unknown-members",
            clause: Clause {
                summary: "unknown properties are not an error",
                sentence: "7f877030b7cf1c15",
                ..CONSIDERATIONS
            },
            level: Level::Should,
            versions: FROM_1_1,
            why: "Manifests that use properties of a later specification version cannot be pushed.",
            fix: "Ignore unknown properties when validating, and store them unchanged.",
            restates: "registry-ignores-unknown-members",
            ..REGISTRY
        },
        consequence: Consequence::Accept,
        check: unknown_members,
    },
    ContentRule {
        info: RuleInfo {
            id: "registry-ignores-unknown-members",
            clause: Clause {
                summary: "unknown properties of a manifest or an index are ignored",
                sentence: "e2779c2ea853427f",
                ..CONSIDERATIONS
            },
            level: Level::Must,
            versions: ONLY_1_0,
            why: "Manifests that use properties of a later specification version cannot be pushed.",
            fix: "Ignore unknown properties when validating, and store them unchanged.",
            ..REGISTRY
        },
        consequence: Consequence::Accept,
        check: unknown_members,
    },
    ContentRule {
        info: RuleInfo {
            id: "registry-takes-unknown-digest-algorithms",
            clause: Clause {
                summary: "a digest with an unknown algorithm passes validation if it matches the grammar",
                sentence: "4dba6dcf413864c3",
                ..DIGESTS
            },
            level: Level::Should,
            versions: FROM_1_0,
            why: "Manifests that reference content by a newer algorithm cannot be pushed.",
            fix: "Check digests with an unknown algorithm only against the digest grammar.",
            ..REGISTRY
        },
        consequence: Consequence::Accept,
        check: unknown_algorithm,
    },
    ContentRule {
        info: RuleInfo {
            id: "registry-takes-unknown-annotation-keys",
            clause: Clause {
                summary: "unknown annotation keys are not an error",
                sentence: "1324cbc42794cb75",
                ..ANNOTATIONS
            },
            // The sentence says MUST NOT, but for consumers; a registry only stores annotations.
            level: Level::Should,
            versions: FROM_1_0,
            why: "Tools cannot store their own metadata with an image.",
            fix: "Accept any annotation key.",
            ..REGISTRY
        },
        consequence: Consequence::Accept,
        check: unknown_annotation_keys,
    },
];

pub(in crate::model) fn unknown_artifact_type(content: &Content<'_>, report: &mut Report) {
    let Some(node) = content.member_of(DocumentKind::Image, Name::ArtifactType) else { return };
    if node.bytes().is_some_and(|text| is_media_type(&text)) {
        report.at(node, "unknown artifactType");
    }
}

fn unknown_type(content: &Content<'_>, part: Part, is_known: fn(KnownType) -> bool, report: &mut Report) {
    if content.kind() != DocumentKind::Image {
        return;
    }
    for descriptor in content.descriptors_of(part) {
        let Some(node) = descriptor.media_type() else { continue };
        if !descriptor.known.is_some_and(is_known) && content.held(&descriptor) == Presence::Yes {
            report.at(node, "unknown media type");
        }
    }
}

pub(in crate::model) fn zstd_layers(content: &Content<'_>, report: &mut Report) {
    for layer in content.descriptors_of(Part::Layer).filter(|layer| layer.is_type(KnownType::ZstdLayer)) {
        report.at(layer.node, "zstd-compressed layer");
    }
}

pub(in crate::model) fn nested_index(content: &Content<'_>, report: &mut Report) {
    for child in content.descriptors_of(Part::Child).filter(|child| child.is_type(KnownType::ImageIndex)) {
        report.at(child.node, "index in an index");
    }
}

fn unknown_child_type(content: &Content<'_>, report: &mut Report) {
    for child in content.descriptors_of(Part::Child).filter(|child| !child.known.is_some_and(KnownType::is_child)) {
        if let Some(node) = child.media_type() {
            report.at(node, "unknown media type");
        }
    }
}

/// Whether a media type is one of OCI or Docker by its name.
pub(in crate::model) fn is_oci_or_docker(text: &[u8]) -> bool {
    let starts_with = |start: &str| text.get(..start.len()).is_some_and(|it| it.eq_ignore_ascii_case(start.as_bytes()));
    ["application/vnd.oci.", "application/vnd.docker."].into_iter().any(starts_with)
}

/// The MUST covers types that the implementation does not know. It may know the types of OCI and Docker, even if not as
/// types of a child, so those are excluded.
pub(in crate::model) fn unregistered_child_type(content: &Content<'_>, report: &mut Report) {
    for child in content.descriptors_of(Part::Child).filter(|child| child.known.is_none()) {
        if let Some(node) = child.media_type().filter(|node| !node.bytes().is_some_and(|text| is_oci_or_docker(&text)))
        {
            report.at(node, "unknown media type");
        }
    }
}

fn unknown_algorithm(content: &Content<'_>, report: &mut Report) {
    for descriptor in content.descriptors().filter(|descriptor| descriptor.digest_form == DigestForm::Unregistered) {
        report.at(descriptor.node, "digest with an unknown algorithm");
    }
}

pub(in crate::model) fn unknown_members(content: &Content<'_>, report: &mut Report) {
    use Name::{Annotations, ArtifactType, Blobs, Config, Data, Digest, Layers, Manifests, MediaType, Platform};
    use Name::{SchemaVersion, Size, Subject, Urls};
    // Properties added in version 1.1 are unknown in earlier versions, except `data`, which was reserved.
    let known: &[Name] = match (content.kind(), content.versions.is_1_1()) {
        (DocumentKind::Image, true) => &[SchemaVersion, MediaType, ArtifactType, Config, Layers, Subject, Annotations],
        (DocumentKind::Index, true) => &[SchemaVersion, MediaType, ArtifactType, Manifests, Subject, Annotations],
        (DocumentKind::Image, false) => &[SchemaVersion, MediaType, Config, Layers, Annotations],
        (DocumentKind::Index, false) => &[SchemaVersion, MediaType, Manifests, Annotations],
        (DocumentKind::Artifact, _) => &[MediaType, ArtifactType, Blobs, Subject, Annotations],
        (DocumentKind::Foreign | DocumentKind::Unknown, _) => return,
    };
    let of_descriptor = [MediaType, Digest, Size, Urls, Annotations, Platform, Data, ArtifactType];
    let of_descriptor = &of_descriptor[..if content.versions.is_1_1() { 8 } else { 7 }];
    let mut report_unknown = |object: Node<'_>, known: &[Name]| {
        for (_, value) in object.members().filter(|(key, _)| Name::of(*key).is_none_or(|name| !known.contains(&name))) {
            report.at(value, "unknown property");
        }
    };
    if let Some(root) = content.root().filter(|_| content.has_others_than(known)) {
        report_unknown(root, known);
    }
    if content.any_descriptor_has_others_than(of_descriptor) {
        content.descriptors().for_each(|descriptor| report_unknown(descriptor.node, of_descriptor));
    }
}

pub(in crate::model) fn unknown_annotation_keys(content: &Content<'_>, report: &mut Report) {
    for (key, value) in annotations(content).flat_map(Node::members) {
        if !key.text().is_some_and(|key| key.starts_with("org.opencontainers.")) {
            report.at(value, "unknown annotation");
        }
    }
}

//! Docker's rules on the image manifest.

use crate::exchange::DOCKER_MANIFEST;
use crate::model::document::content::{Content, DocumentKind};
use crate::model::document::descriptors::Part;
use crate::model::document::members::Name;
use crate::model::document::origins::origin_of_layer;
use crate::model::rule::{ContentRule, Report};
use crate::model::rules::docker::{MANIFEST, on_twin, row};
use crate::model::rules::image::manifest;

pub(in crate::model) const CONTENT: &[ContentRule] = &[
    row(
        "docker-manifest-schema-version-is-2",
        MANIFEST,
        "schemaVersion is the integer 2",
        ["Docker reads the manifest as another version.", "Set \"schemaVersion\" to the integer 2."],
        |content, report| {
            on_twin(content, report, |twin, report| manifest::schema_version(twin, DocumentKind::Image, report));
        },
    ),
    row(
        "docker-manifest-media-type-is-its-own",
        MANIFEST,
        "mediaType is the media type of Docker's image manifest",
        [
            "Clients that trust mediaType read the manifest as another kind of document.",
            "Set \"mediaType\" to application/vnd.docker.distribution.manifest.v2+json.",
        ],
        |content, report| on_twin(content, report, media_type),
    ),
    row(
        "docker-manifest-config-is-a-descriptor",
        MANIFEST,
        "config refers to the container's configuration",
        ["Clients cannot pull the image, since its configuration is missing.", "Add \"config\" as a descriptor."],
        |content, report| on_twin(content, report, manifest::config),
    ),
    row(
        "docker-manifest-config-type-is-dockers",
        MANIFEST,
        "the config's media type is generally that of Docker's container configuration",
        [
            "Docker does not run an image whose configuration has another type.",
            "Use Docker's config type, or for other content an OCI image manifest.",
        ],
        |content, report| on_twin(content, report, config_type),
    ),
    row(
        "docker-manifest-layers-are-descriptors",
        MANIFEST,
        "layers is the list of the image's layers",
        [
            "Clients cannot find the layer's content and reject the manifest.",
            "Write each layer as an object with \"mediaType\", \"digest\" and \"size\".",
        ],
        |content, report| on_twin(content, report, layers),
    ),
    row(
        "docker-manifest-layer-types-are-dockers",
        MANIFEST,
        "a layer's media type is generally that of Docker's gzipped or foreign layers",
        [
            "Some clients refuse images that mix Docker's and OCI's types.",
            "Use Docker's layer types, or convert the whole image to OCI's types.",
        ],
        |content, report| on_twin(content, report, layer_types),
    ),
];

/// Docker's container and plugin configurations.
const CONFIGS: [&str; 2] = ["application/vnd.docker.container.image.v1+json", "application/vnd.docker.plugin.v1+json"];
/// The prefix of Docker's layer types: gzipped and foreign layers, which the page lists, and those without or with another
/// compression, which Docker's own tools write.
const LAYERS: &str = "application/vnd.docker.image.rootfs.";

fn media_type(twin: &Content<'_>, report: &mut Report) {
    manifest::has_media_type(twin, DocumentKind::Image, DOCKER_MANIFEST, report);
    manifest::own_media_type(twin, DocumentKind::Image, DOCKER_MANIFEST, report);
}

fn config_type(twin: &Content<'_>, report: &mut Report) {
    let Some(node) = manifest::config_of(twin).and_then(|config| config.media_type()) else { return };
    if !CONFIGS.iter().any(|known| node.is_text(known)) {
        report.at(
            node,
            format!("\"config\" has a type that Docker does not run; use \"{}\", or push an OCI manifest", CONFIGS[0]),
        );
    }
}

fn layers(twin: &Content<'_>, report: &mut Report) {
    match twin.member_of(DocumentKind::Image, Name::Layers) {
        None if twin.root_of(DocumentKind::Image).is_some() => {
            report.add("", "\"layers\" is missing; add an array of descriptors");
        }
        None => {}
        Some(node) if node.is_null() => report.at(node, "\"layers\" is null; write an array of descriptors"),
        Some(_) => manifest::layers(twin, report),
    }
}

fn layer_types(twin: &Content<'_>, report: &mut Report) {
    for node in twin.descriptors_of(Part::Layer).filter_map(|layer| layer.media_type()) {
        let Some(text) = node.text() else { continue };
        if !text.starts_with(LAYERS) && origin_of_layer(&text).is_none() {
            let advice = "use one of Docker's, or convert the whole image to OCI's types";
            report.at(node, format!("the layer's type is not one of Docker's; {advice}"));
        }
    }
}

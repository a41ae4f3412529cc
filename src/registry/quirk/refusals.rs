//! Refusals of manifests by what their descriptors say or point at, and of blobs.

use super::documents::manifest;
use super::{Act, Quirk, Shows, UNREPORTED, With, fail, refuse};
use crate::exchange::sha256;
use crate::json::{self, Node};
use crate::registry::digest::sha512;
use crate::registry::pushed::{ManifestKind, content, present};
use crate::registry::request::Asked;
use crate::registry::route::Endpoint;
use crate::registry::storage::Repository;

pub(super) const EMPTY: &str = "application/vnd.oci.empty.v1+json";
pub(super) const CONFIGS: &[&str] =
    &["application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json"];
const LAYERS: &[&str] = &["application/vnd.oci.image.layer.", "application/vnd.docker.image.rootfs."];

pub(super) const QUIRKS: &[Quirk] = &[
    Quirk {
        name: "refuses-unknown-config-type",
        does: "refuses an image manifest whose config is no image configuration by its media type",
        source: "oras#129, helm#5861, flux2#3724",
        since: "2020",
        shows: Shows::Finding("rejects-valid", "config.mediaType=unknown"),
        act: refuse(has_unknown_config),
    },
    Quirk {
        name: "refuses-unknown-layer-type",
        does: "refuses an image manifest with a layer that is no image layer by its media type",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("rejects-valid", "layers.0.mediaType=unknown"),
        act: refuse(|asked, _| {
            let known = |own: &str| own == EMPTY || LAYERS.iter().any(|start| own.starts_with(start));
            layers(asked).into_iter().any(|layer| media_type(Some(layer)).is_some_and(|own| !known(&own)))
        }),
    },
    Quirk {
        name: "refuses-layer-urls",
        does: "refuses an image manifest with a layer that has `urls`",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("rejects-valid", "layers.0.urls=one"),
        act: refuse(|asked, _| layers(asked).into_iter().any(|layer| has(layer, "urls"))),
    },
    Quirk {
        name: "refuses-layer-annotations",
        does: "refuses an image manifest with a layer that has `annotations`",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("rejects-valid", "layers.0.annotations=one"),
        act: refuse(|asked, _| layers(asked).into_iter().any(|layer| has(layer, "annotations"))),
    },
    Quirk {
        name: "refuses-layer-data",
        does: "refuses an image manifest with a layer that has `data`",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("rejects-valid", "layers.0.data=right"),
        act: refuse(|asked, _| layers(asked).into_iter().any(|layer| has(layer, "data"))),
    },
    Quirk {
        name: "refuses-data",
        does: "refuses a manifest with a descriptor that has `data`",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("rejects-valid", "config.data=right"),
        act: refuse(|asked, _| descriptors(asked).into_iter().any(|descriptor| has(descriptor, "data"))),
    },
    Quirk {
        name: "refuses-empty-config",
        does: "refuses an image manifest whose config has the size 0",
        source: "devcontainers/cli#815, earthly#3714; harbor#21018",
        since: "2023",
        shows: Shows::Finding("rejects-valid", "config.mediaType=unknown;content.config=zero-bytes"),
        act: refuse(has_empty_config),
    },
    Quirk {
        name: "refuses-config-content",
        does: "refuses an image manifest whose image configuration is not a JSON object with `rootfs`",
        source: "harbor `processor/default.go` and jib#1445, there of other flaws of a config",
        since: "2019",
        shows: Shows::Nothing("such content breaks what image-spec asks of the author of a config"),
        act: refuse(|asked, repository| {
            config_content(asked, repository)
                .is_some_and(|bytes| json::read(bytes).map_or(true, |read| present(read.root(), "rootfs").is_none()))
        }),
    },
    Quirk {
        name: "fails-on-config-content",
        does: "answers 500 to an image manifest whose image configuration is not a JSON object",
        source: "gitea, as read in its source",
        since: "2026",
        shows: Shows::Finding("server-error", "content.config=zero-bytes"),
        act: fail(|asked, repository| {
            config_content(asked, repository)
                .is_some_and(|bytes| json::read(bytes).map_or(true, |read| !read.root().is_object()))
        }),
    },
    Quirk {
        name: "refuses-repeated-layer",
        does: "refuses an image manifest that names one layer twice",
        source: "container-libs#1017",
        since: "2026-07",
        shows: Shows::Finding("rejects-valid", "layers=two;layers.repeat=same"),
        act: refuse(|asked, _| {
            let digests: Vec<_> = layers(asked).into_iter().filter_map(|layer| layer.get("digest")?.text()).collect();
            let mut sorted = digests.clone();
            sorted.sort_unstable();
            sorted.dedup();
            sorted.len() < digests.len()
        }),
    },
    Quirk {
        name: "fails-on-empty-blob",
        does: "answers 500 to the upload of a blob of zero bytes",
        source: "seed table, rows icr and quay",
        since: "2023-02",
        shows: Shows::Finding("server-error", "content.config=zero-bytes"),
        act: Act::Refuse { when: uploads_nothing, with: With::Error(500, "UNKNOWN", "error uploading zero blob") },
    },
    Quirk {
        name: "refuses-empty-blob",
        does: "refuses the upload of a blob of zero bytes",
        source: "oras#157, oras#184",
        since: "2020",
        shows: Shows::Finding("rejects-valid", "content.config=zero-bytes"),
        act: Act::Refuse { when: uploads_nothing, with: With::Error(400, "SIZE_INVALID", "the blob is empty") },
    },
];

pub(super) fn has(descriptor: Node<'_>, name: &str) -> bool {
    present(descriptor, name).is_some()
}

/// The config, layers, children or blobs, and the subject of a pushed manifest.
pub(super) fn descriptors<'a>(asked: &'a Asked<'_>) -> Vec<Node<'a>> {
    let Some((kind, root)) = manifest(asked) else { return Vec::new() };
    content(kind, root).into_iter().map(|(_, node)| node).chain(subject(asked)).collect()
}

/// The subject of a pushed manifest of a kind that has one.
pub(super) fn subject<'a>(asked: &'a Asked<'_>) -> Option<Node<'a>> {
    manifest(asked).filter(|(kind, _)| kind.is_oci()).and_then(|(_, root)| present(root, "subject"))
}

fn image<'a>(asked: &'a Asked<'_>) -> Option<Node<'a>> {
    manifest(asked).filter(|(kind, _)| kind.is_image()).map(|(_, root)| root)
}

pub(super) fn config<'a>(asked: &'a Asked<'_>) -> Option<Node<'a>> {
    present(image(asked)?, "config")
}

pub(super) fn layers<'a>(asked: &'a Asked<'_>) -> Vec<Node<'a>> {
    let list = image(asked).and_then(|root| present(root, ManifestKind::Image.list()));
    list.map(|list| list.elements().collect()).unwrap_or_default()
}

pub(super) fn media_type(descriptor: Option<Node<'_>>) -> Option<String> {
    Some(descriptor?.get("mediaType")?.text()?.into_owned())
}

/// The stored config of a pushed image manifest that says it is an image configuration.
fn config_content<'r>(asked: &Asked<'_>, repository: &'r Repository) -> Option<&'r [u8]> {
    let config = config(asked)?;
    media_type(Some(config)).filter(|own| CONFIGS.contains(&own.as_str()))?;
    let digest = config.get("digest")?.text()?;
    repository.blobs.get(digest.as_ref()).map(AsRef::as_ref)
}

/// Whether an upload ends with the digest of nothing.
fn uploads_nothing(asked: &Asked<'_>, _: &Repository) -> bool {
    let is_upload = matches!(asked.place, Endpoint::Uploads | Endpoint::Upload(_));
    let digest = asked.parameter("digest").filter(|_| is_upload);
    digest.is_some_and(|digest| digest == sha256(b"") || digest == sha512(b""))
}

pub(super) fn has_unknown_config(asked: &Asked<'_>, _: &Repository) -> bool {
    media_type(config(asked)).is_some_and(|own| own != EMPTY && !CONFIGS.contains(&own.as_str()))
}

pub(super) fn has_empty_config(asked: &Asked<'_>, _: &Repository) -> bool {
    has_no_bytes(config(asked))
}

/// Whether a descriptor says that its content is empty.
pub(super) fn has_no_bytes(descriptor: Option<Node<'_>>) -> bool {
    descriptor.and_then(|descriptor| descriptor.get("size")?.integer()) == Some(0)
}

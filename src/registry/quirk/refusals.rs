//! Refusals of manifests by their descriptors and the referenced content, and of blobs.

use super::documents::manifest;
use super::{Act, Quirk, Shows, UNREPORTED, With, fail, refuse};
use crate::exchange::sha256;
use crate::json::{self, Node};
use crate::registry::digest::sha512;
use crate::registry::pushed::{ManifestKind, content, present};
use crate::registry::request::ParsedRequest;
use crate::registry::route::Endpoint;
use crate::registry::storage::StoredRepository;

pub(super) const EMPTY: &str = "application/vnd.oci.empty.v1+json";
pub(super) const CONFIGS: &[&str] =
    &["application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json"];
const LAYERS: &[&str] = &["application/vnd.oci.image.layer.", "application/vnd.docker.image.rootfs."];

pub(super) const QUIRKS: &[Quirk] = &[
    Quirk {
        name: "refuses-unknown-config-type",
        does: "refuses an image manifest whose config does not have the media type of an image configuration",
        source: "oras#129, helm#5861, flux2#3724",
        since: "2020",
        shows: Shows::Finding("rejects-valid", "config.mediaType=unknown"),
        act: refuse(has_unknown_config),
    },
    Quirk {
        name: "refuses-unknown-layer-type",
        does: "refuses an image manifest with a layer that does not have the media type of an image layer",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("rejects-valid", "layers.0.mediaType=unknown"),
        act: refuse(|request, _| {
            let is_known = |name: &str| name == EMPTY || LAYERS.iter().any(|prefix| name.starts_with(prefix));
            layers(request).into_iter().any(|layer| media_type(Some(layer)).is_some_and(|name| !is_known(&name)))
        }),
    },
    Quirk {
        name: "refuses-layer-urls",
        does: "refuses an image manifest with `urls` in a layer",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("rejects-valid", "layers.0.urls=one"),
        act: refuse(|request, _| layers(request).into_iter().any(|layer| has(layer, "urls"))),
    },
    Quirk {
        name: "refuses-layer-annotations",
        does: "refuses an image manifest with `annotations` in a layer",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("rejects-valid", "layers.0.annotations=one"),
        act: refuse(|request, _| layers(request).into_iter().any(|layer| has(layer, "annotations"))),
    },
    Quirk {
        name: "refuses-layer-data",
        does: "refuses an image manifest with `data` in a layer",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("rejects-valid", "layers.0.data=right"),
        act: refuse(|request, _| layers(request).into_iter().any(|layer| has(layer, "data"))),
    },
    Quirk {
        name: "refuses-data",
        does: "refuses a manifest with `data` in a descriptor",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("rejects-valid", "config.data=right"),
        act: refuse(|request, _| descriptors(request).into_iter().any(|descriptor| has(descriptor, "data"))),
    },
    Quirk {
        name: "refuses-empty-config",
        does: "refuses an image manifest whose config has size 0",
        source: "devcontainers/cli#815, earthly#3714; harbor#21018",
        since: "2023",
        shows: Shows::Finding("rejects-valid", "config.mediaType=unknown;content.config=zero-bytes"),
        act: refuse(has_empty_config),
    },
    Quirk {
        name: "refuses-config-content",
        does: "refuses an image manifest whose image configuration is not a JSON object with `rootfs`",
        source: "harbor `processor/default.go` and jib#1445, for other config errors",
        since: "2019",
        shows: Shows::Nothing("such a config violates image-spec"),
        act: refuse(|request, repository| {
            config_content(request, repository)
                .is_some_and(|bytes| json::read(bytes).map_or(true, |read| present(read.root(), "rootfs").is_none()))
        }),
    },
    Quirk {
        name: "fails-on-config-content",
        does: "answers 500 to an image manifest whose image configuration is not a JSON object",
        source: "gitea source",
        since: "2026",
        shows: Shows::Finding("server-error", "content.config=zero-bytes"),
        act: fail(|request, repository| {
            config_content(request, repository)
                .is_some_and(|bytes| json::read(bytes).map_or(true, |read| !read.root().is_object()))
        }),
    },
    Quirk {
        name: "refuses-repeated-layer",
        does: "refuses an image manifest with the same layer twice",
        source: "container-libs#1017",
        since: "2026-07",
        shows: Shows::Finding("rejects-valid", "layers=two;layers.repeat=same"),
        act: refuse(|request, _| {
            let digests: Vec<_> = layers(request).into_iter().filter_map(|layer| layer.get("digest")?.text()).collect();
            let mut sorted = digests.clone();
            sorted.sort_unstable();
            sorted.dedup();
            sorted.len() < digests.len()
        }),
    },
    Quirk {
        name: "fails-on-empty-blob",
        does: "answers 500 to the upload of an empty blob",
        source: "seed table, rows icr and quay",
        since: "2023-02",
        shows: Shows::Finding("server-error", "content.config=zero-bytes"),
        act: Act::Refuse { when: uploads_empty_blob, with: With::Error(500, "UNKNOWN", "error uploading zero blob") },
    },
    Quirk {
        name: "refuses-empty-blob",
        does: "refuses the upload of an empty blob",
        source: "oras#157, oras#184",
        since: "2020",
        shows: Shows::Finding("rejects-valid", "content.config=zero-bytes"),
        act: Act::Refuse { when: uploads_empty_blob, with: With::Error(400, "SIZE_INVALID", "the blob is empty") },
    },
];

pub(super) fn has(descriptor: Node<'_>, name: &str) -> bool {
    present(descriptor, name).is_some()
}

/// All descriptors of a pushed manifest, the subject last.
pub(super) fn descriptors<'a>(request: &'a ParsedRequest<'_>) -> Vec<Node<'a>> {
    let Some((kind, root)) = manifest(request) else { return Vec::new() };
    content(kind, root).into_iter().map(|(_, node)| node).chain(subject(request)).collect()
}

/// The subject of a pushed OCI manifest.
pub(super) fn subject<'a>(request: &'a ParsedRequest<'_>) -> Option<Node<'a>> {
    manifest(request).filter(|(kind, _)| kind.is_oci()).and_then(|(_, root)| present(root, "subject"))
}

fn image<'a>(request: &'a ParsedRequest<'_>) -> Option<Node<'a>> {
    manifest(request).filter(|(kind, _)| kind.is_image()).map(|(_, root)| root)
}

pub(super) fn config<'a>(request: &'a ParsedRequest<'_>) -> Option<Node<'a>> {
    present(image(request)?, "config")
}

pub(super) fn layers<'a>(request: &'a ParsedRequest<'_>) -> Vec<Node<'a>> {
    let list = image(request).and_then(|root| present(root, ManifestKind::Image.list()));
    list.map(|list| list.elements().collect()).unwrap_or_default()
}

pub(super) fn media_type(descriptor: Option<Node<'_>>) -> Option<String> {
    Some(descriptor?.get("mediaType")?.text()?.into_owned())
}

/// The stored config of a pushed image manifest, if its media type is that of an image configuration.
fn config_content<'r>(request: &ParsedRequest<'_>, repository: &'r StoredRepository) -> Option<&'r [u8]> {
    let config = config(request)?;
    media_type(Some(config)).filter(|name| CONFIGS.contains(&name.as_str()))?;
    let digest = config.get("digest")?.text()?;
    repository.blobs.get(digest.as_ref()).map(AsRef::as_ref)
}

/// Whether the request completes the upload of an empty blob.
fn uploads_empty_blob(request: &ParsedRequest<'_>, _: &StoredRepository) -> bool {
    let is_upload = matches!(request.endpoint, Endpoint::Uploads | Endpoint::Upload(_));
    let digest = request.parameter("digest").filter(|_| is_upload);
    digest.is_some_and(|digest| digest == sha256(b"") || digest == sha512(b""))
}

pub(super) fn has_unknown_config(request: &ParsedRequest<'_>, _: &StoredRepository) -> bool {
    media_type(config(request)).is_some_and(|name| name != EMPTY && !CONFIGS.contains(&name.as_str()))
}

pub(super) fn has_empty_config(request: &ParsedRequest<'_>, _: &StoredRepository) -> bool {
    has_size_zero(config(request))
}

/// Whether the descriptor's size is 0.
pub(super) fn has_size_zero(descriptor: Option<Node<'_>>) -> bool {
    descriptor.and_then(|descriptor| descriptor.get("size")?.integer()) == Some(0)
}

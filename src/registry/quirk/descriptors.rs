//! Refusals of manifests by their descriptors and by the content of their config.

use super::documents::member;
use super::refusals::{
    EMPTY, config, descriptors, has, has_empty_config, has_size_zero, has_unknown_config, layers, media_type,
};
use super::{Act, DENIED, Quirk, Shows, UNREPORTED, fail, refuse};
use crate::json::{self, Node};
use crate::registry::request::ParsedRequest;
use crate::registry::storage::StoredRepository;

pub(super) const QUIRKS: &[Quirk] = &[
    Quirk {
        name: "denies-unknown-config-type",
        does: "answers 403 to an image manifest whose config does not have the media type of an image configuration",
        source: "oras#129, docker/roadmap#135",
        since: "2020",
        shows: Shows::Finding("rejects-valid", "config.mediaType=unknown"),
        act: Act::Refuse { when: has_unknown_config, with: DENIED },
    },
    Quirk {
        name: "fails-on-unknown-config-type",
        does: "answers 500 to an image manifest whose config does not have the media type of an image configuration",
        source: "harbor#10811",
        since: "2020",
        shows: Shows::Finding("server-error", "config.mediaType=unknown"),
        act: fail(has_unknown_config),
    },
    Quirk {
        name: "fails-on-empty-config",
        does: "answers 500 to an image manifest whose config has size 0",
        source: "harbor#21018; oras#260 (GitLab)",
        since: "2024",
        shows: Shows::Finding("server-error", "content.config=zero-bytes"),
        act: fail(has_empty_config),
    },
    Quirk {
        name: "refuses-empty-layer",
        does: "refuses an image manifest with a layer of size 0",
        source: "seed table, row harbor, a guess",
        since: "2023-02",
        shows: Shows::Finding("rejects-valid", "content.layers.0=zero-bytes;layers.0.mediaType=unknown"),
        act: refuse(|request, _| layers(request).into_iter().any(|layer| has_size_zero(Some(layer)))),
    },
    Quirk {
        name: "refuses-zstd-layer",
        does: "refuses an image manifest with a zstd-compressed layer",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("rejects-valid", "layers.0.mediaType=zstd"),
        act: refuse(|request, _| has_layer_of(request, "application/vnd.oci.image.layer.v1.tar+zstd")),
    },
    Quirk {
        name: "refuses-in-toto-layer",
        does: "refuses an image manifest with an in-toto layer",
        source: "attest-build-provenance#73, attest-build-provenance#606",
        since: "2024",
        shows: Shows::Finding("rejects-valid", "layers.0.mediaType=in-toto"),
        act: refuse(|request, _| has_layer_of(request, "application/vnd.in-toto+json")),
    },
    Quirk {
        name: "refuses-foreign-layer-without-urls",
        does: "refuses an image manifest with a non-distributable layer without `urls`",
        source: "pulp_container source",
        since: "2026",
        shows: Shows::Finding("rejects-valid", "layers.0.mediaType=nondistributable"),
        act: refuse(|request, _| {
            layers(request).into_iter().any(|layer| {
                let media_type = media_type(Some(layer)).unwrap_or_default();
                (media_type.contains(".nondistributable.") || media_type.contains(".foreign.")) && !has(layer, "urls")
            })
        }),
    },
    Quirk {
        name: "refuses-history-mismatch",
        does: "refuses an image manifest whose number of layers differs from that in the config's history",
        source: "distribution-spec#147; quay `manifest.py`",
        since: "2020",
        shows: Shows::Finding("rejects-valid", "content.config=history"),
        act: refuse(has_other_history),
    },
    Quirk {
        name: "refuses-null-config",
        does: "refuses an image manifest whose config is `null`",
        source: "singularity#5691, singularity#5951",
        since: "2021",
        shows: Shows::Finding("rejects-valid", "config.mediaType=unknown;content.config=null"),
        act: refuse(|request, repository| stored_config(request, repository).is_some_and(|bytes| bytes == b"null")),
    },
    Quirk {
        name: "requires-artifact-type-of-empty-config",
        does: "refuses an image manifest without artifactType whose config has the empty type in any letter case",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Nothing("the note is that on a media type of config with parameters, which is refused as well"),
        act: refuse(|request, _| {
            let is_empty = media_type(config(request)).is_some_and(|name| name.eq_ignore_ascii_case(EMPTY));
            is_empty && member(request, "artifactType").is_none()
        }),
    },
    Quirk {
        name: "fails-on-digest-traversal",
        does: "answers 500 if a digest contains `..`",
        source: "CVE-2024-3727, in clients",
        since: "2024-05",
        shows: Shows::Finding("server-error", "config.digest=traversal"),
        act: fail(|request, _| any_digest(request, |digest| digest.contains(".."))),
    },
    Quirk {
        name: "fails-on-fractional-size",
        does: "answers 500 if a size has a fraction",
        source: "gitea source",
        since: "2026",
        shows: Shows::Finding("server-error", "config.size=float"),
        act: fail(|request, _| {
            descriptors(request).into_iter().any(|descriptor| {
                descriptor.get("size").is_some_and(|size| size.is_number() && size.raw().contains(&b'.'))
            })
        }),
    },
];

fn has_layer_of(request: &ParsedRequest<'_>, wanted: &str) -> bool {
    layers(request).into_iter().any(|layer| media_type(Some(layer)).is_some_and(|name| name == wanted))
}

pub(super) fn any_digest(request: &ParsedRequest<'_>, predicate: impl Fn(&str) -> bool) -> bool {
    let digests = descriptors(request).into_iter().filter_map(|descriptor| descriptor.get("digest")?.text());
    digests.into_iter().any(|digest| predicate(&digest))
}

/// The stored config of a pushed image manifest, whatever its media type.
fn stored_config<'r>(request: &ParsedRequest<'_>, repository: &'r StoredRepository) -> Option<&'r [u8]> {
    let digest = config(request)?.get("digest")?.text()?;
    repository.blobs.get(digest.as_ref()).map(AsRef::as_ref)
}

/// Whether the config's history lists a different number of layers than the manifest has; false without a history.
fn has_other_history(request: &ParsedRequest<'_>, repository: &StoredRepository) -> bool {
    let Some(content) = stored_config(request, repository).and_then(|bytes| json::read(bytes).ok()) else {
        return false;
    };
    let Some(history) = content.root().get("history").filter(|history| history.is_array()) else { return false };
    let is_layer = |entry: &Node<'_>| entry.get("empty_layer").is_none_or(|empty| empty.raw() != b"true");
    history.elements().filter(is_layer).count() != layers(request).len()
}

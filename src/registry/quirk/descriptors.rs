//! Refusals of manifests by what their descriptors say, and by the content of their config.

use super::refusals::{
    config, descriptors, has, has_empty_config, has_no_bytes, has_unknown_config, layers, media_type, subject,
};
use super::{Act, DENIED, Quirk, Shows, UNREPORTED, With, fail, refuse};
use crate::json::{self, Node};
use crate::registry::digest::{Algorithm, algorithm};
use crate::registry::request::Asked;
use crate::registry::storage::Repository;

pub(super) const QUIRKS: &[Quirk] = &[
    Quirk {
        name: "denies-unknown-config-type",
        does: "answers 403 to an image manifest whose config is no image configuration by its media type",
        source: "oras#129, docker/roadmap#135",
        since: "2020",
        shows: Shows::Finding("rejects-valid", "config.mediaType=unknown"),
        act: Act::Refuse { when: has_unknown_config, with: DENIED },
    },
    Quirk {
        name: "fails-on-unknown-config-type",
        does: "answers 500 to an image manifest whose config is no image configuration by its media type",
        source: "harbor#10811",
        since: "2020",
        shows: Shows::Finding("server-error", "config.mediaType=unknown"),
        act: fail(has_unknown_config),
    },
    Quirk {
        name: "fails-on-empty-config",
        does: "answers 500 to an image manifest whose config has the size 0",
        source: "harbor#21018; oras#260, of GitLab",
        since: "2024",
        shows: Shows::Finding("server-error", "content.config=zero-bytes"),
        act: fail(has_empty_config),
    },
    Quirk {
        name: "refuses-empty-layer",
        does: "refuses an image manifest with a layer of the size 0",
        source: "seed table, row harbor, a guess",
        since: "2023-02",
        shows: Shows::Finding("rejects-valid", "content.layers.0=zero-bytes;layers.0.mediaType=unknown"),
        act: refuse(|asked, _| layers(asked).into_iter().any(|layer| has_no_bytes(Some(layer)))),
    },
    Quirk {
        name: "refuses-zstd-layer",
        does: "refuses an image manifest with a layer under zstd",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("rejects-valid", "layers.0.mediaType=zstd"),
        act: refuse(|asked, _| has_layer_of(asked, "application/vnd.oci.image.layer.v1.tar+zstd")),
    },
    Quirk {
        name: "refuses-in-toto-layer",
        does: "refuses an image manifest with a layer of in-toto",
        source: "attest-build-provenance#73, attest-build-provenance#606",
        since: "2024",
        shows: Shows::Finding("rejects-valid", "layers.0.mediaType=in-toto"),
        act: refuse(|asked, _| has_layer_of(asked, "application/vnd.in-toto+json")),
    },
    Quirk {
        name: "refuses-foreign-layer-without-urls",
        does: "refuses an image manifest with a layer that may not be distributed and has no `urls`",
        source: "pulp_container, as read in its source",
        since: "2026",
        shows: Shows::Finding("rejects-valid", "layers.0.mediaType=nondistributable"),
        act: refuse(|asked, _| {
            layers(asked).into_iter().any(|layer| {
                let own = media_type(Some(layer)).unwrap_or_default();
                (own.contains(".nondistributable.") || own.contains(".foreign.")) && !has(layer, "urls")
            })
        }),
    },
    Quirk {
        name: "refuses-history-mismatch",
        does: "refuses an image manifest whose config counts other layers in its history",
        source: "distribution-spec#147; quay `manifest.py`",
        since: "2020",
        shows: Shows::Finding("rejects-valid", "content.config=history"),
        act: refuse(has_other_history),
    },
    Quirk {
        name: "refuses-null-config",
        does: "refuses an image manifest whose config is the JSON value null",
        source: "singularity#5691, singularity#5951",
        since: "2021",
        shows: Shows::Finding("rejects-valid", "config.mediaType=unknown;content.config=null"),
        act: refuse(|asked, repository| stored_config(asked, repository).is_some_and(|bytes| bytes == b"null")),
    },
    Quirk {
        name: "refuses-unknown-algorithm",
        does: "calls a manifest invalid whose digests have an algorithm that it does not know",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("wrong-code", "config.digest=unknown-algorithm"),
        act: Act::Refuse {
            when: |asked, _| any_digest(asked, |digest| algorithm(digest) == Some(Algorithm::Unknown)),
            with: With::Error(400, "DIGEST_INVALID", "unsupported digest algorithm"),
        },
    },
    Quirk {
        name: "refuses-unknown-subject-algorithm",
        does: "calls a manifest invalid whose subject has a digest of an algorithm that it does not know",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("rejects-valid", "subject=present;subject.digest=unknown-algorithm"),
        act: Act::Refuse {
            when: |asked, _| {
                let digest = subject(asked).and_then(|subject| subject.get("digest")).and_then(Node::text);
                digest.is_some_and(|digest| algorithm(&digest) == Some(Algorithm::Unknown))
            },
            with: With::Error(400, "DIGEST_INVALID", "unsupported digest algorithm"),
        },
    },
    Quirk {
        name: "fails-on-digest-traversal",
        does: "answers 500 where a digest holds a path",
        source: "CVE-2024-3727, there of clients",
        since: "2024-05",
        shows: Shows::Finding("server-error", "config.digest=traversal"),
        act: fail(|asked, _| any_digest(asked, |digest| digest.contains(".."))),
    },
    Quirk {
        name: "fails-on-fractional-size",
        does: "answers 500 where a size is written with a fraction",
        source: "gitea, as read in its source",
        since: "2026",
        shows: Shows::Finding("server-error", "config.size=float"),
        act: fail(|asked, _| {
            descriptors(asked).into_iter().any(|descriptor| {
                descriptor.get("size").is_some_and(|size| size.is_number() && size.raw().contains(&b'.'))
            })
        }),
    },
];

fn has_layer_of(asked: &Asked<'_>, wanted: &str) -> bool {
    layers(asked).into_iter().any(|layer| media_type(Some(layer)).is_some_and(|own| own == wanted))
}

fn any_digest(asked: &Asked<'_>, is: impl Fn(&str) -> bool) -> bool {
    let digests = descriptors(asked).into_iter().filter_map(|descriptor| descriptor.get("digest")?.text());
    digests.into_iter().any(|digest| is(&digest))
}

/// The stored config of a pushed image manifest, whatever its type.
fn stored_config<'r>(asked: &Asked<'_>, repository: &'r Repository) -> Option<&'r [u8]> {
    let digest = config(asked)?.get("digest")?.text()?;
    repository.blobs.get(digest.as_ref()).map(AsRef::as_ref)
}

/// Whether the history counts another number of layers than the manifest has; without a history nothing is counted.
fn has_other_history(asked: &Asked<'_>, repository: &Repository) -> bool {
    let Some(content) = stored_config(asked, repository).and_then(|bytes| json::read(bytes).ok()) else { return false };
    let Some(history) = content.root().get("history").filter(|history| history.is_array()) else { return false };
    let is_layer = |entry: &Node<'_>| entry.get("empty_layer").is_none_or(|empty| empty.raw() != b"true");
    history.elements().filter(is_layer).count() != layers(asked).len()
}

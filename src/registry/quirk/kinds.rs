//! Refusals by kind, of indexes by their children, and of malformed JSON.

use super::documents::manifest;
use super::{Act, Quirk, Shows, With, fail, refuse};
use crate::json::Node;
use crate::registry::present::has_manifest_type;
use crate::registry::pushed::{ManifestKind, content, present};
use crate::registry::request::ParsedRequest;

pub(super) const QUIRKS: &[Quirk] = &[
    Quirk {
        name: "refuses-absent-media-type",
        does: "refuses a document without `mediaType`",
        source: "serverless-registry source",
        since: "2026",
        shows: Shows::Finding("rejects-valid", "mediaType=absent"),
        act: refuse(|request, _| manifest(request).is_some_and(|(_, root)| present(root, "mediaType").is_none())),
    },
    Quirk {
        name: "fails-on-schema-version",
        does: "answers 500 if `schemaVersion` is absent or an integer other than 2",
        source: "source of distribution, as used by harbor",
        since: "2026",
        shows: Shows::Finding("server-error", "schemaVersion=absent"),
        act: fail(|request, _| {
            let version = manifest(request).map(|(kind, root)| (kind, root.get("schemaVersion")));
            version.is_some_and(|(kind, version)| {
                let is_two = version.is_some_and(|version| version.integer().is_none_or(|number| number == 2));
                kind != ManifestKind::Artifact && !is_two
            })
        }),
    },
    Quirk {
        name: "refuses-artifact-manifest",
        does: "refuses the artifact manifest of the image-spec 1.1 release candidates",
        source: "oras#557, gitea#25846",
        since: "2022-09",
        shows: Shows::Nothing("the artifact manifest is not part of any image-spec release"),
        act: refuse(|request, _| manifest(request).is_some_and(|(kind, _)| kind == ManifestKind::Artifact)),
    },
    Quirk {
        name: "refuses-nested-index",
        does: "refuses an index with a child that is an index",
        source: "rules_oci#241; gitea source",
        since: "2023",
        shows: Shows::Finding("rejects-valid", "content.manifests.0=index;kind=index"),
        act: refuse(|request, _| {
            children(request).iter().any(|child| {
                let own = child.get("mediaType").and_then(Node::text);
                own.and_then(|own| ManifestKind::of(&own)).is_some_and(ManifestKind::is_list)
            })
        }),
    },
    Quirk {
        name: "refuses-child-without-platform",
        does: "refuses an index with a child without `platform`",
        source: "serverless-registry, for Docker manifest lists only",
        since: "2026",
        shows: Shows::Finding("rejects-valid", "kind=index;manifests.0.platform=absent"),
        act: refuse(|request, _| lacks_platform(request)),
    },
    Quirk {
        name: "drops-child-without-platform",
        does: "closes the connection when an index has a child without `platform`",
        source: "distribution#4804",
        since: "2026-03-02",
        shows: Shows::Finding("dropped", "kind=index;manifests.0.platform=absent"),
        act: Act::Refuse { when: |request, _| lacks_platform(request), with: With::Drop },
    },
    Quirk {
        name: "refuses-child-that-is-no-manifest",
        does: "refuses an index with a child whose media type is not that of a manifest",
        source: "containers-roadmap#876, gitea#28973",
        since: "2021",
        shows: Shows::Finding("rejects-valid", "kind=index;manifests.0.mediaType=unknown"),
        act: refuse(|request, _| {
            children(request).iter().any(|child| present(*child, "mediaType").is_some() && !has_manifest_type(*child))
        }),
    },
    Quirk {
        name: "fails-on-malformed-json",
        does: "answers 500 to a manifest push whose body does not start with a JSON object",
        source: "gitea and pulp_container source",
        since: "2026",
        shows: Shows::Finding("server-error", "text.syntax=trailing-comma"),
        act: fail(|request, _| {
            let first = request.pushed.as_ref().map(|pushed| pushed.first());
            first.is_some_and(|first| first.is_none_or(|first| !first.is_object()))
        }),
    },
    Quirk {
        name: "fails-on-trailing-bytes",
        does: "answers 500 to a manifest push with trailing bytes after the JSON object",
        source: "pulp_container source",
        since: "2026",
        shows: Shows::Finding("server-error", "text.after=garbage"),
        act: fail(|request, _| {
            let pushed = request.pushed.as_ref().filter(|pushed| pushed.document().is_err());
            pushed.and_then(|pushed| pushed.first()).is_some_and(|first| first.is_object())
        }),
    },
    Quirk {
        name: "fails-on-index",
        does: "answers 500 to an image index",
        source: "gitea#31964",
        since: "2024",
        shows: Shows::Finding("server-error", "kind=index"),
        act: fail(|request, _| is_kind(request, ManifestKind::Index)),
    },
    Quirk {
        name: "refuses-index",
        does: "refuses image indexes",
        source: "containers-roadmap#505, containers-roadmap#699",
        since: "2018",
        shows: Shows::Finding("rejects-valid", "kind=index"),
        act: Act::Refuse {
            when: |request, _| is_kind(request, ManifestKind::Index),
            with: With::Error(405, "UNSUPPORTED", "Unsupported manifest type"),
        },
    },
    Quirk {
        name: "refuses-docker-kinds",
        does: "refuses Docker manifests and manifest lists",
        source: "zot#724, zot#1385",
        since: "2023",
        shows: Shows::Nothing("no specification requires accepting Docker manifests or manifest lists"),
        act: Act::Refuse {
            when: |request, _| {
                is_kind(request, ManifestKind::DockerImage) || is_kind(request, ManifestKind::DockerList)
            },
            with: With::Error(415, "MANIFEST_INVALID", "manifest invalid"),
        },
    },
    Quirk {
        name: "fails-on-artifact-manifest",
        does: "answers 501 to the artifact manifest of the image-spec 1.1 release candidates",
        source: "gitea#25846",
        since: "2023-07",
        shows: Shows::Finding("server-error", "kind=artifact"),
        act: Act::Refuse {
            when: |request, _| is_kind(request, ManifestKind::Artifact),
            with: With::Error(501, "UNSUPPORTED", "not implemented"),
        },
    },
    Quirk {
        name: "drops-subject-annotation",
        does: "closes the connection when a child has the annotation `io.containerd.manifest.subject`",
        source: "CVE-2026-95839, in a client",
        since: "2026-11-16",
        shows: Shows::Finding("dropped", "kind=index;manifests.0.annotations=subject-key"),
        act: Act::Refuse {
            when: |request, _| {
                children(request).iter().any(|child| {
                    let all = present(*child, "annotations");
                    all.is_some_and(|all| all.get("io.containerd.manifest.subject").is_some())
                })
            },
            with: With::Drop,
        },
    },
    Quirk {
        name: "keeps-refused-index",
        does: "refuses an index with a missing child but stores the index",
        source: "harbor `controller/artifact/manifest/index.go`, for a child missing only from its database",
        since: "2026",
        shows: Shows::Finding("residue", "facts.manifests.0=missing;kind=index"),
        act: Act::RefuseButStore {
            when: |request, repository| {
                children(request).iter().any(|child| {
                    let digest = child.get("digest").and_then(Node::text);
                    digest.is_some_and(|digest| {
                        repository.manifest(&digest).is_none() && !repository.blobs.contains_key(&*digest)
                    })
                })
            },
            with: With::Error(404, "MANIFEST_BLOB_UNKNOWN", "manifest blob unknown to registry"),
        },
    },
];

/// The children of a pushed index; elements that are not objects are skipped.
pub(super) fn children<'a>(request: &'a ParsedRequest<'_>) -> Vec<Node<'a>> {
    let Some((kind, root)) = manifest(request).filter(|(kind, _)| kind.is_list()) else { return Vec::new() };
    content(kind, root).into_iter().map(|(_, child)| child).filter(|child| child.is_object()).collect()
}

fn lacks_platform(request: &ParsedRequest<'_>) -> bool {
    children(request).iter().any(|child| present(*child, "platform").is_none())
}

fn is_kind(request: &ParsedRequest<'_>, wanted: ManifestKind) -> bool {
    manifest(request).is_some_and(|(kind, _)| kind == wanted)
}

//! Refusals of documents by the members that they have or lack.

use super::{Act, Quirk, UNREPORTED, When, With};
use crate::json::Node;
use crate::registry::present::names_manifest;
use crate::registry::pushed::{Kind, content, present};
use crate::registry::request::Asked;

pub(super) const QUIRKS: &[Quirk] = &[
    Quirk {
        name: "refuses-empty-layers",
        does: "refuses an image manifest whose `layers` is an empty array",
        source: "seed table, rows ecr and gcr",
        since: "2023-02",
        act: refuse(|asked, _| {
            layers(asked).is_some_and(|layers| layers.is_some_and(|list| list.is_array() && list.is_empty()))
        }),
    },
    Quirk {
        name: "refuses-absent-layers",
        does: "refuses an image manifest without `layers`",
        source: "seed table, rows ecr, gcr and quay",
        since: "2023-02",
        act: refuse(|asked, _| layers(asked).is_some_and(|layers| layers.is_none())),
    },
    Quirk {
        name: "refuses-several-layers",
        does: "refuses an image manifest with more than one layer",
        source: UNREPORTED,
        since: "2026-11",
        act: refuse(|asked, _| layers(asked).flatten().is_some_and(|list| list.elements().nth(1).is_some())),
    },
    Quirk {
        name: "refuses-absent-config",
        does: "refuses an image manifest without `config`, with an answer of its own",
        source: "seed table, column no-config",
        since: "2023-02",
        act: refuse(|asked, _| lacks_config(asked)),
    },
    Quirk {
        name: "keeps-refused-without-config",
        does: "refuses an image manifest without `config`, and stores it all the same",
        source: "harbor `controller/artifact/manifest/index.go`, there of an index whose child its database lacks",
        since: "2026",
        act: Act::RefuseButStore {
            when: |asked, _| lacks_config(asked),
            with: With::Error(400, "MANIFEST_INVALID", "manifest invalid"),
        },
    },
    Quirk {
        name: "refuses-artifact-type",
        does: "refuses a manifest with `artifactType`",
        source: "GitLab container-registry#1135, ocx#480",
        since: "2026-09-16",
        act: refuse(|asked, _| member(asked, "artifactType").is_some()),
    },
    Quirk {
        name: "refuses-artifact-type-with-subject",
        does: "refuses a manifest that has both `artifactType` and `subject`",
        source: "containers-roadmap#2783",
        since: "2026-03",
        act: Act::Refuse {
            when: |asked, _| member(asked, "artifactType").is_some() && member(asked, "subject").is_some(),
            with: With::Error(405, "UNSUPPORTED", "Invalid parameter at 'ImageManifest'"),
        },
    },
    Quirk {
        name: "refuses-subject",
        does: "refuses a manifest with `subject`",
        source: "oras#666",
        since: "2022-11",
        act: Act::Refuse {
            when: |asked, _| member(asked, "subject").is_some(),
            with: With::Error(400, "MANIFEST_BLOB_UNKNOWN", "manifest blob unknown to registry"),
        },
    },
    Quirk {
        name: "denies-subject",
        does: "answers the push of a manifest with `subject` with 403",
        source: "oras#129, there of an unknown config media type",
        since: "2020",
        act: Act::Refuse {
            when: |asked, _| member(asked, "subject").is_some(),
            with: With::Error(403, "DENIED", "requested access to the resource is denied"),
        },
    },
    Quirk {
        name: "refuses-missing-subject",
        does: "refuses a manifest whose subject is not stored",
        source: "serverless-registry `r2.ts`; buildkit#6171, buildkit#7007",
        since: "2026-08-01",
        act: Act::Refuse {
            when: |asked, repository| {
                let digest = member(asked, "subject").and_then(|subject| subject.get("digest"));
                digest.and_then(Node::text).is_some_and(|digest| repository.manifest(&digest).is_none())
            },
            with: With::Error(400, "BLOB_UNKNOWN", "blob unknown to registry"),
        },
    },
    Quirk {
        name: "refuses-annotations",
        does: "refuses a manifest with `annotations`",
        source: UNREPORTED,
        since: "2026-11",
        act: refuse(|asked, _| member(asked, "annotations").is_some()),
    },
    Quirk {
        name: "refuses-unknown-member",
        does: "refuses a document with a top-level member that image-spec does not name",
        source: UNREPORTED,
        since: "2026-11",
        act: refuse(|asked, _| {
            let known = [
                "schemaVersion",
                "mediaType",
                "artifactType",
                "config",
                "layers",
                "manifests",
                "blobs",
                "subject",
                "annotations",
            ];
            let name = |key: Node<'_>| key.text().is_some_and(|text| known.contains(&text.as_ref()));
            manifest(asked).is_some_and(|(_, root)| root.members().any(|(key, _)| !name(key)))
        }),
    },
    Quirk {
        name: "refuses-absent-media-type",
        does: "refuses a document without its own `mediaType`",
        source: "serverless-registry, as read in its source",
        since: "2026",
        act: refuse(|asked, _| manifest(asked).is_some_and(|(_, root)| present(root, "mediaType").is_none())),
    },
    Quirk {
        name: "fails-on-schema-version",
        does: "answers 500 where `schemaVersion` is absent or another integer than 2",
        source: "distribution, as read in its source behind harbor",
        since: "2026",
        act: Act::Refuse {
            when: |asked, _| {
                let version = manifest(asked).map(|(kind, root)| (kind, root.get("schemaVersion")));
                version.is_some_and(|(kind, version)| {
                    let is_two = version.is_some_and(|version| version.integer().is_none_or(|number| number == 2));
                    kind != Kind::Artifact && !is_two
                })
            },
            with: With::Error(500, "UNKNOWN", "unknown error"),
        },
    },
    Quirk {
        name: "refuses-artifact-manifest",
        does: "refuses the artifact manifest of the image-spec 1.1 release candidates",
        source: "oras#557, gitea#25846",
        since: "2022-09",
        act: refuse(|asked, _| manifest(asked).is_some_and(|(kind, _)| kind == Kind::Artifact)),
    },
    Quirk {
        name: "refuses-nested-index",
        does: "refuses an index with a child that is an index",
        source: "rules_oci#241; gitea, as read in its source",
        since: "2023",
        act: refuse(|asked, _| {
            children(asked).iter().any(|child| {
                let own = child.get("mediaType").and_then(Node::text);
                own.and_then(|own| Kind::of(&own)).is_some_and(Kind::is_list)
            })
        }),
    },
    Quirk {
        name: "refuses-child-without-platform",
        does: "refuses an index with a child that has no `platform`",
        source: "serverless-registry, of Docker manifest lists",
        since: "2026",
        act: refuse(|asked, _| lacks_platform(asked)),
    },
    Quirk {
        name: "drops-child-without-platform",
        does: "closes the connection on an index with a child that has no `platform`",
        source: "distribution#4804",
        since: "2026-03-02",
        act: Act::Refuse { when: |asked, _| lacks_platform(asked), with: With::Drop },
    },
    Quirk {
        name: "refuses-child-that-is-no-manifest",
        does: "refuses an index with a child whose media type is no manifest's",
        source: "containers-roadmap#876, gitea#28973",
        since: "2021",
        act: refuse(|asked, _| {
            children(asked).iter().any(|child| present(*child, "mediaType").is_some() && !names_manifest(*child))
        }),
    },
];

/// A refusal with the usual answer.
pub(super) const fn refuse(when: When) -> Act {
    Act::Refuse { when, with: With::Error(400, "MANIFEST_INVALID", "manifest invalid") }
}

/// A pushed object whose kind is known.
pub(super) fn manifest<'a>(asked: &'a Asked<'_>) -> Option<(Kind, Node<'a>)> {
    asked.pushed.as_ref()?.manifest()
}

/// A member, not null, of a pushed manifest of a kind that has it.
fn member<'a>(asked: &'a Asked<'_>, name: &str) -> Option<Node<'a>> {
    manifest(asked).filter(|(kind, _)| kind.is_oci()).and_then(|(_, root)| present(root, name))
}

/// The `layers` of a pushed image manifest: `None` for other requests, `Some(None)` where there are none.
fn layers<'a>(asked: &'a Asked<'_>) -> Option<Option<Node<'a>>> {
    manifest(asked).filter(|(kind, _)| kind.is_image()).map(|(_, root)| present(root, "layers"))
}

fn lacks_config(asked: &Asked<'_>) -> bool {
    manifest(asked).is_some_and(|(kind, root)| kind.is_image() && present(root, "config").is_none())
}

/// The children of a pushed index that are objects.
fn children<'a>(asked: &'a Asked<'_>) -> Vec<Node<'a>> {
    let Some((kind, root)) = manifest(asked).filter(|(kind, _)| kind.is_list()) else { return Vec::new() };
    content(kind, root).into_iter().map(|(_, child)| child).filter(|child| child.is_object()).collect()
}

fn lacks_platform(asked: &Asked<'_>) -> bool {
    children(asked).iter().any(|child| present(*child, "platform").is_none())
}

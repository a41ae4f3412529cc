//! Refusals of documents by their members.

use super::{Act, DENIED, Quirk, Shows, UNREPORTED, With, fail, refuse};
use crate::json::Node;
use crate::registry::pushed::{ManifestKind, present};
use crate::registry::request::ParsedRequest;
use crate::registry::storage::StoredRepository;

/// The top-level members defined by image-spec.
const KNOWN: &[&str] =
    &["schemaVersion", "mediaType", "artifactType", "config", "layers", "manifests", "blobs", "subject", "annotations"];

pub(super) const QUIRKS: &[Quirk] = &[
    Quirk {
        name: "refuses-empty-layers",
        does: "refuses an image manifest whose `layers` is an empty array",
        source: "seed table, rows ecr and gcr",
        since: "2023-02",
        shows: Shows::Finding("ambiguous", "layers=empty"),
        act: refuse(has_empty_layers),
    },
    Quirk {
        name: "refuses-absent-layers",
        does: "refuses an image manifest without `layers`",
        source: "seed table, rows ecr, gcr and quay",
        since: "2023-02",
        shows: Shows::Finding("ambiguous", "layers=absent"),
        act: refuse(|request, _| layers(request).is_some_and(|layers| layers.is_none())),
    },
    Quirk {
        name: "refuses-several-layers",
        does: "refuses an image manifest with more than one layer",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("rejects-valid", "layers=two"),
        act: refuse(|request, _| layers(request).flatten().is_some_and(|list| list.elements().nth(1).is_some())),
    },
    Quirk {
        name: "refuses-absent-config",
        does: "refuses an image manifest without `config`, with its own status and code",
        source: "seed table, column no-config",
        since: "2023-02",
        shows: Shows::Nothing(
            "a manifest without config is invalid, and no specification defines how a registry must refuse it",
        ),
        act: refuse(|request, _| lacks_config(request)),
    },
    Quirk {
        name: "keeps-refused-without-config",
        does: "refuses an image manifest without `config` but stores it",
        source: "harbor `controller/artifact/manifest/index.go`, for an index with a child missing from its database",
        since: "2026",
        shows: Shows::Finding("residue", "config=absent"),
        act: Act::RefuseButStore {
            when: |request, _| lacks_config(request),
            with: With::Error(400, "MANIFEST_INVALID", "manifest invalid"),
        },
    },
    Quirk {
        name: "refuses-artifact-type",
        does: "refuses a manifest with `artifactType`",
        source: "GitLab container-registry#1135, ocx#480",
        since: "2026-09-16",
        shows: Shows::Finding("rejects-valid", "artifactType=present"),
        act: refuse(|request, _| member(request, "artifactType").is_some()),
    },
    Quirk {
        name: "refuses-artifact-type-with-subject",
        does: "refuses a manifest with both `artifactType` and `subject`",
        source: "containers-roadmap#2783",
        since: "2026-03",
        shows: Shows::Finding("rejects-valid", "artifactType=present;subject=present"),
        act: Act::Refuse {
            when: |request, _| member(request, "artifactType").is_some() && member(request, "subject").is_some(),
            with: With::Error(405, "UNSUPPORTED", "Invalid parameter at 'ImageManifest'"),
        },
    },
    Quirk {
        name: "refuses-subject",
        does: "refuses a manifest with `subject`",
        source: "oras#666",
        since: "2022-11",
        shows: Shows::Finding("rejects-valid", "subject=present"),
        act: Act::Refuse {
            when: |request, _| member(request, "subject").is_some(),
            with: With::Error(400, "MANIFEST_BLOB_UNKNOWN", "manifest blob unknown to registry"),
        },
    },
    Quirk {
        name: "denies-subject",
        does: "answers 403 to the push of a manifest with `subject`",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("rejects-valid", "subject=present"),
        act: Act::Refuse { when: |request, _| member(request, "subject").is_some(), with: DENIED },
    },
    Quirk {
        name: "refuses-missing-subject",
        does: "refuses a manifest whose subject is not stored",
        source: "serverless-registry `r2.ts`; buildkit#6171, buildkit#7007",
        since: "2026-08-01",
        shows: Shows::Finding("rejects-valid", "facts.subject=missing;subject=present"),
        act: Act::Refuse { when: lacks_subject, with: With::Error(400, "BLOB_UNKNOWN", "blob unknown to registry") },
    },
    Quirk {
        name: "refuses-annotations",
        does: "refuses a manifest with `annotations`",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("rejects-valid", "annotations=one"),
        act: refuse(|request, _| member(request, "annotations").is_some()),
    },
    Quirk {
        name: "refuses-unknown-member",
        does: "refuses a document with a top-level member that image-spec does not define",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("rejects-valid", "unknown.member=text"),
        act: refuse(|request, _| {
            manifest(request).is_some_and(|(_, root)| {
                root.members().any(|(key, _)| key.text().is_none_or(|text| !KNOWN.contains(&text.as_ref())))
            })
        }),
    },
    Quirk {
        name: "fails-on-empty-layers",
        does: "answers 500 to an image manifest whose `layers` is an empty array",
        source: "pulp_container#853, pulp_container#866",
        since: "2022",
        shows: Shows::Finding("server-error", "layers=empty"),
        act: fail(has_empty_layers),
    },
    Quirk {
        name: "fails-on-missing-subject",
        does: "answers 500 to a manifest whose subject is not stored",
        source: "zot#1424",
        since: "2023",
        shows: Shows::Finding("server-error", "facts.subject=missing;subject=present"),
        act: fail(lacks_subject),
    },
    Quirk {
        name: "refuses-above-100-layers",
        does: "refuses an image manifest with more than 100 layers",
        source: "GitLab container-registry, merge requests 788 and 818; the exact limit is a guess",
        since: "2021",
        shows: Shows::Finding("rejects-valid", "layers=count(101)"),
        act: refuse(|request, _| layers(request).flatten().is_some_and(|list| list.elements().nth(100).is_some())),
    },
    Quirk {
        name: "refuses-null-members",
        does: "refuses a document in which an optional member is null",
        source: "serverless-registry source",
        since: "2026",
        shows: Shows::Finding("ambiguous", "mediaType=null"),
        act: refuse(|request, _| {
            manifest(request).is_some_and(|(_, root)| {
                ["mediaType", "artifactType", "subject", "annotations"]
                    .iter()
                    .any(|name| root.get(name).is_some_and(Node::is_null))
            })
        }),
    },
    Quirk {
        name: "refuses-media-type-in-another-case",
        does: "refuses a document with a member such as `MediaType` whose value differs from that of `mediaType`",
        source: "docker-registry 2.8.2; Go's JSON decoder, which matches keys case-insensitively",
        since: "2026-11-24",
        shows: Shows::Finding("rejects-valid", "confusion.case=type-beside"),
        act: refuse(|request, _| {
            manifest(request).is_some_and(|(_, root)| {
                let media_type = root.get("mediaType").map(Node::raw);
                let is_variant = |name: &str| name != "mediaType" && name.eq_ignore_ascii_case("mediaType");
                root.members().any(|(key, value)| {
                    key.text().is_some_and(|name| is_variant(&name)) && media_type != Some(value.raw())
                })
            })
        }),
    },
    Quirk {
        name: "fails-on-folded-case",
        does: "answers 500 if a key equals a known one only after Unicode case folding",
        source: "docker-registry 2.8.2, which treats U+017F as `s`",
        since: "2026-11-24",
        shows: Shows::Finding("server-error", "confusion.case=long-s"),
        act: fail(|request, _| {
            any_key(request, |name| name.contains('\u{17f}') && KNOWN.contains(&&*name.replace('\u{17f}', "s")))
        }),
    },
    Quirk {
        name: "fails-on-annotation-types",
        does: "answers 500 to a manifest with annotation values that are not strings",
        source: "gitea source",
        since: "2026",
        shows: Shows::Finding("server-error", "annotations=number-value"),
        act: fail(|request, _| {
            member(request, "annotations").is_some_and(|all| all.members().any(|(_, value)| !value.is_string()))
        }),
    },
];

/// The pushed document, if it is an object and its kind is known.
pub(super) fn manifest<'a>(request: &'a ParsedRequest<'_>) -> Option<(ManifestKind, Node<'a>)> {
    request.pushed.as_ref()?.manifest()
}

/// A member of a pushed OCI manifest, if present and not null.
pub(super) fn member<'a>(request: &'a ParsedRequest<'_>, name: &str) -> Option<Node<'a>> {
    manifest(request).filter(|(kind, _)| kind.is_oci()).and_then(|(_, root)| present(root, name))
}

/// The `layers` of a pushed image manifest: `None` for any other request, `Some(None)` if the member is absent.
fn layers<'a>(request: &'a ParsedRequest<'_>) -> Option<Option<Node<'a>>> {
    manifest(request).filter(|(kind, _)| kind.is_image()).map(|(_, root)| present(root, "layers"))
}

fn has_empty_layers(request: &ParsedRequest<'_>, _: &StoredRepository) -> bool {
    layers(request).flatten().is_some_and(|list| list.is_array() && list.is_empty())
}

fn lacks_config(request: &ParsedRequest<'_>) -> bool {
    manifest(request).is_some_and(|(kind, root)| kind.is_image() && present(root, "config").is_none())
}

fn lacks_subject(request: &ParsedRequest<'_>, repository: &StoredRepository) -> bool {
    let digest = member(request, "subject").and_then(|subject| subject.get("digest"));
    digest.and_then(Node::text).is_some_and(|digest| repository.manifest(&digest).is_none())
}

/// Whether any top-level key of a pushed manifest satisfies the predicate.
fn any_key(request: &ParsedRequest<'_>, predicate: impl Fn(&str) -> bool) -> bool {
    manifest(request)
        .is_some_and(|(_, root)| root.members().any(|(key, _)| key.text().is_some_and(|text| predicate(&text))))
}

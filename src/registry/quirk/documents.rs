//! Refusals of documents by the members that they have or lack.

use super::{Act, DENIED, Quirk, Shows, UNREPORTED, With, fail, refuse};
use crate::json::Node;
use crate::registry::pushed::{ManifestKind, present};
use crate::registry::request::Asked;
use crate::registry::storage::Repository;

/// The members that image-spec names.
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
        act: refuse(|asked, _| layers(asked).is_some_and(|layers| layers.is_none())),
    },
    Quirk {
        name: "refuses-several-layers",
        does: "refuses an image manifest with more than one layer",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("rejects-valid", "layers=two"),
        act: refuse(|asked, _| layers(asked).flatten().is_some_and(|list| list.elements().nth(1).is_some())),
    },
    Quirk {
        name: "refuses-absent-config",
        does: "refuses an image manifest without `config`, with an answer of its own",
        source: "seed table, column no-config",
        since: "2023-02",
        shows: Shows::Nothing(
            "an absent config breaks a MUST of its author, and no registry is obliged to say so in one way",
        ),
        act: refuse(|asked, _| lacks_config(asked)),
    },
    Quirk {
        name: "keeps-refused-without-config",
        does: "refuses an image manifest without `config`, and stores it all the same",
        source: "harbor `controller/artifact/manifest/index.go`, there of an index whose child its database lacks",
        since: "2026",
        shows: Shows::Finding("residue", "config=absent"),
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
        shows: Shows::Finding("rejects-valid", "artifactType=present"),
        act: refuse(|asked, _| member(asked, "artifactType").is_some()),
    },
    Quirk {
        name: "refuses-artifact-type-with-subject",
        does: "refuses a manifest that has both `artifactType` and `subject`",
        source: "containers-roadmap#2783",
        since: "2026-03",
        shows: Shows::Finding("rejects-valid", "artifactType=present;subject=present"),
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
        shows: Shows::Finding("rejects-valid", "subject=present"),
        act: Act::Refuse {
            when: |asked, _| member(asked, "subject").is_some(),
            with: With::Error(400, "MANIFEST_BLOB_UNKNOWN", "manifest blob unknown to registry"),
        },
    },
    Quirk {
        name: "denies-subject",
        does: "answers the push of a manifest with `subject` with 403",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("rejects-valid", "subject=present"),
        act: Act::Refuse { when: |asked, _| member(asked, "subject").is_some(), with: DENIED },
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
        act: refuse(|asked, _| member(asked, "annotations").is_some()),
    },
    Quirk {
        name: "refuses-unknown-member",
        does: "refuses a document with a top-level member that image-spec does not name",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("rejects-valid", "unknown.member=text"),
        act: refuse(|asked, _| {
            manifest(asked).is_some_and(|(_, root)| {
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
        source: "GitLab container-registry, merge requests 788 and 818: a limit on references; the number is ours",
        since: "2021",
        shows: Shows::Finding("rejects-valid", "layers=count(101)"),
        act: refuse(|asked, _| layers(asked).flatten().is_some_and(|list| list.elements().nth(100).is_some())),
    },
    Quirk {
        name: "refuses-null-members",
        does: "refuses a document in which an optional member is null",
        source: "serverless-registry, as read in its source",
        since: "2026",
        shows: Shows::Finding("ambiguous", "annotations=null"),
        act: refuse(|asked, _| {
            manifest(asked).is_some_and(|(_, root)| {
                ["mediaType", "artifactType", "subject", "annotations"]
                    .iter()
                    .any(|name| root.get(name).is_some_and(Node::is_null))
            })
        }),
    },
    Quirk {
        name: "refuses-media-type-in-another-case",
        does: "refuses a document with a member `MediaType` that is another text than `mediaType`, for it reads both",
        source: "docker-registry 2.8.2; decoders of Go, which match names in any case",
        since: "2026-11-24",
        shows: Shows::Finding("rejects-valid", "confusion.case=type-beside"),
        act: refuse(|asked, _| {
            manifest(asked).is_some_and(|(_, root)| {
                let own = root.get("mediaType").map(Node::raw);
                let is_other = |name: &str| name != "mediaType" && name.eq_ignore_ascii_case("mediaType");
                root.members()
                    .any(|(key, value)| key.text().is_some_and(|name| is_other(&name)) && own != Some(value.raw()))
            })
        }),
    },
    Quirk {
        name: "fails-on-folded-case",
        does: "answers 500 where a member is a known one but for a letter that folds to an ASCII letter",
        source: "docker-registry 2.8.2, which reads U+017F as s",
        since: "2026-11-24",
        shows: Shows::Finding("server-error", "confusion.case=long-s"),
        act: fail(|asked, _| {
            any_name(asked, |name| name.contains('\u{17f}') && KNOWN.contains(&&*name.replace('\u{17f}', "s")))
        }),
    },
    Quirk {
        name: "fails-on-annotation-types",
        does: "answers 500 to a manifest with annotations whose values are no texts",
        source: "gitea, as read in its source",
        since: "2026",
        shows: Shows::Finding("server-error", "annotations=number-value"),
        act: fail(|asked, _| {
            member(asked, "annotations").is_some_and(|all| all.members().any(|(_, value)| !value.is_string()))
        }),
    },
];

/// A pushed object whose kind is known.
pub(super) fn manifest<'a>(asked: &'a Asked<'_>) -> Option<(ManifestKind, Node<'a>)> {
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

fn has_empty_layers(asked: &Asked<'_>, _: &Repository) -> bool {
    layers(asked).flatten().is_some_and(|list| list.is_array() && list.is_empty())
}

fn lacks_config(asked: &Asked<'_>) -> bool {
    manifest(asked).is_some_and(|(kind, root)| kind.is_image() && present(root, "config").is_none())
}

fn lacks_subject(asked: &Asked<'_>, repository: &Repository) -> bool {
    let digest = member(asked, "subject").and_then(|subject| subject.get("digest"));
    digest.and_then(Node::text).is_some_and(|digest| repository.manifest(&digest).is_none())
}

/// Whether any name of a member of a pushed manifest is such a one.
fn any_name(asked: &Asked<'_>, is: impl Fn(&str) -> bool) -> bool {
    manifest(asked).is_some_and(|(_, root)| root.members().any(|(key, _)| key.text().is_some_and(|text| is(&text))))
}

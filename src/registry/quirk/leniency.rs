//! Acceptances: checks that a registry leaves out.

use super::{Act, Check, Quirk, UNREPORTED};

pub(super) const QUIRKS: &[Quirk] = &[
    Quirk {
        name: "stores-under-wrong-digest",
        does: "stores a manifest under the digest in the path though it is that of other bytes",
        source: "serverless-registry#134; pulp_container; artifact-keeper#3116",
        since: "2026-06-21",
        act: Act::Waive(Check::Digest),
    },
    Quirk {
        name: "accepts-any-object",
        does: "takes any JSON object for a manifest",
        source: UNREPORTED,
        since: "2026-11",
        act: Act::Waive(Check::Content),
    },
    Quirk {
        name: "accepts-trailing-bytes",
        does: "reads the first JSON value of the body and ignores what follows",
        source: "gitea, which calls `json.NewDecoder(…).Decode` once",
        since: "2026",
        act: Act::Waive(Check::End),
    },
    Quirk {
        name: "accepts-other-content-type",
        does: "takes the kind from `Content-Type` and never compares it with `mediaType`",
        source: "gitea, serverless-registry",
        since: "2023",
        act: Act::Waive(Check::Agreement),
    },
    Quirk {
        name: "accepts-manifests-beside-layers",
        does: "takes a document that has members of an image manifest and of an index",
        source: "CVE-2021-41190; quay, gitea, pulp_container",
        since: "2021-11",
        act: Act::Waive(Check::Confusion),
    },
    Quirk {
        name: "accepts-annotations-of-any-type",
        does: "takes annotations whose values are no texts",
        source: "quay, pulp_container",
        since: "2023",
        act: Act::Waive(Check::Annotations),
    },
    Quirk {
        name: "accepts-repeated-members",
        does: "takes documents in which a member repeats, and keeps the last",
        source: "decoders of Go, Python and JavaScript",
        since: "2021",
        act: Act::Waive(Check::Repeats),
    },
    Quirk {
        name: "accepts-missing-content",
        does: "takes a manifest that points at blobs and manifests that are not there",
        source: "pulp_container `registry_api.py`, which builds the error and does not raise it",
        since: "2026",
        act: Act::Waive(Check::Presence),
    },
    Quirk {
        name: "accepts-wrong-sizes",
        does: "takes a manifest whose sizes are not those of the content",
        source: "quay and pulp_container, as read in their source",
        since: "2026",
        act: Act::Waive(Check::Sizes),
    },
];

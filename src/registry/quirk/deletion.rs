//! Answers to deletions.

use bytes::Bytes;
use http::Method;

use super::missing::code_of;
use super::{Act, Check, Quirk, Shows, UNREPORTED, With};
use crate::registry::answer::{Response, answer, status_of};
use crate::registry::request::Asked;
use crate::registry::route::Endpoint;

pub(super) const QUIRKS: &[Quirk] = &[
    Quirk {
        name: "delete-answers-200",
        does: "answers the deletion of a manifest with 200",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("wrong-status", "afterwards=delete-digest"),
        act: Act::Alter(|asked, _, response, _| {
            if deleted(asked, response) && is_by_digest(asked) {
                *response.status_mut() = status_of(200);
            }
        }),
    },
    Quirk {
        name: "tag-delete-answers-200",
        does: "answers the deletion of a tag with 200",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("wrong-status", "afterwards=delete-tag"),
        act: Act::Alter(|asked, _, response, _| {
            if deleted(asked, response) && !is_by_digest(asked) {
                *response.status_mut() = status_of(200);
            }
        }),
    },
    Quirk {
        name: "delete-keeps-the-manifest",
        does: "answers the deletion of a manifest with 202 and keeps it",
        source: "CVE-2026-35172, there of a blob in a cache",
        since: "2026",
        shows: Shows::Finding("inconsistent", "afterwards=delete-digest"),
        act: Act::Refuse {
            when: |asked, repository| match asked.place {
                Endpoint::Manifest(reference) => {
                    asked.method == Method::DELETE && repository.manifest(reference).is_some()
                }
                _ => false,
            },
            with: With::Status(202),
        },
    },
    Quirk {
        name: "tag-delete-keeps-the-tag",
        does: "answers the deletion of a tag with 202 and keeps it",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", "afterwards=delete-tag"),
        act: Act::Refuse {
            when: |asked, repository| match asked.place {
                Endpoint::Manifest(tag) => asked.method == Method::DELETE && repository.tagged(tag).is_some(),
                _ => false,
            },
            with: With::Status(202),
        },
    },
    Quirk {
        name: "refuses-tag-deletion",
        does: "refuses to delete by a tag",
        source: "harbor `src/server/registry/manifest.go`",
        since: "2026",
        shows: Shows::Nothing("distribution-spec lets a registry refuse that with 400 or 405"),
        act: Act::Refuse {
            when: |asked, _| deletes_manifest(asked) && !is_by_digest(asked),
            with: With::Error(405, "UNSUPPORTED", "the operation is unsupported"),
        },
    },
    Quirk {
        name: "tag-deletion-answers-404",
        does: "answers the deletion of a tag as if there were none",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("wrong-status", "afterwards=delete-tag"),
        act: Act::Refuse {
            when: |asked, _| deletes_manifest(asked) && !is_by_digest(asked),
            with: With::Error(404, "MANIFEST_UNKNOWN", "manifest unknown to registry"),
        },
    },
    Quirk {
        name: "deletion-answers-404",
        does: "answers the deletion of a manifest as if there were none",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("wrong-status", "afterwards=delete-digest"),
        act: Act::Refuse {
            when: |asked, _| deletes_manifest(asked) && is_by_digest(asked),
            with: With::Error(404, "MANIFEST_UNKNOWN", "manifest unknown to registry"),
        },
    },
    Quirk {
        name: "deletion-answers-501",
        does: "answers the deletion of a manifest with 501, as what is not implemented",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("wrong-status", "afterwards=delete-digest"),
        act: Act::Refuse {
            when: |asked, _| deletes_manifest(asked),
            with: With::Error(501, "UNSUPPORTED", "the operation is not implemented"),
        },
    },
    Quirk {
        name: "delete-keeps-tags",
        does: "deletes a manifest by its digest and still answers to its tags",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", "afterwards=delete-digest"),
        act: Act::Waive(Check::Tags),
    },
    Quirk {
        name: "delete-in-missing-repository-answers-202",
        does: "answers the deletion of a manifest in a repository that is not there with 202",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("wrong-status", "afterwards=delete-in-unknown-repository"),
        act: Act::Alter(|asked, _, response, _| {
            if deletes_manifest(asked) && response.status() == 404 && code_of(response) == "NAME_UNKNOWN" {
                *response = answer(202, &[], Bytes::new());
            }
        }),
    },
    Quirk {
        name: "delete-of-missing-blob-answers-202",
        does: "answers the deletion of a blob that is not there with 202",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("wrong-status", "afterwards=delete-unknown-blob"),
        act: Act::Alter(|asked, _, response, _| {
            if asked.method == Method::DELETE && matches!(asked.place, Endpoint::Blob(_)) && response.status() == 404 {
                *response = answer(202, &[], Bytes::new());
            }
        }),
    },
];

fn deletes_manifest(asked: &Asked<'_>) -> bool {
    asked.method == Method::DELETE && matches!(asked.place, Endpoint::Manifest(_))
}

fn deleted(asked: &Asked<'_>, response: &Response) -> bool {
    deletes_manifest(asked) && response.status() == 202
}

fn is_by_digest(asked: &Asked<'_>) -> bool {
    matches!(asked.place, Endpoint::Manifest(reference) if reference.contains(':'))
}

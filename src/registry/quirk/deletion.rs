//! Responses to deletions.

use bytes::Bytes;
use http::Method;

use super::missing::code_of;
use super::{Act, Quirk, Shows, UNREPORTED, Validation, With};
use crate::registry::answer::{Response, answer, status_of};
use crate::registry::request::ParsedRequest;
use crate::registry::route::Endpoint;

pub(super) const QUIRKS: &[Quirk] = &[
    Quirk {
        name: "delete-answers-200",
        does: "answers the deletion of a manifest with 200",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("wrong-status", "afterwards=delete-digest"),
        act: Act::Alter(|request, _, response, _| {
            if deleted(request, response) && is_by_digest(request) {
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
        act: Act::Alter(|request, _, response, _| {
            if deleted(request, response) && !is_by_digest(request) {
                *response.status_mut() = status_of(200);
            }
        }),
    },
    Quirk {
        name: "delete-keeps-the-manifest",
        does: "answers the deletion of a manifest with 202 but keeps the manifest",
        source: "CVE-2026-35172, for a blob in a cache",
        since: "2026",
        shows: Shows::Finding("inconsistent", "afterwards=delete-digest"),
        act: Act::Refuse {
            when: |request, repository| match request.endpoint {
                Endpoint::Manifest(reference) => {
                    request.method == Method::DELETE && repository.manifest(reference).is_some()
                }
                _ => false,
            },
            with: With::Status(202),
        },
    },
    Quirk {
        name: "tag-delete-keeps-the-tag",
        does: "answers the deletion of a tag with 202 but keeps the tag",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", "afterwards=delete-tag"),
        act: Act::Refuse {
            when: |request, repository| match request.endpoint {
                Endpoint::Manifest(tag) => request.method == Method::DELETE && repository.tag(tag).is_some(),
                _ => false,
            },
            with: With::Status(202),
        },
    },
    Quirk {
        name: "refuses-tag-deletion",
        does: "refuses to delete by tag",
        source: "harbor `src/server/registry/manifest.go`",
        since: "2026",
        shows: Shows::Nothing("distribution-spec allows refusing this with 400 or 405"),
        act: Act::Refuse {
            when: |request, _| deletes_manifest(request) && !is_by_digest(request),
            with: With::Error(405, "UNSUPPORTED", "the operation is unsupported"),
        },
    },
    Quirk {
        name: "tag-deletion-answers-404",
        does: "answers the deletion of an existing tag with 404",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("wrong-status", "afterwards=delete-tag"),
        act: Act::Refuse {
            when: |request, _| deletes_manifest(request) && !is_by_digest(request),
            with: With::Error(404, "MANIFEST_UNKNOWN", "manifest unknown to registry"),
        },
    },
    Quirk {
        name: "deletion-answers-404",
        does: "answers the deletion of an existing manifest with 404",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("wrong-status", "afterwards=delete-digest"),
        act: Act::Refuse {
            when: |request, _| deletes_manifest(request) && is_by_digest(request),
            with: With::Error(404, "MANIFEST_UNKNOWN", "manifest unknown to registry"),
        },
    },
    Quirk {
        name: "deletion-answers-501",
        does: "answers the deletion of a manifest or tag with 501",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("wrong-status", "afterwards=delete-digest"),
        act: Act::Refuse {
            when: |request, _| deletes_manifest(request),
            with: With::Error(501, "UNSUPPORTED", "the operation is not implemented"),
        },
    },
    Quirk {
        name: "delete-keeps-tags",
        does: "keeps serving a manifest by tag after it was deleted by digest",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", "afterwards=delete-digest"),
        act: Act::Waive(Validation::Tags),
    },
    Quirk {
        name: "delete-in-missing-repository-answers-202",
        does: "answers the deletion of a manifest in a missing repository with 202",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("wrong-status", "afterwards=delete-in-unknown-repository"),
        act: Act::Alter(|request, _, response, _| {
            if deletes_manifest(request) && response.status() == 404 && code_of(response) == "NAME_UNKNOWN" {
                *response = answer(202, &[], Bytes::new());
            }
        }),
    },
    Quirk {
        name: "delete-of-missing-blob-answers-202",
        does: "answers the deletion of a missing blob with 202",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("wrong-status", "afterwards=delete-unknown-blob"),
        act: Act::Alter(|request, _, response, _| {
            if request.method == Method::DELETE
                && matches!(request.endpoint, Endpoint::Blob(_))
                && response.status() == 404
            {
                *response = answer(202, &[], Bytes::new());
            }
        }),
    },
];

fn deletes_manifest(request: &ParsedRequest<'_>) -> bool {
    request.method == Method::DELETE && matches!(request.endpoint, Endpoint::Manifest(_))
}

fn deleted(request: &ParsedRequest<'_>, response: &Response) -> bool {
    deletes_manifest(request) && response.status() == 202
}

fn is_by_digest(request: &ParsedRequest<'_>) -> bool {
    matches!(request.endpoint, Endpoint::Manifest(reference) if reference.contains(':'))
}

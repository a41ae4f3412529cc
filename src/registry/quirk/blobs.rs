//! Deviations in reading blobs, whole or by range, and in deleting them.

use bytes::Bytes;
use http::Method;

use super::answers::set;
use super::{Act, Quirk, Shows, UNREPORTED, Validation, With};
use crate::registry::answer::{Refusal, Response, answer, set_body, status_of};
use crate::registry::request::ParsedRequest;
use crate::registry::route::Endpoint;

pub(super) const QUIRKS: &[Quirk] = &[
    Quirk {
        name: "blob-head-answers-404",
        does: "answers HEAD of a blob with 404",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("lost", "kind=blob"),
        act: Act::Alter(|request, _, response, _| {
            if let Endpoint::Blob(digest) = request.endpoint
                && request.method == Method::HEAD
            {
                *response = Refusal::blob_unknown(digest).answer();
            }
        }),
    },
    Quirk {
        name: "blob-head-lacks-content-length",
        does: "omits `Content-Length` from the response to HEAD of a blob",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("missing-header", "kind=blob"),
        act: Act::Alter(|request, _, response, _| {
            if is_read(request, response, &Method::HEAD) {
                response.headers_mut().remove("content-length");
            }
        }),
    },
    Quirk {
        name: "blob-head-answers-length-0",
        does: "answers HEAD of a blob with the Content-Length 0",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", "kind=blob"),
        act: Act::Alter(|request, _, response, _| {
            if is_read(request, response, &Method::HEAD) {
                set(response, "content-length", "0");
            }
        }),
    },
    Quirk {
        name: "blob-head-lacks-digest",
        does: "omits `Docker-Content-Digest` from the response to HEAD of a blob",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("missing-header", "kind=blob"),
        act: Act::Alter(|request, _, response, _| {
            if is_read(request, response, &Method::HEAD) {
                response.headers_mut().remove("docker-content-digest");
            }
        }),
    },
    Quirk {
        name: "blob-pull-lacks-digest",
        does: "omits `Docker-Content-Digest` from the response to GET of a blob",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("missing-header", "kind=blob"),
        act: Act::Alter(|request, _, response, _| {
            if is_read(request, response, &Method::GET) {
                response.headers_mut().remove("docker-content-digest");
            }
        }),
    },
    Quirk {
        name: "ignores-ranges",
        does: "answers GET of a range of a blob with the whole blob",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("wrong-status", "blob.read=range-first;kind=blob"),
        act: Act::Alter(|request, repository, response, _| {
            if let Endpoint::Blob(digest) = request.endpoint
                && let Some(blob) = repository.blobs.get(digest).filter(|_| is_part(response))
            {
                *response.status_mut() = status_of(200);
                response.headers_mut().remove("content-range");
                set_body(response, blob.clone());
            }
        }),
    },
    Quirk {
        name: "range-is-short",
        does: "returns one byte less than a range has",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("altered", "blob.read=range-first;kind=blob"),
        act: Act::Alter(|_, _, response, _| {
            if is_part(response) {
                let less = response.body().len() - 1;
                let part = response.body().slice(..less);
                set_body(response, part);
            }
        }),
    },
    Quirk {
        name: "range-returns-the-whole-blob",
        does: "answers GET of a range of a blob with 206 and the whole blob",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("altered", "blob.read=range-first;kind=blob"),
        act: Act::Alter(|request, repository, response, _| {
            if let Endpoint::Blob(digest) = request.endpoint
                && let Some(blob) = repository.blobs.get(digest).filter(|_| is_part(response))
            {
                set_body(response, blob.clone());
            }
        }),
    },
    Quirk {
        name: "range-lacks-content-range",
        does: "omits `Content-Range` from the answer with a part of a blob",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("missing-header", "blob.read=range-first;kind=blob"),
        act: Act::Alter(|_, _, response, _| {
            if is_part(response) {
                response.headers_mut().remove("content-range");
            }
        }),
    },
    Quirk {
        name: "range-beyond-the-end-answers-404",
        does: "answers GET of a range behind the end of a blob with 404",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("wrong-status", "blob.read=range-beyond;kind=blob"),
        act: Act::Alter(|request, _, response, _| {
            if response.status() == 416 && request.header("range").is_some() {
                *response.status_mut() = status_of(404);
            }
        }),
    },
    Quirk {
        name: "refuses-suffix-ranges",
        does: "answers GET of the last bytes of a blob with 416",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("wrong-status", "blob.read=range-suffix;kind=blob"),
        act: Act::Refuse {
            when: |request, _| request.header("range").is_some_and(|range| range.starts_with("bytes=-")),
            with: With::Status(416),
        },
    },
    Quirk {
        name: "blob-delete-answers-200",
        does: "answers the deletion of a blob with 200",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("wrong-status", "blob.delete=once;kind=blob"),
        act: Act::Alter(|request, _, response, _| {
            if is_deletion(request) && response.status() == 202 {
                *response.status_mut() = status_of(200);
            }
        }),
    },
    Quirk {
        name: "blob-deletion-is-disabled",
        does: "answers DELETE of a blob with 405",
        source: "distribution, by default; gitea",
        since: "2026",
        shows: Shows::Nothing("a registry may disable deletion of blobs"),
        act: Act::Refuse {
            when: |request, _| is_deletion(request),
            with: With::Error(405, "UNSUPPORTED", "the operation is unsupported"),
        },
    },
    Quirk {
        name: "disabled-blob-deletion-answers-404",
        does: "answers DELETE of a blob that exists with 404",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("wrong-status", "blob.delete=once;kind=blob"),
        act: Act::Refuse {
            when: |request, _| is_deletion(request),
            with: With::Error(404, "UNSUPPORTED", "there is no such endpoint"),
        },
    },
    Quirk {
        name: "blob-delete-keeps-the-blob",
        does: "answers the deletion of a blob with 202 but keeps it",
        source: "CVE-2026-35172, for a blob in a cache",
        since: "2026",
        shows: Shows::Finding("inconsistent", "blob.delete=once;kind=blob"),
        act: Act::Waive(Validation::BlobDeletion),
    },
    Quirk {
        name: "blob-delete-again-answers-202",
        does: "answers DELETE of a blob that was deleted with 202",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("wrong-status", "blob.delete=twice;kind=blob"),
        act: Act::Alter(|request, repository, response, _| {
            let is_in_use = !repository.blobs.is_empty();
            if is_deletion(request) && response.status() == 404 && !is_in_use {
                *response = answer(202, &[], Bytes::new());
            }
        }),
    },
];

/// Whether this is the successful response to this method for a whole blob.
fn is_read(request: &ParsedRequest<'_>, response: &Response, method: &Method) -> bool {
    matches!(request.endpoint, Endpoint::Blob(_)) && request.method == *method && response.status() == 200
}

fn is_part(response: &Response) -> bool {
    response.status() == 206
}

fn is_deletion(request: &ParsedRequest<'_>) -> bool {
    matches!(request.endpoint, Endpoint::Blob(_)) && request.method == Method::DELETE
}

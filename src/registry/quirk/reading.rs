//! Responses to reads that are right at first and wrong when asked in another way: the API's root, HEAD, digests of the other kind, names
//! and digests that are invalid.

use bytes::Bytes;
use http::{Method, header};

use super::answers::set;
use super::{Act, Quirk, Shows, UNREPORTED};
use crate::registry::answer::{Refusal, answer};
use crate::registry::request::ParsedRequest;
use crate::registry::route::Endpoint;

pub(super) const QUIRKS: &[Quirk] = &[
    Quirk {
        name: "ping-answers-204",
        does: "answers GET of `/v2/` with 204",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("wrong-status", "afterwards=ping"),
        act: Act::Alter(|request, _, response, _| {
            if matches!(request.endpoint, Endpoint::Support) && response.status() == 200 {
                *response = answer(204, &[], Bytes::new());
            }
        }),
    },
    Quirk {
        name: "head-without-accept-answers-404",
        does: "answers HEAD of a manifest with 404 if the request has no `Accept`",
        source: "distribution#4385, dockerapplifecycle#13, for GET",
        since: "2024",
        shows: Shows::Finding("lost", "afterwards=head-accepting"),
        act: Act::Alter(|request, _, response, _| {
            if let Some(reference) = headed(request).filter(|_| request.header("accept").is_none()) {
                *response = Refusal::manifest_unknown(reference).answer();
            }
        }),
    },
    Quirk {
        name: "head-ignores-accept",
        does: "answers GET of a manifest with 404 if `Accept` does not name its type, but HEAD with 200",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("wrong-status", "afterwards=head-accepting"),
        act: Act::Alter(|request, _, response, _| {
            let own = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
            let takes = |accept: &str| own.is_none_or(|own| accept.contains("*/*") || accept.contains(own));
            if let Some(reference) = got(request).filter(|_| !request.header("accept").is_none_or(takes)) {
                *response = Refusal::manifest_unknown(reference).answer();
            }
        }),
    },
    Quirk {
        name: "head-lacks-content-type",
        does: "omits `Content-Type` from the response to HEAD of a manifest",
        source: "containerd#7390, containerd#8243, containerd#9142",
        since: "2022-09",
        shows: Shows::Finding("missing-header", "base"),
        act: Act::Alter(|request, _, response, _| {
            if headed(request).is_some() {
                response.headers_mut().remove(header::CONTENT_TYPE);
            }
        }),
    },
    Quirk {
        name: "head-has-another-etag",
        does: "answers HEAD of a manifest with another `ETag` than GET",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", "base"),
        act: Act::Alter(|request, _, response, _| {
            if headed(request).is_some() && response.status() == 200 {
                set(response, "etag", "\"head\"");
            }
        }),
    },
    Quirk {
        name: "serves-blobs-as-manifests",
        does: "answers GET of a manifest by the digest of a blob with the blob",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("ambiguous", "afterwards=get-crossed"),
        act: Act::Alter(|request, repository, response, _| {
            let blob = got(request).and_then(|digest| Some((digest, repository.blobs.get(digest)?)));
            if let Some((digest, blob)) = blob.filter(|_| response.status() == 404) {
                let headers = [("content-type", "application/octet-stream"), ("docker-content-digest", digest)];
                *response = answer(200, &headers, blob.clone());
            }
        }),
    },
    Quirk {
        name: "manifest-as-blob-answers-400",
        does: "answers GET of a blob by the digest of a manifest with 400",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("wrong-status", "afterwards=get-crossed"),
        act: Act::Alter(|request, repository, response, _| {
            if let Endpoint::Blob(digest) = request.endpoint
                && request.method == Method::GET
                && repository.manifest(digest).is_some()
            {
                *response = Refusal::digest_invalid("the digest is that of a manifest", digest).answer();
            }
        }),
    },
    Quirk {
        name: "invalid-name-answers-200",
        does: "answers requests for repositories with invalid names with 200 and a page",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("wrong-status", "afterwards=get-invalid-name"),
        act: Act::Alter(|request, _, response, _| {
            if matches!(request.endpoint, Endpoint::BadName) && request.method == Method::GET {
                *response = answer(200, &[("content-type", "text/html")], Bytes::from_static(b"<!doctype html>"));
            }
        }),
    },
    Quirk {
        name: "malformed-digest-answers-500",
        does: "answers GET of a manifest by a malformed digest with 500",
        source: "distribution 2.8, found by distribution-spec's conformance suite",
        since: "2026-07",
        shows: Shows::Finding("server-error", "afterwards=get-invalid-reference"),
        act: Act::Alter(|request, _, response, _| {
            if got(request).is_some_and(|reference| reference.contains(':')) && response.status() == 400 {
                *response = Refusal::new(500, "UNKNOWN", "unknown error").answer();
            }
        }),
    },
    Quirk {
        name: "malformed-blob-digest-answers-200",
        does: "answers GET of a blob by a malformed digest with 200 and no content",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("wrong-status", "afterwards=get-invalid-reference"),
        act: Act::Alter(|request, _, response, _| {
            if is_blob(request) && request.method == Method::GET && response.status() == 400 {
                *response = answer(200, &[], Bytes::new());
            }
        }),
    },
];

/// The reference of a manifest that GET asks for.
pub(super) fn got<'a>(request: &ParsedRequest<'a>) -> Option<&'a str> {
    of_manifest(request, &Method::GET)
}

/// The reference of a manifest that HEAD asks for.
pub(super) fn headed<'a>(request: &ParsedRequest<'a>) -> Option<&'a str> {
    of_manifest(request, &Method::HEAD)
}

fn of_manifest<'a>(request: &ParsedRequest<'a>, method: &Method) -> Option<&'a str> {
    match request.endpoint {
        Endpoint::Manifest(reference) if request.method == method => Some(reference),
        _ => None,
    }
}

/// Whether a request is about a blob.
pub(super) fn is_blob(request: &ParsedRequest<'_>) -> bool {
    matches!(request.endpoint, Endpoint::Blob(_))
}

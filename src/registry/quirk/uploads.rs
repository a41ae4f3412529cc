//! Deviations in uploads of blobs in one or two requests.

use bytes::Bytes;
use http::Method;

use super::answers::set;
use super::{Act, Quirk, Shows, UNREPORTED, Validation, With, fail};
use crate::registry::answer::{Response, answer, status_of};
use crate::registry::digest;
use crate::registry::request::ParsedRequest;
use crate::registry::route::Endpoint;

pub(super) const QUIRKS: &[Quirk] = &[
    Quirk {
        name: "upload-opens-with-200",
        does: "opens upload sessions with 200 instead of 202",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("wrong-status", "kind=blob"),
        act: Act::Alter(|request, _, response, _| {
            if is_opened(request, response) {
                *response.status_mut() = status_of(200);
            }
        }),
    },
    Quirk {
        name: "upload-open-lacks-location",
        does: "omits `Location` from the answer that opens an upload session",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("missing-header", "kind=blob"),
        act: Act::Alter(|request, _, response, _| {
            if is_opened(request, response) {
                response.headers_mut().remove("location");
            }
        }),
    },
    Quirk {
        name: "upload-sessions-are-shared",
        does: "gives clients that upload to the same repository at the same time the same session",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", "kind=blob;upload=two-sessions"),
        act: Act::Waive(Validation::Session),
    },
    Quirk {
        name: "upload-answers-200",
        does: "answers the PUT that ends an upload with 200 instead of 201",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("wrong-status", "kind=blob"),
        act: Act::Alter(|request, _, response, _| {
            if is_closed(request, response) {
                *response.status_mut() = status_of(200);
            }
        }),
    },
    Quirk {
        name: "upload-lacks-location",
        does: "omits `Location` from the answer that ends an upload",
        source: "seen with crane's registry (go-containerregistry 0.20)",
        since: "2026-11",
        shows: Shows::Finding("missing-header", "kind=blob"),
        act: Act::Alter(|request, _, response, _| {
            if is_closed(request, response) {
                response.headers_mut().remove("location");
            }
        }),
    },
    Quirk {
        name: "upload-location-leads-nowhere",
        does: "ends uploads with the URL of the session, which is closed, in `Location`",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("lost", "kind=blob"),
        act: Act::Alter(|request, _, response, _| {
            if is_closed(request, response) {
                set(response, "location", &format!("/v2/{}/blobs/uploads/closed", request.name));
            }
        }),
    },
    Quirk {
        name: "upload-names-sha256-for-sha512",
        does: "answers the upload of a blob by its SHA-512 with a SHA-256 in `Docker-Content-Digest`",
        source: "distribution 2.8 and 3.0, which name every blob by its SHA-256",
        since: "2026-11",
        shows: Shows::Finding("inconsistent", "blob.digest=sha512;kind=blob"),
        act: Act::Alter(|request, repository, response, _| {
            let given = request.parameter("digest").filter(|_| is_closed(request, response));
            let given = given.filter(|digest| digest.starts_with("sha512:")).unwrap_or_default();
            if let Some(blob) = repository.blobs.get(&given) {
                set(response, "docker-content-digest", &digest::sha256(blob));
            }
        }),
    },
    Quirk {
        name: "single-post-answers-200",
        does: "answers a single POST that stores a blob with 200",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("wrong-status", "kind=blob;upload=one-request"),
        act: Act::Alter(|request, _, response, _| {
            if is_single_post(request) && response.status() == 201 {
                *response.status_mut() = status_of(200);
            }
        }),
    },
    Quirk {
        name: "single-post-lacks-location",
        does: "omits `Location` from the answer to a single POST that stores a blob",
        source: "seen with crane's registry (go-containerregistry 0.20)",
        since: "2026-11",
        shows: Shows::Finding("missing-header", "kind=blob;upload=one-request"),
        act: Act::Alter(|request, _, response, _| {
            if is_single_post(request) && response.status() == 201 {
                response.headers_mut().remove("location");
            }
        }),
    },
    Quirk {
        name: "single-post-opens-a-session",
        does: "opens a session instead of storing a blob that is sent with POST",
        source: "distribution, which ignores digest and content of POST",
        since: "2026",
        shows: Shows::Nothing("a registry need not take a blob by a single POST"),
        act: Act::Waive(Validation::SinglePost),
    },
    Quirk {
        name: "single-post-is-refused",
        does: "refuses a single POST with a blob instead of opening a session",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("wrong-status", "kind=blob;upload=one-request"),
        act: Act::Refuse {
            when: |request, _| is_single_post(request),
            with: With::Error(400, "UNSUPPORTED", "the operation is unsupported"),
        },
    },
    Quirk {
        name: "single-post-session-lacks-location",
        does: "answers a single POST with 202 without `Location`",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("missing-header", "kind=blob;upload=one-request"),
        act: Act::Alter(|request, _, response, _| {
            if is_single_post(request) && response.status() == 201 {
                *response.status_mut() = status_of(202);
                response.headers_mut().remove("location");
            }
        }),
    },
    Quirk {
        name: "accepts-any-blob-digest",
        does: "stores blobs under any digest that is given",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("accepts-forbidden", "blob.digest=of-other-bytes;kind=blob"),
        act: Act::Waive(Validation::UploadDigest),
    },
    Quirk {
        name: "single-post-is-not-verified",
        does: "stores a blob that is uploaded by a single POST under any digest that is given",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("accepts-forbidden", "kind=blob;upload=one-request-of-other-bytes"),
        act: Act::Waive(Validation::SinglePostDigest),
    },
    Quirk {
        name: "chunks-are-not-verified",
        does: "stores a blob that is uploaded in chunks under any digest that is given",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("accepts-forbidden", "kind=blob;upload=chunks-of-other-bytes"),
        act: Act::Waive(Validation::ChunkedDigest),
    },
    Quirk {
        name: "refused-upload-is-stored",
        does: "refuses content that does not match its digest but stores it under that digest",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("wrong-status", "blob.digest=of-other-bytes;kind=blob"),
        act: Act::Waive(Validation::RefusedUpload),
    },
    Quirk {
        name: "accepts-upload-without-digest",
        does: "takes the end of an upload without `digest` for a success",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("lenient", "blob.digest=missing;kind=blob"),
        act: Act::Alter(|request, _, response, _| {
            let is_put = matches!(request.endpoint, Endpoint::Upload(_)) && request.method == Method::PUT;
            if is_put && request.parameter("digest").is_none() {
                *response = answer(201, &[], Bytes::new());
            }
        }),
    },
    Quirk {
        name: "fails-on-malformed-blob-digest",
        does: "answers the end of an upload with a malformed digest with 500",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("server-error", "blob.digest=malformed;kind=blob"),
        act: fail(|request, _| {
            let digest = request.parameter("digest");
            matches!(request.endpoint, Endpoint::Upload(_))
                && digest.is_some_and(|text| digest::algorithm(&text).is_none())
        }),
    },
    Quirk {
        name: "cancel-keeps-the-session",
        does: "answers DELETE of an upload session with 204 but keeps the session",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", "kind=blob;upload=cancel"),
        act: Act::Waive(Validation::Cancelling),
    },
    Quirk {
        name: "head-of-unknown-answers-204",
        does: "answers HEAD of content that it does not have with 204",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("wrong-status", "afterwards=head-unknown"),
        act: Act::Alter(|request, _, response, _| {
            let is_content = matches!(request.endpoint, Endpoint::Manifest(_) | Endpoint::Blob(_));
            if *request.method == Method::HEAD && is_content && response.status() == 404 {
                *response.status_mut() = status_of(204);
            }
        }),
    },
];

/// Whether this opened a session by a POST that was meant to.
fn is_opened(request: &ParsedRequest<'_>, response: &Response) -> bool {
    matches!(request.endpoint, Endpoint::Uploads) && request.query.is_empty() && response.status() == 202
}

/// Whether this ended an upload by PUT.
fn is_closed(request: &ParsedRequest<'_>, response: &Response) -> bool {
    matches!(request.endpoint, Endpoint::Upload(_)) && request.method == Method::PUT && response.status() == 201
}

/// Whether this sends a blob with POST.
fn is_single_post(request: &ParsedRequest<'_>) -> bool {
    matches!(request.endpoint, Endpoint::Uploads) && request.query.starts_with("digest=")
}

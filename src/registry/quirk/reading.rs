//! Responses to reads that are right at first and wrong when asked in another way: the API's root, HEAD, caches, tags that moved,
//! names and digests that are none.

use bytes::Bytes;
use http::{Method, StatusCode, header};

use super::answers::set;
use super::{Act, Quirk, Shows, UNREPORTED};
use crate::exchange::sha256;
use crate::registry::answer::{Refusal, Response, answer, set_body};
use crate::registry::request::ParsedRequest;
use crate::registry::route::Endpoint;
use crate::registry::storage::StoredRepository;

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
        name: "blob-pull-answers-without-digest",
        does: "omits `Docker-Content-Digest` from the response to GET of a blob",
        source: "olareg, found by distribution-spec's conformance suite",
        since: "2026-07",
        shows: Shows::Finding("missing-header", "afterwards=get-blob"),
        act: Act::Alter(|request, _, response, _| {
            if is_blob(request) && request.method == Method::GET {
                response.headers_mut().remove("docker-content-digest");
            }
        }),
    },
    Quirk {
        name: "cached-manifest-lacks-etag",
        does: "omits `ETag` from the response to GET of a manifest if the same was asked just before",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("missing-header", "afterwards=read-twice"),
        act: Act::Alter(|request, repository, response, _| {
            if got(request).is_some() && repository.was_asked_last(request.method, &question(request)) {
                response.headers_mut().remove(header::ETAG);
            }
        }),
    },
    Quirk {
        name: "cached-head-lacks-content-type",
        does: "omits `Content-Type` from the response to HEAD of a manifest if the same was asked just before",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("missing-header", "afterwards=read-twice"),
        act: Act::Alter(|request, repository, response, _| {
            if headed(request).is_some() && repository.was_asked_last(request.method, &question(request)) {
                response.headers_mut().remove(header::CONTENT_TYPE);
            }
        }),
    },
    Quirk {
        name: "cached-blob-is-cut",
        does: "answers GET of a blob with only the first half of its bytes if the same was asked just before",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("altered", "afterwards=read-twice"),
        act: Act::Alter(|request, repository, response, _| {
            let is_whole = is_blob(request) && request.method == Method::GET && response.status() == 200;
            if is_whole && repository.was_asked_last(request.method, &question(request)) {
                let half = response.body().slice(..response.body().len() / 2);
                set_body(response, half);
            }
        }),
    },
    Quirk {
        name: "cached-head-answers-404",
        does: "answers HEAD of a manifest with 404 if the same was asked just before",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("lost", "afterwards=read-twice"),
        act: Act::Alter(|request, repository, response, _| {
            let reference = headed(request).filter(|_| response.status() == 200);
            if let Some(reference) = reference.filter(|_| repository.was_asked_last(request.method, &question(request)))
            {
                *response = Refusal::manifest_unknown(reference).answer();
            }
        }),
    },
    Quirk {
        name: "tag-is-cached",
        does: "answers GET of a tag that was read before it was moved with the manifest from before",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", "afterwards=tag-moved"),
        act: Act::Alter(|request, repository, response, _| {
            if got(request).is_some() {
                answer_from_before(request, repository, response);
            }
        }),
    },
    Quirk {
        name: "tag-is-cached-for-head",
        does: "answers HEAD of a tag that was read before it was moved with the manifest from before",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", "afterwards=tag-moved"),
        act: Act::Alter(|request, repository, response, _| {
            if headed(request).is_some() {
                answer_from_before(request, repository, response);
            }
        }),
    },
    Quirk {
        name: "moved-tag-loses-its-manifest",
        does: "answers a pull by digest with 404 once a tag that pointed there was moved",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("lost", "afterwards=tag-moved"),
        act: Act::Alter(|request, repository, response, _| {
            let Some(reference) = request.pulled_reference().filter(|reference| reference.contains(':')) else {
                return;
            };
            if response.status() == 200 && repository.was_left(reference) {
                *response = Refusal::manifest_unknown(reference).answer();
            }
        }),
    },
    Quirk {
        name: "second-tag-replaces-the-first",
        does: "answers a pull by tag with 404 once the same manifest was pushed under another tag",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("lost", "afterwards=two-tags"),
        act: Act::Alter(|request, repository, response, _| {
            let Some(reference) = request.pulled_reference() else { return };
            if repository.has_newer_tag(reference) {
                *response = Refusal::manifest_unknown(reference).answer();
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
    Quirk {
        name: "tags-share-the-last-type",
        does: "answers pulls by tag with the Content-Type of the last push of the same bytes, under whichever tag",
        source: "ferro-oci-server, which keeps the type with the digest",
        since: "2026-11",
        shows: Shows::Finding("ambiguous", "afterwards=push-as-two-types"),
        act: Act::Alter(|request, repository, response, _| {
            let tag = request.pulled_reference().and_then(|tag| repository.tag(tag));
            if let Some(manifest) = tag.and_then(|tag| repository.manifest_of(tag)).filter(|_| response.status() == 200)
            {
                set(response, "content-type", &manifest.content_type);
            }
        }),
    },
    Quirk {
        name: "two-types-answer-a-third",
        does: "answers pulls with application/json once the same bytes were pushed as two types",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", "afterwards=push-as-two-types"),
        act: Act::Alter(|request, repository, response, _| {
            if request.pulled_reference().is_some() && repository.had_two_types(&sha256(response.body())) {
                set(response, "content-type", "application/json");
            }
        }),
    },
];

/// The reference of a manifest that GET asks for.
fn got<'a>(request: &ParsedRequest<'a>) -> Option<&'a str> {
    of_manifest(request, &Method::GET)
}

/// The reference of a manifest that HEAD asks for.
fn headed<'a>(request: &ParsedRequest<'a>) -> Option<&'a str> {
    of_manifest(request, &Method::HEAD)
}

fn of_manifest<'a>(request: &ParsedRequest<'a>, method: &Method) -> Option<&'a str> {
    match request.endpoint {
        Endpoint::Manifest(reference) if request.method == method => Some(reference),
        _ => None,
    }
}

fn is_blob(request: &ParsedRequest<'_>) -> bool {
    matches!(request.endpoint, Endpoint::Blob(_))
}

/// What a request asks, for comparison with the one before.
pub(in crate::registry) fn question(request: &ParsedRequest<'_>) -> String {
    let headers = ["accept", "accept-encoding", "if-none-match"].map(|name| request.header(name));
    format!("{:?} {headers:?}", request.endpoint)
}

/// Answers with the manifest that a tag pointed at when it was read last, if it was moved since.
fn answer_from_before(request: &ParsedRequest<'_>, repository: &StoredRepository, response: &mut Response) {
    let before = request.pulled_reference().and_then(|tag| repository.tag(tag)?.before.as_deref());
    let Some((digest, manifest)) = before.and_then(|digest| Some((digest, repository.manifest(digest)?))) else {
        return;
    };
    if response.status() == StatusCode::OK {
        let headers = [("content-type", manifest.content_type.as_str()), ("docker-content-digest", digest)];
        *response = answer(200, &headers, manifest.bytes.clone());
    }
}

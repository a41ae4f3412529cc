//! Responses that depend on what was read or pushed before: caches, tags that moved, the same bytes as another type.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use http::{Method, StatusCode, header};

use super::answers::set;
use super::reading::{got, headed, is_blob};
use super::{Act, Quirk, Shows, UNREPORTED};
use crate::exchange::sha256;
use crate::registry::answer::{Refusal, Response, answer, set_body};
use crate::registry::request::ParsedRequest;
use crate::registry::storage::StoredRepository;

pub(super) const QUIRKS: &[Quirk] = &[
    Quirk {
        name: "cached-manifest-lacks-etag",
        does: "omits `ETag` from the response to GET of a manifest if the same was asked just before",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("missing-header", "afterwards=read-twice"),
        act: Act::Alter(|request, repository, response, _| {
            if got(request).is_some() && repository.was_asked_last(question(request)) {
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
            if headed(request).is_some() && repository.was_asked_last(question(request)) {
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
            if is_whole && repository.was_asked_last(question(request)) {
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
            if let Some(reference) = reference.filter(|_| repository.was_asked_last(question(request))) {
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

/// A hash of what a request asks, for comparison with the one before; `None` if it does not only ask.
pub(in crate::registry) fn question(request: &ParsedRequest<'_>) -> Option<u64> {
    if !matches!(*request.method, Method::GET | Method::HEAD) {
        return None;
    }
    let mut hash = DefaultHasher::new();
    ["accept", "accept-encoding", "if-none-match"].map(|name| request.header(name)).hash(&mut hash);
    (request.method, request.endpoint).hash(&mut hash);
    Some(hash.finish())
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

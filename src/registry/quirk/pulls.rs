//! Responses to pulls of manifests and blobs with missing or wrong headers or content.

use std::io::Write as _;
use std::time::Duration;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::{Method, header};

use super::answers::{rewrite, set, set_wrong_digest};
use super::{Act, FOUR_MIB, Quirk, Shows, UNREPORTED};
use crate::exchange::DOCKER_MANIFEST;
use crate::json;
use crate::registry::answer::{Refusal, Response, set_body};
use crate::registry::request::ParsedRequest;
use crate::registry::route::Endpoint;
use crate::registry::storage::Manifest;

/// How long a manifest is not found after its push.
const LATE_BY: Duration = Duration::from_millis(300);
const DIGEST: &str = "docker-content-digest";

pub(super) const QUIRKS: &[Quirk] = &[
    Quirk {
        name: "pull-reserialises",
        does: "answers GET of a manifest with reserialised JSON whose members are sorted",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("altered", "base"),
        act: Act::Alter(|request, _, response, _| {
            if is_pull(request, response) {
                rewrite(response, |_| ());
            }
        }),
    },
    Quirk {
        name: "pull-answers-in-gzip",
        does: "answers a pull of a manifest with gzip, whatever `Accept-Encoding` is",
        source: "serverless-registry#136, together with a missing Content-Length",
        since: "2025",
        shows: Shows::Finding("inconsistent", "base"),
        act: Act::Alter(|request, _, response, _| {
            if is_pull(request, response)
                && let Some(coded) = gzip(response.body())
            {
                set(response, "content-encoding", "gzip");
                set_body(response, coded);
            }
        }),
    },
    Quirk {
        name: "loses-manifest-by-digest",
        does: "answers every pull of a manifest by digest with 404",
        source: "harbor#16624, harbor#18432, intermittently",
        since: "2022-03",
        shows: Shows::Finding("lost", "base"),
        act: Act::Alter(|request, _, response, _| {
            if let Some(reference) = request.pulled_reference().filter(|reference| reference.contains(':')) {
                *response = Refusal::manifest_unknown(reference).answer();
            }
        }),
    },
    Quirk {
        name: "pull-answers-late",
        does: "answers pulls of a manifest with 404 for 300 ms after its push",
        source: "harbor#16624, harbor#18432: pulls after a push or a replication",
        since: "2022-03",
        shows: Shows::Finding("late", "base"),
        act: Act::Alter(|request, repository, response, _| {
            let Some(reference) = request.pulled_reference() else { return };
            let digest = repository.tag(reference).map_or(reference, |tag| &tag.digest);
            let is_new = |manifest: &Manifest| request.now < manifest.pushed_at + LATE_BY;
            if repository.manifest(digest).is_some_and(is_new) {
                *response = Refusal::manifest_unknown(reference).answer();
            }
        }),
    },
    Quirk {
        name: "loses-index-by-tag",
        does: "answers every pull of an index by tag with 404",
        source: "gitea#26839, gitea#31861, gitea#37093",
        since: "2023-09",
        shows: Shows::Finding("lost", "kind=index"),
        act: Act::Alter(|request, _, response, _| {
            let tag = request.pulled_reference().filter(|reference| !reference.contains(':'));
            if let Some(tag) = tag.filter(|_| is_list(response)) {
                *response = Refusal::manifest_unknown(tag).answer();
            }
        }),
    },
    Quirk {
        name: "head-answers-404",
        does: "answers HEAD of a manifest with 404",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("lost", "base"),
        act: Act::Alter(|request, _, response, _| {
            if let Some(reference) = request.pulled_reference().filter(|_| request.method == Method::HEAD) {
                *response = Refusal::manifest_unknown(reference).answer();
            }
        }),
    },
    Quirk {
        name: "head-lacks-content-length",
        does: "omits `Content-Length` from the response to HEAD of a manifest",
        source: "cc-utils#628",
        since: "2021",
        shows: Shows::Finding("missing-header", "base"),
        act: Act::Alter(|request, _, response, _| {
            if request.pulled_reference().is_some() && request.method == Method::HEAD {
                response.headers_mut().remove(header::CONTENT_LENGTH);
            }
        }),
    },
    Quirk {
        name: "pull-answers-json",
        does: "answers pulls of a manifest with the Content-Type application/json",
        source: "moby#19400",
        since: "2016-01",
        shows: Shows::Finding("inconsistent", "base"),
        act: Act::Alter(|request, _, response, _| {
            if request.pulled_reference().is_some() {
                response
                    .headers_mut()
                    .insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
            }
        }),
    },
    Quirk {
        name: "pull-truncates",
        does: "answers GET of a manifest with only the first half of its bytes",
        source: "CVE-2026-85747, in a client that does not verify the content",
        since: "2026",
        shows: Shows::Finding("altered", "base"),
        act: Act::Alter(|request, _, response, _| {
            if is_pull(request, response) && request.method == Method::GET {
                let half = response.body().slice(..response.body().len() / 2);
                set_body(response, half);
            }
        }),
    },
    Quirk {
        name: "pull-names-another-digest",
        does: "answers a pull of a manifest with a `Docker-Content-Digest` of different bytes",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", "base"),
        act: Act::Alter(|request, _, response, _| {
            if is_pull(request, response) {
                set_wrong_digest(response);
            }
        }),
    },
    Quirk {
        name: "list-pull-names-another-digest",
        does: "answers a pull of an index with a `Docker-Content-Digest` of different bytes",
        source: "go-containerregistry#56",
        since: "2018",
        shows: Shows::Finding("inconsistent", "kind=index"),
        act: Act::Alter(|request, _, response, _| {
            if is_pull(request, response) && is_list(response) {
                set_wrong_digest(response);
            }
        }),
    },
    Quirk {
        name: "pull-lacks-digest",
        does: "omits `Docker-Content-Digest` from the response to GET of a manifest",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("missing-header", "base"),
        act: Act::Alter(|request, _, response, _| {
            if is_pull(request, response) && request.method == Method::GET {
                response.headers_mut().remove(DIGEST);
            }
        }),
    },
    Quirk {
        name: "head-lacks-digest",
        does: "omits `Docker-Content-Digest` from the response to HEAD of a manifest",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("missing-header", "base"),
        act: Act::Alter(|request, _, response, _| {
            if is_pull(request, response) && request.method == Method::HEAD {
                response.headers_mut().remove(DIGEST);
            }
        }),
    },
    Quirk {
        name: "pull-adds-parameters",
        does: "adds a charset to the Content-Type of pulled manifests",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", "base"),
        act: Act::Alter(|request, _, response, _| {
            if is_pull(request, response) {
                let media_type =
                    response.headers().get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
                let media_type = format!("{media_type}; charset=utf-8");
                set(response, "content-type", &media_type);
            }
        }),
    },
    Quirk {
        name: "pull-answers-docker-type",
        does: "answers a pull of an image manifest without `mediaType` with Docker's media type",
        source: "buildah#575, buildah#2266, cri-o#2905",
        since: "2018",
        shows: Shows::Finding("inconsistent", "mediaType=absent"),
        act: Act::Alter(|request, _, response, _| {
            if is_pull(request, response) && lacks_media_type(response) {
                set(response, "content-type", DOCKER_MANIFEST);
            }
        }),
    },
    Quirk {
        name: "loses-large-manifests",
        does: "answers a pull of a manifest larger than 4194304 bytes with 404",
        source: "distribution#4636",
        since: "2025",
        shows: Shows::Finding("lost", "text.padding=beyond(4194305)"),
        act: Act::Alter(|request, _, response, _| {
            if is_pull(request, response) && response.body().len() > FOUR_MIB {
                *response = Refusal::manifest_unknown("").answer();
            }
        }),
    },
    Quirk {
        name: "blob-pull-answers-404",
        does: "answers GET of a blob with 404",
        source: "harbor#16624, harbor#18432, for manifests and intermittently",
        since: "2022-03",
        shows: Shows::Finding("lost", "afterwards=get-blob"),
        act: Act::Alter(|request, _, response, _| {
            if let Some(digest) = pulled_blob(request, response) {
                *response = Refusal::blob_unknown(digest).answer();
            }
        }),
    },
    Quirk {
        name: "blob-pull-returns-other-bytes",
        does: "answers GET of a blob with different bytes",
        source: "GHSA-qv35-3gw6-8q4j, in a client that does not verify the content",
        since: "2024-08",
        shows: Shows::Finding("altered", "afterwards=get-blob"),
        act: Act::Alter(|request, _, response, _| {
            if pulled_blob(request, response).is_some() {
                set_body(response, Bytes::from_static(b"other"));
            }
        }),
    },
    Quirk {
        name: "blob-pull-names-another-digest",
        does: "answers GET of a blob with a `Docker-Content-Digest` of different bytes",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", "afterwards=get-blob"),
        act: Act::Alter(|request, _, response, _| {
            if pulled_blob(request, response).is_some() {
                set_wrong_digest(response);
            }
        }),
    },
];

/// Compresses with gzip.
fn gzip(bytes: &[u8]) -> Option<Bytes> {
    let mut coder = GzEncoder::new(Vec::new(), Compression::default());
    coder.write_all(bytes).ok()?;
    coder.finish().ok().map(Bytes::from)
}

/// Whether this is a successful response to a manifest pull.
fn is_pull(request: &ParsedRequest<'_>, response: &Response) -> bool {
    request.pulled_reference().is_some() && response.status() == 200
}

/// The blob's digest, if this is a successful response to GET of a blob.
fn pulled_blob<'a>(request: &ParsedRequest<'a>, response: &Response) -> Option<&'a str> {
    match request.endpoint {
        Endpoint::Blob(digest) if request.method == Method::GET && response.status() == 200 => Some(digest),
        _ => None,
    }
}

/// Whether the body is an image manifest without `mediaType`.
fn lacks_media_type(response: &Response) -> bool {
    json::read(response.body()).is_ok_and(|document| {
        let root = document.root();
        root.is_object() && root.get("mediaType").is_none() && root.get("config").is_some()
    })
}

/// Whether the response is an index, judging by its Content-Type.
fn is_list(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| kind.contains("index") || kind.contains("manifest.list"))
}

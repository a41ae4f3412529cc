//! Answers to pulls of manifests and blobs that lack something, or say or hold something else than they should.

use std::io::Write as _;
use std::time::Duration;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::{Method, header};

use super::answers::{name_another, rewrite, set};
use super::{Act, FOUR_MIB, Quirk, Shows, UNREPORTED};
use crate::exchange::DOCKER_MANIFEST;
use crate::json;
use crate::registry::answer::{Refusal, Response, set_body};
use crate::registry::request::Asked;
use crate::registry::route::Endpoint;
use crate::registry::storage::Manifest;

/// How long after its push a manifest is not found yet.
const LATE_BY: Duration = Duration::from_millis(300);
const DIGEST: &str = "docker-content-digest";

pub(super) const QUIRKS: &[Quirk] = &[
    Quirk {
        name: "pull-reserialises",
        does: "answers GET with the manifest written anew, its members sorted",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("altered", "base"),
        act: Act::Alter(|asked, _, response, _| {
            if pulled(asked, response) {
                rewrite(response, |_| ());
            }
        }),
    },
    Quirk {
        name: "pull-answers-in-gzip",
        does: "answers a pull of a manifest under gzip, whatever the request accepts",
        source: "serverless-registry#136, there beside a Content-Length that is lost",
        since: "2025",
        shows: Shows::Finding("inconsistent", "base"),
        act: Act::Alter(|asked, _, response, _| {
            if pulled(asked, response)
                && let Some(coded) = gzip(response.body())
            {
                set(response, "content-encoding", "gzip");
                set_body(response, coded);
            }
        }),
    },
    Quirk {
        name: "loses-manifest-by-digest",
        does: "answers HEAD and GET by digest with 404 for every manifest",
        source: "harbor#16624, harbor#18432, there now and then",
        since: "2022-03",
        shows: Shows::Finding("lost", "base"),
        act: Act::Alter(|asked, _, response, _| {
            if let Some(reference) = asked.pulls_manifest().filter(|reference| reference.contains(':')) {
                *response = Refusal::manifest_unknown(reference).answer();
            }
        }),
    },
    Quirk {
        name: "pull-answers-late",
        does: "answers HEAD and GET of a manifest with 404 for 300 ms after its push",
        source: "harbor#16624, harbor#18432: pulls after a push or a replication",
        since: "2022-03",
        shows: Shows::Finding("late", "base"),
        act: Act::Alter(|asked, repository, response, _| {
            let Some(reference) = asked.pulls_manifest() else { return };
            let digest = repository.tagged(reference).map_or(reference, |tag| &tag.digest);
            let is_new = |manifest: &Manifest| asked.now < manifest.pushed_at + LATE_BY;
            if repository.manifest(digest).is_some_and(is_new) {
                *response = Refusal::manifest_unknown(reference).answer();
            }
        }),
    },
    Quirk {
        name: "loses-index-by-tag",
        does: "answers HEAD and GET by tag with 404 for every index",
        source: "gitea#26839, gitea#31861, gitea#37093",
        since: "2023-09",
        shows: Shows::Finding("lost", "kind=index"),
        act: Act::Alter(|asked, _, response, _| {
            let tag = asked.pulls_manifest().filter(|reference| !reference.contains(':'));
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
        act: Act::Alter(|asked, _, response, _| {
            if let Some(reference) = asked.pulls_manifest().filter(|_| asked.method == Method::HEAD) {
                *response = Refusal::manifest_unknown(reference).answer();
            }
        }),
    },
    Quirk {
        name: "head-lacks-content-length",
        does: "answers HEAD of a manifest without `Content-Length`",
        source: "cc-utils#628",
        since: "2021",
        shows: Shows::Finding("missing-header", "base"),
        act: Act::Alter(|asked, _, response, _| {
            if asked.pulls_manifest().is_some() && asked.method == Method::HEAD {
                response.headers_mut().remove(header::CONTENT_LENGTH);
            }
        }),
    },
    Quirk {
        name: "pull-answers-json",
        does: "answers GET and HEAD of a manifest with the Content-Type application/json",
        source: "moby#19400",
        since: "2016-01",
        shows: Shows::Finding("inconsistent", "base"),
        act: Act::Alter(|asked, _, response, _| {
            if asked.pulls_manifest().is_some() {
                response
                    .headers_mut()
                    .insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
            }
        }),
    },
    Quirk {
        name: "pull-truncates",
        does: "answers GET of a manifest with half of its bytes",
        source: "CVE-2026-85747, there of a client that does not look",
        since: "2026",
        shows: Shows::Finding("altered", "base"),
        act: Act::Alter(|asked, _, response, _| {
            if pulled(asked, response) && asked.method == Method::GET {
                let half = response.body().slice(..response.body().len() / 2);
                set_body(response, half);
            }
        }),
    },
    Quirk {
        name: "pull-names-another-digest",
        does: "answers a pull of a manifest with the digest of other bytes",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", "base"),
        act: Act::Alter(|asked, _, response, _| {
            if pulled(asked, response) {
                name_another(response);
            }
        }),
    },
    Quirk {
        name: "list-pull-names-another-digest",
        does: "answers a pull of an index with the digest of other bytes",
        source: "go-containerregistry#56",
        since: "2018",
        shows: Shows::Finding("inconsistent", "kind=index"),
        act: Act::Alter(|asked, _, response, _| {
            if pulled(asked, response) && is_list(response) {
                name_another(response);
            }
        }),
    },
    Quirk {
        name: "pull-lacks-digest",
        does: "answers GET of a manifest without `Docker-Content-Digest`",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("missing-header", "base"),
        act: Act::Alter(|asked, _, response, _| {
            if pulled(asked, response) && asked.method == Method::GET {
                response.headers_mut().remove(DIGEST);
            }
        }),
    },
    Quirk {
        name: "head-lacks-digest",
        does: "answers HEAD of a manifest without `Docker-Content-Digest`",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("missing-header", "base"),
        act: Act::Alter(|asked, _, response, _| {
            if pulled(asked, response) && asked.method == Method::HEAD {
                response.headers_mut().remove(DIGEST);
            }
        }),
    },
    Quirk {
        name: "pull-adds-parameters",
        does: "answers a pull of a manifest with a charset in its Content-Type",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", "base"),
        act: Act::Alter(|asked, _, response, _| {
            if pulled(asked, response) {
                let own = response.headers().get("content-type").and_then(|own| own.to_str().ok()).unwrap_or_default();
                let own = format!("{own}; charset=utf-8");
                set(response, "content-type", &own);
            }
        }),
    },
    Quirk {
        name: "pull-answers-docker-type",
        does: "answers a pull of an image manifest without `mediaType` with the type of Docker's",
        source: "buildah#575, buildah#2266, cri-o#2905",
        since: "2018",
        shows: Shows::Finding("inconsistent", "mediaType=absent"),
        act: Act::Alter(|asked, _, response, _| {
            if pulled(asked, response) && lacks_media_type(response) {
                set(response, "content-type", DOCKER_MANIFEST);
            }
        }),
    },
    Quirk {
        name: "loses-large-manifests",
        does: "answers a pull of a manifest of more than 4194304 bytes with 404",
        source: "distribution#4636",
        since: "2025",
        shows: Shows::Finding("lost", "text.padding=beyond(4194305)"),
        act: Act::Alter(|asked, _, response, _| {
            if pulled(asked, response) && response.body().len() > FOUR_MIB {
                *response = Refusal::manifest_unknown("").answer();
            }
        }),
    },
    Quirk {
        name: "blob-pull-answers-404",
        does: "answers GET of a blob with 404",
        source: "harbor#16624, harbor#18432, there of manifests now and then",
        since: "2022-03",
        shows: Shows::Finding("lost", "afterwards=get-blob"),
        act: Act::Alter(|asked, _, response, _| {
            if let Some(digest) = pulled_blob(asked, response) {
                *response = Refusal::blob_unknown(digest).answer();
            }
        }),
    },
    Quirk {
        name: "blob-pull-returns-other-bytes",
        does: "answers GET of a blob with other bytes",
        source: "GHSA-qv35-3gw6-8q4j, there of a client that does not look",
        since: "2024-08",
        shows: Shows::Finding("altered", "afterwards=get-blob"),
        act: Act::Alter(|asked, _, response, _| {
            if pulled_blob(asked, response).is_some() {
                set_body(response, Bytes::from_static(b"other"));
            }
        }),
    },
    Quirk {
        name: "blob-pull-names-another-digest",
        does: "answers GET of a blob with the digest of other bytes",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", "afterwards=get-blob"),
        act: Act::Alter(|asked, _, response, _| {
            if pulled_blob(asked, response).is_some() {
                name_another(response);
            }
        }),
    },
];

/// The bytes under gzip.
fn gzip(bytes: &[u8]) -> Option<Bytes> {
    let mut coder = GzEncoder::new(Vec::new(), Compression::default());
    coder.write_all(bytes).ok()?;
    coder.finish().ok().map(Bytes::from)
}

/// Whether this answers a pull with the manifest.
fn pulled(asked: &Asked<'_>, response: &Response) -> bool {
    asked.pulls_manifest().is_some() && response.status() == 200
}

/// The digest of a blob that is there and was asked for by GET.
fn pulled_blob<'a>(asked: &Asked<'a>, response: &Response) -> Option<&'a str> {
    match asked.place {
        Endpoint::Blob(digest) if asked.method == Method::GET && response.status() == 200 => Some(digest),
        _ => None,
    }
}

/// Whether the answer is an image manifest that does not name its own type.
fn lacks_media_type(response: &Response) -> bool {
    json::read(response.body()).is_ok_and(|document| {
        let root = document.root();
        root.is_object() && root.get("mediaType").is_none() && root.get("config").is_some()
    })
}

/// Whether the answer is an index, by its Content-Type.
fn is_list(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| kind.contains("index") || kind.contains("manifest.list"))
}

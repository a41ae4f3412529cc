//! Deviations in conditional requests and in content codings.

use std::io::Write as _;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::{HeaderValue, Method, StatusCode, header};

use super::answers::set;
use super::{Act, Quirk, Shows, UNREPORTED};
use crate::exchange::sha256;
use crate::registry::answer::{Refusal, Response, answer, set_body};
use crate::registry::request::ParsedRequest;
use crate::registry::route::Endpoint;

pub(super) const QUIRKS: &[Quirk] = &[
    Quirk {
        name: "etag-lacks-quotes",
        does: "answers reads with an `ETag` that is not in double quotes",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", "base"),
        act: Act::Alter(|_, _, response, _| {
            let etag = response.headers().get(header::ETAG).and_then(|value| value.to_str().ok());
            if let Some(bare) = etag.map(|etag| etag.replace('"', "")) {
                set(response, "etag", &bare);
            }
        }),
    },
    Quirk {
        name: "unchanged-answers-412",
        does: "answers GET of a manifest whose `If-None-Match` has the current `ETag` with 412",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("wrong-status", "afterwards=get-if-changed"),
        act: Act::Alter(|request, _, response, _| {
            if is_manifest(request) && response.status() == StatusCode::NOT_MODIFIED {
                *response = answer(412, &[], Bytes::new());
            }
        }),
    },
    Quirk {
        name: "unchanged-head-answers-404",
        does: "answers HEAD of a manifest whose `If-None-Match` has the current `ETag` with 404",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("wrong-status", "afterwards=get-if-changed"),
        act: Act::Alter(|request, _, response, _| {
            if request.method == Method::HEAD && response.status() == StatusCode::NOT_MODIFIED {
                *response = Refusal::manifest_unknown("").answer();
            }
        }),
    },
    Quirk {
        name: "unchanged-blob-answers-500",
        does: "answers GET of a blob whose `If-None-Match` has the current `ETag` with 500",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("server-error", "afterwards=get-if-changed"),
        act: Act::Alter(|request, _, response, _| {
            if matches!(request.endpoint, Endpoint::Blob(_)) && response.status() == StatusCode::NOT_MODIFIED {
                *response = Refusal::new(500, "UNKNOWN", "unknown error").answer();
            }
        }),
    },
    Quirk {
        name: "any-condition-answers-304",
        does: "answers GET of a manifest with 304 if the request has an `If-None-Match`, whatever `ETag` it has",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("wrong-status", "afterwards=get-if-changed"),
        act: Act::Alter(|request, _, response, _| {
            if is_manifest(request) && is_conditional(request) && response.status() == StatusCode::OK {
                *response.status_mut() = StatusCode::NOT_MODIFIED;
                response.headers_mut().remove(header::CONTENT_LENGTH);
                *response.body_mut() = Bytes::new();
            }
        }),
    },
    Quirk {
        name: "unchanged-comes-with-content",
        does: "answers GET of a manifest that is unchanged with 304 and content",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", "afterwards=get-if-changed"),
        act: Act::Alter(|request, _, response, _| {
            if is_manifest(request) && response.status() == StatusCode::NOT_MODIFIED {
                set_body(response, Bytes::from_static(b"{}"));
            }
        }),
    },
    Quirk {
        name: "unchanged-lacks-etag",
        does: "omits `ETag` from 304",
        source: "distribution 2.8 and 3, `registry/handlers/manifests.go`",
        since: "2023",
        shows: Shows::Finding("missing-header", "afterwards=get-if-changed"),
        act: Act::Alter(|_, _, response, _| {
            if response.status() == StatusCode::NOT_MODIFIED {
                response.headers_mut().remove(header::ETAG);
            }
        }),
    },
    Quirk {
        name: "refused-if-match-is-stored",
        does: "answers a push whose `If-Match` does not hold with 412, but stores the manifest",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("residue", "afterwards=put-if-match"),
        act: Act::Alter(|request, _, response, _| {
            if request.pushed_reference().is_some() && request.header("if-match").is_some() {
                *response = answer(412, &[], Bytes::new());
            }
        }),
    },
    Quirk {
        name: "codes-what-takes-no-coding",
        does: "answers GET of a manifest in gzip if the request has an `Accept-Encoding`, even `identity`",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", "afterwards=get-in-gzip"),
        act: Act::Alter(|request, _, response, _| {
            if is_manifest(request) && request.header("accept-encoding").is_some() {
                code(response, Coding { varies: true, has_weak_etag: true });
            }
        }),
    },
    Quirk {
        name: "blob-pull-answers-in-gzip",
        does: "answers GET of a blob in gzip, even if `Accept-Encoding` excludes it",
        source: "serverless-registry#136, for manifests",
        since: "2025",
        shows: Shows::Finding("inconsistent", "afterwards=get-in-gzip"),
        act: Act::Alter(|request, _, response, _| {
            if matches!(request.endpoint, Endpoint::Blob(_)) && request.method == Method::GET {
                code(response, Coding { varies: true, has_weak_etag: true });
            }
        }),
    },
    Quirk {
        name: "coded-answer-lacks-vary",
        does: "answers GET of a manifest in gzip if asked, without `Vary`",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("missing-header", "afterwards=get-in-gzip"),
        act: Act::Alter(|request, _, response, _| {
            if takes_gzip(request) {
                code(response, Coding { varies: false, has_weak_etag: true });
            }
        }),
    },
    Quirk {
        name: "coded-answer-keeps-the-etag",
        does: "answers GET of a manifest in gzip if asked, with the strong `ETag` of the plain manifest",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", "afterwards=get-in-gzip"),
        act: Act::Alter(|request, _, response, _| {
            if takes_gzip(request) {
                code(response, Coding { varies: true, has_weak_etag: false });
            }
        }),
    },
    Quirk {
        name: "coded-answer-has-the-coded-digest",
        does: "answers GET of a manifest in gzip if asked, with the digest of the coded bytes",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", "afterwards=get-in-gzip"),
        act: Act::Alter(|request, _, response, _| {
            if takes_gzip(request) && response.status() == 200 {
                code(response, Coding { varies: true, has_weak_etag: true });
                let digest = sha256(response.body());
                set(response, "docker-content-digest", &digest);
            }
        }),
    },
    Quirk {
        name: "coded-answer-is-another",
        does: "answers GET of a manifest in gzip if asked, with a line break added",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("altered", "afterwards=get-in-gzip"),
        act: Act::Alter(|request, _, response, _| {
            if takes_gzip(request) && response.status() == 200 {
                let longer = Bytes::from([response.body().as_ref(), b"\n"].concat());
                set_body(response, longer);
                code(response, Coding { varies: true, has_weak_etag: true });
            }
        }),
    },
];

fn is_manifest(request: &ParsedRequest<'_>) -> bool {
    matches!(request.endpoint, Endpoint::Manifest(_)) && request.method == Method::GET
}

fn is_conditional(request: &ParsedRequest<'_>) -> bool {
    request.header("if-none-match").is_some()
}

/// Whether this is GET of a manifest by a client that takes gzip.
fn takes_gzip(request: &ParsedRequest<'_>) -> bool {
    is_manifest(request) && request.header("accept-encoding") == Some("gzip")
}

/// What a coded answer says of itself.
struct Coding {
    varies: bool,
    has_weak_etag: bool,
}

/// Puts the content of a successful answer in gzip.
fn code(response: &mut Response, coding: Coding) {
    if response.status() != StatusCode::OK {
        return;
    }
    let mut coder = GzEncoder::new(Vec::new(), Compression::default());
    let coded = coder.write_all(response.body()).and_then(|()| coder.finish());
    let Ok(coded) = coded else { return };
    set_body(response, Bytes::from(coded));
    response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    if coding.varies {
        response.headers_mut().insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    }
    let etag = response.headers().get(header::ETAG).and_then(|value| value.to_str().ok());
    if let Some(weak) = etag.filter(|_| coding.has_weak_etag).map(|etag| format!("W/{etag}")) {
        set(response, "etag", &weak);
    }
}

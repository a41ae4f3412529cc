//! Deviations in uploads of blobs in chunks.

use http::Method;

use super::answers::set;
use super::{Act, FOUR_MIB, Quirk, Shows, UNREPORTED, Validation, With};
use crate::registry::answer::status_of;
use crate::registry::request::ParsedRequest;
use crate::registry::route::Endpoint;

pub(super) const QUIRKS: &[Quirk] = &[
    Quirk {
        name: "patch-answers-201",
        does: "answers the upload of a chunk with 201",
        source: "regclient `scheme/reg/blob.go`",
        since: "2023",
        shows: Shows::Finding("wrong-status", "kind=blob;upload=chunked"),
        act: Act::Alter(|request, _, response, _| {
            if is_chunk(request) && response.status().is_success() {
                *response.status_mut() = status_of(201);
            }
        }),
    },
    Quirk {
        name: "chunk-lacks-location",
        does: "omits `Location` from the answer to a chunk",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("missing-header", "kind=blob;upload=chunked"),
        act: Act::Alter(|request, _, response, _| {
            if is_chunk(request) {
                response.headers_mut().remove("location");
            }
        }),
    },
    Quirk {
        name: "chunk-lacks-range",
        does: "omits `Range` from the answer to a chunk",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("missing-header", "kind=blob;upload=chunked"),
        act: Act::Alter(|request, _, response, _| {
            if is_chunk(request) && response.status() == 202 {
                response.headers_mut().remove("range");
            }
        }),
    },
    Quirk {
        name: "chunk-range-counts-bytes",
        does: "gives the number of bytes so far instead of the position of the last one in `Range` of the answer to a chunk",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", "kind=blob;upload=chunked"),
        act: Act::Alter(|request, _, response, _| {
            let range = response.headers().get("range").and_then(|value| value.to_str().ok());
            let last = range.and_then(|range| range.strip_prefix("0-")?.parse::<usize>().ok());
            if let Some(last) = last.filter(|_| is_chunk(request) && response.status() == 202) {
                set(response, "range", &format!("0-{}", last + 1));
            }
        }),
    },
    Quirk {
        name: "chunk-range-has-a-unit",
        does: "answers a chunk with a `Range` that begins with `bytes=`",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", "kind=blob;upload=chunked"),
        act: Act::Alter(|request, _, response, _| {
            let range = response.headers().get("range").and_then(|value| value.to_str().ok()).map(str::to_owned);
            if let Some(range) = range.filter(|_| is_chunk(request) && response.status() == 202) {
                set(response, "range", &format!("bytes={range}"));
            }
        }),
    },
    Quirk {
        name: "ignores-content-range",
        does: "takes chunks in any order",
        source: "docker-registry 2.8.2",
        since: "2026-11",
        shows: Shows::Finding("wrong-status", "kind=blob;upload=out-of-order"),
        act: Act::Waive(Validation::ChunkOrder),
    },
    Quirk {
        name: "chunk-out-of-order-answers-400",
        does: "answers a chunk out of order with 400",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("wrong-status", "kind=blob;upload=out-of-order"),
        act: Act::Alter(|request, _, response, _| {
            if is_chunk(request) && response.status() == 416 {
                *response.status_mut() = status_of(400);
            }
        }),
    },
    Quirk {
        name: "refuses-small-chunks",
        does: "refuses a chunk below 5 bytes that is not the last one, without announcing a minimum",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("missing-header", "kind=blob;upload=small-chunks"),
        act: Act::Refuse {
            when: |request, _| is_chunk(request) && request.body.len() < 5,
            with: With::Error(400, "BLOB_UPLOAD_INVALID", "the chunk is too small"),
        },
    },
    Quirk {
        name: "limits-chunks-to-4-mib",
        does: "answers a chunk above 4194304 bytes with 416",
        source: "rust-oci-client#35, rust-oci-client#37, ocx#237",
        since: "2026-07",
        shows: Shows::Finding("rejects-valid", "kind=blob;upload=large-chunk(4194305)"),
        act: Act::Refuse {
            when: |request, _| is_chunk(request) && request.body.len() > FOUR_MIB,
            with: With::Error(416, "BLOB_UPLOAD_INVALID", "the chunk is too large"),
        },
    },
    Quirk {
        name: "keeps-the-last-chunk",
        does: "stores only the last chunk of an upload",
        source: "wasmCloud#3405, rust-oci-client#205",
        since: "2025",
        shows: Shows::Finding("rejects-valid", "kind=blob;upload=chunked"),
        act: Act::Waive(Validation::ChunksSoFar),
    },
    Quirk {
        name: "ignores-the-last-chunk-in-put",
        does: "ignores the content of the PUT that ends an upload in chunks",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("rejects-valid", "kind=blob;upload=last-in-put"),
        act: Act::Waive(Validation::LastChunk),
    },
    Quirk {
        name: "refuses-streams",
        does: "refuses a chunk without `Content-Range`",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Nothing("the specification's PATCH has that header"),
        act: Act::Refuse {
            when: |request, _| is_chunk(request) && request.header("content-range").is_none(),
            with: With::Error(400, "BLOB_UPLOAD_INVALID", "Content-Range is required"),
        },
    },
    Quirk {
        name: "upload-status-answers-200",
        does: "answers the status of an upload with 200",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("wrong-status", "kind=blob;upload=status"),
        act: Act::Alter(|request, _, response, _| {
            if is_status(request) && response.status() == 204 {
                *response.status_mut() = status_of(200);
            }
        }),
    },
    Quirk {
        name: "upload-status-answers-404",
        does: "answers the status of an upload with 404",
        source: "seen with crane's registry (go-containerregistry 0.20), with 400",
        since: "2026-11",
        shows: Shows::Finding("wrong-status", "kind=blob;upload=status"),
        act: Act::Refuse {
            when: |request, _| is_status(request),
            with: With::Error(404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry"),
        },
    },
    Quirk {
        name: "upload-status-lacks-location",
        does: "omits `Location` from the status of an upload",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("missing-header", "kind=blob;upload=status"),
        act: Act::Alter(|request, _, response, _| {
            if is_status(request) {
                response.headers_mut().remove("location");
            }
        }),
    },
    Quirk {
        name: "upload-status-lacks-range",
        does: "omits `Range` from the status of an upload",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("missing-header", "kind=blob;upload=status"),
        act: Act::Alter(|request, _, response, _| {
            if is_status(request) {
                response.headers_mut().remove("range");
            }
        }),
    },
    Quirk {
        name: "upload-status-is-stale",
        does: "answers the status of an upload with the Range of an empty one",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", "kind=blob;upload=status"),
        act: Act::Alter(|request, _, response, _| {
            if is_status(request) && response.status() == 204 {
                set(response, "range", "0-0");
            }
        }),
    },
];

fn is_chunk(request: &ParsedRequest<'_>) -> bool {
    matches!(request.endpoint, Endpoint::Upload(_)) && request.method == Method::PATCH
}

fn is_status(request: &ParsedRequest<'_>) -> bool {
    matches!(request.endpoint, Endpoint::Upload(_)) && request.method == Method::GET
}

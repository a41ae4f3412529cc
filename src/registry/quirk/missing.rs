//! Responses to requests for missing manifests, blobs and repositories.

use bytes::Bytes;
use http::Method;

use super::{Act, DENIED, Quirk, Shows, UNREPORTED};
use crate::registry::answer::{Refusal, Response, answer};
use crate::registry::request::ParsedRequest;
use crate::registry::route::Endpoint;

pub(super) const QUIRKS: &[Quirk] = &[
    Quirk {
        name: "missing-manifest-answers-403",
        does: "answers a pull of a missing manifest with 403",
        source: "RTFACT-13797",
        since: "2017",
        shows: Shows::Nothing("a 403 may hide from an unauthorised client whether the manifest exists"),
        act: Act::Alter(|request, _, response, params| {
            if is_missing(request, response) {
                *response = DENIED.answer(params);
            }
        }),
    },
    Quirk {
        name: "missing-manifest-answers-500",
        does: "answers GET of a missing manifest with 500",
        source: "harbor#11744",
        since: "2020",
        shows: Shows::Finding("server-error", "afterwards=get-unknown-tag"),
        act: Act::Alter(|request, _, response, _| {
            if is_missing(request, response) && request.method == Method::GET {
                *response = Refusal::new(500, "UNKNOWN", "unknown error").answer();
            }
        }),
    },
    Quirk {
        name: "missing-manifest-answers-400",
        does: "answers GET of a missing manifest with 400",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("wrong-status", "afterwards=get-unknown-tag"),
        act: Act::Alter(|request, _, response, _| {
            if is_missing(request, response) && request.method == Method::GET {
                *response = Refusal::new(400, "MANIFEST_UNKNOWN", "manifest unknown to registry").answer();
            }
        }),
    },
    Quirk {
        name: "head-of-missing-answers-400",
        does: "answers HEAD of a missing manifest with 400",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("wrong-status", "schemaVersion=absent"),
        act: Act::Alter(|request, _, response, _| {
            if is_missing(request, response) && request.method == Method::HEAD {
                *response = Refusal::new(400, "MANIFEST_UNKNOWN", "manifest unknown").answer();
            }
        }),
    },
    Quirk {
        name: "head-of-missing-answers-200",
        does: "answers HEAD of a missing manifest with 200, and GET with 404",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", "schemaVersion=absent"),
        act: Act::Alter(|request, _, response, _| {
            if is_missing(request, response) && request.method == Method::HEAD {
                *response = answer(200, &[], Bytes::new());
            }
        }),
    },
    Quirk {
        name: "missing-repository-answers-400",
        does: "answers a pull from a missing repository with 400",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("wrong-status", "afterwards=get-unknown-repository"),
        act: Act::Alter(|request, _, response, _| {
            if is_missing(request, response) && code_of(response) == "NAME_UNKNOWN" {
                *response = Refusal::new(400, "NAME_UNKNOWN", "repository name not known to registry").answer();
            }
        }),
    },
    Quirk {
        name: "missing-blob-answers-400",
        does: "answers GET of a missing blob with 400",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("wrong-status", "afterwards=get-unknown-blob"),
        act: Act::Alter(|request, _, response, _| {
            if matches!(request.endpoint, Endpoint::Blob(_))
                && request.method == Method::GET
                && response.status() == 404
            {
                *response = Refusal::new(400, "BLOB_UNKNOWN", "blob unknown to registry").answer();
            }
        }),
    },
];

/// Whether this is a 404 to a manifest request.
fn is_missing(request: &ParsedRequest<'_>, response: &Response) -> bool {
    request.pulled_reference().is_some() && response.status() == 404
}

/// The code of the first error; empty if there is none.
pub(super) fn code_of(response: &Response) -> String {
    let body = serde_json::from_slice::<serde_json::Value>(response.body()).unwrap_or_default();
    body["errors"][0]["code"].as_str().unwrap_or_default().to_owned()
}

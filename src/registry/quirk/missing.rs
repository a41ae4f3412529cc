//! Answers to requests for what is not there.

use bytes::Bytes;
use http::Method;

use super::{Act, DENIED, Quirk, Shows, UNREPORTED};
use crate::registry::answer::{Refusal, Response, answer};
use crate::registry::request::Asked;
use crate::registry::route::Endpoint;

pub(super) const QUIRKS: &[Quirk] = &[
    Quirk {
        name: "missing-manifest-answers-403",
        does: "answers a pull of a manifest that is not there with 403",
        source: "RTFACT-13797",
        since: "2017",
        shows: Shows::Nothing("who may not look is told nothing of what is there"),
        act: Act::Alter(|asked, _, response, params| {
            if is_missing(asked, response) {
                *response = DENIED.answer(params);
            }
        }),
    },
    Quirk {
        name: "missing-manifest-answers-500",
        does: "answers GET of a manifest that is not there with 500",
        source: "harbor#11744",
        since: "2020",
        shows: Shows::Finding("server-error", "afterwards=get-unknown-tag"),
        act: Act::Alter(|asked, _, response, _| {
            if is_missing(asked, response) && asked.method == Method::GET {
                *response = Refusal::new(500, "UNKNOWN", "unknown error").answer();
            }
        }),
    },
    Quirk {
        name: "missing-manifest-answers-400",
        does: "answers GET of a manifest that is not there with 400",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("wrong-status", "afterwards=get-unknown-tag"),
        act: Act::Alter(|asked, _, response, _| {
            if is_missing(asked, response) && asked.method == Method::GET {
                *response = Refusal::new(400, "MANIFEST_UNKNOWN", "manifest unknown to registry").answer();
            }
        }),
    },
    Quirk {
        name: "head-of-missing-answers-400",
        does: "answers HEAD of a manifest that is not there with 400",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("wrong-status", "schemaVersion=absent"),
        act: Act::Alter(|asked, _, response, _| {
            if is_missing(asked, response) && asked.method == Method::HEAD {
                *response = Refusal::new(400, "MANIFEST_UNKNOWN", "manifest unknown").answer();
            }
        }),
    },
    Quirk {
        name: "head-of-missing-answers-200",
        does: "answers HEAD of a manifest that is not there with 200, and GET with 404",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", "schemaVersion=absent"),
        act: Act::Alter(|asked, _, response, _| {
            if is_missing(asked, response) && asked.method == Method::HEAD {
                *response = answer(200, &[], Bytes::new());
            }
        }),
    },
    Quirk {
        name: "missing-repository-answers-400",
        does: "answers a pull from a repository that is not there with 400",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("wrong-status", "afterwards=get-unknown-repository"),
        act: Act::Alter(|asked, _, response, _| {
            if is_missing(asked, response) && code_of(response) == "NAME_UNKNOWN" {
                *response = Refusal::new(400, "NAME_UNKNOWN", "repository name not known to registry").answer();
            }
        }),
    },
    Quirk {
        name: "missing-blob-answers-400",
        does: "answers GET of a blob that is not there with 400",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("wrong-status", "afterwards=get-unknown-blob"),
        act: Act::Alter(|asked, _, response, _| {
            if matches!(asked.place, Endpoint::Blob(_)) && asked.method == Method::GET && response.status() == 404 {
                *response = Refusal::new(400, "BLOB_UNKNOWN", "blob unknown to registry").answer();
            }
        }),
    },
];

/// Whether this says of a manifest that was asked for that it is not there.
fn is_missing(asked: &Asked<'_>, response: &Response) -> bool {
    asked.pulls_manifest().is_some() && response.status() == 404
}

/// The code of an error answer.
pub(super) fn code_of(response: &Response) -> String {
    let body = serde_json::from_slice::<serde_json::Value>(response.body()).unwrap_or_default();
    body["errors"][0]["code"].as_str().unwrap_or_default().to_owned()
}

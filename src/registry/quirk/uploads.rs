//! Deviations in uploads of blobs.

use http::{Method, StatusCode};

use super::{Act, Quirk, Shows, UNREPORTED};
use crate::registry::route::Endpoint;

pub(super) const QUIRKS: &[Quirk] = &[
    Quirk {
        name: "upload-opens-with-200",
        does: "opens upload sessions with 200 instead of 202",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("wrong-status", "kind=blob"),
        act: Act::Alter(|request, _, response, _| {
            if matches!(request.endpoint, Endpoint::Uploads) && response.status() == 202 {
                *response.status_mut() = StatusCode::OK;
            }
        }),
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
                *response.status_mut() = StatusCode::NO_CONTENT;
            }
        }),
    },
];

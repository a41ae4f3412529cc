//! Responses to pushes with missing or wrong headers or the wrong status.

use bytes::Bytes;
use http::{HeaderValue, header};
use serde_json::Value;

use super::{Act, Params, Quirk, Shows, UNREPORTED};
use crate::exchange::sha256;
use crate::registry::answer::{Response, set_body, status_of};
use crate::registry::request::ParsedRequest;
use crate::registry::storage::StoredRepository;

pub(super) const QUIRKS: &[Quirk] = &[
    Quirk {
        name: "push-lacks-location",
        does: "omits `Location` from the response to a manifest push",
        source: "rust-oci-client#36, rust-oci-client#40",
        since: "2023",
        shows: Shows::Finding("missing-header", "base"),
        act: Act::Alter(|request, _, response, _| remove_header(request, response, header::LOCATION.as_str())),
    },
    Quirk {
        name: "push-lacks-oci-subject",
        does: "omits `OCI-Subject` from the response to the push of a manifest with a subject",
        source: "distribution-spec#563; quay#2597",
        since: "2024",
        shows: Shows::Finding("missing-header", "subject=present"),
        act: Act::Alter(|request, _, response, _| remove_header(request, response, "oci-subject")),
    },
    Quirk {
        name: "push-answers-200",
        does: "answers a successful manifest push with 200",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("wrong-status", "base"),
        act: Act::Alter(push_answers::<200>),
    },
    Quirk {
        name: "push-answers-202",
        does: "answers a successful manifest push with 202",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("wrong-status", "base"),
        act: Act::Alter(push_answers::<202>),
    },
    Quirk {
        name: "push-names-another-digest",
        does: "answers a manifest push with a `Docker-Content-Digest` of different bytes",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", "reference=digest"),
        act: Act::Alter(|request, _, response, _| {
            if request.pushed_reference().is_some() && response.status() == 201 {
                set_wrong_digest(response);
            }
        }),
    },
    Quirk {
        name: "push-location-leads-nowhere",
        does: "answers a manifest push with a `Location` that does not exist",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("lost", "base"),
        act: Act::Alter(|request, _, response, _| {
            if request.pushed_reference().is_some() && response.status() == 201 {
                let nowhere = format!("/v2/{}/manifests/nowhere", request.name);
                set(response, "location", &nowhere);
            }
        }),
    },
    Quirk {
        name: "warns-without-quotes",
        does: "answers a manifest push with a `Warning` whose text is not quoted",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", "base"),
        act: Act::Alter(|request, _, response, _| {
            if request.pushed_reference().is_some() {
                set(response, "warning", "299 - deprecated");
            }
        }),
    },
    Quirk {
        name: "warns-at-length",
        does: "answers a manifest push with a `Warning` longer than 4096 bytes",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", "base"),
        act: Act::Alter(|request, _, response, _| {
            if request.pushed_reference().is_some() {
                set(response, "warning", &format!("299 - \"{}\"", "a".repeat(4096)));
            }
        }),
    },
];

fn remove_header(request: &ParsedRequest<'_>, response: &mut Response, name: &'static str) {
    if request.pushed_reference().is_some() {
        response.headers_mut().remove(name);
    }
}

fn push_answers<const STATUS: u16>(
    request: &ParsedRequest<'_>,
    _: &StoredRepository,
    response: &mut Response,
    params: &Params,
) {
    if request.pushed_reference().is_some() && response.status().is_success() {
        *response.status_mut() = status_of(params.status.unwrap_or(STATUS));
    }
}

/// Changes a JSON body. A body that serde_json cannot parse is left unchanged.
pub(super) fn rewrite(response: &mut Response, change: impl FnOnce(&mut Value)) {
    // Another quirk may have made something else of it.
    if let Ok(mut body @ Value::Object(_)) = serde_json::from_slice(response.body()) {
        change(&mut body);
        set_body(response, Bytes::from(body.to_string()));
    }
}

/// Sets a header; an invalid value is ignored.
pub(super) fn set(response: &mut Response, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

/// Sets `Docker-Content-Digest` to the digest of different bytes.
pub(super) fn set_wrong_digest(response: &mut Response) {
    set(response, "docker-content-digest", &sha256(b"other bytes"));
}

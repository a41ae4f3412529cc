//! Answers to pushes that lack something or say something else than they should.

use bytes::Bytes;
use http::{HeaderValue, Method, header};
use serde_json::Value;

use super::{Act, Params, Quirk, Shows, UNREPORTED};
use crate::exchange::sha256;
use crate::registry::answer::{Response, set_body, status_of};
use crate::registry::request::Asked;
use crate::registry::storage::Repository;

pub(super) const QUIRKS: &[Quirk] = &[
    Quirk {
        name: "push-lacks-location",
        does: "answers a manifest push without `Location`",
        source: "rust-oci-client#36, rust-oci-client#40",
        since: "2023",
        shows: Shows::Finding("missing-header", "base"),
        act: Act::Alter(|asked, _, response, _| without(asked, response, header::LOCATION.as_str())),
    },
    Quirk {
        name: "push-lacks-oci-subject",
        does: "answers the push of a manifest with a subject without `OCI-Subject`",
        source: "distribution-spec#563; quay#2597",
        since: "2024",
        shows: Shows::Finding("missing-header", "subject=present"),
        act: Act::Alter(|asked, _, response, _| without(asked, response, "oci-subject")),
    },
    Quirk {
        name: "push-answers-200",
        does: "answers a manifest push with 200",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("wrong-status", "base"),
        act: Act::Alter(push_answers::<200>),
    },
    Quirk {
        name: "push-answers-202",
        does: "answers every manifest push with 202",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("wrong-status", "base"),
        act: Act::Alter(push_answers::<202>),
    },
    Quirk {
        name: "patch-answers-201",
        does: "answers a chunk of an upload with 201",
        source: "regclient `scheme/reg/blob.go`",
        since: "2023",
        shows: Shows::Nothing("blobs are sent whole where that is taken"),
        act: Act::Alter(|asked, _, response, _| {
            if asked.method == Method::PATCH && response.status().is_success() {
                *response.status_mut() = status_of(201);
            }
        }),
    },
    Quirk {
        name: "push-names-another-digest",
        does: "answers a manifest push with the digest of other bytes",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", "reference=digest"),
        act: Act::Alter(|asked, _, response, _| {
            if asked.pushes_manifest().is_some() && response.status() == 201 {
                name_another(response);
            }
        }),
    },
    Quirk {
        name: "push-location-leads-nowhere",
        does: "answers a manifest push with a `Location` where nothing is",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("lost", "base"),
        act: Act::Alter(|asked, _, response, _| {
            if asked.pushes_manifest().is_some() && response.status() == 201 {
                let nowhere = format!("/v2/{}/manifests/nowhere", asked.name);
                set(response, "location", &nowhere);
            }
        }),
    },
    Quirk {
        name: "warns-without-quotes",
        does: "adds a `Warning` to a manifest push, without quotation marks",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", "base"),
        act: Act::Alter(|asked, _, response, _| {
            if asked.pushes_manifest().is_some() {
                set(response, "warning", "299 - deprecated");
            }
        }),
    },
    Quirk {
        name: "warns-at-length",
        does: "adds a `Warning` of more than 4096 bytes to a manifest push",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", "base"),
        act: Act::Alter(|asked, _, response, _| {
            if asked.pushes_manifest().is_some() {
                set(response, "warning", &format!("299 - \"{}\"", "a".repeat(4096)));
            }
        }),
    },
];

fn without(asked: &Asked<'_>, response: &mut Response, name: &'static str) {
    if asked.pushes_manifest().is_some() {
        response.headers_mut().remove(name);
    }
}

fn push_answers<const STATUS: u16>(asked: &Asked<'_>, _: &Repository, response: &mut Response, params: &Params) {
    if asked.pushes_manifest().is_some() && response.status().is_success() {
        *response.status_mut() = status_of(params.status.unwrap_or(STATUS));
    }
}

/// Changes a JSON body. One that serde_json cannot read stays as it is.
pub(super) fn rewrite(response: &mut Response, change: impl FnOnce(&mut Value)) {
    if let Ok(mut body) = serde_json::from_slice(response.body()) {
        change(&mut body);
        set_body(response, Bytes::from(body.to_string()));
    }
}

/// Sets a header; a value that HTTP cannot carry is left out.
pub(super) fn set(response: &mut Response, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

/// Names the digest of bytes that nobody sent.
pub(super) fn name_another(response: &mut Response) {
    set(response, "docker-content-digest", &sha256(b"other bytes"));
}

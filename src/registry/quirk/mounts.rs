//! Deviations in mounts of blobs.

use super::answers::{set, set_wrong_digest};
use super::{Act, Quirk, Shows, UNREPORTED, Validation, With};
use crate::exchange::unknown_digest;
use crate::registry::answer::{Refusal, Response, status_of};
use crate::registry::request::ParsedRequest;
use crate::registry::route::Endpoint;

pub(super) const QUIRKS: &[Quirk] = &[
    Quirk {
        name: "mount-answers-200",
        does: "answers a mount with 200",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("wrong-status", "kind=blob;upload=mount"),
        act: Act::Alter(|request, _, response, _| {
            if is_mounted(request, response) {
                *response.status_mut() = status_of(200);
            }
        }),
    },
    Quirk {
        name: "mount-lacks-location",
        does: "omits `Location` from the answer to a mount",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("missing-header", "kind=blob;upload=mount"),
        act: Act::Alter(|request, _, response, _| {
            if is_mounted(request, response) {
                response.headers_mut().remove("location");
            }
        }),
    },
    Quirk {
        name: "mount-location-leads-nowhere",
        does: "answers a mount with a `Location` that does not exist",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("lost", "kind=blob;upload=mount"),
        act: Act::Alter(|request, _, response, _| {
            if is_mounted(request, response) {
                set(response, "location", &format!("/v2/{}/blobs/{}", request.name, unknown_digest()));
            }
        }),
    },
    Quirk {
        name: "mount-names-another-digest",
        does: "answers a mount with a `Docker-Content-Digest` of different bytes",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", "kind=blob;upload=mount"),
        act: Act::Alter(|request, _, response, _| {
            if is_mounted(request, response) {
                set_wrong_digest(response);
            }
        }),
    },
    Quirk {
        name: "mount-stores-nothing",
        does: "answers mounts with 201 whether the source has the blob or not",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("lost", "kind=blob;upload=mount-unknown-repository"),
        act: Act::Waive(Validation::Mounting),
    },
    Quirk {
        name: "mount-from-unknown-answers-404",
        does: "answers a mount from a repository that does not exist with 404",
        source: "go-containerregistry#1741: Docker Hub, for a repository of another registry",
        since: "2023",
        shows: Shows::Finding("wrong-status", "kind=blob;upload=mount-unknown-repository"),
        act: Act::Alter(|request, _, response, _| {
            if is_mount(request) && request.parameter("from").is_some() && response.status() == 202 {
                *response = Refusal::name_unknown(request.name).answer();
            }
        }),
    },
    Quirk {
        name: "mount-without-from-is-refused",
        does: "refuses a mount without `from`",
        source: "go-containerregistry `pkg/v1/remote/write.go`: Quay",
        since: "2023",
        shows: Shows::Finding("wrong-status", "kind=blob;upload=mount-without-from"),
        act: Act::Refuse {
            when: |request, _| is_mount(request) && request.parameter("from").is_none(),
            with: With::Error(400, "NAME_INVALID", "from is required"),
        },
    },
    Quirk {
        name: "failed-mount-lacks-location",
        does: "answers a mount that fails with 202 without `Location`",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("missing-header", "kind=blob;upload=mount-unknown-repository"),
        act: Act::Alter(|request, _, response, _| {
            if is_mount(request) && response.status() == 202 {
                response.headers_mut().remove("location");
            }
        }),
    },
    Quirk {
        name: "lacks-mounts",
        does: "opens a session instead of mounting",
        source: "seen with crane's registry (go-containerregistry 0.20)",
        since: "2026-11",
        shows: Shows::Nothing("a registry need not mount blobs"),
        act: Act::Waive(Validation::Mounts),
    },
];

fn is_mount(request: &ParsedRequest<'_>) -> bool {
    matches!(request.endpoint, Endpoint::Uploads) && request.parameter("mount").is_some()
}

fn is_mounted(request: &ParsedRequest<'_>, response: &Response) -> bool {
    is_mount(request) && response.status() == 201
}

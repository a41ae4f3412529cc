//! Deviations in answers to requests that only the main branch of distribution-spec defines.

use http::{Method, StatusCode};

use super::answers::set;
use super::{Act, Quirk, Shows, UNREPORTED, With};
use crate::registry::route::Endpoint;

/// Why an ordinary run shows none of these.
const OF_DEV: Shows = Shows::Nothing("only the main branch of distribution-spec says how the request is answered");

pub(super) const QUIRKS: &[Quirk] = &[
    Quirk {
        name: "push-lacks-oci-tag",
        does: "accepts tags as parameters of a push by digest, and omits `OCI-Tag`",
        source: UNREPORTED,
        since: "2026-11",
        shows: OF_DEV,
        act: Act::Alter(|_, _, response, _| drop(response.headers_mut().remove("oci-tag"))),
    },
    Quirk {
        name: "refuses-several-tags",
        does: "refuses a push with more than one tag as parameter",
        source: UNREPORTED,
        since: "2026-11",
        shows: OF_DEV,
        act: Act::Refuse {
            when: |request, _| request.pushed_reference().is_some() && request.parameters("tag").count() > 1,
            with: With::Error(414, "UNSUPPORTED", "too many tags"),
        },
    },
    Quirk {
        name: "cancel-answers-202",
        does: "answers DELETE of an upload session with 202 instead of 204",
        source: UNREPORTED,
        since: "2026-11",
        shows: OF_DEV,
        act: Act::Alter(|request, _, response, _| {
            let is_session = matches!(request.endpoint, Endpoint::Upload(_));
            if is_session && request.method == Method::DELETE && response.status() == StatusCode::NO_CONTENT {
                *response.status_mut() = StatusCode::ACCEPTED;
            }
        }),
    },
    Quirk {
        name: "malformed-upload-digest-answers-404",
        does: "answers an upload under a malformed digest with 404",
        source: UNREPORTED,
        since: "2026-11",
        shows: OF_DEV,
        act: Act::Refuse {
            when: |request, _| {
                let is_close = matches!(request.endpoint, Endpoint::Upload(_)) && request.method == Method::PUT;
                is_close && request.parameter("digest").is_some_and(|digest| digest == "sha256:abc")
            },
            with: With::Error(404, "DIGEST_INVALID", "provided digest is not a digest"),
        },
    },
    Quirk {
        name: "names-another-namespace",
        does: "answers a pull with the parameter `ns` with another host in `OCI-Namespace`",
        source: UNREPORTED,
        since: "2026-11",
        shows: OF_DEV,
        act: Act::Alter(|request, _, response, _| {
            if request.pulled_reference().is_some() && request.parameter("ns").is_some() {
                set(response, "oci-namespace", "other.example");
            }
        }),
    },
];

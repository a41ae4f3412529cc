//! `Location` and `Link` headers that are not HTTP URLs.

use super::answers::set;
use super::{Act, Quirk, Shows, UNREPORTED};
use crate::registry::route::Endpoint;

/// A URL that no registry client can follow.
const FTP_URL: &str = "ftp://registry.invalid/x";

pub(super) const QUIRKS: &[Quirk] = &[
    Quirk {
        name: "upload-location-has-another-scheme",
        does: "answers the start of an upload with a `Location` that is not an HTTP URL",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", "base"),
        act: Act::Alter(|_, _, response, _| {
            if response.status() == 202 && response.headers().contains_key("docker-upload-uuid") {
                set(response, "location", FTP_URL);
            }
        }),
    },
    Quirk {
        name: "push-location-has-another-scheme",
        does: "answers a manifest push with a `Location` that is not an HTTP URL",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("lost", "base"),
        act: Act::Alter(|request, _, response, _| {
            if request.pushed_reference().is_some() && response.status() == 201 {
                set(response, "location", FTP_URL);
            }
        }),
    },
    Quirk {
        name: "tag-list-link-has-another-scheme",
        does: "sends tag lists with a `Link` that is not an HTTP URL",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", "base"),
        act: Act::Alter(|request, _, response, _| {
            if matches!(request.endpoint, Endpoint::Tags) && response.status() == 200 {
                set(response, "link", &format!("<{FTP_URL}>; rel=\"next\""));
            }
        }),
    },
    Quirk {
        name: "referrers-link-has-another-scheme",
        does: "sends referrers lists with a `Link` that is not an HTTP URL",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("referrers-wrong", "subject=present"),
        act: Act::Alter(|request, _, response, _| {
            if matches!(request.endpoint, Endpoint::Referrers(_)) && response.status() == 200 {
                set(response, "link", &format!("<{FTP_URL}>; rel=\"next\""));
            }
        }),
    },
];

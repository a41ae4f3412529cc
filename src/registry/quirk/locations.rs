//! `Location` and `Link` headers that are not URLs of HTTP.

use super::answers::set;
use super::{Act, Quirk, Shows, UNREPORTED};
use crate::registry::route::Endpoint;

/// A URL that no client of a registry can follow.
const OF_ANOTHER_SCHEME: &str = "ftp://registry.invalid/x";

pub(super) const QUIRKS: &[Quirk] = &[
    Quirk {
        name: "upload-location-has-another-scheme",
        does: "answers the opening of an upload with a `Location` of another scheme",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", "base"),
        act: Act::Alter(|_, _, response, _| {
            if response.status() == 202 && response.headers().contains_key("docker-upload-uuid") {
                set(response, "location", OF_ANOTHER_SCHEME);
            }
        }),
    },
    Quirk {
        name: "push-location-has-another-scheme",
        does: "answers a manifest push with a `Location` of another scheme",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("lost", "base"),
        act: Act::Alter(|asked, _, response, _| {
            if asked.pushes_manifest().is_some() && response.status() == 201 {
                set(response, "location", OF_ANOTHER_SCHEME);
            }
        }),
    },
    Quirk {
        name: "tag-list-link-has-another-scheme",
        does: "has a Link of another scheme in a tag list",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", "base"),
        act: Act::Alter(|asked, _, response, _| {
            if matches!(asked.place, Endpoint::Tags) && response.status() == 200 {
                set(response, "link", &format!("<{OF_ANOTHER_SCHEME}>; rel=\"next\""));
            }
        }),
    },
    Quirk {
        name: "referrers-link-has-another-scheme",
        does: "has a Link of another scheme in a list of referrers",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("referrers-wrong", "subject=present"),
        act: Act::Alter(|asked, _, response, _| {
            if matches!(asked.place, Endpoint::Referrers(_)) && response.status() == 200 {
                set(response, "link", &format!("<{OF_ANOTHER_SCHEME}>; rel=\"next\""));
            }
        }),
    },
];

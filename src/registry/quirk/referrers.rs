//! Lists of referrers that lack something, or hold something else than they should.

use serde_json::Value;

use super::answers::{rewrite, set};
use super::{Act, Quirk, Shows, UNREPORTED};
use crate::exchange::IMAGE_INDEX;
use crate::registry::answer::{Refusal, Response, answer, set_body};
use crate::registry::lists::index_of;
use crate::registry::request::Asked;
use crate::registry::route::Endpoint;
use crate::registry::storage::Repository;

const FILTERS: &str = "oci-filters-applied";

pub(super) const QUIRKS: &[Quirk] = &[
    Quirk {
        name: "referrers-lack-artifact-type",
        does: "lists referrers without `artifactType`",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("referrers-wrong", "subject=present"),
        act: Act::Alter(|asked, _, response, _| without_member(asked, response, "artifactType")),
    },
    Quirk {
        name: "referrers-lack-annotations",
        does: "lists referrers without their annotations",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("referrers-wrong", "annotations=one;subject=present"),
        act: Act::Alter(|asked, _, response, _| without_member(asked, response, "annotations")),
    },
    Quirk {
        name: "referrers-of-missing-answer-400",
        does: "answers the referrers of a digest that is not stored with 400",
        source: "quay, as read in its source",
        since: "2026",
        shows: Shows::Finding("referrers-wrong", "facts.subject=missing;subject=present"),
        act: Act::Alter(|asked, repository, response, _| {
            if listed_of_missing(asked, repository, response).is_some() {
                *response = Refusal::new(400, "MANIFEST_INVALID", "manifest invalid").answer();
            }
        }),
    },
    Quirk {
        name: "referrers-of-missing-answer-404",
        does: "answers the referrers of a digest that is not stored with 404",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("referrers-wrong", "facts.subject=missing;subject=present"),
        act: Act::Alter(|asked, repository, response, _| {
            if let Some(digest) = listed_of_missing(asked, repository, response) {
                *response = Refusal::manifest_unknown(digest).answer();
            }
        }),
    },
    Quirk {
        name: "referrers-take-malformed-digest",
        does: "answers the referrers of what is no digest with an empty list",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("wrong-status", "afterwards=referrers-of-malformed"),
        act: Act::Alter(|asked, _, response, _| {
            if matches!(asked.place, Endpoint::Referrers(_)) && response.status() == 400 {
                *response = answer(200, &[("content-type", IMAGE_INDEX)], index_of(std::iter::empty()));
            }
        }),
    },
    Quirk {
        name: "referrers-lose-manifests",
        does: "lists no referrers",
        source: "artifact-keeper#3376, defects of its referrers list",
        since: "2026-08",
        shows: Shows::Finding("referrers-wrong", "subject=present"),
        act: Act::Alter(|asked, _, response, _| {
            if listed(asked, response).is_some() {
                set_body(response, index_of(std::iter::empty()));
            }
        }),
    },
    Quirk {
        name: "referrers-lose-indexes",
        does: "lists no index among the referrers",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("referrers-wrong", "kind=index;subject=present"),
        act: Act::Alter(|asked, _, response, _| {
            if listed(asked, response).is_some() {
                rewrite(response, |body| {
                    if let Some(manifests) = body.get_mut("manifests").and_then(Value::as_array_mut) {
                        manifests.retain(|manifest| manifest["mediaType"] != IMAGE_INDEX);
                    }
                });
            }
        }),
    },
    Quirk {
        name: "referrers-of-nobody-hold-others",
        does: "lists the referrers of other manifests where there are none",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("referrers-wrong", "afterwards=referrers-of-unknown;subject=present"),
        act: Act::Alter(|asked, repository, response, _| {
            if is_of_nobody(asked, repository, response) {
                set_body(response, index_of(repository.all_referrers()));
            }
        }),
    },
    Quirk {
        name: "referrers-are-null",
        does: "lists referrers as null where there are none",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("referrers-wrong", "afterwards=referrers-of-unknown"),
        act: Act::Alter(|asked, repository, response, _| {
            if is_of_nobody(asked, repository, response) {
                rewrite(response, |body| {
                    if let Some(manifests) = body.get_mut("manifests") {
                        *manifests = Value::Null;
                    }
                });
            }
        }),
    },
    Quirk {
        name: "referrers-answer-json",
        does: "lists referrers with the Content-Type application/json",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("referrers-wrong", "subject=present"),
        act: Act::Alter(|asked, _, response, _| {
            if listed(asked, response).is_some() {
                set(response, "content-type", "application/json");
            }
        }),
    },
    Quirk {
        name: "referrers-link-unquoted",
        does: "has a Link without angle brackets in a list of referrers",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("referrers-wrong", "subject=present"),
        act: Act::Alter(|asked, _, response, _| {
            if let Some(digest) = listed(asked, response) {
                let link = format!("/v2/{}/referrers/{digest}?last=a; rel=next", asked.name);
                set(response, "link", &link);
            }
        }),
    },
    Quirk {
        name: "referrers-ignore-filter",
        does: "lists referrers of all types whatever type is asked for",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("referrers-wrong", "afterwards=referrers-filtered;subject=present"),
        act: Act::Alter(|asked, repository, response, _| {
            if let Some(digest) = filtered(asked, response) {
                set_body(response, index_of(repository.referrers(digest)));
                response.headers_mut().remove(FILTERS);
            }
        }),
    },
    Quirk {
        name: "referrers-claim-filter",
        does: "lists referrers of all types and says that they were filtered",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("referrers-wrong", "afterwards=referrers-filtered;subject=present"),
        act: Act::Alter(|asked, repository, response, _| {
            if let Some(digest) = filtered(asked, response) {
                set_body(response, index_of(repository.referrers(digest)));
            }
        }),
    },
    Quirk {
        name: "referrers-filter-unnamed",
        does: "filters referrers and does not say so",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("missing-header", "afterwards=referrers-filtered;subject=present"),
        act: Act::Alter(|asked, _, response, _| {
            if filtered(asked, response).is_some() {
                response.headers_mut().remove(FILTERS);
            }
        }),
    },
];

/// The digest whose referrers this answers with.
fn listed<'a>(asked: &Asked<'a>, response: &Response) -> Option<&'a str> {
    match asked.place {
        Endpoint::Referrers(digest) if response.status() == 200 => Some(digest),
        _ => None,
    }
}

/// The same where no manifest of this digest is stored.
fn listed_of_missing<'a>(asked: &Asked<'a>, repository: &Repository, response: &Response) -> Option<&'a str> {
    listed(asked, response).filter(|digest| repository.manifest(digest).is_none())
}

/// Whether this answers with the referrers of a digest that has none.
fn is_of_nobody(asked: &Asked<'_>, repository: &Repository, response: &Response) -> bool {
    listed(asked, response).is_some_and(|digest| repository.referrers(digest).next().is_none())
}

/// The digest whose referrers of one type this answers with.
fn filtered<'a>(asked: &Asked<'a>, response: &Response) -> Option<&'a str> {
    listed(asked, response).filter(|_| asked.parameter("artifactType").is_some())
}

fn without_member(asked: &Asked<'_>, response: &mut Response, name: &str) {
    if listed(asked, response).is_none() {
        return;
    }
    rewrite(response, |body| {
        let descriptors = body.get_mut("manifests").and_then(Value::as_array_mut);
        for descriptor in descriptors.into_iter().flatten().filter_map(Value::as_object_mut) {
            descriptor.remove(name);
        }
    });
}

//! Wrong or incomplete referrers lists.

use serde_json::Value;

use super::answers::{rewrite, set};
use super::{Act, Quirk, Shows, UNREPORTED};
use crate::exchange::IMAGE_INDEX;
use crate::registry::answer::{Refusal, Response, answer, set_body};
use crate::registry::lists::index_of;
use crate::registry::request::ParsedRequest;
use crate::registry::route::Endpoint;
use crate::registry::storage::StoredRepository;

pub(super) const FILTERS: &str = "oci-filters-applied";

pub(super) const QUIRKS: &[Quirk] = &[
    Quirk {
        name: "referrers-lack-artifact-type",
        does: "omits `artifactType` from referrers lists",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("referrers-wrong", "subject=present"),
        act: Act::Alter(|request, _, response, _| remove_member(request, response, "artifactType")),
    },
    Quirk {
        name: "referrers-lack-annotations",
        does: "omits `annotations` from referrers lists",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("referrers-wrong", "annotations=one;subject=present"),
        act: Act::Alter(|request, _, response, _| remove_member(request, response, "annotations")),
    },
    Quirk {
        name: "referrers-of-missing-answer-400",
        does: "answers a referrers request for a missing subject with 400",
        source: "quay source",
        since: "2026",
        shows: Shows::Finding("referrers-wrong", "facts.subject=missing;subject=present"),
        act: Act::Alter(|request, repository, response, _| {
            if missing_subject(request, repository, response).is_some() {
                *response = Refusal::new(400, "MANIFEST_INVALID", "manifest invalid").answer();
            }
        }),
    },
    Quirk {
        name: "referrers-of-missing-answer-404",
        does: "answers a referrers request for a missing subject with 404",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("referrers-wrong", "facts.subject=missing;subject=present"),
        act: Act::Alter(|request, repository, response, _| {
            if let Some(digest) = missing_subject(request, repository, response) {
                *response = Refusal::manifest_unknown(digest).answer();
            }
        }),
    },
    Quirk {
        name: "referrers-take-malformed-digest",
        does: "answers a referrers request for a malformed digest with an empty list",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("wrong-status", "afterwards=referrers-of-malformed"),
        act: Act::Alter(|request, _, response, _| {
            if matches!(request.endpoint, Endpoint::Referrers(_)) && response.status() == 400 {
                *response = answer(200, &[("content-type", IMAGE_INDEX)], index_of(std::iter::empty()));
            }
        }),
    },
    Quirk {
        name: "referrers-lose-manifests",
        does: "returns empty referrers lists",
        source: "artifact-keeper#3376, defects of the referrers list",
        since: "2026-08",
        shows: Shows::Finding("referrers-wrong", "subject=present"),
        act: Act::Alter(|request, _, response, _| {
            if listed_subject(request, response).is_some() {
                set_body(response, index_of(std::iter::empty()));
            }
        }),
    },
    Quirk {
        name: "referrers-lose-indexes",
        does: "omits indexes from referrers lists",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("referrers-wrong", "kind=index;subject=present"),
        act: Act::Alter(|request, _, response, _| {
            if listed_subject(request, response).is_some() {
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
        does: "lists the referrers of other manifests for a subject without referrers",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("referrers-wrong", "afterwards=referrers-of-unknown;subject=present"),
        act: Act::Alter(|request, repository, response, _| {
            if has_no_referrers(request, repository, response) {
                set_body(response, index_of(repository.all_referrers()));
            }
        }),
    },
    Quirk {
        name: "referrers-are-null",
        does: "returns `null` instead of an empty array for a subject without referrers",
        source: "olareg",
        since: "2026-11-27",
        shows: Shows::Finding("referrers-wrong", "afterwards=referrers-of-unknown"),
        act: Act::Alter(|request, repository, response, _| {
            if has_no_referrers(request, repository, response) {
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
        does: "sends referrers lists with the Content-Type application/json",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("referrers-wrong", "subject=present"),
        act: Act::Alter(|request, _, response, _| {
            if listed_subject(request, response).is_some() {
                set(response, "content-type", "application/json");
            }
        }),
    },
    Quirk {
        name: "referrers-link-unquoted",
        does: "sends referrers lists with a `Link` without angle brackets",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("referrers-wrong", "subject=present"),
        act: Act::Alter(|request, _, response, _| {
            if let Some(digest) = listed_subject(request, response) {
                let link = format!("/v2/{}/referrers/{digest}?last=a; rel=next", request.name);
                set(response, "link", &link);
            }
        }),
    },
    Quirk {
        name: "referrers-ignore-filter",
        does: "ignores the `artifactType` filter of referrers requests",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("referrers-wrong", "afterwards=referrers-filtered;subject=present"),
        act: Act::Alter(|request, repository, response, _| {
            if let Some(digest) = filtered_subject(request, response) {
                set_body(response, index_of(repository.referrers(digest)));
                response.headers_mut().remove(FILTERS);
            }
        }),
    },
    Quirk {
        name: "referrers-claim-filter",
        does: "ignores the `artifactType` filter but sends `OCI-Filters-Applied`",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("referrers-wrong", "afterwards=referrers-filtered;subject=present"),
        act: Act::Alter(|request, repository, response, _| {
            if let Some(digest) = filtered_subject(request, response) {
                set_body(response, index_of(repository.referrers(digest)));
            }
        }),
    },
    Quirk {
        name: "referrers-filter-unnamed",
        does: "filters referrers by `artifactType` without sending `OCI-Filters-Applied`",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("missing-header", "afterwards=referrers-filtered;subject=present"),
        act: Act::Alter(|request, _, response, _| {
            if filtered_subject(request, response).is_some() {
                response.headers_mut().remove(FILTERS);
            }
        }),
    },
];

/// The subject's digest, if this is a successful response to a referrers request.
pub(super) fn listed_subject<'a>(request: &ParsedRequest<'a>, response: &Response) -> Option<&'a str> {
    match request.endpoint {
        Endpoint::Referrers(digest) if response.status() == 200 => Some(digest),
        _ => None,
    }
}

/// As `listed_subject`, if the subject is not stored.
fn missing_subject<'a>(
    request: &ParsedRequest<'a>,
    repository: &StoredRepository,
    response: &Response,
) -> Option<&'a str> {
    listed_subject(request, response).filter(|digest| repository.manifest(digest).is_none())
}

/// Whether this is a referrers list for a subject without referrers.
fn has_no_referrers(request: &ParsedRequest<'_>, repository: &StoredRepository, response: &Response) -> bool {
    listed_subject(request, response).is_some_and(|digest| repository.referrers(digest).next().is_none())
}

/// As `listed_subject`, if the request filters by `artifactType`.
pub(super) fn filtered_subject<'a>(request: &ParsedRequest<'a>, response: &Response) -> Option<&'a str> {
    listed_subject(request, response).filter(|_| request.parameter("artifactType").is_some())
}

fn remove_member(request: &ParsedRequest<'_>, response: &mut Response, name: &str) {
    if listed_subject(request, response).is_none() {
        return;
    }
    rewrite(response, |body| {
        let descriptors = body.get_mut("manifests").and_then(Value::as_array_mut);
        for descriptor in descriptors.into_iter().flatten().filter_map(Value::as_object_mut) {
            descriptor.remove(name);
        }
    });
}

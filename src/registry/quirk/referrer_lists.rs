//! Referrers lists with wrong descriptors, pages, filters or members, and the referrers tag.

use http::Method;
use serde_json::{Value, json};

use super::answers::{rewrite, set};
use super::referrers::{FILTERS, filtered_subject, listed_subject};
use super::tags::is_tag_list;
use super::{Act, Quirk, Shows, UNREPORTED};
use crate::exchange::{DOCKER_LIST, IMAGE_INDEX, IMAGE_MANIFEST};
use crate::registry::answer::{Refusal, Response, set_body};
use crate::registry::lists::index_of;
use crate::registry::request::ParsedRequest;
use crate::registry::route::Endpoint;
use crate::registry::storage::{Manifest, StoredRepository};

/// The smallest cases of several rows.
const SEVERAL: &str = "afterwards=referrers-several";
const BY_TYPE: &str = "afterwards=referrers-by-type";
const TAG: &str = "afterwards=referrers-tag";
const WITH_SUBJECT: &str = "subject=present";
/// How many descriptors a page has.
const PAGE: usize = 2;

pub(super) const QUIRKS: &[Quirk] = &[
    Quirk {
        name: "referrers-have-size-zero",
        does: "lists referrers with size 0",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("referrers-wrong", WITH_SUBJECT),
        act: Act::Alter(|request, _, response, _| each(request, response, |descriptor| descriptor["size"] = json!(0))),
    },
    Quirk {
        name: "referrers-are-images",
        does: "lists every referrer with the media type of an image manifest",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("referrers-wrong", "kind=index;subject=present"),
        act: Act::Alter(|request, _, response, _| {
            each(request, response, |descriptor| descriptor["mediaType"] = json!(IMAGE_MANIFEST));
        }),
    },
    Quirk {
        name: "referrers-lower-annotation-keys",
        does: "lists annotations of referrers with keys in lower case",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("referrers-wrong", SEVERAL),
        act: Act::Alter(|request, _, response, _| {
            each(request, response, |descriptor| {
                if let Some(annotations) = descriptor.get_mut("annotations").and_then(Value::as_object_mut) {
                    let lower = annotations.iter().map(|(key, value)| (key.to_lowercase(), value.clone()));
                    *annotations = lower.collect();
                }
            });
        }),
    },
    Quirk {
        name: "referrers-are-listed-twice",
        does: "lists every referrer twice",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("referrers-wrong", WITH_SUBJECT),
        act: Act::Alter(|request, _, response, _| {
            change(request, response, |manifests| *manifests = [&manifests[..], &manifests[..]].concat());
        }),
    },
    Quirk {
        name: "referrers-list-lacks-media-type",
        does: "omits `mediaType` from referrers lists",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("referrers-wrong", WITH_SUBJECT),
        act: Act::Alter(|request, _, response, _| {
            if listed_subject(request, response).is_some() {
                rewrite(response, |body| {
                    body.as_object_mut().map(|list| list.remove("mediaType"));
                });
            }
        }),
    },
    Quirk {
        name: "referrers-list-says-docker-type",
        does: "sends referrers lists with Docker's `mediaType` of a manifest list",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("referrers-wrong", WITH_SUBJECT),
        act: Act::Alter(|request, _, response, _| {
            if listed_subject(request, response).is_some() {
                rewrite(response, |body| body["mediaType"] = json!(DOCKER_LIST));
            }
        }),
    },
    Quirk {
        name: "referrers-list-the-subject",
        does: "lists a manifest among its own referrers",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("referrers-wrong", SEVERAL),
        act: Act::Alter(|request, repository, response, _| {
            if let Some(subject) = listed_subject(request, response)
                && let Some(manifest) = repository.manifest(subject)
            {
                set_body(response, index_of(repository.referrers(subject).chain([(subject, manifest)])));
            }
        }),
    },
    Quirk {
        name: "referrers-keep-empty-lists",
        does: "returns an empty list for good once a manifest without referrers was asked for",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("referrers-wrong", "afterwards=referrers-after-list"),
        act: Act::Alter(|request, repository, response, _| {
            if let Some(subject) = listed_subject(request, response)
                && repository.was_empty(subject)
            {
                set_body(response, index_of(std::iter::empty()));
            }
        }),
    },
    Quirk {
        name: "referrers-keep-deleted-manifests",
        does: "lists referrers that were deleted",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("referrers-wrong", "afterwards=referrers-after-delete"),
        act: Act::Alter(|request, repository, response, _| {
            if let Some(subject) = listed_subject(request, response) {
                set_body(
                    response,
                    index_of(repository.referrers(subject).chain(repository.removed_referrers(subject))),
                );
            }
        }),
    },
    Quirk {
        name: "referrers-in-pages",
        does: "returns referrers lists in pages of two descriptors",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Nothing("distribution-spec allows pages"),
        act: Act::Alter(|request, _, response, _| {
            page(request, response, |last, digest| digest > last, |[.., last]| last);
        }),
    },
    Quirk {
        name: "referrers-pages-lead-back",
        does: "sends a `Link` to the first page with every page of a referrers list",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("referrers-wrong", SEVERAL),
        act: Act::Alter(|request, _, response, _| {
            page(request, response, |last, digest| digest > last, |_| "");
        }),
    },
    Quirk {
        name: "referrers-pages-overlap",
        does: "begins each page of a referrers list with the last descriptor of the page before",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("referrers-wrong", SEVERAL),
        act: Act::Alter(|request, _, response, _| {
            page(request, response, |last, digest| digest >= last, |[.., last]| last);
        }),
    },
    Quirk {
        name: "referrers-pages-end-early",
        does: "returns only the first page of a referrers list, without a `Link`",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("referrers-wrong", SEVERAL),
        act: Act::Alter(|request, _, response, _| {
            page(request, response, |_, _| true, |_| "");
            response.headers_mut().remove("link");
        }),
    },
    Quirk {
        name: "referrers-filter-is-not-decoded",
        does: "compares the `artifactType` of a filter without decoding it",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("referrers-wrong", BY_TYPE),
        act: Act::Alter(|request, _, response, _| {
            if filtered_subject(request, response).is_some() && request.query.contains('%') {
                set_body(response, index_of(std::iter::empty()));
            }
        }),
    },
    Quirk {
        name: "referrers-filter-ignores-configs",
        does: "filters by `artifactType` without regard to the media type of a config",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("referrers-wrong", BY_TYPE),
        act: Act::Alter(|request, repository, response, _| {
            refilter(request, repository, response, |manifest, is_wanted| is_wanted && names_its_type(manifest));
        }),
    },
    Quirk {
        name: "referrers-filter-passes-indexes",
        does: "filters only image manifests by `artifactType`",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("referrers-wrong", BY_TYPE),
        act: Act::Alter(|request, repository, response, _| {
            refilter(request, repository, response, |manifest, is_wanted| {
                is_wanted || manifest.content_type == IMAGE_INDEX
            });
        }),
    },
    Quirk {
        name: "referrers-of-sha512-are-lost",
        does: "returns an empty referrers list for a SHA-512 digest",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("referrers-wrong", "afterwards=referrers-of-sha512"),
        act: Act::Alter(|request, _, response, _| {
            if listed_subject(request, response).is_some_and(|subject| subject.starts_with("sha512:")) {
                set_body(response, index_of(std::iter::empty()));
            }
        }),
    },
    Quirk {
        name: "referrers-of-unknown-algorithm-answer-404",
        does: "answers a referrers request with an unregistered digest algorithm with 404",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("referrers-wrong", "afterwards=referrers-of-unknown-algorithm"),
        act: Act::Alter(|request, _, response, _| {
            if is_of_unknown_algorithm(request, response) {
                *response = Refusal::new(404, "MANIFEST_UNKNOWN", "unknown digest algorithm").answer();
            }
        }),
    },
    Quirk {
        name: "referrers-of-unknown-algorithm-answer-400",
        does: "answers a referrers request with an unregistered digest algorithm with 400",
        source: "ferro",
        since: "2026-11-27",
        shows: Shows::Finding("wrong-status", "afterwards=referrers-of-unknown-algorithm"),
        act: Act::Alter(|request, _, response, _| {
            if is_of_unknown_algorithm(request, response) {
                *response = Refusal::new(400, "DIGEST_INVALID", "unknown digest algorithm").answer();
            }
        }),
    },
    Quirk {
        name: "index-push-lacks-oci-subject",
        does: "omits `OCI-Subject` from the response to the push of an index with a subject",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("missing-header", "kind=index;subject=present"),
        act: Act::Alter(|request, _, response, _| {
            if request.pushed_reference().is_some() && request.header("content-type") == Some(IMAGE_INDEX) {
                response.headers_mut().remove("oci-subject");
            }
        }),
    },
    Quirk {
        name: "referrers-tag-is-hidden",
        does: "leaves referrers tags out of the tag list",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", TAG),
        act: Act::Alter(|request, _, response, _| {
            if is_tag_list(request, response) {
                rewrite(response, |body| {
                    if let Some(tags) = body.get_mut("tags").and_then(Value::as_array_mut) {
                        tags.retain(|tag| !tag.as_str().is_some_and(is_referrers_tag));
                    }
                });
            }
        }),
    },
    Quirk {
        name: "referrers-tag-answers-404",
        does: "answers GET of a referrers tag with 404",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("referrers-wrong", TAG),
        act: Act::Alter(|request, _, response, _| {
            let tag = request.pulled_reference().filter(|_| *request.method == Method::GET);
            if let Some(tag) = tag.filter(|tag| is_referrers_tag(tag)) {
                *response = Refusal::manifest_unknown(tag).answer();
            }
        }),
    },
    Quirk {
        name: "referrers-tag-empties-the-list",
        does: "returns an empty referrers list once a client has pushed the referrers tag",
        source: "olareg",
        since: "2026-11-27",
        shows: Shows::Finding("referrers-wrong", TAG),
        act: Act::Alter(|request, repository, response, _| {
            let subject = listed_subject(request, response).unwrap_or_default();
            if repository.tag(&subject.replacen(':', "-", 1)).is_some() {
                set_body(response, index_of(std::iter::empty()));
            }
        }),
    },
    Quirk {
        name: "referrers-tag-is-added",
        does: "adds the descriptors of the referrers tag to the list, although they are there already",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("referrers-wrong", TAG),
        act: Act::Alter(|request, repository, response, _| {
            let subject = listed_subject(request, response).unwrap_or_default();
            let tag = repository.tag(&subject.replacen(':', "-", 1));
            if let Some(index) = tag.and_then(|tag| repository.manifest_of(tag)) {
                let index: Value = serde_json::from_slice(&index.bytes).unwrap_or_default();
                let added = index["manifests"].as_array().cloned().unwrap_or_default();
                change(request, response, |manifests| manifests.extend(added));
            }
        }),
    },
];

fn is_referrers_tag(tag: &str) -> bool {
    tag.strip_prefix("sha256-").is_some_and(|hex| hex.len() == 64)
}

fn is_of_unknown_algorithm(request: &ParsedRequest<'_>, response: &Response) -> bool {
    let subject = listed_subject(request, response);
    subject.is_some_and(|subject| !subject.starts_with("sha256:") && !subject.starts_with("sha512:"))
}

/// Changes the descriptors of a referrers list.
fn change(request: &ParsedRequest<'_>, response: &mut Response, by: impl FnOnce(&mut Vec<Value>)) {
    if listed_subject(request, response).is_some() {
        rewrite(response, |body| {
            if let Some(manifests) = body.get_mut("manifests").and_then(Value::as_array_mut) {
                by(manifests);
            }
        });
    }
}

/// Changes each descriptor of a referrers list.
fn each(request: &ParsedRequest<'_>, response: &mut Response, by: impl Fn(&mut Value)) {
    change(request, response, |manifests| manifests.iter_mut().for_each(by));
}

/// Cuts a referrers list to a page: the descriptors that `follows` says follow the digest in the query. `next` says from which of
/// the page's digests the `Link` leads on; from an empty one it leads to the first page.
fn page(
    request: &ParsedRequest<'_>,
    response: &mut Response,
    follows: fn(&str, &str) -> bool,
    next: for<'d> fn([&'d str; PAGE]) -> &'d str,
) {
    let Endpoint::Referrers(subject) = request.endpoint else { return };
    let last = request.parameter("last").unwrap_or_default();
    let mut link = None;
    change(request, response, |manifests| {
        manifests
            .retain(|manifest| last.is_empty() || manifest["digest"].as_str().is_some_and(|own| follows(&last, own)));
        if manifests.len() > PAGE {
            manifests.truncate(PAGE);
            let digests = [0, 1].map(|i| manifests[i]["digest"].as_str().unwrap_or_default());
            let (place, next) = (format!("/v2/{}/referrers/{subject}", request.name), next(digests));
            let filter =
                request.parameter("artifactType").map(|value| format!("artifactType={}&", value.replace('+', "%2B")));
            link = Some(format!("<{place}?{}last={next}>; rel=\"next\"", filter.unwrap_or_default()));
        }
    });
    if let Some(link) = link {
        set(response, "link", &link);
    }
}

/// Filters a referrers list anew; `passes` is given whether the manifest has the type that is asked for.
fn refilter(
    request: &ParsedRequest<'_>,
    repository: &StoredRepository,
    response: &mut Response,
    passes: fn(&Manifest, bool) -> bool,
) {
    let Some(subject) = filtered_subject(request, response) else { return };
    let wanted = request.parameter("artifactType");
    let passing =
        repository.referrers(subject).filter(|(_, manifest)| passes(manifest, manifest.artifact_type == wanted));
    set_body(response, index_of(passing));
    set(response, FILTERS, "artifactType");
}

/// Whether the document has an `artifactType`.
fn names_its_type(manifest: &Manifest) -> bool {
    let document: Value = serde_json::from_slice(&manifest.bytes).unwrap_or_default();
    document["artifactType"].is_string()
}

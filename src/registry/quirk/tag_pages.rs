//! Tag lists with wrong pages, wrong beginnings or wrong members.

use serde_json::{Value, json};

use super::answers::{rewrite, set};
use super::tags::is_tag_list;
use super::{Act, Quirk, Shows, UNREPORTED, With};
use crate::registry::answer::{Refusal, Response, answer};
use crate::registry::request::ParsedRequest;
use crate::registry::route::Endpoint;
use crate::registry::storage::StoredRepository;

/// The smallest cases of several rows.
const PAGED: &str = "afterwards=tags-paged";
const AFTER_LAST: &str = "afterwards=tags-after-last";

pub(super) const QUIRKS: &[Quirk] = &[
    Quirk {
        name: "tag-list-names-another-repository",
        does: "sends `library/` and the repository as `name` in the tag list",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", "base"),
        act: Act::Alter(|request, _, response, _| {
            if is_tag_list(request, response) {
                let name = format!("library/{}", request.name);
                rewrite(response, |body| body["name"] = json!(name));
            }
        }),
    },
    Quirk {
        name: "tag-list-none-is-null",
        does: "sends `null` in place of an empty list of tags",
        source: "crane's registry; docker-registry 2.8.2",
        since: "2026-11-27",
        shows: Shows::Finding("inconsistent", "afterwards=tags-none"),
        act: Act::Alter(|request, _, response, _| {
            if is_tag_list(request, response) && listed(response).is_empty() {
                rewrite(response, |body| body["tags"] = Value::Null);
            }
        }),
    },
    Quirk {
        name: "tag-list-ignores-last",
        does: "ignores `last` and lists from the beginning",
        source: "docker-registry 2.8.2",
        since: "2026-11-27",
        shows: Shows::Finding("inconsistent", AFTER_LAST),
        act: Act::Alter(|request, repository, response, _| {
            if is_tag_list(request, response) && request.parameter("last").is_some() {
                list(response, all(repository).take(limit(request)));
            }
        }),
    },
    Quirk {
        name: "tag-list-includes-last",
        does: "lists the tag that `last` names, if no `n` is given",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", AFTER_LAST),
        act: Act::Alter(|request, repository, response, _| {
            let last = request.parameter("last").filter(|_| request.parameter("n").is_none());
            if let Some(last) = last.filter(|last| is_tag_list(request, response) && repository.tag(last).is_some()) {
                let after = listed(response);
                list(response, std::iter::once(last).chain(after));
            }
        }),
    },
    Quirk {
        name: "tag-list-limits-n",
        does: "answers a tag list request with an `n` above 100 with 400",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("wrong-status", AFTER_LAST),
        act: Act::Alter(|request, _, response, _| {
            if is_tag_list(request, response) && request.parameter("n").is_some() && limit(request) > 100 {
                *response = Refusal::new(400, "UNSUPPORTED", "`n` is too large").answer();
            }
        }),
    },
    Quirk {
        name: "tag-list-fails-for-odd-n",
        does: "answers a tag list request with an `n` that is not a number of tags with 500",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("server-error", "afterwards=tags-odd-n"),
        act: Act::Alter(|request, _, response, _| {
            if request.endpoint == Endpoint::Tags && response.status() == 400 {
                *response = Refusal::new(500, "UNKNOWN", "unknown error").answer();
            }
        }),
    },
    Quirk {
        name: "tag-list-drops-negative-n",
        does: "closes the connection on a tag list request with a negative `n`",
        source: "crane's registry; olareg",
        since: "2026-11-27",
        shows: Shows::Finding("dropped", "afterwards=tags-odd-n"),
        act: Act::Refuse {
            when: |request, _| {
                let n = request.parameter("n").filter(|_| request.endpoint == Endpoint::Tags);
                n.is_some_and(|n| n.starts_with('-'))
            },
            with: With::Drop,
        },
    },
    Quirk {
        name: "tag-list-of-unknown-is-empty",
        does: "answers the tag list of a repository that does not exist with an empty list",
        source: "ferro; olareg",
        since: "2026-11-27",
        shows: Shows::Finding("wrong-status", "afterwards=tags-of-unknown-repository"),
        act: Act::Alter(|request, _, response, _| {
            if request.endpoint == Endpoint::Tags && response.status() == 404 {
                let body = json!({"name": request.name, "tags": []}).to_string();
                *response = answer(200, &[("content-type", "application/json")], body.into());
            }
        }),
    },
    Quirk {
        name: "tag-list-of-untagged-answers-404",
        does: "answers the tag list of a repository without tags with 404",
        source: "docker-registry 2.8.2; distribution 3",
        since: "2026-11-27",
        shows: Shows::Finding("wrong-status", "afterwards=tags-of-untagged"),
        act: Act::Alter(|request, repository, response, _| {
            if is_tag_list(request, response) && all(repository).next().is_none() {
                *response = Refusal::name_unknown(request.name).answer();
            }
        }),
    },
    Quirk {
        name: "tag-list-keeps-deleted-tags",
        does: "lists tags that were deleted",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", "afterwards=tags-after-delete"),
        act: Act::Alter(|request, repository, response, _| {
            if is_tag_list(request, response) && request.query.is_empty() {
                let mut tags: Vec<String> = listed(response);
                tags.extend(repository.removed_tags().map(str::to_owned));
                tags.sort_by_key(|tag| (tag.to_lowercase(), tag.clone()));
                list(response, tags.into_iter());
            }
        }),
    },
    Quirk {
        name: "tag-pages-lead-back",
        does: "sends a `Link` to the first page with every page of a tag list",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", PAGED),
        act: Act::Alter(|request, _, response, _| {
            if is_tag_list(request, response) && response.headers().contains_key("link") {
                set(response, "link", &format!("</v2/{}/tags/list?n={}>; rel=\"next\"", request.name, limit(request)));
            }
        }),
    },
    Quirk {
        name: "tag-pages-skip",
        does: "leaves out a tag between two pages of a tag list",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", PAGED),
        act: Act::Alter(|request, repository, response, _| {
            let last = listed(response).pop().unwrap_or_default();
            if let Some((skipped, _)) = repository.tags_after(&last).next() {
                lead_on(request, response, skipped);
            }
        }),
    },
    Quirk {
        name: "tag-pages-overlap",
        does: "begins each page of a tag list with the last tag of the page before",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", PAGED),
        act: Act::Alter(|request, _, response, _| {
            if let [.., before, _] = &listed(response)[..] {
                lead_on(request, response, before);
            }
        }),
    },
    Quirk {
        name: "tag-pages-compare-bytes",
        does: "lists tags without regard to case, but compares them with `last` by their bytes",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", PAGED),
        act: Act::Alter(|request, repository, response, _| {
            if let Some(last) = request.parameter("last").filter(|_| is_tag_list(request, response)) {
                let after: Vec<String> = all(repository).filter(|tag| *tag > last).collect();
                if after.len() <= limit(request) {
                    response.headers_mut().remove("link");
                }
                list(response, after.into_iter().take(limit(request)));
            }
        }),
    },
    Quirk {
        name: "tag-pages-are-short",
        does: "lists one tag less than `n`, and sends no `Link`",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", PAGED),
        act: Act::Alter(|request, _, response, _| {
            let tags = listed(response);
            if is_tag_list(request, response) && tags.len() > 1 && tags.len() == limit(request) {
                response.headers_mut().remove("link");
                list(response, tags.into_iter().take(limit(request) - 1));
            }
        }),
    },
    Quirk {
        name: "tag-pages-are-long",
        does: "lists one tag more than `n` on all pages of a tag list but the first",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", PAGED),
        act: Act::Alter(|request, repository, response, _| {
            let last = request.parameter("last").filter(|_| is_tag_list(request, response) && limit(request) > 1);
            if let Some(last) = last.filter(|_| request.parameter("n").is_some()) {
                let tags: Vec<String> = repository.tags_after(&last).map(|(tag, _)| tag.to_owned()).collect();
                list(response, tags.into_iter().take(limit(request).saturating_add(1)));
            }
        }),
    },
    Quirk {
        name: "tag-pages-link-to-404",
        does: "sends a `Link` without `/v2` with the pages of a tag list",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", PAGED),
        act: Act::Alter(|request, _, response, _| {
            if let (true, Some(last)) = (response.headers().contains_key("link"), listed(response).last())
                && is_tag_list(request, response)
            {
                let link = format!("</{}/tags/list?n={}&last={last}>; rel=\"next\"", request.name, limit(request));
                set(response, "link", &link);
            }
        }),
    },
    Quirk {
        name: "tag-list-link-is-elsewhere",
        does: "sends a `Link` to another host with tag lists",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", "afterwards=tags-one"),
        act: Act::Alter(|request, _, response, _| {
            if is_tag_list(request, response) && response.headers().contains_key("link") {
                set(
                    response,
                    "link",
                    &format!("<https://registry.example/v2/{}/tags/list>; rel=\"next\"", request.name),
                );
            }
        }),
    },
];

/// The tags of the repository in order.
fn all(repository: &StoredRepository) -> impl Iterator<Item = String> {
    repository.tags_after("").map(|(tag, _)| tag.to_owned())
}

/// The number of tags that the request asks for.
fn limit(request: &ParsedRequest<'_>) -> usize {
    request.parameter("n").and_then(|n| n.parse().ok()).unwrap_or(usize::MAX)
}

/// The tags in a response.
fn listed(response: &Response) -> Vec<String> {
    let body: Value = serde_json::from_slice(response.body()).unwrap_or_default();
    let tags = body["tags"].as_array().cloned().unwrap_or_default();
    tags.iter().filter_map(|tag| tag.as_str().map(str::to_owned)).collect()
}

/// Replaces the tags in a response.
fn list(response: &mut Response, tags: impl Iterator<Item = String>) {
    let tags: Vec<String> = tags.collect();
    rewrite(response, |body| body["tags"] = json!(tags));
}

/// Lets the `Link` of a page lead to what follows `last`.
fn lead_on(request: &ParsedRequest<'_>, response: &mut Response, last: &str) {
    if is_tag_list(request, response) && response.headers().contains_key("link") {
        let link = format!("</v2/{}/tags/list?n={}&last={last}>; rel=\"next\"", request.name, limit(request));
        set(response, "link", &link);
    }
}

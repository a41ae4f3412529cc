//! Tag lists with wrong content or in the wrong order.

use serde_json::{Value, json};

use super::answers::{rewrite, set};
use super::{Act, Quirk, Shows, UNREPORTED};
use crate::registry::answer::{Refusal, Response};
use crate::registry::request::ParsedRequest;
use crate::registry::route::Endpoint;
use crate::registry::storage::StoredRepository;

pub(super) const QUIRKS: &[Quirk] = &[
    Quirk {
        name: "tag-list-lags",
        does: "lists a tag only after its second push",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", "base"),
        act: Act::Alter(|request, repository, response, _| {
            if is_tag_list(request, response) {
                rewrite(response, |body| {
                    if let Some(tags) = body.get_mut("tags").and_then(Value::as_array_mut) {
                        tags.retain(|tag| is_repushed(repository, tag));
                    }
                });
            }
        }),
    },
    Quirk {
        name: "tag-list-ignores-n",
        does: "ignores `n` and lists all tags",
        source: "docker-registry 2.8.2",
        since: "2026-11-24",
        shows: Shows::Finding("inconsistent", "afterwards=tags-none"),
        act: Act::Alter(|request, repository, response, _| {
            if is_tag_list(request, response) && request.parameter("n").is_some() {
                response.headers_mut().remove("link");
                set_tags(response, repository);
            }
        }),
    },
    Quirk {
        name: "tag-list-none-is-all",
        does: "lists all tags for `n=0`",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", "afterwards=tags-none"),
        act: Act::Alter(|request, repository, response, _| {
            if is_tag_list(request, response) && request.parameter("n").as_deref() == Some("0") {
                set_tags(response, repository);
            }
        }),
    },
    Quirk {
        name: "tag-list-refuses-n",
        does: "answers a tag list request with `n` with 400",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("wrong-status", "afterwards=tags-none"),
        act: Act::Alter(|request, _, response, _| {
            if is_tag_list(request, response) && request.parameter("n").is_some() {
                *response = Refusal::new(400, "UNSUPPORTED", "the operation is unsupported").answer();
            }
        }),
    },
    Quirk {
        name: "tag-list-by-age",
        does: "lists tags in the order of their last push",
        source: "docker-registry 2.8.2",
        since: "2026-11-24",
        shows: Shows::Finding("inconsistent", "afterwards=tags-in-order"),
        act: Act::Alter(|request, repository, response, _| {
            if is_tag_list(request, response) {
                rewrite(response, |body| {
                    if let Some(tags) = body.get_mut("tags").and_then(Value::as_array_mut) {
                        tags.sort_by_cached_key(|tag| {
                            tag.as_str().and_then(|tag| repository.tag(tag)).map(|tag| tag.sequence)
                        });
                    }
                });
            }
        }),
    },
    Quirk {
        name: "tag-list-is-bare",
        does: "returns a bare array as the tag list",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", "base"),
        act: Act::Alter(|request, _, response, _| {
            if is_tag_list(request, response) {
                rewrite(response, |body| {
                    if let Some(tags) = body.get_mut("tags").map(Value::take) {
                        *body = tags;
                    }
                });
            }
        }),
    },
    Quirk {
        name: "tag-list-link-is-prev",
        does: "sends tag lists with a `Link` whose relation is `prev`",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", "afterwards=tags-one"),
        act: Act::Alter(|request, _, response, _| {
            if is_tag_list(request, response)
                && let Some(link) = response.headers().get("link").and_then(|link| link.to_str().ok())
            {
                let link = link.replace("next", "prev");
                set(response, "link", &link);
            }
        }),
    },
];

/// Whether this is a successful response to a tag list request.
pub(super) fn is_tag_list(request: &ParsedRequest<'_>, response: &Response) -> bool {
    request.endpoint == Endpoint::Tags && response.status() == 200
}

/// Replaces the list with all tags of the repository.
fn set_tags(response: &mut Response, repository: &StoredRepository) {
    rewrite(response, |body| {
        if let Some(tags) = body.get_mut("tags") {
            *tags = json!(repository.tags_after("").map(|(tag, _)| tag).collect::<Vec<_>>());
        }
    });
}

fn is_repushed(repository: &StoredRepository, tag: &Value) -> bool {
    tag.as_str().and_then(|tag| repository.tag(tag)).is_some_and(|tag| tag.pushes > 1)
}

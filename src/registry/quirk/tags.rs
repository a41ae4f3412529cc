//! Tag lists that hold something else than they should, or in another order.

use serde_json::{Value, json};

use super::answers::{rewrite, set};
use super::{Act, Quirk, Shows, UNREPORTED};
use crate::registry::answer::{Refusal, Response};
use crate::registry::request::Asked;
use crate::registry::route::Endpoint;
use crate::registry::storage::Repository;

pub(super) const QUIRKS: &[Quirk] = &[
    Quirk {
        name: "tag-list-lags",
        does: "lists a tag only once it was pushed for a second time",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", "base"),
        act: Act::Alter(|asked, repository, response, _| {
            if listed(asked, response) {
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
        does: "lists all tags whatever `n` says",
        source: "docker-registry 2.8.2",
        since: "2026-11-24",
        shows: Shows::Finding("inconsistent", "afterwards=tags-none"),
        act: Act::Alter(|asked, repository, response, _| {
            if listed(asked, response) && asked.parameter("n").is_some() {
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
        act: Act::Alter(|asked, repository, response, _| {
            if listed(asked, response) && asked.parameter("n").as_deref() == Some("0") {
                set_tags(response, repository);
            }
        }),
    },
    Quirk {
        name: "tag-list-refuses-n",
        does: "answers a tag list with `n` with 400",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("wrong-status", "afterwards=tags-none"),
        act: Act::Alter(|asked, _, response, _| {
            if listed(asked, response) && asked.parameter("n").is_some() {
                *response = Refusal::new(400, "UNSUPPORTED", "the operation is unsupported").answer();
            }
        }),
    },
    Quirk {
        name: "tag-list-by-age",
        does: "lists tags in the order in which they were pushed",
        source: "docker-registry 2.8.2",
        since: "2026-11-24",
        shows: Shows::Finding("inconsistent", "afterwards=tags-in-order"),
        act: Act::Alter(|asked, repository, response, _| {
            if listed(asked, response) {
                rewrite(response, |body| {
                    if let Some(tags) = body.get_mut("tags").and_then(Value::as_array_mut) {
                        tags.sort_by_key(|tag| tag.as_str().and_then(|tag| repository.tagged(tag)).map(|tag| tag.at));
                    }
                });
            }
        }),
    },
    Quirk {
        name: "tag-list-is-bare",
        does: "answers a tag list with an array of the tags",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", "base"),
        act: Act::Alter(|asked, _, response, _| {
            if listed(asked, response) {
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
        does: "names the relation prev in the Link of a tag list",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("inconsistent", "afterwards=tags-one"),
        act: Act::Alter(|asked, _, response, _| {
            if listed(asked, response)
                && let Some(link) = response.headers().get("link").and_then(|link| link.to_str().ok())
            {
                let link = link.replace("next", "prev");
                set(response, "link", &link);
            }
        }),
    },
];

/// Whether this answers with a tag list.
fn listed(asked: &Asked<'_>, response: &Response) -> bool {
    asked.place == Endpoint::Tags && response.status() == 200
}

/// Lists every tag there is.
fn set_tags(response: &mut Response, repository: &Repository) {
    rewrite(response, |body| {
        if let Some(tags) = body.get_mut("tags") {
            *tags = json!(repository.tags_after("").map(|(tag, _)| tag).collect::<Vec<_>>());
        }
    });
}

fn is_repushed(repository: &Repository, tag: &Value) -> bool {
    tag.as_str().and_then(|tag| repository.tagged(tag)).is_some_and(|tag| tag.pushes > 1)
}

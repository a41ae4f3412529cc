//! Error answers in another form than distribution-spec gives them, or with another code.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use serde_json::{Value, json};

use super::answers::rewrite;
use super::missing::code_of;
use super::{Act, Params, Quirk, Shows, UNREPORTED};
use crate::registry::answer::{Response, set_body, status_of};
use crate::registry::request::Asked;
use crate::registry::storage::Repository;

pub(super) const QUIRKS: &[Quirk] = &[
    Quirk {
        name: "errors-in-html",
        does: "answers refused manifest pushes with an HTML page",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Nothing("the form of a body that is not JSON is left open"),
        act: Act::Alter(|asked, _, response, _| {
            if is_refused_push(asked, response) {
                let page = format!("<html><body><h1>{}</h1></body></html>", response.status());
                response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html"));
                set_body(response, Bytes::from(page));
            }
        }),
    },
    Quirk {
        name: "errors-in-plain-text",
        does: "answers refused manifest pushes with plain text that it calls JSON",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Nothing("the form of a body that is not JSON is left open"),
        act: Act::Alter(|asked, _, response, _| {
            if is_refused_push(asked, response) {
                let text = response.status().to_string();
                set_body(response, Bytes::from(text));
            }
        }),
    },
    Quirk {
        name: "errors-lack-errors",
        does: "answers refused manifest pushes with one JSON error that is not in a list",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("bad-error-body", "schemaVersion=absent"),
        act: Act::Alter(|asked, _, response, _| {
            if is_refused_push(asked, response)
                && let Ok(mut body) = serde_json::from_slice::<Value>(response.body())
                && let Some(first) = body.pointer_mut("/errors/0").map(Value::take)
            {
                set_body(response, Bytes::from(first.to_string()));
            }
        }),
    },
    Quirk {
        name: "errors-with-own-code",
        does: "answers refused manifest pushes with a code that distribution-spec does not list",
        source: "containers/image#2203, harbor#11744; GitLab MANIFEST_SIZE_LIMIT",
        since: "2020",
        shows: Shows::Finding("wrong-code", "schemaVersion=absent"),
        act: Act::Alter(|asked, _, response, params: &Params| {
            let own = params.code.as_deref().unwrap_or("NOT_FOUND");
            if is_refused_push(asked, response) {
                set_codes(response, |_| Some(own));
            }
        }),
    },
    Quirk {
        name: "missing-blob-is-manifest-invalid",
        does: "answers MANIFEST_INVALID where something that the manifest points at is missing",
        source: "quay `image/shared/schemautil.py`; pulp_container",
        since: "2023",
        shows: Shows::Finding("wrong-code", "facts.config=missing"),
        act: Act::Alter(|asked, _: &Repository, response, params| {
            let own = params.code.as_deref().unwrap_or("MANIFEST_INVALID");
            if is_refused_push(asked, response) {
                set_codes(response, |code| (code == "MANIFEST_BLOB_UNKNOWN").then_some(own));
            }
        }),
    },
    Quirk {
        name: "missing-child-answers-404",
        does: "answers 404 where a child of an index is missing",
        source: "gitea, as read in its source",
        since: "2026",
        shows: Shows::Nothing("the code of such a refusal is fixed, its status is not"),
        act: Act::Alter(|asked, _: &Repository, response, _| {
            if is_refused_push(asked, response) && is_list(asked) && code_of(response) == "MANIFEST_BLOB_UNKNOWN" {
                *response.status_mut() = status_of(404);
            }
        }),
    },
    Quirk {
        name: "errors-with-number-messages",
        does: "answers refused manifest pushes with a message that is a number",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("bad-error-body", "schemaVersion=absent"),
        act: Act::Alter(|asked, _, response, _| {
            if is_refused_push(asked, response) {
                rewrite(response, |body| {
                    for error in body
                        .get_mut("errors")
                        .and_then(Value::as_array_mut)
                        .into_iter()
                        .flatten()
                        .filter_map(Value::as_object_mut)
                    {
                        error.insert("message".to_owned(), json!(1));
                    }
                });
            }
        }),
    },
    Quirk {
        name: "missing-blob-is-blob-unknown",
        does: "answers BLOB_UNKNOWN where a blob that the manifest points at is missing",
        source: "gitea, pulp_container and serverless-registry, as read in their source",
        since: "2026",
        shows: Shows::Finding("ambiguous", "facts.config=missing"),
        act: Act::Alter(|asked, _: &Repository, response, params| {
            let own = params.code.as_deref().unwrap_or("BLOB_UNKNOWN");
            if is_refused_push(asked, response) && !is_list(asked) && code_of(response) == "MANIFEST_BLOB_UNKNOWN" {
                set_codes(response, |_| Some(own));
                *response.status_mut() = params.status.map_or(response.status(), status_of);
            }
        }),
    },
];

fn is_refused_push(asked: &Asked<'_>, response: &Response) -> bool {
    asked.pushes_manifest().is_some() && response.status().as_u16() >= 400
}

/// Whether the pushed document is an index or a Docker manifest list.
fn is_list(asked: &Asked<'_>) -> bool {
    asked.pushed.as_ref().and_then(|pushed| pushed.kind()).is_some_and(|kind| kind.is_list())
}

/// Replaces the codes of an error answer for which `change` has another.
fn set_codes<'c>(response: &mut Response, change: impl Fn(&str) -> Option<&'c str>) {
    let Ok(mut body) = serde_json::from_slice::<Value>(response.body()) else { return };
    let errors = body.get_mut("errors").and_then(Value::as_array_mut);
    for error in errors.into_iter().flatten() {
        if let Some(code) = error["code"].as_str().and_then(&change) {
            error["code"] = json!(code);
        }
    }
    set_body(response, Bytes::from(body.to_string()));
}

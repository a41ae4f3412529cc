//! Error responses that deviate from distribution-spec in format or code.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use serde_json::{Value, json};

use super::answers::rewrite;
use super::missing::code_of;
use super::{Act, Params, Quirk, Shows, UNREPORTED};
use crate::registry::answer::{Response, set_body, status_of};
use crate::registry::request::ParsedRequest;
use crate::registry::storage::StoredRepository;

pub(super) const QUIRKS: &[Quirk] = &[
    Quirk {
        name: "errors-in-html",
        does: "answers refused manifest pushes with an HTML page",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Nothing("distribution-spec does not restrict error bodies that are not JSON"),
        act: Act::Alter(|request, _, response, _| {
            if is_refused_push(request, response) {
                let page = format!("<html><body><h1>{}</h1></body></html>", response.status());
                response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html"));
                set_body(response, Bytes::from(page));
            }
        }),
    },
    Quirk {
        name: "errors-in-plain-text",
        does: "answers refused manifest pushes with plain text labelled as JSON",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Nothing("distribution-spec does not restrict error bodies that are not JSON"),
        act: Act::Alter(|request, _, response, _| {
            if is_refused_push(request, response) {
                let text = response.status().to_string();
                set_body(response, Bytes::from(text));
            }
        }),
    },
    Quirk {
        name: "errors-lack-errors",
        does: "answers refused manifest pushes with a bare JSON error instead of an `errors` array",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("bad-error-body", "schemaVersion=absent"),
        act: Act::Alter(|request, _, response, _| {
            if is_refused_push(request, response)
                && let Ok(mut body) = serde_json::from_slice::<Value>(response.body())
                && let Some(first) = body.pointer_mut("/errors/0").map(Value::take)
            {
                set_body(response, Bytes::from(first.to_string()));
            }
        }),
    },
    Quirk {
        name: "errors-with-own-code",
        does: "answers refused manifest pushes with a code that distribution-spec does not define",
        source: "containers/image#2203, harbor#11744; GitLab MANIFEST_SIZE_LIMIT",
        since: "2020",
        shows: Shows::Finding("wrong-code", "schemaVersion=absent"),
        act: Act::Alter(|request, _, response, params: &Params| {
            let own = params.code.as_deref().unwrap_or("NOT_FOUND");
            if is_refused_push(request, response) {
                set_codes(response, |_| Some(own));
            }
        }),
    },
    Quirk {
        name: "missing-blob-is-manifest-invalid",
        does: "answers MANIFEST_INVALID if content that the manifest references is missing",
        source: "quay `image/shared/schemautil.py`; pulp_container",
        since: "2023",
        shows: Shows::Finding("wrong-code", "facts.config=missing"),
        act: Act::Alter(|request, _: &StoredRepository, response, params| {
            let own = params.code.as_deref().unwrap_or("MANIFEST_INVALID");
            if is_refused_push(request, response) {
                set_codes(response, |code| (code == "MANIFEST_BLOB_UNKNOWN").then_some(own));
            }
        }),
    },
    Quirk {
        name: "missing-child-answers-404",
        does: "answers 404 if a child of an index is missing",
        source: "gitea source",
        since: "2026",
        shows: Shows::Nothing("distribution-spec defines the code of this refusal but not its status"),
        act: Act::Alter(|request, _: &StoredRepository, response, _| {
            if is_refused_push(request, response) && is_list(request) && code_of(response) == "MANIFEST_BLOB_UNKNOWN" {
                *response.status_mut() = status_of(404);
            }
        }),
    },
    Quirk {
        name: "errors-with-number-messages",
        does: "answers refused manifest pushes with a number as error message",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("bad-error-body", "schemaVersion=absent"),
        act: Act::Alter(|request, _, response, _| {
            if is_refused_push(request, response) {
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
        does: "answers BLOB_UNKNOWN if a blob that the manifest references is missing",
        source: "gitea, pulp_container and serverless-registry source",
        since: "2026",
        shows: Shows::Finding("ambiguous", "facts.config=missing"),
        act: Act::Alter(|request, _: &StoredRepository, response, params| {
            let own = params.code.as_deref().unwrap_or("BLOB_UNKNOWN");
            if is_refused_push(request, response) && !is_list(request) && code_of(response) == "MANIFEST_BLOB_UNKNOWN" {
                set_codes(response, |_| Some(own));
                *response.status_mut() = params.status.map_or(response.status(), status_of);
            }
        }),
    },
];

fn is_refused_push(request: &ParsedRequest<'_>, response: &Response) -> bool {
    request.pushed_reference().is_some() && response.status().as_u16() >= 400
}

/// Whether the pushed document is an index or a Docker manifest list.
fn is_list(request: &ParsedRequest<'_>) -> bool {
    request.pushed.as_ref().and_then(|pushed| pushed.kind()).is_some_and(|kind| kind.is_list())
}

/// Replaces the error codes for which `change` returns a new one.
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

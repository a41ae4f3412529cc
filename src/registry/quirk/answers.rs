//! Answers that lack something, or say or hold something else than they should.

use bytes::Bytes;
use http::{Method, header};
use serde_json::Value;

use super::{Act, Params, Quirk, UNREPORTED};
use crate::registry::answer::{Failure, Response, set_body, status_of};
use crate::registry::request::Asked;
use crate::registry::route::Place;
use crate::registry::storage::Repository;

pub(super) const QUIRKS: &[Quirk] = &[
    Quirk {
        name: "push-lacks-location",
        does: "answers a manifest push without `Location`",
        source: "rust-oci-client#36, rust-oci-client#40",
        since: "2023",
        act: Act::Alter(|asked, _, response, _| without(asked, response, header::LOCATION.as_str())),
    },
    Quirk {
        name: "push-lacks-oci-subject",
        does: "answers the push of a manifest with a subject without `OCI-Subject`",
        source: "distribution-spec#563; quay#2597",
        since: "2024",
        act: Act::Alter(|asked, _, response, _| without(asked, response, "oci-subject")),
    },
    Quirk {
        name: "push-answers-200",
        does: "answers a manifest push with 200",
        source: UNREPORTED,
        since: "2026-11",
        act: Act::Alter(push_answers::<200>),
    },
    Quirk {
        name: "push-answers-202",
        does: "answers every manifest push with 202",
        source: UNREPORTED,
        since: "2026-11",
        act: Act::Alter(push_answers::<202>),
    },
    Quirk {
        name: "patch-answers-201",
        does: "answers a chunk of an upload with 201",
        source: "regclient `scheme/reg/blob.go`",
        since: "2023",
        act: Act::Alter(|asked, _, response, _| {
            if asked.method == Method::PATCH && response.status().is_success() {
                *response.status_mut() = status_of(201);
            }
        }),
    },
    Quirk {
        name: "pull-reserialises",
        does: "answers GET with the manifest written anew, its members sorted",
        source: UNREPORTED,
        since: "2026-11",
        act: Act::Alter(|asked, _, response, _| {
            if asked.pulls_manifest().is_some() && response.status() == 200 {
                rewrite(response, |_| ());
            }
        }),
    },
    Quirk {
        name: "loses-manifest-by-digest",
        does: "answers HEAD and GET by digest with 404 for every manifest",
        source: "harbor#16624, harbor#18432",
        since: "2022-03",
        act: Act::Alter(|asked, _, response, _| {
            if let Some(reference) = asked.pulls_manifest().filter(|reference| reference.contains(':')) {
                *response = Failure::manifest_unknown(reference).answer();
            }
        }),
    },
    Quirk {
        name: "loses-index-by-tag",
        does: "answers HEAD and GET by tag with 404 for every index",
        source: "gitea#26839, gitea#31861, gitea#37093",
        since: "2023-09",
        act: Act::Alter(|asked, _, response, _| {
            let kind = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
            let is_list = kind.is_some_and(|kind| kind.contains("index") || kind.contains("manifest.list"));
            if let Some(tag) = asked.pulls_manifest().filter(|reference| is_list && !reference.contains(':')) {
                *response = Failure::manifest_unknown(tag).answer();
            }
        }),
    },
    Quirk {
        name: "head-answers-404",
        does: "answers HEAD of a manifest with 404",
        source: UNREPORTED,
        since: "2026-11",
        act: Act::Alter(|asked, _, response, _| {
            if let Some(reference) = asked.pulls_manifest().filter(|_| asked.method == Method::HEAD) {
                *response = Failure::manifest_unknown(reference).answer();
            }
        }),
    },
    Quirk {
        name: "head-lacks-content-length",
        does: "answers HEAD of a manifest without `Content-Length`",
        source: "cc-utils#628",
        since: "2021",
        act: Act::Alter(|asked, _, response, _| {
            if asked.pulls_manifest().is_some() && asked.method == Method::HEAD {
                response.headers_mut().remove(header::CONTENT_LENGTH);
            }
        }),
    },
    Quirk {
        name: "pull-answers-json",
        does: "answers GET and HEAD of a manifest with the Content-Type application/json",
        source: "moby#19400",
        since: "2016-01",
        act: Act::Alter(|asked, _, response, _| {
            if asked.pulls_manifest().is_some() {
                response
                    .headers_mut()
                    .insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
            }
        }),
    },
    Quirk {
        name: "referrers-lack-artifact-type",
        does: "lists referrers without `artifactType`",
        source: "artifact-keeper#3376, defects of its referrers list",
        since: "2026-08",
        act: Act::Alter(|asked, _, response, _| without_member(asked, response, "artifactType")),
    },
    Quirk {
        name: "referrers-lack-annotations",
        does: "lists referrers without their annotations",
        source: "artifact-keeper#3376, defects of its referrers list",
        since: "2026-08",
        act: Act::Alter(|asked, _, response, _| without_member(asked, response, "annotations")),
    },
    Quirk {
        name: "tag-list-lags",
        does: "lists a tag only once it was pushed for a second time",
        source: "containers-roadmap#1795, a tag list that does not keep the specification",
        since: "2022",
        act: Act::Alter(|asked, repository, response, _| {
            if asked.place == Place::Tags && response.status() == 200 {
                rewrite(response, |body| {
                    if let Some(tags) = body.get_mut("tags").and_then(Value::as_array_mut) {
                        tags.retain(|tag| is_repushed(repository, tag));
                    }
                });
            }
        }),
    },
];

fn is_repushed(repository: &Repository, tag: &Value) -> bool {
    tag.as_str().and_then(|tag| repository.tagged(tag)).is_some_and(|tag| tag.pushes > 1)
}

fn without(asked: &Asked<'_>, response: &mut Response, name: &'static str) {
    if asked.pushes_manifest().is_some() {
        response.headers_mut().remove(name);
    }
}

fn push_answers<const STATUS: u16>(asked: &Asked<'_>, _: &Repository, response: &mut Response, params: &Params) {
    if asked.pushes_manifest().is_some() && response.status().is_success() {
        *response.status_mut() = status_of(params.status.unwrap_or(STATUS));
    }
}

fn without_member(asked: &Asked<'_>, response: &mut Response, name: &str) {
    if !matches!(asked.place, Place::Referrers(_)) || response.status() != 200 {
        return;
    }
    rewrite(response, |body| {
        let descriptors = body.get_mut("manifests").and_then(Value::as_array_mut);
        for descriptor in descriptors.into_iter().flatten().filter_map(Value::as_object_mut) {
            descriptor.remove(name);
        }
    });
}

/// Changes a JSON body. One that serde_json cannot read stays as it is.
fn rewrite(response: &mut Response, change: impl FnOnce(&mut Value)) {
    if let Ok(mut body) = serde_json::from_slice(response.body()) {
        change(&mut body);
        set_body(response, Bytes::from(body.to_string()));
    }
}

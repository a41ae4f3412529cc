//! Follow-ups about tag lists: their pages, where they begin, and what they hold after a deletion.

use bytes::Bytes;
use http::Method;

use super::{FollowUp, Pushed};
use crate::exchange::capability::Capability;
use crate::exchange::digest::sha256;
use crate::exchange::media_types::IMAGE_INDEX;
use crate::exchange::placeholders::{REPOSITORY, TAG};
use crate::exchange::roles::tags as roles;
use crate::exchange::script::{Role, Script, ScriptedRequest, When};
use crate::exchange::stage::Stage;

/// The most pages of a list that are requested; right pages end long before.
const PAGES: usize = 8;

const LISTS: FollowUp =
    FollowUp { stage: Stage::TagList, changes: true, needs: Some(Capability::TagList), ..FollowUp::READS };

pub(super) const ROWS: &[FollowUp] = &[
    FollowUp {
        name: "tags-paged",
        script: |pushed| {
            // Where upper case comes is the choice of the registry, but it must be the same on all pages.
            let mut script = tags(pushed, &["-b", "-C", "-a", "-D"]);
            script.push(list(roles::LIST, "?n=2").paged(PAGES).when(When::Accepted(3)));
            script
        },
        ..LISTS
    },
    FollowUp {
        name: "tags-after-last",
        script: |pushed| {
            let mut script = tags(pushed, &["-b", "-c"]);
            let lists = [
                list(roles::LIST, &format!("?last={TAG}-b")),
                list(roles::LIST, &format!("?n=1&last={TAG}")),
                list(roles::LIST_AFTER_UNKNOWN, &format!("?last={TAG}-bb")),
                list(roles::LIST, "?n=1000"),
            ];
            script.extend(lists.map(|list| list.when(When::Accepted(1))));
            script
        },
        ..LISTS
    },
    FollowUp {
        name: "tags-odd-n",
        changes: false,
        needs_no_push: true,
        script: |_| ["-1", "many", "99999999999999999999"].map(|n| list(roles::LIST_ODD, &format!("?n={n}"))).into(),
        ..LISTS
    },
    FollowUp {
        name: "tags-of-unknown-repository",
        changes: false,
        names_another_repository: true,
        needs_no_push: true,
        script: |_| {
            let path = format!("/v2/{REPOSITORY}/mf-none/tags/list");
            vec![ScriptedRequest::read(roles::LIST_OF_UNKNOWN, Method::GET, path)]
        },
        ..LISTS
    },
    FollowUp {
        name: "tags-of-untagged",
        names_another_repository: true,
        script: |_| {
            let body = format!("{{\"schemaVersion\":2,\"mediaType\":\"{IMAGE_INDEX}\",\"manifests\":[]}}");
            let place = format!("/v2/{REPOSITORY}/mf-untagged");
            let path = format!("{place}/manifests/{}", sha256(body.as_bytes()));
            let push = ScriptedRequest::new(roles::PUSH_UNTAGGED, Method::PUT, path).with("content-type", IMAGE_INDEX);
            let list = ScriptedRequest::read(roles::LIST_OF_UNTAGGED, Method::GET, format!("{place}/tags/list"));
            vec![push.carrying(Bytes::from(body)), list.when(When::Accepted(0))]
        },
        ..LISTS
    },
    FollowUp {
        name: "tags-after-delete",
        needs: Some(Capability::Deletion),
        script: |pushed| {
            let mut script = tags(pushed, &["-b"]);
            let path = format!("/v2/{REPOSITORY}/manifests/{TAG}-b");
            script.push(ScriptedRequest::new(roles::DELETE, Method::DELETE, path).when(When::Accepted(0)));
            script.push(list(roles::LIST_AFTER_DELETE, "").when(When::Accepted(1)));
            script
        },
        ..LISTS
    },
];

/// The tag list with this query, which begins with `?`.
pub(super) fn list(role: Role, query: &str) -> ScriptedRequest {
    ScriptedRequest::read(role, Method::GET, format!("/v2/{REPOSITORY}/tags/list{query}"))
}

/// Pushes the document under its tag with each of these ends, as long as the pushes are accepted.
fn tags(pushed: &Pushed<'_>, ends: &[&str]) -> Script {
    let put = pushed.put;
    let mut script = Script::new();
    for end in ends {
        let path = format!("/v2/{REPOSITORY}/manifests/{TAG}{end}");
        let push = ScriptedRequest::new(roles::PUSH, Method::PUT, path).about(put.digest());
        let headers = [("content-type", put.content_type.as_deref()), ("content-encoding", put.content_encoding)];
        let push = headers.into_iter().fold(push, |push, (name, value)| match value {
            Some(value) => push.with(name, value),
            None => push,
        });
        let when = script.len().checked_sub(1).map_or(When::Always, When::Accepted);
        script.push(push.carrying(put.body.bytes().clone()).when(when));
    }
    script
}

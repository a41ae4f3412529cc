//! Follow-ups with requests that only the main branch of distribution-spec defines. Earlier versions neither forbid them nor say
//! how they are answered.

use bytes::Bytes;
use http::Method;

use super::{FollowUp, Pushed};
use crate::exchange::media_types::IMAGE_MANIFEST;
use crate::exchange::placeholders::{REPOSITORY, TAG};
use crate::exchange::roles::dev as roles;
use crate::exchange::script::{Script, ScriptedRequest, When};
use crate::exchange::stage::Stage;

/// The host that the client is said to have named; reserved for examples.
pub const NAMESPACE: &str = "registry.example";

/// Endings of the ten tags of one push, in order.
const TEN: [&str; 10] = ["p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8", "p9"];

pub(super) const ROWS: &[FollowUp] = &[
    FollowUp { name: "cancel-upload", stage: Stage::BlobUpload, script: |_| cancelled(), ..FollowUp::READS },
    FollowUp {
        name: "upload-under-bad-digest",
        stage: Stage::BlobUpload,
        script: |_| bad_digests(),
        ..FollowUp::READS
    },
    FollowUp { name: "push-with-tags", stage: Stage::ManifestPut, changes: true, script: tags, ..FollowUp::READS },
    FollowUp {
        name: "pull-with-namespace",
        script: |pushed| {
            let path = format!("/v2/{REPOSITORY}/manifests/{}?ns={NAMESPACE}", pushed.put.digest());
            vec![ScriptedRequest::read(roles::GET_WITH_NAMESPACE, Method::GET, path)]
        },
        ..FollowUp::READS
    },
];

fn open(role: crate::exchange::Role) -> ScriptedRequest {
    ScriptedRequest::new(role, Method::POST, format!("/v2/{REPOSITORY}/blobs/uploads/"))
}

fn cancelled() -> Script {
    vec![open(roles::OPEN_CANCELLED), ScriptedRequest::at_location(roles::CANCEL, Method::DELETE, 0, "")]
}

fn bad_digests() -> Script {
    let close = |role, of, digest: &str| {
        ScriptedRequest::at_location(role, Method::PUT, of, format!("digest={digest}"))
            .with("content-type", "application/octet-stream")
            .carrying(Bytes::from_static(b"a blob under a digest that is none\n"))
    };
    vec![
        open(roles::OPEN_BAD),
        close(roles::CLOSE_MALFORMED, 0, "sha256:abc"),
        open(roles::OPEN_BAD),
        close(roles::CLOSE_UNKNOWN, 2, &format!("example:{}", "0".repeat(64))),
    ]
}

/// One tag first, to learn whether tags can be pushed so at all.
fn tags(pushed: &Pushed<'_>) -> Script {
    let media_type = pushed.put.content_type.as_deref().unwrap_or(IMAGE_MANIFEST);
    let push = |role, endings: &[&str]| {
        let tags: Vec<String> = endings.iter().map(|ending| format!("tag={TAG}-{ending}")).collect();
        let reference = format!("{}?{}", pushed.put.digest(), tags.join("&"));
        ScriptedRequest::push(role, &reference, media_type, pushed.put.body.bytes().clone())
    };
    let get = |role, ending: &str| {
        ScriptedRequest::read(role, Method::GET, format!("/v2/{REPOSITORY}/manifests/{TAG}-{ending}"))
    };
    vec![
        push(roles::PUSH_TAG, &["p"]),
        get(roles::GET_TAG, "p").when(When::Accepted(0)),
        push(roles::PUSH_TEN_TAGS, &TEN).when(When::Accepted(1)),
        get(roles::GET_LAST_TAG, TEN[9]).when(When::Accepted(2)),
    ]
}

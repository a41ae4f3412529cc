//! Follow-ups that read: manifests, blobs and the API's root in ways that reading back does not.

use http::Method;

use super::FollowUp;
use crate::exchange::digest::unknown_digest;
use crate::exchange::placeholders::REPOSITORY;
use crate::exchange::roles::reading as roles;
use crate::exchange::script::ScriptedRequest;
use crate::exchange::stage::Stage;

pub(super) const ROWS: &[FollowUp] = &[FollowUp {
    name: "head-unknown",
    stage: Stage::ManifestHead,
    needs_no_push: true,
    script: |_| {
        let path = |endpoint| format!("/v2/{REPOSITORY}/{endpoint}/{}", unknown_digest());
        vec![
            ScriptedRequest::read(roles::HEAD_UNKNOWN_MANIFEST, Method::HEAD, path("manifests")),
            ScriptedRequest::read(roles::HEAD_UNKNOWN_BLOB, Method::HEAD, path("blobs")),
        ]
    },
    ..FollowUp::READS
}];

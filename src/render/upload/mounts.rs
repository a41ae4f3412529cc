//! Blobs that are mounted from another repository.

use http::Method;

use super::{Flow, Rows, STORED, Upload};
use crate::exchange::roles::mounts as roles;
use crate::exchange::{REPOSITORY, Role, ScriptedRequest, When};

pub(super) const FLOWS: Rows<Flow> = &[
    ("mount", |upload| mount(upload, roles::MOUNT, Some("mf-elsewhere"))),
    ("mount-unknown-repository", |upload| mount(upload, roles::MOUNT_FROM_UNKNOWN, Some("mf-nowhere"))),
    ("mount-without-from", |upload| mount(upload, roles::MOUNT_WITHOUT_FROM, None)),
];

/// The entries whose blob another repository holds.
pub(super) const HELD_ELSEWHERE: [&str; 2] = ["mount", "mount-without-from"];

/// A registry that does not mount the blob opens a session. If it refuses, clients upload the blob.
fn mount(upload: &mut Upload, role: Role, from: Option<&str>) {
    let from = from.map(|from| format!("&from={REPOSITORY}/{from}")).unwrap_or_default();
    let path = format!("/v2/{REPOSITORY}/blobs/uploads/?mount={}{from}", upload.digest);
    let mount = upload.send(ScriptedRequest::new(role, Method::POST, path).tested());
    upload.go_on(mount);
    let get = ScriptedRequest::at_location(roles::GET_LOCATION, Method::GET, mount, "");
    upload.send(get.when(When::Answered(mount, &[201])));
    upload.stored = Some(When::AnyAnswered(&[(0, STORED), (1, STORED), (3, STORED)]));
}

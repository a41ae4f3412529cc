//! Follow-ups that read: manifests, blobs and the API's root in ways that reading back does not.

use http::Method;

use super::{FollowUp, HeldBlob, Pushed};
use crate::exchange::digest::unknown_digest;
use crate::exchange::media_types::{IMAGE_INDEX, IMAGE_MANIFEST, MANIFEST_TYPES, essence};
use crate::exchange::placeholders::{REPOSITORY, TAG};
use crate::exchange::put::Reference;
use crate::exchange::roles::reading as roles;
use crate::exchange::script::{Role, Script, ScriptedRequest};
use crate::exchange::stage::Stage;

pub(super) const ROWS: &[FollowUp] = &[
    FollowUp {
        name: "head-unknown",
        stage: Stage::ManifestHead,
        needs_no_push: true,
        script: |_| {
            vec![
                ScriptedRequest::read(roles::HEAD_UNKNOWN_MANIFEST, Method::HEAD, manifest(&unknown_digest())),
                ScriptedRequest::read(roles::HEAD_UNKNOWN_BLOB, Method::HEAD, blob(&unknown_digest())),
            ]
        },
        ..FollowUp::READS
    },
    FollowUp { name: "ping", stage: Stage::Ping, needs_no_push: true, script: ping, ..FollowUp::READS },
    FollowUp { name: "head-blob", stage: Stage::BlobHead, script: head_blob, ..FollowUp::READS },
    FollowUp { name: "head-accepting", stage: Stage::ManifestHead, script: head_accepting, ..FollowUp::READS },
    FollowUp { name: "get-in-gzip", script: get_in_gzip, ..FollowUp::READS },
    FollowUp { name: "get-if-changed", script: get_if_changed, ..FollowUp::READS },
    FollowUp { name: "read-twice", script: read_twice, ..FollowUp::READS },
    FollowUp { name: "get-crossed", script: get_crossed, ..FollowUp::READS },
    FollowUp {
        name: "get-invalid-name",
        names_another_repository: true,
        needs_no_push: true,
        script: get_invalid_name,
        ..FollowUp::READS
    },
    FollowUp { name: "get-invalid-reference", needs_no_push: true, script: get_invalid_reference, ..FollowUp::READS },
];

/// The path of a manifest.
pub(super) fn manifest(reference: &str) -> String {
    format!("/v2/{REPOSITORY}/manifests/{reference}")
}

/// The path of a blob.
fn blob(digest: &str) -> String {
    format!("/v2/{REPOSITORY}/blobs/{digest}")
}

/// The path of the pushed manifest, by tag if it has one.
fn pushed_manifest(pushed: &Pushed<'_>) -> String {
    match &pushed.put.reference {
        Reference::Text(_) => manifest(pushed.put.name_by_digest()),
        Reference::Tag | Reference::FreshTag(_) => manifest(TAG),
    }
}

fn of_blob(role: Role, method: Method, held: HeldBlob<'_>) -> ScriptedRequest {
    ScriptedRequest::read(role, method, blob(held.digest))
}

fn ping(_: &Pushed<'_>) -> Script {
    vec![ScriptedRequest::read(roles::PING, Method::GET, "/v2/")]
}

fn head_blob(pushed: &Pushed<'_>) -> Script {
    let requests = |held| {
        vec![of_blob(roles::HEAD_HELD_BLOB, Method::HEAD, held), of_blob(roles::GET_HELD_BLOB, Method::GET, held)]
    };
    pushed.blob.map(requests).unwrap_or_default()
}

/// HEAD with an `Accept` that GET did not have: the manifest's type, another one, none. And GET with the other one, whose
/// answer HEAD should have.
fn head_accepting(pushed: &Pushed<'_>) -> Script {
    let own = pushed.put.content_type.as_deref().map(essence).unwrap_or_default();
    if !MANIFEST_TYPES.contains(&&*own) {
        return Script::new();
    }
    let other = if own == IMAGE_INDEX { IMAGE_MANIFEST } else { IMAGE_INDEX };
    let path = pushed_manifest(pushed);
    let one = |role, method| ScriptedRequest::new(role, method, path.clone());
    vec![
        one(roles::HEAD_MANIFEST, Method::HEAD).with("accept", own),
        one(roles::HEAD_ANY_TYPE, Method::HEAD),
        one(roles::HEAD_OTHER_TYPE, Method::HEAD).with("accept", other),
        one(roles::GET_OTHER_TYPE, Method::GET).with("accept", other),
    ]
}

/// GET by a client that takes gzip, and by one that excludes it.
fn get_in_gzip(pushed: &Pushed<'_>) -> Script {
    let path = pushed_manifest(pushed);
    let mut script = Vec::new();
    for coding in ["gzip", "identity"] {
        let get = ScriptedRequest::read(roles::GET_MANIFEST, Method::GET, path.clone());
        script.push(get.with("accept-encoding", coding));
        if let Some(held) = pushed.blob {
            script.push(of_blob(roles::GET_HELD_BLOB, Method::GET, held).with("accept-encoding", coding));
        }
    }
    script
}

/// An entity tag that no registry gave.
pub(super) const STRANGE: &str = "\"manifuzz-strange\"";

/// GET and HEAD with the ETag that was given, and with another.
fn get_if_changed(pushed: &Pushed<'_>) -> Script {
    let path = pushed_manifest(pushed);
    let of_manifest = |role, method| ScriptedRequest::read(role, method, path.clone());
    let mut script = vec![
        of_manifest(roles::GET_MANIFEST, Method::GET),
        of_manifest(roles::GET_IF_CHANGED, Method::GET).echoing("if-none-match", 0, "etag"),
        of_manifest(roles::HEAD_IF_CHANGED, Method::HEAD).echoing("if-none-match", 0, "etag"),
        of_manifest(roles::GET_IF_NOT_STRANGE, Method::GET).with("if-none-match", STRANGE),
    ];
    if let Some(held) = pushed.blob {
        let first = script.len();
        script.extend([
            of_blob(roles::GET_HELD_BLOB, Method::GET, held),
            of_blob(roles::GET_BLOB_IF_CHANGED, Method::GET, held).echoing("if-none-match", first, "etag"),
            of_blob(roles::GET_BLOB_IF_NOT_STRANGE, Method::GET, held).with("if-none-match", STRANGE),
        ]);
    }
    script
}

/// Each question twice in a row: a cache answers the second.
fn read_twice(pushed: &Pushed<'_>) -> Script {
    let path = pushed_manifest(pushed);
    let mut script = Vec::new();
    for (role, method) in [(roles::GET_MANIFEST, Method::GET), (roles::HEAD_MANIFEST, Method::HEAD)] {
        script.extend([(); 2].map(|()| ScriptedRequest::read(role, method.clone(), path.clone())));
    }
    if let Some(held) = pushed.blob {
        script.extend([(); 2].map(|()| of_blob(roles::GET_HELD_BLOB, Method::GET, held)));
    }
    script
}

/// The digest of one kind of content at the endpoint of the other.
fn get_crossed(pushed: &Pushed<'_>) -> Script {
    let as_blob = blob(pushed.put.name_by_digest());
    let mut script = vec![ScriptedRequest::read(roles::GET_MANIFEST_AS_BLOB, Method::GET, as_blob)];
    if let Some(held) = pushed.blob {
        script.push(ScriptedRequest::read(roles::GET_BLOB_AS_MANIFEST, Method::GET, manifest(held.digest)));
    }
    script
}

/// The longest name of a repository that clients take, with the registry's.
const LONGEST_NAME: usize = 255;

/// Names of repositories below the one under test: in upper case, with an empty component, ending in a separator, and one longer than
/// clients take, which the grammar does not limit.
fn get_invalid_name(_: &Pushed<'_>) -> Script {
    let long = "m".repeat(LONGEST_NAME + 1);
    let names = ["/MF-NONE", "//mf-none", "/mf-none-", &format!("/{long}")];
    let path = |name: &str| format!("/v2/{REPOSITORY}{name}/manifests/mf-none");
    names.map(|name| ScriptedRequest::read(roles::GET_INVALID_NAME, Method::GET, path(name))).into()
}

/// References that are neither tags nor digests, and a blob's digest that is none.
fn get_invalid_reference(_: &Pushed<'_>) -> Script {
    let long = format!("mf-none{}", "t".repeat(122));
    let mut script: Script = [".mf-none", &long, "sha256:mf-none"]
        .map(|reference| ScriptedRequest::read(roles::GET_INVALID_REFERENCE, Method::GET, manifest(reference)))
        .into();
    script.push(ScriptedRequest::read(roles::GET_INVALID_DIGEST, Method::GET, blob("sha256:mf-none")));
    script
}

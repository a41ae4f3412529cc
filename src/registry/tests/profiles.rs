//! Responses of documented registries to single requests, beyond the flavours of the matrix.

use serde_json::json;

use super::scenarios::SCENARIOS;
use super::{Client, code, with};
use crate::exchange::sha256;
use crate::registry::answer::Response;
use crate::registry::{Profile, Registry};

fn client(profile: &str) -> Client {
    Client(Registry::new(&Profile::named(profile).expect("a known profile")))
}

fn status_and_code(response: &Response) -> (u16, String) {
    (response.status().as_u16(), code(response))
}

#[test]
fn profiles_answer_as_documented() {
    for (profile, scenario, status, code) in [
        ("quay", "push by wrong digest", 400, "MANIFEST_INVALID"),
        ("quay", "push by sha512", 400, "MANIFEST_INVALID"),
        ("quay", "push of two values", 400, "MANIFEST_INVALID"),
        ("pulp", "push of two values", 500, "UNKNOWN"),
        ("pulp", "push by wrong digest", 201, ""),
        ("gitea", "push of two values", 201, ""),
        ("gitea", "push of a missing layer", 404, "BLOB_UNKNOWN"),
        ("ecr", "push without config", 405, "UNSUPPORTED"),
        ("ecr", "push without layers", 405, "UNSUPPORTED"),
        ("ecr", "push of a missing layer", 400, "BLOB_UPLOAD_UNKNOWN"),
        ("clean", "push by wrong digest", 400, "DIGEST_INVALID"),
    ] {
        let (_, scenario) = SCENARIOS.iter().find(|(name, _)| *name == scenario).expect("a known scenario");
        assert_eq!(status_and_code(&scenario(&client(profile))), (status, code.to_owned()), "{profile}");
    }
}

#[test]
fn a_missing_child_is_answered_as_documented() {
    for (profile, status, code) in [
        ("gitea", 404, "MANIFEST_BLOB_UNKNOWN"),
        ("quay", 400, "MANIFEST_INVALID"),
        ("pulp", 201, ""),
        ("clean", 400, "MANIFEST_BLOB_UNKNOWN"),
    ] {
        let client = client(profile);
        let index = with(&client.index(), "/manifests/0/digest", json!(sha256(b"nowhere")));
        assert_eq!(status_and_code(&client.push(&index)), (status, code.to_owned()), "{profile}");
    }
}

//! Each quirk, planted alone into the clean registry, changes the responses it describes and no others.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::scenarios::{SCENARIOS, Scenario, image};
use super::{Client, body, code, header, with};
use crate::exchange::{IMAGE_INDEX, IMAGE_MANIFEST, sha256};
use crate::registry::answer::Response;
use crate::registry::{Params, Profile, Registry, is_dropped, quirks};

/// The scenarios whose response a quirk changes. An empty list means that any are allowed; `None`, that another check
/// applies.
fn changed(quirk: &str) -> Option<&'static [&'static str]> {
    let one: &'static [&'static str] = match quirk {
        "refuses-empty-layers" => &["push of empty layers"],
        "refuses-absent-layers" => &["push without layers"],
        "refuses-several-layers" => &["push of two layers", "push of one layer twice"],
        "refuses-absent-config" => &[],
        "keeps-refused-without-config" => &["push without config", "tags after a refusal"],
        "refuses-artifact-type" => {
            &["push of artifactType", "push of artifactType and subject", "push of an artifact manifest"]
        }
        "refuses-artifact-type-with-subject" => &["push of artifactType and subject"],
        "refuses-subject" | "denies-subject" => SUBJECTS,
        "refuses-missing-subject" => &["push of a missing subject", "push of artifactType and subject", "referrers"],
        "refuses-annotations" => &["push of annotations", "push of non-string annotations", "referrers"],
        "refuses-unknown-member" => &["push of an unknown member"],
        "refuses-absent-media-type" => &["push without mediaType"],
        "fails-on-schema-version" => &["push of schemaVersion 1"],
        "refuses-artifact-manifest" => &["push of an artifact manifest"],
        "refuses-nested-index" => &["push of a nested index"],
        "refuses-child-without-platform" | "drops-child-without-platform" => &["push of a child without platform"],
        "refuses-child-that-is-no-manifest" => &["push of a child that is a layer"],
        "refuses-unknown-config-type" => &["push of unknown config", "push of an empty config"],
        "refuses-unknown-layer-type" => &["push of unknown layer"],
        "refuses-layer-urls" => &["push of layer urls"],
        "refuses-layer-annotations" => &["push of layer annotations"],
        "refuses-data" | "refuses-layer-data" => &["push of data"],
        "refuses-empty-config" => &["push of an empty config"],
        "refuses-config-content" => &["push of a config without rootfs", "push of a config that is not JSON"],
        "fails-on-config-content" => &["push of a config that is not JSON"],
        "refuses-repeated-layer" => &["push of one layer twice"],
        "fails-on-empty-blob" => &["push of an empty config", "upload of an empty blob"],
        "fails-on-absent-content-type" => &["push without Content-Type"],
        "refuses-unknown-content-type" => &["push without Content-Type", "push as JSON"],
        "refuses-content-type-parameters" => &["push with parameters"],
        "refuses-content-type-case" => &["push in upper case"],
        "refuses-chunked" => &["push in chunks"],
        "refuses-push-by-digest" => &["push by digest", "push by sha512", "push by wrong digest"],
        "fails-on-malformed-digest" => &["push by malformed digest"],
        "refuses-sha512-reference" => &["push by sha512"],
        "refuses-indented" => &["push indented"],
        "refuses-above-4-mib" | "refuses-long-tag" | "refuses-unicode-escapes" => &[],
        "lacks-referrers" => {
            &["push of a missing subject", "push of a stored subject", "push of artifactType and subject", "referrers"]
        }
        "lacks-deletion" => &["delete"],
        "stores-under-wrong-digest" => &["push by wrong digest"],
        "accepts-trailing-bytes" => &["push of two values"],
        "accepts-other-content-type" => &["push as JSON", "push as the other kind", "push of an object"],
        "accepts-manifests-beside-layers" => &["push of manifests and layers"],
        "accepts-annotations-of-any-type" => &["push of non-string annotations"],
        "accepts-repeated-members" => &["push of a duplicate key"],
        "accepts-missing-children" => &[],
        "accepts-wrong-sizes" => &["push of a wrong size"],
        "push-lacks-oci-subject" => {
            &["push of a stored subject", "push of a missing subject", "push of artifactType and subject"]
        }
        "patch-answers-201" => &["chunk"],
        "pull-reserialises" => &[],
        "loses-manifest-by-digest" => &["get by digest"],
        "loses-index-by-tag" => &["get of an index by tag"],
        "head-answers-404" | "head-lacks-content-length" => &["head by tag"],
        "pull-answers-json" => &["get by tag", "get by digest", "get of an index by tag", "head by tag"],
        "referrers-lack-artifact-type" | "referrers-lack-annotations" => &["referrers"],
        "tag-list-lags" => &["tags", "tags after a refusal"],
        "missing-blob-is-manifest-invalid" => &["push of a missing layer"],
        _ => return None,
    };
    Some(one)
}

const SUBJECTS: &[&str] =
    &["push of a stored subject", "push of a missing subject", "push of artifactType and subject", "referrers"];

/// Everything by which two responses can differ.
fn snapshot(response: &Response) -> String {
    format!("{} {:?} {:?} {}", response.status(), response.headers(), response.body(), is_dropped(response))
}

fn differing(quirk: &str) -> BTreeSet<&'static str> {
    let differs =
        |(_, scenario): &&Scenario| snapshot(&scenario(&Client::clean())) != snapshot(&scenario(&Client::with(quirk)));
    SCENARIOS.iter().filter(differs).map(|(name, _)| *name).collect()
}

#[test]
fn each_quirk_changes_only_the_responses_it_describes() {
    let broad = ["push-lacks-location", "push-answers-200", "push-answers-202", "accepts-any-object"];
    let mut wrong = Vec::new();
    for quirk in quirks() {
        let found = differing(quirk.name);
        let is_right = match changed(quirk.name) {
            Some([]) => true,
            Some(wanted) => found == wanted.iter().copied().collect(),
            None if broad.contains(&quirk.name) => {
                !found.is_empty()
                    && found.iter().all(|scenario| scenario.starts_with("push") || *scenario == "tags after a refusal")
            }
            None if quirk.name.starts_with("errors-") => {
                found.contains("push by wrong digest") && !found.contains("push")
            }
            // The others are checked by what a run finds: `tests/pipeline/kills.rs`.
            None => true,
        };
        if !is_right {
            wrong.push(format!("{} changes {found:?}", quirk.name));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn each_quirk_has_its_effect() {
    let response_of = |quirk: &str, name: &str| {
        let (_, scenario) = SCENARIOS.iter().find(|(known, _)| *known == name).expect("a known scenario");
        scenario(&Client::with(quirk))
    };
    let status = |quirk: &str, name: &str| response_of(quirk, name).status().as_u16();
    for (quirk, name, wanted) in [
        ("stores-under-wrong-digest", "push by wrong digest", 201),
        ("accepts-any-object", "push of an object", 201),
        ("accepts-trailing-bytes", "push of two values", 201),
        ("accepts-manifests-beside-layers", "push of manifests and layers", 201),
        ("accepts-annotations-of-any-type", "push of non-string annotations", 201),
        ("accepts-repeated-members", "push of a duplicate key", 201),
        ("accepts-wrong-sizes", "push of a wrong size", 201),
        ("push-answers-200", "push", 200),
        ("push-answers-202", "push", 202),
        ("denies-subject", "push of a stored subject", 403),
        ("fails-on-absent-content-type", "push without Content-Type", 500),
        ("fails-on-malformed-digest", "push by malformed digest", 500),
        ("refuses-absent-config", "push without config", 400),
    ] {
        assert_eq!(status(quirk, name), wanted, "{quirk}");
    }
    assert_eq!(header(&response_of("push-lacks-location", "push"), "location"), "");
    assert!(is_dropped(&response_of("drops-child-without-platform", "push of a child without platform")));
    assert_eq!(code(&response_of("missing-blob-is-manifest-invalid", "push of a missing layer")), "MANIFEST_INVALID");
    assert_eq!(code(&response_of("errors-with-own-code", "push by wrong digest")), "NOT_FOUND");
    assert_eq!(body(&response_of("errors-lack-errors", "push by wrong digest"))["code"], "DIGEST_INVALID");
    assert_eq!(body(&response_of("errors-in-plain-text", "push by wrong digest")), Value::Null);
    assert_eq!(header(&response_of("errors-in-html", "push by wrong digest"), "content-type"), "text/html");
    assert_eq!(
        body(&response_of("keeps-refused-without-config", "tags after a refusal"))["tags"],
        json!(["refused", "t"])
    );
}

#[test]
fn a_manifest_stored_under_a_wrong_digest_is_not_found_under_its_own() {
    let client = Client::with("stores-under-wrong-digest");
    let bytes = client.image().to_string();
    assert_eq!(client.put(&sha256(b"other"), IMAGE_MANIFEST, bytes.as_bytes()).status(), 201);
    assert_eq!(client.get(&format!("/v2/r/manifests/{}", sha256(b"other"))).body().as_ref(), bytes.as_bytes());
    assert_eq!(client.get(&format!("/v2/r/manifests/{}", sha256(bytes.as_bytes()))).status(), 404);
}

#[test]
fn only_the_quirk_returns_a_manifest_with_sorted_members() {
    let client = Client::with("pull-reserialises");
    let image = client.image();
    let unsorted = format!("{{ \"schemaVersion\":2,\"layers\":{},\"config\":{}}}", image["layers"], image["config"]);
    assert_eq!(client.put("t", IMAGE_MANIFEST, unsorted.as_bytes()).status(), 201);
    let got = client.get("/v2/r/manifests/t");
    assert_ne!(got.body().as_ref(), unsorted.as_bytes());
    assert_eq!(header(&got, "content-length"), got.body().len().to_string());
    assert_eq!(header(&got, "docker-content-digest"), sha256(unsorted.as_bytes()));
}

#[test]
fn only_the_quirk_accepts_a_media_type_that_differs_from_the_content_type() {
    let push = |client: &Client| {
        let image = with(&client.image(), "/mediaType", json!(IMAGE_INDEX)).to_string();
        client.put("t", IMAGE_MANIFEST, image.as_bytes()).status().as_u16()
    };
    assert_eq!((push(&Client::clean()), push(&Client::with("accepts-other-content-type"))), (400, 201));
}

#[test]
fn only_the_quirk_refuses_a_manifest_larger_than_4_mib() {
    let push = |client: &Client| {
        let mut bytes = client.image().to_string().into_bytes();
        bytes.resize(4 * 1024 * 1024 + 1, b' ');
        client.put("t", IMAGE_MANIFEST, &bytes).status().as_u16()
    };
    assert_eq!((push(&Client::clean()), push(&Client::with("refuses-above-4-mib"))), (201, 413));
}

#[test]
fn several_refusals_can_share_one_response() {
    let same = || Params::refusal(405, "UNSUPPORTED", "no");
    let profile = ["refuses-data", "refuses-annotations"]
        .into_iter()
        .try_fold(Profile::clean(), |profile, quirk| profile.plant(quirk, same()))
        .expect("known quirks");
    let client = Client(Registry::new(&profile));
    let [data, annotations] =
        [image(&client, "/layers/0/data", json!("bGF5ZXI=")), image(&client, "/annotations", json!({"a": "b"}))];
    assert_eq!((data.status().as_u16(), code(&data).as_str()), (405, "UNSUPPORTED"));
    assert_eq!(snapshot(&data), snapshot(&annotations));
    assert_eq!(client.push(&client.image()).status(), 201);
}

#[test]
fn an_unknown_quirk_is_an_error_that_names_it() {
    let error = Profile::clean().plant("no-such-quirk", Params::default()).expect_err("an unknown quirk");
    assert!(error.to_string().contains("no-such-quirk"), "{error}");
}

//! Each quirk, planted alone into the clean registry, changes the one answer it says.

use std::collections::BTreeSet;

use http::Method;
use serde_json::{Value, json};

use super::{Client, body, code, header, subject, with, without};
use crate::exchange::{ARTIFACT_MANIFEST, IMAGE_INDEX, IMAGE_MANIFEST, sha256};
use crate::registry::answer::Response;
use crate::registry::digest::sha512;
use crate::registry::{Params, Profile, Registry, is_dropped, quirks};

/// What is asked of a registry, and how: the name of the row is that of the request, not of a quirk.
type Ask = (&'static str, fn(&Client) -> Response);

const PADDED: usize = 4 * 1024 * 1024 + 1;

fn push(change: impl Fn(&Client) -> Value) -> impl Fn(&Client) -> Response {
    move |client| client.push(&change(client))
}

/// Pushes the image with a member set.
fn image(client: &Client, pointer: &str, value: Value) -> Response {
    push(|client| with(&client.image(), pointer, value.clone()))(client)
}

fn index(client: &Client, pointer: &str, value: Value) -> Response {
    push(|client| with(&client.index(), pointer, value.clone()))(client)
}

fn artifact(client: &Client) -> Response {
    let blob = client.image()["layers"][0].clone();
    client.push(&json!({"mediaType": ARTIFACT_MANIFEST, "artifactType": "a/b", "blobs": [blob]}))
}

fn with_config(client: &Client, media_type: &str, content: &[u8]) -> Response {
    let digest = sha256(content);
    let path = format!("/v2/r/blobs/uploads/?digest={digest}");
    let uploaded = client.send(Method::POST, &path, &[], content);
    if uploaded.status() != 201 {
        return uploaded;
    }
    let config = json!({"mediaType": media_type, "digest": digest, "size": content.len()});
    image(client, "/config", config)
}

fn pushed(client: &Client) -> String {
    let document = client.image();
    client.push(&document);
    sha256(document.to_string().as_bytes())
}

fn referrers(client: &Client) -> Response {
    let document = with(&with(&client.image(), "/subject", subject()), "/annotations", json!({"a": "b"}));
    client.push(&document);
    client.get(&format!("/v2/r/referrers/{}", sha256(b"nowhere")))
}

fn put(client: &Client, reference: &str, content_type: &str) -> Response {
    client.put(reference, content_type, client.image().to_string().as_bytes())
}

const CONFIG: &str = "application/vnd.oci.image.config.v1+json";

const ASKS: &[Ask] = &[
    ("push", |c| c.push(&c.image())),
    ("push of an index", |c| c.push(&c.index())),
    ("push by digest", |c| put(c, &sha256(c.image().to_string().as_bytes()), IMAGE_MANIFEST)),
    ("push by sha512", |c| put(c, &sha512(c.image().to_string().as_bytes()), IMAGE_MANIFEST)),
    ("push by wrong digest", |c| put(c, &sha256(b"other"), IMAGE_MANIFEST)),
    ("push by malformed digest", |c| put(c, "sha256:ab", IMAGE_MANIFEST)),
    ("push as nothing", |c| put(c, "t", "")),
    ("push as JSON", |c| put(c, "t", "application/json")),
    ("push as the other kind", |c| put(c, "t", IMAGE_INDEX)),
    ("push with parameters", |c| put(c, "t", &format!("{IMAGE_MANIFEST}; a=b"))),
    ("push in upper case", |c| put(c, "t", &IMAGE_MANIFEST.to_uppercase())),
    ("push in chunks", |c| {
        let headers = [("content-type", IMAGE_MANIFEST), ("transfer-encoding", "chunked")];
        c.send(Method::PUT, "/v2/r/manifests/t", &headers, c.image().to_string().as_bytes())
    }),
    ("push indented", |c| c.put("t", IMAGE_MANIFEST, format!("{:#}", c.image()).as_bytes())),
    ("push padded", |c| c.put("t", IMAGE_MANIFEST, format!("{:>PADDED$}", c.image().to_string()).as_bytes())),
    ("push of two values", |c| c.put("t", IMAGE_MANIFEST, format!("{}{{}}", c.image()).as_bytes())),
    ("push of a repeat", |c| {
        c.put("t", IMAGE_MANIFEST, c.image().to_string().replacen('{', "{\"schemaVersion\":2,", 1).as_bytes())
    }),
    ("push of an object", |c| {
        c.put("t", IMAGE_MANIFEST, b"{\"config\":{},\"layers\":[],\"schemaVersion\":2,\"mediaType\":\"a/b\"}")
    }),
    ("push of schemaVersion 1", |c| image(c, "/schemaVersion", json!(1))),
    ("push without mediaType", |c| c.push(&without(&c.image(), "mediaType"))),
    ("push of no config", |c| c.push(&without(&c.image(), "config"))),
    ("push of unknown config", |c| with_config(c, "image/gif", b"GIF89a")),
    ("push of a config without rootfs", |c| with_config(c, CONFIG, b"{}")),
    ("push of a config that is no JSON", |c| with_config(c, CONFIG, b"GIF89a")),
    ("push of an empty config", |c| with_config(c, "image/gif", b"")),
    ("push of unknown layer", |c| image(c, "/layers/0/mediaType", json!("image/gif"))),
    ("push of no layers", |c| c.push(&without(&c.image(), "layers"))),
    ("push of empty layers", |c| image(c, "/layers", json!([]))),
    ("push of two layers", |c| {
        let layers = [b"one", b"two"].map(|content| c.blob("application/vnd.oci.image.layer.v1.tar", content));
        image(c, "/layers", json!(layers))
    }),
    ("push of one layer twice", |c| {
        let layer = c.image()["layers"][0].clone();
        image(c, "/layers", json!([layer, layer]))
    }),
    ("push of layer urls", |c| image(c, "/layers/0/urls", json!(["https://a.example/"]))),
    ("push of layer annotations", |c| image(c, "/layers/0/annotations", json!({"a": "b"}))),
    ("push of data", |c| image(c, "/layers/0/data", json!("bGF5ZXI="))),
    ("push of a wrong size", |c| image(c, "/layers/0/size", json!(6))),
    ("push of a missing layer", |c| {
        let absent = json!({"mediaType": "application/vnd.oci.image.layer.v1.tar", "digest": sha256(b"no"), "size": 2});
        image(c, "/layers/0", absent)
    }),
    ("push of artifactType", |c| image(c, "/artifactType", json!("a/b"))),
    ("push of a stored subject", |c| {
        let stored = c.image().to_string();
        c.put("subject", IMAGE_MANIFEST, stored.as_bytes());
        let subject = json!({"mediaType": IMAGE_MANIFEST, "digest": sha256(stored.as_bytes()), "size": stored.len()});
        image(c, "/subject", subject)
    }),
    ("push of a missing subject", |c| image(c, "/subject", subject())),
    ("push of artifactType and subject", |c| {
        c.push(&with(&with(&c.image(), "/subject", subject()), "/artifactType", json!("a/b")))
    }),
    ("push of annotations", |c| image(c, "/annotations", json!({"a": "b"}))),
    ("push of annotations of another type", |c| image(c, "/annotations", json!({"a": 1}))),
    ("push of an unknown member", |c| image(c, "/unknown", json!(1))),
    ("push of manifests beside layers", |c| image(c, "/manifests", json!([]))),
    ("push of a nested index", |c| {
        let inner = c.index().to_string();
        c.put("inner", IMAGE_INDEX, inner.as_bytes());
        let platform = c.index()["manifests"][0]["platform"].clone();
        let child = json!({"mediaType": IMAGE_INDEX, "digest": sha256(inner.as_bytes()), "size": inner.len(), "platform": platform});
        index(c, "/manifests/0", child)
    }),
    ("push of a child without platform", |c| index(c, "/manifests/0/platform", Value::Null)),
    ("push of a child that is a layer", |c| {
        let platform = c.index()["manifests"][0]["platform"].clone();
        index(c, "/manifests/0", with(&c.image()["layers"][0], "/platform", platform))
    }),
    ("push of an artifact manifest", artifact),
    ("upload of nothing", |c| c.send(Method::POST, &format!("/v2/r/blobs/uploads/?digest={}", sha256(b"")), &[], b"")),
    ("chunk", |c| {
        let begun = c.send(Method::POST, "/v2/r/blobs/uploads/", &[], b"");
        c.send(Method::PATCH, header(&begun, "location"), &[], b"a")
    }),
    ("get by tag", |c| {
        pushed(c);
        c.get("/v2/r/manifests/t")
    }),
    ("get by digest", |c| {
        let digest = pushed(c);
        c.get(&format!("/v2/r/manifests/{digest}"))
    }),
    ("get of an index by tag", |c| {
        c.push(&c.index());
        c.get("/v2/r/manifests/t")
    }),
    ("head by tag", |c| {
        pushed(c);
        c.head("/v2/r/manifests/t")
    }),
    ("referrers", referrers),
    ("tags", |c| {
        pushed(c);
        c.get("/v2/r/tags/list")
    }),
    ("tags after a refusal", |c| {
        pushed(c);
        c.put("refused", IMAGE_MANIFEST, without(&c.image(), "config").to_string().as_bytes());
        c.get("/v2/r/tags/list")
    }),
    ("delete", |c| {
        let digest = pushed(c);
        c.send(Method::DELETE, &format!("/v2/r/manifests/{digest}"), &[], b"")
    }),
];

/// Quirks whose effect reaches every request of a sort, and those for which a request holds two of their marks.
fn changed(quirk: &str) -> Option<&'static [&'static str]> {
    let one: &'static [&'static str] = match quirk {
        "refuses-empty-layers" => &["push of empty layers"],
        "refuses-absent-layers" => &["push of no layers"],
        "refuses-several-layers" => &["push of two layers", "push of one layer twice"],
        "refuses-absent-config" => &[],
        "keeps-refused-without-config" => &["tags after a refusal"],
        "refuses-artifact-type" => {
            &["push of artifactType", "push of artifactType and subject", "push of an artifact manifest"]
        }
        "refuses-artifact-type-with-subject" => &["push of artifactType and subject"],
        "refuses-subject" | "denies-subject" => SUBJECTS,
        "refuses-missing-subject" => &["push of a missing subject", "push of artifactType and subject", "referrers"],
        "refuses-annotations" => &["push of annotations", "referrers"],
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
        "refuses-data" => &["push of data"],
        "refuses-empty-config" => &["push of an empty config"],
        "refuses-config-content" => &["push of a config without rootfs", "push of a config that is no JSON"],
        "fails-on-config-content" => &["push of a config that is no JSON"],
        "refuses-repeated-layer" => &["push of one layer twice"],
        "fails-on-empty-blob" => &["push of an empty config", "upload of nothing"],
        "fails-on-absent-content-type" => &["push as nothing"],
        "refuses-unknown-content-type" => &["push as nothing", "push as JSON"],
        "refuses-content-type-parameters" => &["push with parameters"],
        "refuses-content-type-case" => &["push in upper case"],
        "refuses-chunked" => &["push in chunks"],
        "refuses-push-by-digest" => &["push by digest", "push by sha512", "push by wrong digest"],
        "fails-on-malformed-digest" => &["push by malformed digest"],
        "refuses-sha512-reference" => &["push by sha512"],
        "refuses-indented" => &["push indented"],
        "refuses-above-4-mib" => &["push padded"],
        "lacks-referrers" => &["referrers"],
        "lacks-deletion" => &["delete"],
        "stores-under-wrong-digest" => &["push by wrong digest"],
        "accepts-trailing-bytes" => &["push of two values"],
        "accepts-other-content-type" => &[],
        "accepts-manifests-beside-layers" => &["push of manifests beside layers"],
        "accepts-annotations-of-any-type" => &["push of annotations of another type"],
        "accepts-repeated-members" => &["push of a repeat"],
        "accepts-missing-content" => &["push of a missing layer"],
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

/// All of an answer that can be told from another.
fn told(response: &Response) -> String {
    format!("{} {:?} {:?} {}", response.status(), response.headers(), response.body(), is_dropped(response))
}

fn differing(quirk: &str) -> BTreeSet<&'static str> {
    let differs = |(_, ask): &&Ask| told(&ask(&Client::clean())) != told(&ask(&Client::with(quirk)));
    ASKS.iter().filter(differs).map(|(name, _)| *name).collect()
}

#[test]
fn each_quirk_planted_alone_changes_the_answers_it_says_and_no_other() {
    let broad = ["push-lacks-location", "push-answers-200", "push-answers-202", "accepts-any-object"];
    for quirk in quirks() {
        let found = differing(quirk.name);
        match changed(quirk.name) {
            Some(wanted) if !wanted.is_empty() => {
                assert_eq!(found, wanted.iter().copied().collect(), "{}", quirk.name);
            }
            Some(_) => {}
            None if broad.contains(&quirk.name) => {
                assert!(found.iter().all(|ask| ask.starts_with("push")), "{found:?}")
            }
            None => {
                assert!(quirk.name.starts_with("errors-"), "{} is not in the table", quirk.name);
                assert!(found.contains("push by wrong digest") && !found.contains("push"), "{}: {found:?}", quirk.name);
            }
        }
    }
}

#[test]
fn each_quirk_has_its_effect() {
    let ask = |quirk: &str, name: &str| {
        let (_, ask) = ASKS.iter().find(|(own, _)| *own == name).expect("a row");
        ask(&Client::with(quirk))
    };
    let status = |quirk: &str, name: &str| ask(quirk, name).status().as_u16();
    for (quirk, name, wanted) in [
        ("stores-under-wrong-digest", "push by wrong digest", 201),
        ("accepts-any-object", "push of an object", 201),
        ("accepts-trailing-bytes", "push of two values", 201),
        ("accepts-manifests-beside-layers", "push of manifests beside layers", 201),
        ("accepts-annotations-of-any-type", "push of annotations of another type", 201),
        ("accepts-repeated-members", "push of a repeat", 201),
        ("accepts-missing-content", "push of a missing layer", 201),
        ("accepts-wrong-sizes", "push of a wrong size", 201),
        ("push-answers-200", "push", 200),
        ("push-answers-202", "push", 202),
        ("denies-subject", "push of a stored subject", 403),
        ("fails-on-absent-content-type", "push as nothing", 500),
        ("fails-on-malformed-digest", "push by malformed digest", 500),
        ("refuses-absent-config", "push of no config", 400),
    ] {
        assert_eq!(status(quirk, name), wanted, "{quirk}");
    }
    assert_eq!(header(&ask("push-lacks-location", "push"), "location"), "");
    assert!(is_dropped(&ask("drops-child-without-platform", "push of a child without platform")));
    assert_eq!(code(&ask("missing-blob-is-manifest-invalid", "push of a missing layer")), "MANIFEST_INVALID");
    assert_eq!(code(&ask("errors-with-own-code", "push by wrong digest")), "NOT_FOUND");
    assert_eq!(body(&ask("errors-lack-errors", "push by wrong digest"))["code"], "DIGEST_INVALID");
    assert_eq!(body(&ask("errors-in-plain-text", "push by wrong digest")), Value::Null);
    assert_eq!(header(&ask("errors-in-html", "push by wrong digest"), "content-type"), "text/html");
    assert_eq!(body(&ask("keeps-refused-without-config", "tags after a refusal"))["tags"], json!(["refused", "t"]));
}

#[test]
fn a_wrong_digest_finds_the_bytes_and_the_right_one_does_not() {
    let client = Client::with("stores-under-wrong-digest");
    let bytes = client.image().to_string();
    assert_eq!(client.put(&sha256(b"other"), IMAGE_MANIFEST, bytes.as_bytes()).status(), 201);
    assert_eq!(client.get(&format!("/v2/r/manifests/{}", sha256(b"other"))).body().as_ref(), bytes.as_bytes());
    assert_eq!(client.get(&format!("/v2/r/manifests/{}", sha256(bytes.as_bytes()))).status(), 404);
}

#[test]
fn a_manifest_that_is_not_sorted_comes_back_sorted_from_the_quirk_alone() {
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
fn a_document_of_another_kind_than_the_header_says_passes_with_the_quirk_alone() {
    let push = |client: &Client| {
        let image = with(&client.image(), "/mediaType", json!(IMAGE_INDEX)).to_string();
        client.put("t", IMAGE_MANIFEST, image.as_bytes()).status().as_u16()
    };
    assert_eq!((push(&Client::clean()), push(&Client::with("accepts-other-content-type"))), (400, 201));
}

#[test]
fn several_refusals_can_answer_alike() {
    let same = || Params::refusal(405, "UNSUPPORTED", "no");
    let profile = ["refuses-data", "refuses-annotations"]
        .into_iter()
        .try_fold(Profile::clean(), |profile, quirk| profile.plant(quirk, same()))
        .expect("quirks that there are");
    let client = Client(Registry::new(&profile));
    let [data, annotations] =
        [image(&client, "/layers/0/data", json!("bGF5ZXI=")), image(&client, "/annotations", json!({"a": "b"}))];
    assert_eq!((data.status().as_u16(), code(&data).as_str()), (405, "UNSUPPORTED"));
    assert_eq!(told(&data), told(&annotations));
    assert_eq!(client.push(&client.image()).status(), 201);
}

#[test]
fn a_quirk_that_there_is_not_is_refused_by_name() {
    let error = Profile::clean().plant("no-such-quirk", Params::default()).expect_err("no quirk");
    assert!(error.to_string().contains("no-such-quirk"), "{error}");
}

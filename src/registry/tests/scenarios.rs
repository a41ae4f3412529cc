//! Scenarios: short sequences of requests to a fresh registry, each ending in the response under test.

use http::Method;
use serde_json::{Value, json};

use super::{Client, header, subject, with, without};
use crate::exchange::{ARTIFACT_MANIFEST, IMAGE_INDEX, IMAGE_MANIFEST, sha256};
use crate::registry::answer::Response;
use crate::registry::digest::sha512;

/// The name of the last request, and a function that sends the whole sequence and returns the last response.
pub(super) type Scenario = (&'static str, fn(&Client) -> Response);

fn push(change: impl Fn(&Client) -> Value) -> impl Fn(&Client) -> Response {
    move |client| client.push(&change(client))
}

/// Pushes the image with one member changed.
pub(super) fn image(client: &Client, pointer: &str, value: Value) -> Response {
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

pub(super) const SCENARIOS: &[Scenario] = &[
    ("push", |c| c.push(&c.image())),
    ("push of an index", |c| c.push(&c.index())),
    ("push by digest", |c| put(c, &sha256(c.image().to_string().as_bytes()), IMAGE_MANIFEST)),
    ("push by sha512", |c| put(c, &sha512(c.image().to_string().as_bytes()), IMAGE_MANIFEST)),
    ("push by wrong digest", |c| put(c, &sha256(b"other"), IMAGE_MANIFEST)),
    ("push by malformed digest", |c| put(c, "sha256:ab", IMAGE_MANIFEST)),
    ("push without Content-Type", |c| put(c, "t", "")),
    ("push as JSON", |c| put(c, "t", "application/json")),
    ("push as the other kind", |c| put(c, "t", IMAGE_INDEX)),
    ("push with parameters", |c| put(c, "t", &format!("{IMAGE_MANIFEST}; a=b"))),
    ("push in upper case", |c| put(c, "t", &IMAGE_MANIFEST.to_uppercase())),
    ("push in chunks", |c| {
        let headers = [("content-type", IMAGE_MANIFEST), ("transfer-encoding", "chunked")];
        c.send(Method::PUT, "/v2/r/manifests/t", &headers, c.image().to_string().as_bytes())
    }),
    ("push indented", |c| c.put("t", IMAGE_MANIFEST, format!("{:#}", c.image()).as_bytes())),
    ("push of two values", |c| c.put("t", IMAGE_MANIFEST, format!("{}{{}}", c.image()).as_bytes())),
    ("push of a duplicate key", |c| {
        c.put("t", IMAGE_MANIFEST, c.image().to_string().replacen('{', "{\"schemaVersion\":2,", 1).as_bytes())
    }),
    ("push of an object", |c| {
        c.put("t", IMAGE_MANIFEST, b"{\"config\":{},\"layers\":[{}],\"schemaVersion\":2,\"mediaType\":\"a/b\"}")
    }),
    ("push of schemaVersion 1", |c| image(c, "/schemaVersion", json!(1))),
    ("push without mediaType", |c| c.push(&without(&c.image(), "mediaType"))),
    ("push without config", |c| c.push(&without(&c.image(), "config"))),
    ("push of unknown config", |c| with_config(c, "image/gif", b"GIF89a")),
    ("push of a config without rootfs", |c| with_config(c, CONFIG, b"{}")),
    ("push of a config that is not JSON", |c| with_config(c, CONFIG, b"GIF89a")),
    ("push of an empty config", |c| with_config(c, "image/gif", b"")),
    ("push of unknown layer", |c| image(c, "/layers/0/mediaType", json!("image/gif"))),
    ("push without layers", |c| c.push(&without(&c.image(), "layers"))),
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
    ("push of non-string annotations", |c| image(c, "/annotations", json!({"a": 1}))),
    ("push of an unknown member", |c| image(c, "/unknown", json!(1))),
    ("push of manifests and layers", |c| image(c, "/manifests", json!([]))),
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
    ("upload of an empty blob", |c| {
        c.send(Method::POST, &format!("/v2/r/blobs/uploads/?digest={}", sha256(b"")), &[], b"")
    }),
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

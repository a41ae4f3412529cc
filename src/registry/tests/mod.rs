//! Shared by the registry's tests: an in-process client, and manifests to push.

mod duties;
mod profiles;
mod pushes;
mod quirks;
mod scenarios;
#[cfg(feature = "live")]
mod served;

use bytes::Bytes;
use http::{Method, Request};
use serde_json::{Value, json};

use super::answer::Response;
use super::{Params, Profile, Registry};
use crate::exchange::{IMAGE_INDEX, IMAGE_MANIFEST, sha256};

/// A client with its own registry; uses only the repository `r`.
pub(super) struct Client(pub Registry);

impl Client {
    pub(super) fn clean() -> Self {
        Self(Registry::new(&Profile::clean()))
    }

    pub(super) fn with(quirk: &str) -> Self {
        Self(Registry::new(&Profile::clean().plant(quirk, Params::default()).expect("a known quirk")))
    }

    pub(super) fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Response {
        // A `Location` that a quirk leaves out leads nowhere.
        let mut request = Request::builder().method(method).uri(if path.is_empty() { "/" } else { path });
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.0.handle(request.body(Bytes::copy_from_slice(body)).expect("a valid request"))
    }

    pub(super) fn get(&self, path: &str) -> Response {
        self.send(Method::GET, path, &[], b"")
    }

    pub(super) fn head(&self, path: &str) -> Response {
        self.send(Method::HEAD, path, &[], b"")
    }

    /// Whether uploads may fail, and what depends on them.
    fn has_quirks(&self) -> bool {
        !self.0.planted.is_empty()
    }

    /// Pushes a blob; returns its descriptor.
    pub(super) fn blob(&self, media_type: &str, content: &[u8]) -> Value {
        let digest = sha256(content);
        let response = self.send(Method::POST, &format!("/v2/r/blobs/uploads/?digest={digest}"), &[], content);
        assert!(response.status() == 201 || self.has_quirks(), "{response:?}");
        json!({"mediaType": media_type, "digest": digest, "size": content.len()})
    }

    /// An image manifest; pushes its config and layer.
    pub(super) fn image(&self) -> Value {
        let config = br#"{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}"#;
        let config = self.blob("application/vnd.oci.image.config.v1+json", config);
        let layer = self.blob("application/vnd.oci.image.layer.v1.tar", b"layer");
        json!({"schemaVersion": 2, "mediaType": IMAGE_MANIFEST, "config": config, "layers": [layer]})
    }

    /// An index; pushes its child.
    pub(super) fn index(&self) -> Value {
        let image = self.image().to_string();
        let response = self.put("child", IMAGE_MANIFEST, image.as_bytes());
        assert!(response.status().is_success() || self.has_quirks(), "{response:?}");
        let platform = json!({"architecture": "amd64", "os": "linux"});
        let child = json!({"mediaType": IMAGE_MANIFEST, "digest": sha256(image.as_bytes()), "size": image.len(), "platform": platform});
        json!({"schemaVersion": 2, "mediaType": IMAGE_INDEX, "manifests": [child]})
    }

    pub(super) fn put(&self, reference: &str, content_type: &str, body: &[u8]) -> Response {
        let headers: &[(&str, &str)] = if content_type.is_empty() { &[] } else { &[("content-type", content_type)] };
        self.send(Method::PUT, &format!("/v2/r/manifests/{reference}"), headers, body)
    }

    /// Pushes a document to the tag `t`, with its `mediaType` as Content-Type.
    pub(super) fn push(&self, document: &Value) -> Response {
        let own = document["mediaType"].as_str().unwrap_or(IMAGE_MANIFEST);
        self.put("t", own, document.to_string().as_bytes())
    }
}

/// A descriptor of a subject that is not stored.
pub(super) fn subject() -> Value {
    json!({"mediaType": IMAGE_MANIFEST, "digest": sha256(b"nowhere"), "size": 7})
}

/// A copy of the document with the value at a JSON Pointer replaced; a new member may be added to an object.
pub(super) fn with(document: &Value, pointer: &str, value: Value) -> Value {
    let mut document = document.clone();
    let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
    match document.pointer_mut(parent).expect("an existing parent") {
        Value::Array(elements) => elements[name.parse::<usize>().expect("a position")] = value,
        object => object[name] = value,
    }
    document
}

/// A copy of the document without a top-level member.
pub(super) fn without(document: &Value, name: &str) -> Value {
    let mut document = document.clone();
    document.as_object_mut().expect("an object").remove(name);
    document
}

pub(super) fn header<'r>(response: &'r Response, name: &str) -> &'r str {
    response.headers().get(name).map_or("", |value| value.to_str().expect("a text header"))
}

pub(super) fn body(response: &Response) -> Value {
    serde_json::from_slice(response.body()).unwrap_or(Value::Null)
}

/// The code of the first error; empty if there is none.
pub(super) fn code(response: &Response) -> String {
    body(response)["errors"][0]["code"].as_str().unwrap_or_default().to_owned()
}

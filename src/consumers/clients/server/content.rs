//! The content of a case as it is served: every manifest and blob under every name that the document gives it, whatever a registry
//! would have refused.

use std::collections::HashMap;

use bytes::Bytes;

use super::names::Names;
use super::place::{Place, resolved};
use crate::exchange::{Exchange, Need, NeedKind, State, is_digest, sha256, sha512};
use crate::json::{self, Node};

/// The address of a layer's `urls` that lead to us. It is part of documents, so it is fixed.
pub(super) const LAYER_URL: &str = "http://127.0.0.3:5099/manifuzz/layer";

/// A manifest that is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Manifest {
    pub bytes: Bytes,
    pub content_type: Option<String>,
    pub content_encoding: Option<&'static str>,
    /// Its SHA-256.
    pub digest: String,
}

impl Manifest {
    pub fn new(bytes: Bytes, content_type: &str) -> Self {
        Self { digest: sha256(&bytes), bytes, content_type: Some(content_type.to_owned()), content_encoding: None }
    }

    /// Its descriptor in a list of referrers.
    pub fn descriptor(&self) -> String {
        let document = json::read(&self.bytes).ok();
        let text = |name| document.as_ref().and_then(|document| document.root().get(name)).and_then(Node::text);
        let media_type = self.content_type.clone().unwrap_or_default();
        let mut written = serde_json::json!({
            "mediaType": media_type,
            "digest": self.digest,
            "size": self.bytes.len(),
        });
        if let Some(artifact_type) = text("artifactType") {
            written["artifactType"] = artifact_type.into();
        }
        written.to_string()
    }
}

/// The content of a case.
#[derive(Debug, Default)]
pub(super) struct Content {
    manifests: HashMap<String, Manifest>,
    blobs: HashMap<String, Bytes>,
    /// Paths in which `..` is resolved, and the paths that they stand for.
    resolved: HashMap<String, String>,
    /// The layer whose `urls` lead to us.
    pub layer: Option<Bytes>,
    /// The first need that is too long to be held in memory.
    pub unheld: Option<String>,
}

impl Content {
    /// The content of a case that the registry has.
    pub fn of(exchange: &Exchange, names: &Names) -> Self {
        let mut content = Self::default();
        let document = json::read(&exchange.tested.body).ok();
        let root = document.as_ref().map(json::Document::root);
        // Their own digests first: what a document calls by the digest of other content must not hide that.
        content.add(&exchange.needs);
        for need in &exchange.needs {
            let descriptor = root.and_then(|root| at(root, &need.path));
            if descriptor.is_some_and(leads_to_us) {
                content.layer = content.layer.or_else(|| need.held().cloned());
            }
            let texts = descriptor.into_iter().flat_map(|descriptor| descriptor.all("digest"));
            for text in texts.filter_map(Node::text).filter(|_| need.state == State::Present) {
                content.name(need, &text, names);
            }
        }
        content.add_tested(exchange, names);
        content
    }

    /// Adds what is present under its digests.
    pub fn add<'n>(&mut self, needs: impl IntoIterator<Item = &'n std::sync::Arc<Need>>) {
        for need in needs.into_iter().filter(|need| need.state == State::Present) {
            let Some(bytes) = need.held() else {
                self.unheld.get_or_insert_with(|| need.path.clone());
                continue;
            };
            self.insert(&need.kind, need.digest.clone(), bytes.clone());
        }
    }

    /// Adds a blob.
    pub fn add_blob(&mut self, bytes: Bytes) {
        self.insert(&NeedKind::Blob, sha256(&bytes), bytes);
    }

    /// Adds a manifest under its digest.
    pub fn add_manifest(&mut self, manifest: Manifest) {
        self.manifests.entry(manifest.digest.clone()).or_insert(manifest);
    }

    fn insert(&mut self, kind: &NeedKind, digest: String, bytes: Bytes) {
        match kind {
            NeedKind::Blob => drop(self.blobs.entry(digest).or_insert(bytes)),
            NeedKind::Manifest(media_type) => {
                self.manifests.entry(digest).or_insert_with(|| Manifest::new(bytes, media_type));
            }
        }
    }

    /// Serves a need under what the document calls its digest, too.
    fn name(&mut self, need: &Need, text: &str, names: &Names) {
        let Some(bytes) = need.held() else { return };
        self.insert(&need.kind, text.to_owned(), bytes.clone());
        if !is_digest(text) {
            let path = format!("/v2/{}/{}/{text}", names.repository, need.kind.endpoint());
            self.resolved.insert(resolved(&path), path);
        }
    }

    /// The manifest of the case: under its tag, its digests, and the reference that it was pushed to.
    fn add_tested(&mut self, exchange: &Exchange, names: &Names) {
        let tested = &exchange.tested;
        let manifest = Manifest {
            bytes: tested.body.bytes().clone(),
            content_type: tested.content_type.as_deref().map(str::to_owned),
            content_encoding: tested.content_encoding,
            digest: tested.digest().to_owned(),
        };
        let reference =
            tested.reference.tag(&names.tag).map_or_else(|| tested.reference.to_string(), |_| names.tag.clone());
        let own =
            [names.tag.clone(), names.digest.clone(), tested.digest().to_owned(), sha512(&tested.body), reference];
        self.manifests.extend(own.into_iter().map(|reference| (reference, manifest.clone())));
    }

    /// The manifest with this tag or digest.
    pub fn manifest(&self, reference: &str) -> Option<&Manifest> {
        self.manifests.get(reference)
    }

    /// The blob with this digest.
    pub fn blob(&self, digest: &str) -> Option<&Bytes> {
        self.blobs.get(digest)
    }

    /// The place of a path, also of one in which the client has resolved `..`.
    pub fn place(&self, path: &str) -> Place {
        let place = Place::of(path);
        let path = match &place {
            Place::Other(path) => path.as_str(),
            _ => path,
        };
        self.resolved.get(path).map_or(place, |path| Place::of(path))
    }
}

/// The value at the path of a slot, such as `layers.0`.
fn at<'d>(root: Node<'d>, path: &str) -> Option<Node<'d>> {
    path.split('.').try_fold(root, |node, part| match part.parse() {
        Ok(position) => node.elements().nth(position),
        Err(_) => node.get(part),
    })
}

/// Whether the `urls` of a descriptor lead to us.
fn leads_to_us(descriptor: Node<'_>) -> bool {
    let urls = descriptor.all("urls").flat_map(Node::elements);
    urls.filter_map(Node::text).any(|url| url == LAYER_URL)
}

//! The descriptors of a document, of whatever kind it is.

use crate::json::{Node, read};

/// A descriptor in a document.
pub(super) struct Link {
    /// Its JSON Pointer.
    pub path: String,
    pub digest: String,
    pub media_type: Option<String>,
    pub artifact_type: Option<String>,
    /// Whether the content may be fetched from elsewhere.
    pub has_urls: bool,
}

impl Link {
    /// Whether it points at a manifest. Decided by position: a config or layer is a blob, even if its media type is that of a
    /// manifest.
    pub fn is_manifest(&self) -> bool {
        self.path.starts_with("/manifests/") || self.path == "/subject"
    }
}

/// The text of a member.
pub(super) fn text(node: Node<'_>, name: &str) -> Option<String> {
    node.get(name).and_then(Node::text).map(std::borrow::Cow::into_owned)
}

/// Every descriptor that has a digest.
pub(super) fn links(body: &[u8]) -> Vec<Link> {
    let Ok(document) = read(body) else { return Vec::new() };
    let root = document.root();
    let link = |path: String, node: Node<'_>| {
        let has_urls = node.get("urls").is_some_and(|urls| urls.is_array() && !urls.is_empty());
        let (media_type, artifact_type) = (text(node, "mediaType"), text(node, "artifactType"));
        Some(Link { path, digest: text(node, "digest")?, media_type, artifact_type, has_urls })
    };
    let single = ["config", "subject"].iter().filter_map(|name| link(format!("/{name}"), root.get(name)?));
    let listed = ["layers", "manifests", "blobs"].iter().filter_map(|name| Some((name, root.get(name)?)));
    let listed = listed.flat_map(|(name, list)| {
        list.elements().enumerate().filter_map(move |(i, node)| link(format!("/{name}/{i}"), node))
    });
    single.chain(listed).collect()
}

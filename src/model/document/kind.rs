//! What a document is, where nobody says it: for documents that are found rather than pushed.

use crate::exchange::{ARTIFACT_MANIFEST, DOCKER_LIST, DOCKER_MANIFEST, IMAGE_INDEX, IMAGE_MANIFEST, essence};
use crate::json::{Node, read};
use crate::model::document::forms::is_media_type;

/// The media types of manifests, and the kinds that have them, as shapes name those.
const KINDS: [(&str, &str); 5] = [
    (IMAGE_MANIFEST, "image"),
    (IMAGE_INDEX, "index"),
    (DOCKER_MANIFEST, "docker-image"),
    (DOCKER_LIST, "docker-list"),
    (ARTIFACT_MANIFEST, "artifact"),
];

/// The `Content-Type` that a document would be pushed with, and its kind: `said` where that is given, else the
/// document's own word, else what its members look like. What is no object is `json` or `not-json`.
pub fn describe(said: Option<String>, body: &[u8]) -> (Option<String>, &'static str) {
    let Ok(document) = read(body) else { return (said, "not-json") };
    let root = document.root();
    if !root.is_object() {
        return (said, "json");
    }
    let content_type = said.or_else(|| likely_type(root));
    let kind = content_type.as_deref().and_then(kind_of);
    (content_type, kind.unwrap_or("unknown"))
}

/// The kind of document that a media type names, as shapes call it; `None` if that is no manifest.
pub fn kind_of(media_type: &str) -> Option<&'static str> {
    let named = essence(media_type);
    KINDS.iter().find(|(media_type, _)| *media_type == named).map(|(_, kind)| *kind)
}

fn likely_type(root: Node<'_>) -> Option<String> {
    if let Some(word) = root.get("mediaType").and_then(Node::text).filter(|text| is_media_type(text.as_bytes())) {
        return Some(word.into_owned());
    }
    let has = |name| root.get(name).is_some();
    by_members(has("config") || has("layers"), has("manifests")).map(str::to_owned)
}

/// The type of a document that has members of an image manifest, or of an index; `None` where it has both or neither.
pub(in crate::model) fn by_members(of_image: bool, of_index: bool) -> Option<&'static str> {
    match (of_image, of_index) {
        (true, false) => Some(IMAGE_MANIFEST),
        (false, true) => Some(IMAGE_INDEX),
        _ => None,
    }
}

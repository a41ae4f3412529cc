//! The kind of a document that was found rather than pushed.

use crate::exchange::{ARTIFACT_MANIFEST, DOCKER_LIST, DOCKER_MANIFEST, IMAGE_INDEX, IMAGE_MANIFEST, essence};
use crate::json::{Node, read};
use crate::model::document::forms::is_media_type;

/// The media types of manifests, with their kinds as named in shapes.
const KINDS: [(&str, &str); 5] = [
    (IMAGE_MANIFEST, "image"),
    (IMAGE_INDEX, "index"),
    (DOCKER_MANIFEST, "docker-image"),
    (DOCKER_LIST, "docker-list"),
    (ARTIFACT_MANIFEST, "artifact"),
];

/// The common prefix of Docker's schema 1 media types, signed and unsigned.
pub(in crate::model) const SCHEMA_1: &str = "application/vnd.docker.distribution.manifest.v1+";

/// The `Content-Type` that a document would be pushed with, and its kind. The type is `declared` if given, else
/// `mediaType`, else derived from the members. The kind is `json` for a document that is not an object, `not-json` for
/// one that is not JSON, and `unknown` if the type is not that of a manifest.
pub fn describe(declared: Option<String>, body: &[u8]) -> (Option<String>, &'static str) {
    let Ok(document) = read(body) else { return (declared, "not-json") };
    let root = document.root();
    if !root.is_object() {
        return (declared, "json");
    }
    let content_type = declared.or_else(|| likely_type(root));
    let kind = content_type.as_deref().and_then(kind_of);
    (content_type, kind.unwrap_or("unknown"))
}

/// The kind of manifest that a media type names, as in shapes; `None` if it names none.
pub fn kind_of(media_type: &str) -> Option<&'static str> {
    let essence = essence(media_type);
    KINDS.iter().find(|(media_type, _)| *media_type == essence).map(|(_, kind)| *kind)
}

/// Whether a document is one of Docker's schema 1, signed or not: by its media type, else by its members.
pub fn is_schema_1(content_type: Option<&str>, body: &[u8]) -> bool {
    if let Some(content_type) = content_type {
        return essence(content_type).starts_with(SCHEMA_1);
    }
    read(body).is_ok_and(|document| {
        let root = document.root();
        root.get("schemaVersion").and_then(Node::integer) == Some(1) && root.get("fsLayers").is_some_and(Node::is_array)
    })
}

fn likely_type(root: Node<'_>) -> Option<String> {
    if let Some(own) = root.get("mediaType").and_then(Node::text).filter(|text| is_media_type(text.as_bytes())) {
        return Some(own.into_owned());
    }
    type_of_members(root).map(str::to_owned)
}

/// The media type that the members of a document suggest.
fn type_of_members(root: Node<'_>) -> Option<&'static str> {
    let has = |name| root.get(name).is_some();
    by_members(has("config") || has("layers"), has("manifests"))
}

/// How the media types of image-spec's manifests begin.
const OF_MANIFESTS: [&str; 2] = ["application/vnd.oci.image.manifest", "application/vnd.oci.image.index"];

/// Whether a media type looks like one of image-spec's manifests without being one, such as with another version.
pub fn is_undefined(media_type: &str) -> bool {
    let essence = essence(media_type);
    OF_MANIFESTS.iter().any(|start| essence.starts_with(start)) && kind_of(&essence).is_none()
}

/// The media type of a document whose members are those of an image manifest or of an index, if its own `mediaType` cannot be right:
/// it is that of the other kind, or of none that image-spec defines.
pub fn type_by_members(body: &[u8]) -> Option<&'static str> {
    let document = read(body).ok()?;
    let own = document.root().get("mediaType").and_then(Node::text)?;
    let members = type_of_members(document.root())?;
    let is_of_other = [IMAGE_MANIFEST, IMAGE_INDEX].contains(&&*essence(&own)) && essence(&own) != members;
    (is_of_other || is_undefined(&own)).then_some(members)
}

/// The kind in words, and its media type, of a document with the members of an image manifest or of an index.
pub fn members_type(body: &[u8]) -> Option<(&'static str, &'static str)> {
    let members = type_of_members(read(body).ok()?.root())?;
    Some((if members == IMAGE_INDEX { "an index" } else { "an image manifest" }, members))
}

/// The media type of a document with members of an image manifest or of an index; `None` for both or neither.
pub(in crate::model) fn by_members(of_image: bool, of_index: bool) -> Option<&'static str> {
    match (of_image, of_index) {
        (true, false) => Some(IMAGE_MANIFEST),
        (false, true) => Some(IMAGE_INDEX),
        _ => None,
    }
}

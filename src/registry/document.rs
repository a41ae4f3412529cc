//! Checks a pushed document by its bytes alone, against image-spec's pages on manifests and descriptors. Whether the
//! content that it references is stored is checked in `present`.

use std::collections::HashSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;

use super::answer::Refusal;
use super::digest::{self, Algorithm};
use super::pushed::{ManifestKind, Pushed, content, present};
use super::quirk::{Validation, Waived};
use crate::json::Node;

/// Largest accepted manifest, in bytes; a larger one is refused with 413. The specification requires at least 4 MB.
pub(super) const LIMIT: usize = 8 * 1024 * 1024;

fn invalid(pointer: &str, why: impl std::fmt::Display) -> Refusal {
    let place = if pointer.is_empty() { "the document" } else { pointer };
    Refusal::new(400, "MANIFEST_INVALID", format!("manifest invalid: {place} {why}")).about(pointer)
}

/// Runs every check that is not waived; returns the kind and the root object.
///
/// # Errors
///
/// `MANIFEST_INVALID` with the JSON Pointer of the first violation.
pub(super) fn check<'d>(pushed: &'d Pushed<'_>, waived: &Waived) -> Result<(ManifestKind, Node<'d>), Refusal> {
    let root = match (pushed.document(), pushed.first()) {
        (Ok(root), _) => root,
        (Err(_), Some(first)) if waived.has(Validation::End) => first,
        (Err(error), _) => return Err(invalid("", error)),
    };
    if !root.is_object() {
        return Err(invalid("", "is not an object"));
    }
    let kind = pushed.kind();
    if waived.has(Validation::Content) {
        return Ok((kind.unwrap_or(ManifestKind::Image), root));
    }
    let kind = kind.ok_or_else(|| invalid("", "is of no kind that is known, by Content-Type, mediaType or members"))?;
    if !root.is_utf8() {
        return Err(invalid("", "is not valid UTF-8"));
    }
    check_duplicates("", root, waived)?;
    let is_2 = |version: Node<'_>| {
        version.integer() == Some(2) || (waived.has(Validation::Rounding) && as_double(version) == Some(2.0))
    };
    if kind != ManifestKind::Artifact && !root.get("schemaVersion").is_some_and(is_2) {
        return Err(invalid("/schemaVersion", "is not the integer 2"));
    }
    check_media_type(pushed, root, waived)?;
    members(kind, root, waived)?;
    Ok((kind, root))
}

fn check_media_type(pushed: &Pushed<'_>, root: Node<'_>, waived: &Waived) -> Result<(), Refusal> {
    let Some(own) = present(root, "mediaType") else { return Ok(()) };
    let own = own.text().ok_or_else(|| invalid("/mediaType", "is not a text"))?;
    // The two must match if both are set. If one is missing or empty, the other decides.
    let is_one_missing = own.is_empty() || pushed.essence.is_empty();
    if is_one_missing || own.eq_ignore_ascii_case(pushed.essence) || waived.has(Validation::Agreement) {
        return Ok(());
    }
    Err(invalid("/mediaType", format_args!("is not the Content-Type `{}`", pushed.essence)))
}

fn members(kind: ManifestKind, root: Node<'_>, waived: &Waived) -> Result<(), Refusal> {
    let foreign: &[&str] = match kind {
        ManifestKind::Image | ManifestKind::DockerImage => &["manifests"],
        ManifestKind::Index | ManifestKind::DockerList => &["config", "layers"],
        ManifestKind::Artifact => &[],
    };
    if let Some(name) = foreign.iter().find(|name| present(root, name).is_some())
        && !waived.has(Validation::Confusion)
    {
        return Err(invalid(&format!("/{name}"), format_args!("does not belong beside `{}`", kind.list())));
    }
    if kind.is_image() && present(root, "config").is_none() {
        return Err(invalid("/config", "is required"));
    }
    if present(root, kind.list()).is_some_and(|list| !list.is_array()) {
        return Err(invalid(&format!("/{}", kind.list()), "is not an array"));
    }
    for (pointer, node) in content(kind, root) {
        descriptor(&pointer, node, waived)?;
    }
    if !kind.is_oci() {
        return Ok(());
    }
    if let Some(subject) = present(root, "subject") {
        descriptor("/subject", subject, waived)?;
    }
    artifact_type("", root)?;
    annotations("", root, waived)
}

fn descriptor(pointer: &str, node: Node<'_>, waived: &Waived) -> Result<(), Refusal> {
    if !node.is_object() {
        return Err(invalid(pointer, "is not a descriptor"));
    }
    check_duplicates(pointer, node, waived)?;
    if !node.get("mediaType").and_then(Node::text).is_some_and(|text| is_media_type(&text)) {
        return Err(invalid(&format!("{pointer}/mediaType"), "is not a media type"));
    }
    let digest = node.get("digest").and_then(Node::text);
    let algorithm = digest.as_deref().and_then(digest::algorithm);
    if algorithm.is_none() && !waived.has(Validation::DigestForm) {
        return Err(invalid(&format!("{pointer}/digest"), "is not a digest"));
    }
    let (digest, algorithm) = (digest.unwrap_or_default(), algorithm.unwrap_or(Algorithm::Unknown));
    let size = node.get("size").and_then(Node::integer).and_then(|size| u64::try_from(size).ok());
    if size.is_none() && !allows_size(node, waived) {
        return Err(invalid(&format!("{pointer}/size"), "is not a non-negative integer"));
    }
    if present(node, "urls").is_some_and(|urls| !urls.is_array() || !urls.elements().all(Node::is_string)) {
        return Err(invalid(&format!("{pointer}/urls"), "is not an array of texts"));
    }
    if let Some(data) = present(node, "data") {
        let bytes = data.text().and_then(|text| STANDARD.decode(text.as_bytes()).ok());
        let bytes: Bytes = bytes.ok_or_else(|| invalid(&format!("{pointer}/data"), "is not base64"))?.into();
        let has_digest = algorithm == Algorithm::Unknown || digest::matches(&digest, &bytes);
        if Some(bytes.len() as u64) != size || !has_digest {
            return Err(invalid(&format!("{pointer}/data"), "is not the content that digest and size describe"));
        }
    }
    if present(node, "platform").is_some_and(|platform| !platform.is_object()) {
        return Err(invalid(&format!("{pointer}/platform"), "is not an object"));
    }
    artifact_type(pointer, node)?;
    annotations(pointer, node, waived)
}

/// Whether a waived check allows a size that is not a non-negative integer.
pub(super) fn allows_size(node: Node<'_>, waived: &Waived) -> bool {
    let Some(size) = node.get("size").filter(|size| size.is_number()) else { return false };
    match size.integer() {
        Some(number) => number < 0 && waived.has(Validation::Negative),
        None => {
            let is_fractional = || size.raw().iter().any(|byte| matches!(byte, b'.' | b'e' | b'E'));
            let is_whole = || as_double(size).is_some_and(|size| size.fract() == 0.0);
            waived.has(Validation::Fraction) && is_fractional() || waived.has(Validation::Rounding) && is_whole()
        }
    }
}

/// The value of a number as a double.
fn as_double(node: Node<'_>) -> Option<f64> {
    std::str::from_utf8(node.raw()).ok().filter(|_| node.is_number())?.parse().ok()
}

fn artifact_type(pointer: &str, node: Node<'_>) -> Result<(), Refusal> {
    let Some(value) = present(node, "artifactType") else { return Ok(()) };
    match value.text() {
        Some(text) if text.is_empty() || is_media_type(&text) => Ok(()),
        _ => Err(invalid(&format!("{pointer}/artifactType"), "is not a media type")),
    }
}

fn annotations(pointer: &str, node: Node<'_>, waived: &Waived) -> Result<(), Refusal> {
    let Some(value) = present(node, "annotations") else { return Ok(()) };
    let pointer = format!("{pointer}/annotations");
    let is_string_map = value.is_object() && value.members().all(|(_, value)| value.is_string());
    if !is_string_map && !waived.has(Validation::Annotations) {
        return Err(invalid(&pointer, "is not an object of texts"));
    }
    check_duplicates(&pointer, value, waived)
}

/// Refuses duplicate keys: parsers differ in which value they keep.
fn check_duplicates(pointer: &str, object: Node<'_>, waived: &Waived) -> Result<(), Refusal> {
    if waived.has(Validation::Repeats) {
        return Ok(());
    }
    let mut seen = HashSet::new();
    for (key, _) in object.members() {
        // Compare a key that does not decode to text by its raw bytes.
        let name = key.text().map_or_else(|| key.raw().to_vec(), |text| text.as_bytes().to_vec());
        if !seen.insert(name) {
            let name = String::from_utf8_lossy(key.raw());
            return Err(invalid(pointer, format_args!("has more than one member {name}")));
        }
    }
    Ok(())
}

/// Whether the string is `type/subtype` with names as defined in RFC 6838 section 4.2.
pub(super) fn is_media_type(text: &str) -> bool {
    let is_name = |name: &str| {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b);
        name.len() <= 127 && name.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric()) && name.bytes().all(allowed)
    };
    text.split_once('/').is_some_and(|(kind, subtype)| is_name(kind) && is_name(subtype))
}

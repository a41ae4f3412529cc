//! Referrers tags of a layout (distribution-spec, Referrers Tag Schema): the index under a tag that is made from a digest
//! lists the manifests whose subject has that digest.

use std::collections::HashSet;

use super::blobs::Blobs;
use super::declared::artifact_types;
use super::differences::difference;
use super::links::{links, text};
use crate::cli::check::checked::CheckedFile;
use crate::json::{Node, find, read};
use crate::model::{Breach, LayoutRule};

/// A referrers tag in `index.json`.
pub(super) struct ReferrersTag {
    /// The JSON Pointer of the descriptor that has the tag.
    path: String,
    /// The tag.
    name: String,
    /// The digest of what it names.
    pub target: String,
}

/// The longest parts of a digest that a tag is made from, in characters.
const LONGEST: usize = 64;

/// The referrers tags in `index.json`.
pub(super) fn tags(index: &[u8]) -> Vec<ReferrersTag> {
    let Ok(document) = read(index) else { return Vec::new() };
    let manifests = document.root().get("manifests").into_iter().flat_map(Node::elements).enumerate();
    let tag = |(i, node): (usize, Node<'_>)| {
        let name = text(node.get("annotations")?, "org.opencontainers.image.ref.name").filter(|name| is_tag(name))?;
        Some(ReferrersTag { path: format!("/manifests/{i}"), name, target: text(node, "digest")? })
    };
    manifests.filter_map(tag).collect()
}

/// Whether a tag is made from a digest of a registered algorithm.
fn is_tag(name: &str) -> bool {
    let is_hex = |text: &str| text.len() == LONGEST && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    name.split_once('-').is_some_and(|(algorithm, hex)| matches!(algorithm, "sha256" | "sha512") && is_hex(hex))
}

/// The tag of a digest.
fn tag_of(digest: &str) -> Option<String> {
    let (algorithm, hex) = digest.split_once(':')?;
    Some(format!("{algorithm}-{}", hex.get(..LONGEST)?))
}

/// Where the index under a tag differs from what the tag promises; `index` is `None` if it was not read. Each difference
/// comes with whether it is one of the tag, and not of the index.
pub(super) fn compare(tag: &ReferrersTag, index: Option<&CheckedFile>, blobs: &mut Blobs) -> Vec<(bool, Breach)> {
    let Some(index) = index else { return Vec::new() };
    let subject = tag.name.replacen('-', ":", 1);
    let Ok(document) = read(&index.body) else { return Vec::new() };
    if document.root().get("manifests").is_none() {
        let what = format!("the tag {} is that of the referrers of {subject}, but does not name an index", tag.name);
        let message = format!("{what}; use another tag, or list the referrers in an index");
        return vec![(true, difference(LayoutRule::ReferrersSubject, tag.path.clone(), message))];
    }
    let (mut found, mut seen) = (Vec::new(), HashSet::new());
    for link in links(&index.body).into_iter().filter(|link| link.path.starts_with("/manifests/")) {
        let mut add = |rule, place: &str, message: String| {
            found.push((false, difference(rule, format!("{}{place}", link.path), message)));
        };
        if !seen.insert(link.digest.clone()) {
            add(LayoutRule::ReferrersOnce, "/digest", "the manifest is listed twice; remove one descriptor".to_owned());
            continue;
        }
        let (Some(manifest), Some(descriptor)) = (blobs.bytes(&link.digest), find(&document, &link.path)) else {
            continue;
        };
        let Ok(manifest_document) = read(&manifest) else { continue };
        let root = manifest_document.root();
        let own_subject = root.get("subject").and_then(|subject| text(subject, "digest"));
        if own_subject.as_deref().and_then(tag_of).as_ref() != Some(&tag.name) {
            let own = own_subject.map_or("has no subject".to_owned(), |own| format!("has the subject {own}"));
            let what = format!("the tag lists referrers of {subject}, but this manifest {own}");
            add(LayoutRule::ReferrersSubject, "/digest", format!("{what}; remove it from the index"));
            continue;
        }
        if let Some(expected) =
            artifact_types(&manifest).first().filter(|own| Some(*own) != link.artifact_type.as_ref())
        {
            let place = if link.artifact_type.is_some() { "/artifactType" } else { "" };
            let message = format!("\"artifactType\" is not that of the manifest; set it to \"{expected}\"");
            add(LayoutRule::ReferrersType, place, message);
        }
        if let Some(key) = first_difference(root, descriptor) {
            let message =
                format!("the annotation \"{key}\" is not that of the manifest; copy the manifest's annotations");
            add(LayoutRule::ReferrersAnnotations, "", message);
        }
    }
    found
}

/// The first annotation of a manifest that its descriptor lacks or has with another value.
fn first_difference(manifest: Node<'_>, descriptor: Node<'_>) -> Option<String> {
    let copied = descriptor.get("annotations");
    let is_copied = |key: &str, value: Node<'_>| {
        let copy = copied.and_then(|copied| copied.get(key)).and_then(Node::text);
        copy.is_some() && copy == value.text()
    };
    let own = manifest.get("annotations")?;
    let mut keys = own.members().filter_map(|(key, value)| Some((key.text()?, value)));
    keys.find(|(key, value)| !is_copied(key, *value)).map(|(key, _)| key.into_owned())
}

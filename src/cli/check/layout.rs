//! Every manifest of an OCI image layout: its index, and what that and nested indexes point at.

use std::collections::HashSet;
use std::path::Path;

use bytes::Bytes;

use super::Found;
use crate::error::Input;
use crate::exchange::{IMAGE_INDEX, Need, NeedKind, State};
use crate::json::{Node, read as read_json};
use crate::spec::kind_of;

/// Above this, content is not compared with its descriptor: it would have to be held.
const MOST_CONTENT: u64 = 64 << 20;

/// The documents of a layout, `index.json` first, each once.
pub(super) fn read(folder: &Path) -> Result<Vec<Found>, Input> {
    let index = folder.join("index.json");
    let advice = "name a file, or a folder with the index.json of an OCI image layout";
    let body = std::fs::read(&index).map_err(|cause| Input::file("read", &index, cause, advice))?;
    let first = (index.display().to_string(), Some(IMAGE_INDEX.to_owned()), Bytes::from(body));
    let (mut due, mut seen, mut found) = (vec![first], HashSet::new(), Vec::new());
    while let Some((file, said, body)) = due.pop() {
        let descriptors = descriptors(&body);
        let mut needs = Vec::new();
        for (path, digest, media_type) in descriptors {
            let Some(blob) = content(folder, &digest) else { continue };
            let bytes = Bytes::from(blob);
            // By its place, not by a name: what a config or a layer points at is content, whatever it is called.
            let is_manifest = path.starts_with("/manifests/") || path == "/subject";
            let is_known = media_type.as_deref().is_none_or(|media_type| kind_of(media_type).is_some());
            if is_manifest && is_known && seen.insert(digest.clone()) {
                let name = folder.join("blobs").join(digest.replace(':', "/")).display().to_string();
                due.push((name, media_type, bytes.clone()));
            }
            let kind = if is_manifest { NeedKind::Manifest(IMAGE_INDEX) } else { NeedKind::Blob };
            needs.push(Need { path, kind, digest, bytes, state: State::Present });
        }
        found.push(Found { file, said, body, needs });
    }
    Ok(found)
}

/// Path and digest of every descriptor that has one, and its media type.
fn descriptors(body: &[u8]) -> Vec<(String, String, Option<String>)> {
    let Ok(document) = read_json(body) else { return Vec::new() };
    let root = document.root();
    let single = ["config", "subject"].iter().filter_map(|name| root.get(name));
    let listed = ["layers", "manifests", "blobs"].iter().filter_map(|name| root.get(name)).flat_map(Node::elements);
    let text = |node: Node<'_>, name| node.get(name).and_then(Node::text).map(std::borrow::Cow::into_owned);
    single
        .chain(listed)
        .filter_map(|node| Some((node.pointer(), text(node, "digest")?, text(node, "mediaType"))))
        .collect()
}

/// The content of a digest, where the layout has it and it is not too long to hold.
fn content(folder: &Path, digest: &str) -> Option<Vec<u8>> {
    let (algorithm, encoded) = digest.split_once(':')?;
    // A digest that is none must not lead out of the folder.
    let is_plain = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric());
    if !is_plain(algorithm) || !is_plain(encoded) {
        return None;
    }
    let path = folder.join("blobs").join(algorithm).join(encoded);
    let short = std::fs::metadata(&path).ok().is_some_and(|found| found.len() <= MOST_CONTENT);
    if short { std::fs::read(path).ok() } else { None }
}

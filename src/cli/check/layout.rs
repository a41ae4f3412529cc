//! Reads every manifest of an OCI image layout: `index.json` and the manifests it refers to, directly or through nested
//! indexes. Compares content with its digest.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use bytes::Bytes;

use super::{CheckedFile, Problem};
use crate::error::Input;
use crate::exchange::{IMAGE_INDEX, Need, NeedKind, Presence, State, digest_of};
use crate::json::{Node, read as read_json};
use crate::model::{DigestForm, kind_of};

/// Longer content is hashed from the file and not kept in memory, in bytes.
const MOST_CONTENT: u64 = 4 << 20;

/// The documents of a layout, `index.json` first, each once, and the problems of the layout itself.
pub(super) fn read(directory: &Path) -> Result<(Vec<CheckedFile>, Vec<Problem>), Input> {
    let index = directory.join("index.json");
    let advice = "name a file, or a directory with the index.json of an OCI image layout";
    let body = std::fs::read(&index).map_err(|cause| Input::file("read", &index, cause, advice))?;
    let mut problems = Vec::new();
    if !is_marked(directory) {
        let what = "the file oci-layout with an imageLayoutVersion is missing; add it";
        problems.push(Problem::wrong(format!("{}: {what}", directory.display())));
    }
    let first = (index.display().to_string(), Some(IMAGE_INDEX.to_owned()), Bytes::from(body));
    let (mut due, mut seen, mut found) = (vec![first], HashSet::new(), Vec::new());
    let mut blobs: HashMap<String, LayoutBlob> = HashMap::new();
    while let Some((file, declared_type, body)) = due.pop() {
        let (mut needs, mut others) = (Vec::new(), Presence::Yes);
        for LinkedContent { path, digest, media_type } in pointers(&body) {
            // Decided by position: a config or layer is a blob, even if its media type is that of a manifest.
            let is_manifest = path.starts_with("/manifests/") || path == "/subject";
            let is_new = !blobs.contains_key(&digest);
            let blob = blobs.entry(digest.clone()).or_insert_with(|| look(directory, &digest));
            let (bytes, length) = match blob {
                LayoutBlob::Presence(bytes) => (bytes.clone(), bytes.len()),
                LayoutBlob::Long(length) => (Bytes::new(), *length),
                LayoutBlob::Absent(problem) => {
                    // A subject may be anywhere.
                    if path != "/subject" {
                        others = Presence::No;
                    }
                    let what = format!("{file}: {path}: {digest} {}", problem.what);
                    problems.extend(is_new.then_some(Problem { what, ..*problem }));
                    continue;
                }
                LayoutBlob::NoName => continue,
            };
            let is_known = media_type.as_deref().is_none_or(|media_type| kind_of(media_type).is_some());
            if is_manifest && is_known && seen.insert(digest.clone()) {
                let at = place(directory, &digest);
                let body = match blob {
                    LayoutBlob::Presence(bytes) => bytes.clone(),
                    // Manifests of any length are judged.
                    _ => std::fs::read(&at).map_err(|cause| Input::file("read", &at, cause, advice))?.into(),
                };
                due.push((at.display().to_string(), media_type, body));
            }
            let kind = if is_manifest { NeedKind::Manifest(IMAGE_INDEX) } else { NeedKind::Blob };
            needs.push(Need { path, kind, digest, bytes, length, state: State::Present });
        }
        found.push(CheckedFile { file, declared_type, body, needs, others, is_of_layout: true });
    }
    Ok((found, problems))
}

/// Whether the directory has a valid `oci-layout` file.
fn is_marked(directory: &Path) -> bool {
    let Ok(marker) = std::fs::read(directory.join("oci-layout")) else { return false };
    read_json(&marker).is_ok_and(|marker| marker.root().get("imageLayoutVersion").is_some_and(Node::is_string))
}

/// A descriptor in a document.
struct LinkedContent {
    path: String,
    digest: String,
    media_type: Option<String>,
}

/// Every descriptor that has a digest.
fn pointers(body: &[u8]) -> Vec<LinkedContent> {
    let Ok(document) = read_json(body) else { return Vec::new() };
    let root = document.root();
    let text = |node: Node<'_>, name| node.get(name).and_then(Node::text).map(std::borrow::Cow::into_owned);
    let pointer = |path: String, node: Node<'_>| {
        let (digest, media_type) = (text(node, "digest")?, text(node, "mediaType"));
        Some(LinkedContent { path, digest, media_type })
    };
    let single = ["config", "subject"].iter().filter_map(|name| pointer(format!("/{name}"), root.get(name)?));
    let listed = ["layers", "manifests", "blobs"].iter().filter_map(|name| Some((name, root.get(name)?)));
    let listed = listed.flat_map(|(name, list)| {
        list.elements().enumerate().filter_map(move |(i, node)| pointer(format!("/{name}/{i}"), node))
    });
    single.chain(listed).collect()
}

/// What a layout contains under a digest.
enum LayoutBlob {
    /// The content.
    Presence(Bytes),
    /// Content of this many bytes, not kept in memory.
    Long(usize),
    /// No usable content.
    Absent(Problem),
    /// The digest is malformed; rules on the document report that.
    NoName,
}

/// The path of a digest's content. A digest has no `/`, so the path stays inside the layout.
fn place(directory: &Path, digest: &str) -> PathBuf {
    directory.join("blobs").join(digest.replacen(':', "/", 1))
}

fn look(directory: &Path, digest: &str) -> LayoutBlob {
    if !DigestForm::of(digest).is_right() {
        return LayoutBlob::NoName;
    }
    let (algorithm, _) = digest.split_once(':').unwrap_or_default();
    match read_and_hash(&place(directory, digest), algorithm) {
        Ok((_, Some(other))) if other != digest => {
            LayoutBlob::Absent(Problem::wrong(format!("has other content: the digest of the file is {other}")))
        }
        Ok((blob, _)) => blob,
        Err(cause) if matches!(cause.kind(), ErrorKind::NotFound | ErrorKind::InvalidFilename) => {
            LayoutBlob::Absent(Problem::missing("is not in the layout".to_owned()))
        }
        Err(cause) => LayoutBlob::Absent(Problem::unreadable(format!("cannot be read: {cause}"))),
    }
}

/// The content of a file, and its digest if the algorithm is registered.
fn read_and_hash(path: &Path, algorithm: &str) -> std::io::Result<(LayoutBlob, Option<String>)> {
    let metadata = std::fs::metadata(path)?;
    if !metadata.is_file() {
        return Err(std::io::Error::other("not a regular file"));
    }
    if metadata.len() <= MOST_CONTENT {
        let bytes = std::fs::read(path)?;
        let digest = digest_of(&mut &*bytes, algorithm)?;
        return Ok((LayoutBlob::Presence(bytes.into()), digest));
    }
    let length = usize::try_from(metadata.len()).map_err(std::io::Error::other)?;
    Ok((LayoutBlob::Long(length), digest_of(&mut File::open(path)?, algorithm)?))
}

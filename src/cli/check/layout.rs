//! Every manifest of an OCI image layout: its index, and what that and nested indexes point at. What they point at is
//! compared with its digest.

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

/// Above this, content is hashed where it lies: layers are not held.
const MOST_CONTENT: u64 = 4 << 20;

/// The documents of a layout, `index.json` first, each once, and what is wrong with the layout itself.
pub(super) fn read(folder: &Path) -> Result<(Vec<CheckedFile>, Vec<Problem>), Input> {
    let index = folder.join("index.json");
    let advice = "name a file, or a folder with the index.json of an OCI image layout";
    let body = std::fs::read(&index).map_err(|cause| Input::file("read", &index, cause, advice))?;
    let mut problems = Vec::new();
    if !is_marked(folder) {
        let what = "there is no file oci-layout that names an imageLayoutVersion: add it";
        problems.push(Problem::wrong(format!("{}: {what}", folder.display())));
    }
    let first = (index.display().to_string(), Some(IMAGE_INDEX.to_owned()), Bytes::from(body));
    let (mut due, mut seen, mut found) = (vec![first], HashSet::new(), Vec::new());
    let mut blobs: HashMap<String, LayoutBlob> = HashMap::new();
    while let Some((file, said, body)) = due.pop() {
        let (mut needs, mut others) = (Vec::new(), Presence::Yes);
        for Pointer { path, digest, media_type } in pointers(&body) {
            // By its place, not by a name: what a config or a layer points at is content, whatever it is called.
            let is_manifest = path.starts_with("/manifests/") || path == "/subject";
            let is_new = !blobs.contains_key(&digest);
            let blob = blobs.entry(digest.clone()).or_insert_with(|| look(folder, &digest));
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
                let at = place(folder, &digest);
                let body = match blob {
                    LayoutBlob::Presence(bytes) => bytes.clone(),
                    // Whatever its length, a manifest is judged.
                    _ => std::fs::read(&at).map_err(|cause| Input::file("read", &at, cause, advice))?.into(),
                };
                due.push((at.display().to_string(), media_type, body));
            }
            let kind = if is_manifest { NeedKind::Manifest(IMAGE_INDEX) } else { NeedKind::Blob };
            needs.push(Need { path, kind, digest, bytes, length, state: State::Present });
        }
        found.push(CheckedFile { file, said, body, needs, others, is_of_layout: true });
    }
    Ok((found, problems))
}

/// Whether the folder says that it is a layout.
fn is_marked(folder: &Path) -> bool {
    let Ok(marker) = std::fs::read(folder.join("oci-layout")) else { return false };
    read_json(&marker).is_ok_and(|marker| marker.root().get("imageLayoutVersion").is_some_and(Node::is_string))
}

/// A descriptor that names content.
struct Pointer {
    path: String,
    digest: String,
    media_type: Option<String>,
}

/// Every descriptor with a digest.
fn pointers(body: &[u8]) -> Vec<Pointer> {
    let Ok(document) = read_json(body) else { return Vec::new() };
    let root = document.root();
    let text = |node: Node<'_>, name| node.get(name).and_then(Node::text).map(std::borrow::Cow::into_owned);
    let pointer = |path: String, node: Node<'_>| {
        let (digest, media_type) = (text(node, "digest")?, text(node, "mediaType"));
        Some(Pointer { path, digest, media_type })
    };
    let single = ["config", "subject"].iter().filter_map(|name| pointer(format!("/{name}"), root.get(name)?));
    let listed = ["layers", "manifests", "blobs"].iter().filter_map(|name| Some((name, root.get(name)?)));
    let listed = listed.flat_map(|(name, list)| {
        list.elements().enumerate().filter_map(move |(i, node)| pointer(format!("/{name}/{i}"), node))
    });
    single.chain(listed).collect()
}

/// What the layout has under a digest.
enum LayoutBlob {
    /// The content.
    Presence(Bytes),
    /// Content of this many bytes, which is not held.
    Long(usize),
    /// None, or none that can be used.
    Absent(Problem),
    /// The digest leads to no file; the document's own rules say why.
    NoName,
}

/// Where a layout has the content of a digest. A digest has no `/`, so nothing leads out of the folder.
fn place(folder: &Path, digest: &str) -> PathBuf {
    folder.join("blobs").join(digest.replacen(':', "/", 1))
}

fn look(folder: &Path, digest: &str) -> LayoutBlob {
    if !DigestForm::of(digest).is_right() {
        return LayoutBlob::NoName;
    }
    let (algorithm, _) = digest.split_once(':').unwrap_or_default();
    match read_and_hash(&place(folder, digest), algorithm) {
        Ok((_, Some(other))) if other != digest => {
            LayoutBlob::Absent(Problem::wrong(format!("has other content: the file's digest is {other}")))
        }
        Ok((blob, _)) => blob,
        Err(cause) if matches!(cause.kind(), ErrorKind::NotFound | ErrorKind::InvalidFilename) => {
            LayoutBlob::Absent(Problem::missing("is not in the layout".to_owned()))
        }
        Err(cause) => LayoutBlob::Absent(Problem::unreadable(format!("cannot be read: {cause}"))),
    }
}

/// The content of a file, and its digest where the algorithm is a registered one.
fn read_and_hash(path: &Path, algorithm: &str) -> std::io::Result<(LayoutBlob, Option<String>)> {
    let metadata = std::fs::metadata(path)?;
    if !metadata.is_file() {
        return Err(std::io::Error::other("it is no file"));
    }
    if metadata.len() <= MOST_CONTENT {
        let bytes = std::fs::read(path)?;
        let digest = digest_of(&mut &*bytes, algorithm)?;
        return Ok((LayoutBlob::Presence(bytes.into()), digest));
    }
    let length = usize::try_from(metadata.len()).map_err(std::io::Error::other)?;
    Ok((LayoutBlob::Long(length), digest_of(&mut File::open(path)?, algorithm)?))
}

//! Every manifest of an OCI image layout: its index, and what that and nested indexes point at. What they point at is
//! compared with its digest.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use bytes::Bytes;
use sha2::{Digest, Sha256, Sha512};

use super::{Found, Problem};
use crate::error::Input;
use crate::exchange::{Held, IMAGE_INDEX, Need, NeedKind, State};
use crate::json::{Node, read as read_json};
use crate::spec::kind_of;

/// Above this, content is compared with its descriptor where it lies: layers are not held.
const MOST_CONTENT: u64 = 4 << 20;

/// The documents of a layout, `index.json` first, each once, and what is wrong with the layout itself.
pub(super) fn read(folder: &Path) -> Result<(Vec<Found>, Vec<Problem>), Input> {
    let index = folder.join("index.json");
    let advice = "name a file, or a folder with the index.json of an OCI image layout";
    let body = std::fs::read(&index).map_err(|cause| Input::file("read", &index, cause, advice))?;
    let mut problems = Vec::new();
    if !folder.join("oci-layout").is_file() {
        problems.push(Problem::missing(format!("{}: there is no file oci-layout", folder.display())));
    }
    let first = (index.display().to_string(), Some(IMAGE_INDEX.to_owned()), Bytes::from(body));
    let (mut due, mut seen, mut found) = (vec![first], HashSet::new(), Vec::new());
    let mut blobs: HashMap<String, Blob> = HashMap::new();
    while let Some((file, said, body)) = due.pop() {
        let (mut needs, mut others) = (Vec::new(), Held::Yes);
        for Pointer { path, digest, size, media_type } in pointers(&body) {
            // By its place, not by a name: what a config or a layer points at is content, whatever it is called.
            let is_manifest = path.starts_with("/manifests/") || path == "/subject";
            let blob = blobs.entry(digest.clone()).or_insert_with(|| look(folder, &digest));
            match blob {
                Blob::Held(bytes) => {
                    let is_known = media_type.as_deref().is_none_or(|media_type| kind_of(media_type).is_some());
                    if is_manifest && is_known && seen.insert(digest.clone()) {
                        let name = folder.join("blobs").join(digest.replace(':', "/")).display().to_string();
                        due.push((name, media_type, bytes.clone()));
                    }
                    let kind = if is_manifest { NeedKind::Manifest(IMAGE_INDEX) } else { NeedKind::Blob };
                    needs.push(Need { path, kind, digest, bytes: bytes.clone(), state: State::Present });
                }
                Blob::Long(length) => {
                    if size.is_some_and(|size| u64::try_from(size).ok() != Some(*length)) {
                        let what = format!("{file}: {path}/size: size is not the content's length: write {length}");
                        problems.push(Problem::wrong(what));
                    }
                }
                Blob::Absent(problem) => {
                    others = Held::No;
                    problems.push(Problem { what: format!("{file}: {path}: {digest} {}", problem.what), ..*problem });
                }
                Blob::NoName => {}
            }
        }
        found.push(Found { file, said, body, needs, others });
    }
    Ok((found, problems))
}

/// A descriptor that names content.
struct Pointer {
    path: String,
    digest: String,
    size: Option<i64>,
    media_type: Option<String>,
}

/// Every descriptor with a digest.
fn pointers(body: &[u8]) -> Vec<Pointer> {
    let Ok(document) = read_json(body) else { return Vec::new() };
    let root = document.root();
    let text = |node: Node<'_>, name| node.get(name).and_then(Node::text).map(std::borrow::Cow::into_owned);
    let pointer = |path: String, node: Node<'_>| {
        let (digest, media_type) = (text(node, "digest")?, text(node, "mediaType"));
        Some(Pointer { path, digest, size: node.get("size").and_then(Node::integer), media_type })
    };
    let single = ["config", "subject"].iter().filter_map(|name| pointer(format!("/{name}"), root.get(name)?));
    let listed = ["layers", "manifests", "blobs"].iter().filter_map(|name| Some((name, root.get(name)?)));
    let listed = listed.flat_map(|(name, list)| {
        list.elements().enumerate().filter_map(move |(i, node)| pointer(format!("/{name}/{i}"), node))
    });
    single.chain(listed).collect()
}

/// What the layout has under a digest.
enum Blob {
    /// The content.
    Held(Bytes),
    /// Content of this many bytes.
    Long(u64),
    /// None, or none that can be used.
    Absent(Problem),
    /// The digest leads to no file; the document's own rules say why.
    NoName,
}

fn look(folder: &Path, digest: &str) -> Blob {
    let Some((algorithm, encoded)) = digest.split_once(':') else { return Blob::NoName };
    // A digest that is none must not lead out of the folder.
    let is_plain = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric());
    if !is_plain(algorithm) || !is_plain(encoded) {
        return Blob::NoName;
    }
    let path = folder.join("blobs").join(algorithm).join(encoded);
    match read_and_hash(&path, algorithm) {
        Ok((_, Some(other))) if other != encoded => {
            Blob::Absent(Problem::wrong(format!("has other content: the file's digest is {algorithm}:{other}")))
        }
        Ok((blob, _)) => blob,
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => {
            Blob::Absent(Problem::missing("is not in the layout".to_owned()))
        }
        Err(cause) => Blob::Absent(Problem::unreadable(format!("cannot be read: {cause}"))),
    }
}

/// The content of a file, and its digest as hex digits where the algorithm is a registered one.
fn read_and_hash(path: &Path, algorithm: &str) -> std::io::Result<(Blob, Option<String>)> {
    let metadata = std::fs::metadata(path)?;
    if !metadata.is_file() {
        return Err(std::io::Error::other("it is no file"));
    }
    if metadata.len() <= MOST_CONTENT {
        let bytes = std::fs::read(path)?;
        let digest = hashed(&mut &*bytes, algorithm)?;
        return Ok((Blob::Held(bytes.into()), digest));
    }
    Ok((Blob::Long(metadata.len()), hashed(&mut File::open(path)?, algorithm)?))
}

fn hashed(content: &mut impl Read, algorithm: &str) -> std::io::Result<Option<String>> {
    Ok(match algorithm {
        "sha256" => Some(hash::<Sha256>(content)?),
        "sha512" => Some(hash::<Sha512>(content)?),
        _ => None,
    })
}

fn hash<H: Digest + Write>(content: &mut impl Read) -> std::io::Result<String> {
    let mut hash = H::new();
    std::io::copy(content, &mut hash)?;
    Ok(base16ct::lower::encode_string(&hash.finalize()))
}

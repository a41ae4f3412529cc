//! The content of a layout, hashed once.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufReader, ErrorKind, Read};
use std::path::{Path, PathBuf};

use bytes::{Buf as _, Bytes};

use super::files::NOT_REGULAR;
use crate::cli::check::checked::Problem;
use crate::exchange::digest_of;
use crate::model::{DigestForm, LayoutRule};

/// Longer content is hashed from the file and not kept in memory, in bytes.
const MOST_CONTENT: u64 = 4 << 20;

/// What a layout contains under a digest.
pub(super) enum LayoutBlob {
    /// The content.
    Present(Bytes),
    /// Content of this many bytes, not kept in memory.
    Long(usize),
    /// No usable content.
    Absent(Problem),
    /// The digest is malformed; rules on the document report that.
    Malformed,
}

/// The content of a layout, read when first asked for.
pub(super) struct Blobs {
    directory: PathBuf,
    known: HashMap<String, LayoutBlob>,
}

impl Blobs {
    pub fn new(directory: &Path) -> Self {
        Self { directory: directory.to_owned(), known: HashMap::new() }
    }

    /// Whether this digest was asked for.
    pub fn knows(&self, digest: &str) -> bool {
        self.known.contains_key(digest)
    }

    /// What the layout contains under a digest.
    pub fn get(&mut self, digest: &str) -> &LayoutBlob {
        let directory = &self.directory;
        self.known.entry(digest.to_owned()).or_insert_with(|| look(directory, digest))
    }

    /// Content that is short enough to be held in memory.
    pub fn bytes(&mut self, digest: &str) -> Option<Bytes> {
        match self.get(digest) {
            LayoutBlob::Present(bytes) => Some(bytes.clone()),
            _ => None,
        }
    }

    /// Opens content that matches its digest.
    pub fn open(&mut self, digest: &str) -> Option<Box<dyn Read>> {
        match self.get(digest) {
            LayoutBlob::Present(bytes) => Some(Box::new(bytes.clone().reader())),
            LayoutBlob::Long(_) => {
                let file = File::open(self.place(digest)).ok()?;
                Some(Box::new(BufReader::with_capacity(1 << 16, file)))
            }
            LayoutBlob::Absent(_) | LayoutBlob::Malformed => None,
        }
    }

    /// Files that nothing refers to and that are named by another digest than theirs, or by a hash that cannot be one. Files with other
    /// names, such as temporary ones, do not count.
    pub fn misnamed(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        for algorithm in ["sha256", "sha512"] {
            let entries = std::fs::read_dir(self.directory.join("blobs").join(algorithm)).into_iter().flatten();
            let mut names: Vec<String> =
                entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
            names.sort_unstable();
            let digests = names.into_iter().map(|name| format!("{algorithm}:{name}"));
            for digest in digests.filter(|digest| !self.knows(digest)) {
                let problem = match look(&self.directory, &digest) {
                    LayoutBlob::Absent(problem) => problem,
                    LayoutBlob::Malformed if is_like_a_hash(&digest) => {
                        let what = format!("is not named by an {algorithm} digest; name it by that of its content");
                        Problem::breach(LayoutRule::Names, what)
                    }
                    _ => continue,
                };
                let what = format!("{} {}", self.place(&digest).display(), problem.what);
                found.push(Problem { what, ..problem });
            }
        }
        found
    }

    /// The path of a digest's content.
    pub fn place(&self, digest: &str) -> PathBuf {
        place(&self.directory, digest)
    }
}

/// A digest has no `/`, so the path stays inside the layout.
fn place(directory: &Path, digest: &str) -> PathBuf {
    directory.join("blobs").join(digest.replacen(':', "/", 1))
}

/// Whether the encoded part of a digest consists of many hexadecimal digits.
fn is_like_a_hash(digest: &str) -> bool {
    const MANY: usize = 16;
    let (_, encoded) = digest.split_once(':').unwrap_or_default();
    encoded.len() >= MANY && encoded.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn look(directory: &Path, digest: &str) -> LayoutBlob {
    if !DigestForm::of(digest).is_right() {
        return LayoutBlob::Malformed;
    }
    let (algorithm, _) = digest.split_once(':').unwrap_or_default();
    match read_and_hash(&place(directory, digest), algorithm) {
        Ok((_, Some(other))) if other != digest => {
            let what = format!("has other content: the digest of the file is {other}");
            LayoutBlob::Absent(Problem::breach(LayoutRule::Names, what))
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
        return Err(std::io::Error::other(NOT_REGULAR));
    }
    if metadata.len() <= MOST_CONTENT {
        let bytes = std::fs::read(path)?;
        let digest = digest_of(&mut &*bytes, algorithm)?;
        return Ok((LayoutBlob::Present(bytes.into()), digest));
    }
    let length = usize::try_from(metadata.len()).map_err(std::io::Error::other)?;
    Ok((LayoutBlob::Long(length), digest_of(&mut File::open(path)?, algorithm)?))
}

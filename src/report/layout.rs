//! Writes exchanges as files: an OCI image layout, or loose files with a list.
//!
//! File names are digests and ids, so writing a name twice writes the same content.

use std::collections::HashSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use serde_json::json;

use crate::error::Input;
use crate::exchange::{Exchange, State};

const ADVICE: &str = "choose a writable directory with enough free space";

fn create(directory: &Path) -> Result<(), Input> {
    std::fs::create_dir_all(directory).map_err(|cause| Input::file("create", directory, cause, ADVICE))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Input> {
    std::fs::write(path, bytes).map_err(|cause| Input::file("write", path, cause, ADVICE))
}

/// Writes content to `blobs/ALGORITHM/HEX`, each digest once.
#[derive(Debug)]
struct Blobs {
    directory: PathBuf,
    written: HashSet<String>,
}

impl Blobs {
    fn create(directory: &Path) -> Result<Self, Input> {
        let directory = directory.join("blobs");
        create(&directory.join("sha256"))?;
        Ok(Self { directory, written: HashSet::new() })
    }

    fn add(&mut self, digest: &str, bytes: &Bytes) -> Result<(), Input> {
        if !self.written.insert(digest.to_owned()) {
            return Ok(());
        }
        let (algorithm, hex) = digest.split_once(':').unwrap_or(("sha256", digest));
        let directory = self.directory.join(algorithm);
        // That of the usual algorithm is always there.
        if algorithm != "sha256" {
            create(&directory)?;
        }
        write(&directory.join(hex), bytes)
    }

    /// Adds the content the document points at, except what is meant to be absent.
    fn add_needs(&mut self, exchange: &Exchange) -> Result<(), Input> {
        let present = exchange.needs.iter().filter(|need| need.state == State::Present);
        present.into_iter().try_for_each(|need| self.add(&need.digest, &need.bytes))
    }
}

/// Writes an OCI image layout. Each case is one entry of its index, named by the case's id.
#[derive(Debug)]
pub struct Layout {
    directory: PathBuf,
    blobs: Blobs,
    manifests: Vec<serde_json::Value>,
}

impl Layout {
    /// Starts a layout in this directory, which is created if necessary.
    ///
    /// # Errors
    ///
    /// If a file or directory cannot be created.
    pub fn create(directory: &Path) -> Result<Self, Input> {
        let blobs = Blobs::create(directory)?;
        write(&directory.join("oci-layout"), b"{\"imageLayoutVersion\":\"1.0.0\"}")?;
        Ok(Self { directory: directory.to_owned(), blobs, manifests: Vec::new() })
    }

    /// Adds a case: its body, the content that points at, and an index entry with the reference `name`.
    ///
    /// # Errors
    ///
    /// If a file cannot be written.
    pub fn add(&mut self, name: &str, exchange: &Exchange) -> Result<(), Input> {
        let tested = &exchange.tested;
        self.blobs.add_needs(exchange)?;
        self.blobs.add(tested.digest(), &tested.body)?;
        // The index must be valid for any Content-Type.
        let sent = tested.content_type.as_deref().unwrap_or_default().split(';').next().unwrap_or_default();
        let is_plain = |text: &str| {
            !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b))
        };
        let is_type = sent.split_once('/').is_some_and(|(kind, subtype)| is_plain(kind) && is_plain(subtype));
        self.manifests.push(json!({
            "mediaType": if is_type { sent } else { "application/octet-stream" },
            "digest": tested.digest(),
            "size": tested.body.len(),
            "annotations": { "org.opencontainers.image.ref.name": name },
        }));
        Ok(())
    }

    /// Writes the index, which completes the layout.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub fn finish(self) -> Result<(), Input> {
        let index = json!({
            "schemaVersion": 2,
            "mediaType": crate::exchange::IMAGE_INDEX,
            "manifests": self.manifests,
        });
        write(&self.directory.join("index.json"), index.to_string().as_bytes())
    }
}

/// Writes cases as loose files: `bodies/ID`, `blobs/sha256/HEX` for the content they point at, and `cases.jsonl`.
#[derive(Debug)]
pub struct Loose {
    bodies: PathBuf,
    blobs: Blobs,
    list: std::io::BufWriter<std::fs::File>,
    path: PathBuf,
}

impl Loose {
    /// Starts in this directory, which is created if necessary.
    ///
    /// # Errors
    ///
    /// If a file or directory cannot be created.
    pub fn create(directory: &Path) -> Result<Self, Input> {
        let (bodies, path) = (directory.join("bodies"), directory.join("cases.jsonl"));
        create(&bodies)?;
        let file = std::fs::File::create(&path).map_err(|cause| Input::file("create", &path, cause, ADVICE))?;
        Ok(Self { bodies, blobs: Blobs::create(directory)?, list: std::io::BufWriter::new(file), path })
    }

    /// Adds a case, with `line` for `cases.jsonl`.
    ///
    /// # Errors
    ///
    /// If a file cannot be written.
    pub fn add(&mut self, name: &str, exchange: &Exchange, line: &str) -> Result<(), Input> {
        self.blobs.add_needs(exchange)?;
        write(&self.bodies.join(name), &exchange.tested.body)?;
        let done = writeln!(self.list, "{line}").and_then(|()| self.list.flush());
        done.map_err(|cause| Input::file("write", &self.path, cause, ADVICE))
    }
}

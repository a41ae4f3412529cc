//! Exchanges as files: an OCI image layout, or loose files beside a list.
//!
//! A file that a name asks for twice has the same content, for names are digests and ids.

use std::collections::HashSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use serde_json::json;

use crate::error::Input;
use crate::exchange::{Exchange, State};

const ADVICE: &str = "name a folder that can be written, with room for what is drawn";

fn create(folder: &Path) -> Result<(), Input> {
    std::fs::create_dir_all(folder).map_err(|cause| Input::file("create", folder, cause, ADVICE))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Input> {
    std::fs::write(path, bytes).map_err(|cause| Input::file("write", path, cause, ADVICE))
}

/// Content by digest, each written once: `blobs/sha256/HEX`.
#[derive(Debug)]
struct Blobs {
    folder: PathBuf,
    written: HashSet<String>,
}

impl Blobs {
    fn create(folder: &Path) -> Result<Self, Input> {
        let folder = folder.join("blobs").join("sha256");
        create(&folder)?;
        Ok(Self { folder, written: HashSet::new() })
    }

    fn add(&mut self, digest: &str, bytes: &Bytes) -> Result<(), Input> {
        let hex = digest.trim_start_matches("sha256:");
        if self.written.insert(hex.to_owned()) { write(&self.folder.join(hex), bytes) } else { Ok(()) }
    }

    /// What the exchange's document points at, as far as it is meant to be there.
    fn add_needs(&mut self, exchange: &Exchange) -> Result<(), Input> {
        let present = exchange.needs.iter().filter(|need| need.state == State::Present);
        present.into_iter().try_for_each(|need| self.add(&need.digest, &need.bytes))
    }
}

/// An OCI image layout that is being written. Each case is one entry of its index, under the case's id.
#[derive(Debug)]
pub struct Layout {
    folder: PathBuf,
    blobs: Blobs,
    manifests: Vec<serde_json::Value>,
}

impl Layout {
    /// Begins a layout in this folder, which is created.
    pub fn create(folder: &Path) -> Result<Self, Input> {
        let blobs = Blobs::create(folder)?;
        write(&folder.join("oci-layout"), b"{\"imageLayoutVersion\":\"1.0.0\"}")?;
        Ok(Self { folder: folder.to_owned(), blobs, manifests: Vec::new() })
    }

    /// Adds a case: its body, what that points at, and an entry of the index whose reference is `name`.
    pub fn add(&mut self, name: &str, exchange: &Exchange) -> Result<(), Input> {
        let tested = &exchange.tested;
        self.blobs.add_needs(exchange)?;
        self.blobs.add(tested.digest(), &tested.body)?;
        // The index must be valid whatever the request says.
        let said = tested.content_type.as_deref().unwrap_or_default().split(';').next().unwrap_or_default();
        let is_plain = |text: &str| {
            !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b))
        };
        let is_type = said.split_once('/').is_some_and(|(kind, subtype)| is_plain(kind) && is_plain(subtype));
        self.manifests.push(json!({
            "mediaType": if is_type { said } else { "application/octet-stream" },
            "digest": tested.digest(),
            "size": tested.body.len(),
            "annotations": { "org.opencontainers.image.ref.name": name },
        }));
        Ok(())
    }

    /// Writes the index: without it there is no layout.
    pub fn finish(self) -> Result<(), Input> {
        let index = json!({
            "schemaVersion": 2,
            "mediaType": crate::exchange::IMAGE_INDEX,
            "manifests": self.manifests,
        });
        write(&self.folder.join("index.json"), index.to_string().as_bytes())
    }
}

/// Cases as loose files: `bodies/ID`, what they point at by digest, and `cases.jsonl`.
#[derive(Debug)]
pub struct Loose {
    bodies: PathBuf,
    blobs: Blobs,
    list: std::io::BufWriter<std::fs::File>,
    path: PathBuf,
}

impl Loose {
    /// Begins in this folder, which is created.
    pub fn create(folder: &Path) -> Result<Self, Input> {
        let (bodies, path) = (folder.join("bodies"), folder.join("cases.jsonl"));
        create(&bodies)?;
        let file = std::fs::File::create(&path).map_err(|cause| Input::file("create", &path, cause, ADVICE))?;
        Ok(Self { bodies, blobs: Blobs::create(folder)?, list: std::io::BufWriter::new(file), path })
    }

    /// Adds a case, and its line to the list.
    pub fn add(&mut self, name: &str, exchange: &Exchange, line: &str) -> Result<(), Input> {
        self.blobs.add_needs(exchange)?;
        write(&self.bodies.join(name), &exchange.tested.body)?;
        let done = writeln!(self.list, "{line}").and_then(|()| self.list.flush());
        done.map_err(|cause| Input::file("write", &self.path, cause, ADVICE))
    }
}

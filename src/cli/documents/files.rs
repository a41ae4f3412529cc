//! Reads the documents and the content that they reference.

use std::collections::HashSet;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use bytes::Bytes;

use crate::cli::tell;
use crate::engine::{Contents, Document};
use crate::error::Input;
use crate::exchange::sha256;
use crate::json::{Node, read as read_json};

/// Longer content is not read into memory, in bytes: the registry must have it already.
const MOST_CONTENT: u64 = 256 << 20;
/// The most manifests of one layout.
const MOST_DOCUMENTS: usize = 100;

/// The user's own manifests.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Documents")]
pub(in crate::cli) struct ManifestFlags {
    /// A manifest of your own: a file, `-` for stdin, or a directory with an OCI image layout; repeatable
    #[arg(id = "manifest", long = "manifest", value_name = "FILE")]
    manifests: Vec<PathBuf>,
    /// Content that it references: a file, or a directory with an OCI image layout; repeatable
    #[arg(id = "blob", long = "blob", value_name = "FILE", requires = "manifest")]
    blobs: Vec<PathBuf>,
}

/// A document, and the name of its file.
#[derive(Clone, Debug)]
pub(in crate::cli) struct NamedDocument {
    pub name: String,
    pub document: Document,
}

impl ManifestFlags {
    /// Whether none is named.
    pub fn is_empty(&self) -> bool {
        self.manifests.is_empty()
    }

    /// Reads the documents. A layout may have several.
    pub fn read(&self) -> Result<Vec<NamedDocument>, Input> {
        if self.manifests.iter().filter(|file| file.as_os_str() == "-").count() > 1 {
            return Err(Input::value("`--manifest -`", "standard input can be read only once", "name it once"));
        }
        let mut contents = Contents::default();
        let mut layouts: Vec<&Path> = Vec::new();
        for blob in &self.blobs {
            if blob.is_dir() {
                layouts.push(blob);
            } else if let Some(bytes) = content(blob)? {
                contents.add(bytes);
            }
        }
        let mut found = Vec::new();
        for file in &self.manifests {
            let name = file.display().to_string();
            if file.is_dir() {
                let documents = of_layout(file)?;
                let is_one = documents.len() == 1;
                layouts.push(file);
                found.extend(documents.into_iter().map(|(media_type, body)| {
                    let name = if is_one { name.clone() } else { format!("{name}@{}", sha256(&body)) };
                    (name, media_type, body)
                }));
                continue;
            }
            let mut body = Vec::new();
            let advice =
                "name a readable file, `-` for stdin, or a directory with an OCI image layout, with --manifest";
            let is_read = if file.as_os_str() == "-" {
                std::io::stdin().read_to_end(&mut body)
            } else {
                std::fs::File::open(file).and_then(|mut file| file.read_to_end(&mut body))
            };
            is_read.map_err(|cause| Input::file("read", file, cause, advice))?;
            found.push((name, None, Bytes::from(body)));
        }
        let named = |(name, media_type, body): (String, Option<String>, Bytes)| {
            let mut contents = contents.clone();
            collect(&body, &layouts, &mut contents)?;
            let document = Document::new(media_type, body, contents);
            Ok(NamedDocument { name, document })
        };
        found.into_iter().map(named).collect()
    }
}

/// The content of a file; `None`, and a warning, if it is too long.
fn content(file: &Path) -> Result<Option<Bytes>, Input> {
    let advice = "name a readable file, or a directory with an OCI image layout, with --blob";
    let fail = |cause| Input::file("read", file, cause, advice);
    let length = std::fs::metadata(file).map_err(fail)?.len();
    if length > MOST_CONTENT {
        let (path, most) = (file.display(), MOST_CONTENT >> 20);
        tell(format_args!(
            "warning: {path}: more than {most} MiB, so it is not pushed; the registry must have it already"
        ));
        return Ok(None);
    }
    Ok(Some(std::fs::read(file).map_err(fail)?.into()))
}

/// Adds the content of these layouts that a document references, directly or through others.
fn collect(body: &[u8], layouts: &[&Path], contents: &mut Contents) -> Result<(), Input> {
    let mut seen = HashSet::new();
    let mut open = Document::references(body);
    while let Some(digest) = open.pop() {
        if !seen.insert(digest.clone()) {
            continue;
        }
        if contents.get(&digest).is_none() {
            for layout in layouts {
                let file = place(layout, &digest);
                if file.is_file()
                    && let Some(bytes) = content(&file)?
                {
                    contents.add(bytes);
                }
            }
        }
        // Blobs are rarely JSON, and never followed for long: each digest is looked at once.
        if let Some(bytes) = contents.get(&digest) {
            open.extend(Document::references(bytes));
        }
    }
    Ok(())
}

/// The path of a digest's content in a layout. A well-formed digest has no `/`.
fn place(layout: &Path, digest: &str) -> PathBuf {
    layout.join("blobs").join(digest.replacen(':', "/", 1))
}

/// The manifests that the index of a layout names, each with its media type.
fn of_layout(directory: &Path) -> Result<Vec<(Option<String>, Bytes)>, Input> {
    let index = directory.join("index.json");
    let advice = "name a file, or a directory with the index.json of an OCI image layout, with --manifest";
    let text = std::fs::read(&index).map_err(|cause| Input::file("read", &index, cause, advice))?;
    let invalid = |why: String| Input::value(format!("cannot use {}", index.display()), why, advice);
    let parsed = read_json(&text).map_err(|error| invalid(error.to_string()))?;
    let digests = Document::references(&text);
    if digests.is_empty() || digests.len() > MOST_DOCUMENTS {
        return Err(invalid(format!("it names {} manifests, not 1 to {MOST_DOCUMENTS}", digests.len())));
    }
    let media_type = |digest: &str| {
        let all = parsed.root().get("manifests").into_iter().flat_map(Node::elements);
        let mut own = all.filter(|one| one.get("digest").and_then(Node::text).is_some_and(|text| text == digest));
        own.next()?.get("mediaType")?.text().map(std::borrow::Cow::into_owned)
    };
    let one = |digest: String| {
        let file = place(directory, &digest);
        let body = std::fs::read(&file).map_err(|cause| Input::file("read", &file, cause, advice))?;
        Ok((media_type(&digest), Bytes::from(body)))
    };
    digests.into_iter().map(one).collect()
}

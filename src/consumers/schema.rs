//! image-spec's JSON Schema, read from a directory.

use std::path::{Path, PathBuf};

use jsonschema::{Draft, Retrieve, Uri, Validator};
use serde_json::Value;

use crate::error::Input;
use crate::shape::Kind;

/// The compiled schemas of image manifests and image indexes.
#[derive(Debug)]
pub struct Schema {
    manifest: Validator,
    index: Validator,
}

/// Resolves references between schemas to files in the same directory: the files refer to each other by name alone.
struct SiblingFiles(PathBuf);

impl Retrieve for SiblingFiles {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        let name = uri.path().as_str().rsplit('/').next().unwrap_or_default();
        Ok(serde_json::from_slice(&std::fs::read(self.0.join(name))?)?)
    }
}

impl Schema {
    /// Compiles `image-manifest-schema.json` and `image-index-schema.json`, with the files that they reference.
    ///
    /// # Errors
    ///
    /// If a file cannot be read or is not a valid JSON Schema.
    pub fn open(directory: &Path) -> Result<Self, Input> {
        let advice = "expected the directory `schema` of an image-spec release";
        let compiled = |name: &str| {
            let path = directory.join(name);
            let text = std::fs::read(&path).map_err(|cause| Input::file("read", &path, cause, advice))?;
            let refused = |why: String| Input::value(path.display().to_string(), why, advice);
            let schema = serde_json::from_slice(&text).map_err(|error| refused(error.to_string()))?;
            jsonschema::options()
                .with_draft(Draft::Draft4)
                .with_retriever(SiblingFiles(directory.to_owned()))
                .should_validate_formats(true)
                .build(&schema)
                .map_err(|error| refused(error.to_string()))
        };
        Ok(Self { manifest: compiled("image-manifest-schema.json")?, index: compiled("image-index-schema.json")? })
    }

    /// Whether `body` is JSON that is valid against the schema of this kind.
    pub fn is_valid(&self, kind: Kind, body: &[u8]) -> bool {
        serde_json::from_slice(body).is_ok_and(|value: Value| self.keeps(kind, &value))
    }

    /// Whether the value is valid against the schema of this kind.
    pub fn keeps(&self, kind: Kind, value: &Value) -> bool {
        if kind == Kind::Index { self.index.is_valid(value) } else { self.manifest.is_valid(value) }
    }
}

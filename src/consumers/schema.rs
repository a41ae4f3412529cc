//! image-spec's JSON Schema, read from a folder with its files.

use std::path::{Path, PathBuf};

use jsonschema::{Draft, Retrieve, Uri, Validator};
use serde_json::Value;

use crate::error::Input;
use crate::shape::Kind;

/// The schemas of image manifests and indexes.
#[derive(Debug)]
pub struct Schema {
    manifest: Validator,
    index: Validator,
}

/// Finds what a schema refers to beside it: the files name each other without folders.
struct Beside(PathBuf);

impl Retrieve for Beside {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        let name = uri.path().as_str().rsplit('/').next().unwrap_or_default();
        Ok(serde_json::from_slice(&std::fs::read(self.0.join(name))?)?)
    }
}

impl Schema {
    /// Reads `image-manifest-schema.json`, `image-index-schema.json` and what they refer to.
    pub fn open(folder: &Path) -> Result<Self, Input> {
        let advice = "name the folder `schema` of a version of image-spec";
        let compiled = |name: &str| {
            let path = folder.join(name);
            let text = std::fs::read(&path).map_err(|cause| Input::file("read", &path, cause, advice))?;
            let refused = |why: String| Input::value(path.display().to_string(), why, advice);
            let schema = serde_json::from_slice(&text).map_err(|error| refused(error.to_string()))?;
            jsonschema::options()
                .with_draft(Draft::Draft4)
                .with_retriever(Beside(folder.to_owned()))
                .should_validate_formats(true)
                .build(&schema)
                .map_err(|error| refused(error.to_string()))
        };
        Ok(Self { manifest: compiled("image-manifest-schema.json")?, index: compiled("image-index-schema.json")? })
    }

    /// Whether these bytes are JSON that keeps the schema of this kind.
    pub fn is_valid(&self, kind: Kind, body: &[u8]) -> bool {
        serde_json::from_slice(body).is_ok_and(|value: Value| self.keeps(kind, &value))
    }

    /// Whether a value keeps the schema of this kind.
    pub fn keeps(&self, kind: Kind, value: &Value) -> bool {
        if kind == Kind::Index { self.index.is_valid(value) } else { self.manifest.is_valid(value) }
    }
}

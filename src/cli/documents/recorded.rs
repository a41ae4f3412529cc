//! The documents that rows of a corpus name.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::Value;

use crate::engine::{Contents, Document};
use crate::error::Input;
use crate::exchange::{sha256, sha512};
use crate::findings::{Record, body_digest, read_body};

/// The document of a row, with the content that it needs, from the row or the directory `bodies` next to the corpus; `None` if the case
/// of the row is a shape. The error says why it cannot be pushed.
pub(in crate::cli) fn recorded(corpus: &Path, row: &Record) -> Option<Result<Document, String>> {
    let digest = body_digest(row.shape.as_str())?;
    let document = || {
        let body = bytes(corpus, digest, &row.body_base64).map_err(|error| error.to_string())?.into();
        let content_type = Some(row.content_type.clone()).filter(|named| !named.is_empty());
        Ok(Document { body, content_type, contents: contents(corpus, row)? })
    };
    Some(document())
}

/// The bytes with this digest, from the cell of a row or else from the directory `bodies`.
pub(in crate::cli) fn bytes(corpus: &Path, digest: &str, cell: &str) -> Result<Vec<u8>, Input> {
    match STANDARD.decode(cell) {
        Ok(bytes) if [sha256(&bytes), sha512(&bytes)].iter().any(|one| one == digest) => Ok(bytes),
        _ => read_body(corpus, digest),
    }
}

fn contents(corpus: &Path, row: &Record) -> Result<Contents, String> {
    let mut contents = Contents::default();
    if row.needs.is_empty() {
        return Ok(contents);
    }
    let needs: Vec<Value> =
        serde_json::from_str(&row.needs).map_err(|error| format!("the column needs is not a JSON array: {error}"))?;
    for need in &needs {
        if need.get("more").is_some() {
            return Err("the row does not list all content that the document needs".to_owned());
        }
        let text = |name: &str| need.get(name).and_then(Value::as_str).unwrap_or_default();
        if text("state") == "present" {
            let digest = text("digest");
            let content = bytes(corpus, digest, text("content_base64"));
            let lacking = |_| format!("the row lacks the content of {digest}, which the document needs");
            contents.add(Bytes::from(content.map_err(lacking)?));
        }
    }
    Ok(contents)
}

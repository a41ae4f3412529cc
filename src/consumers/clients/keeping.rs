//! What a client program stored in an image layout.

use std::path::Path;

use bytes::Bytes;
use serde_json::Value;

use crate::exchange::client::Kept;

/// The largest file that is read back, in bytes.
const MOST: u64 = 16 << 20;

/// The manifest of a layout under this name, or its only one; `None` if it cannot be found or read.
pub(super) fn manifest_of_layout(layout: &Path, name: &str) -> Option<Kept> {
    let index: Value = serde_json::from_slice(&read(&layout.join("index.json"))?).ok()?;
    let entries = index["manifests"].as_array()?;
    let is_named = |entry: &&Value| entry["annotations"]["org.opencontainers.image.ref.name"] == name;
    let entry = entries.iter().find(is_named).or_else(|| entries.first().filter(|_| entries.len() == 1))?;
    let (algorithm, encoded) = entry["digest"].as_str()?.split_once(':')?;
    let is_plain = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !is_plain(algorithm) || !is_plain(encoded) {
        return None;
    }
    let bytes = read(&layout.join("blobs").join(algorithm).join(encoded))?;
    let media_type = entry["mediaType"].as_str().unwrap_or_default().to_owned();
    Some(Kept { bytes: Bytes::from(bytes), media_type })
}

/// A file that is not larger than what is read back. Links are not followed.
fn read(path: &Path) -> Option<Vec<u8>> {
    let metadata = path.symlink_metadata().ok()?;
    if metadata.is_file() && metadata.len() <= MOST { std::fs::read(path).ok() } else { None }
}

//! Content as bytes: configurations, tar archives, empty indexes.

use std::io::Write as _;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::media_type::{Vendor, index_type};
use crate::exchange::sha256;

/// Content and its digest. Cheap to clone: most exchanges reference the same few.
#[derive(Clone, Debug)]
pub(super) struct Blob {
    pub bytes: Bytes,
    pub digest: String,
    /// Of a manifest: the configuration and the layer that it references.
    pub parts: Option<Box<[Blob; 2]>>,
}

impl From<Vec<u8>> for Blob {
    fn from(bytes: Vec<u8>) -> Self {
        Self { digest: sha256(&bytes), bytes: Bytes::from(bytes), parts: None }
    }
}

/// An empty index, unique if there is a salt.
pub(super) fn index(vendor: Vendor, salt: Option<&str>) -> Vec<u8> {
    let own = index_type(vendor);
    let salt = salt.map_or_else(String::new, |salt| format!(",\"comExampleSalt\":\"{salt}\""));
    format!("{{\"schemaVersion\":2,\"mediaType\":\"{own}\",\"manifests\":[]{salt}}}").into_bytes()
}

/// These bytes, made unique by a salt.
pub(super) fn salted(bytes: &[u8], salt: &str) -> Vec<u8> {
    match bytes {
        b"{}" => format!("{{\"salt\":\"{salt}\"}}").into_bytes(),
        // One byte is the closest to no bytes, and no exchange pushes a blob of one byte.
        b"" => vec![salt.bytes().next().unwrap_or(b'0')],
        [members @ .., b'}'] => [members, format!(",\"salt\":\"{salt}\"}}").as_bytes()].concat(),
        _ => [bytes, salt.as_bytes()].concat(),
    }
}

/// An image configuration with one layer.
pub(super) fn config(author: Option<&str>, layer: &Blob) -> Vec<u8> {
    config_with(author, &["\"", &layer.digest, "\""].concat())
}

/// An image configuration with these `diff_ids`, as elements of JSON.
pub(super) fn config_with(author: Option<&str>, diff_ids: &str) -> Vec<u8> {
    const USUAL: &str = r#""architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":["#;
    let author = author.map_or_else(String::new, |author| ["\"author\":\"", author, "\","].concat());
    ["{", &author, USUAL, diff_ids, "]}}"].concat().into_bytes()
}

/// Content compressed to gzip, in stored blocks, so that the bytes do not depend on how well the library compresses.
pub(super) fn gzipped(Blob { bytes, .. }: &Blob) -> Blob {
    let mut gzipped = GzEncoder::new(Vec::new(), Compression::none());
    let written = gzipped.write_all(bytes).and_then(|()| gzipped.finish());
    // Writing to memory does not fail.
    Blob::from(written.unwrap_or_default())
}

/// A tar archive that contains one empty file.
pub(super) fn tar(name: &str) -> Vec<u8> {
    let mut archive = vec![0u8; 1536];
    let mut field = |at: usize, text: &[u8]| archive[at..at + text.len()].copy_from_slice(text);
    field(0, &name.as_bytes()[..name.len().min(100)]);
    field(100, b"0000644\0");
    field(108, b"0000000\0");
    field(116, b"0000000\0");
    field(124, b"00000000000\0");
    field(136, b"00000000000\0");
    field(148, b"        ");
    field(156, b"0");
    field(257, b"ustar\x0000");
    let sum: u32 = archive[..512].iter().map(|byte| u32::from(*byte)).sum();
    archive[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    archive
}

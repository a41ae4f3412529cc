//! The content that descriptors reference: configurations, layers, child manifests, subjects.
//!
//! Content that is meant to be missing contains a salt derived from the shape, so that no other case pushes it. The
//! usual image configuration lists only the usual layer, whatever `layers` contains: changing the layers must not
//! change the config descriptor.

use std::io::Write as _;
use std::sync::{Arc, LazyLock};

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::manifests;
use super::media_type::{Vendor, index_type};
use super::position_cache::PositionCache;
use crate::exchange::{Need, NeedKind, State, sha256};
use crate::shape::Role;

/// An empty index, unique if there is a salt.
pub(super) fn index(vendor: Vendor, salt: Option<&str>) -> Vec<u8> {
    let own = index_type(vendor);
    let salt = salt.map_or_else(String::new, |salt| format!(",\"comExampleSalt\":\"{salt}\""));
    format!("{{\"schemaVersion\":2,\"mediaType\":\"{own}\",\"manifests\":[]{salt}}}").into_bytes()
}

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

/// The usual content of the descriptor at `index` of its list, unique if there is a salt.
pub(super) fn usual(role: Role, vendor: Vendor, index: usize, salt: Option<&str>) -> Blob {
    static UNSALTED: LazyLock<PositionCache<Blob>> = LazyLock::new(PositionCache::empty);
    let make = || make_usual(role, vendor, index, salt);
    let cached = if salt.is_none() { UNSALTED.get_or_init((role, vendor, index), make) } else { None };
    cached.cloned().unwrap_or_else(make)
}

/// The layer that the usual image configuration lists.
static USUAL_LAYER: LazyLock<Blob> = LazyLock::new(|| Blob::from(tar("layer-0")));

fn make_usual(role: Role, vendor: Vendor, index: usize, salt: Option<&str>) -> Blob {
    let named = |part: &str| salt.map_or_else(|| format!("{part}-{index}"), |salt| [part, "-", salt].concat());
    match role {
        Role::Config => Blob::from(config(salt, &USUAL_LAYER)),
        Role::Layer | Role::Blob => Blob::from(tar(&named(if salt.is_some() { "missing" } else { "layer" }))),
        Role::Child => manifests::usual(vendor, &named("child")),
        Role::Subject => manifests::usual(vendor, &named("subject")),
    }
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

/// An image configuration with the `diff_ids` of the first `count` usual layers.
pub(super) fn config_of_layers(count: usize, author: Option<&str>) -> Blob {
    let digest = |index| ["\"", &usual(Role::Layer, Vendor::Oci, index, None).digest, "\""].concat();
    Blob::from(config_with(author, &(0..count).map(digest).collect::<Vec<_>>().join(",")))
}

fn config_with(author: Option<&str>, diff_ids: &str) -> Vec<u8> {
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

/// The content needed by the manifest that the descriptor at `path` references.
pub(super) fn needs_of(path: &str, parts: [Blob; 2], state: State) -> [Need; 2] {
    let [config, layer] = parts;
    [("config", config), ("layers.0", layer)].map(|(member, Blob { bytes, digest, .. })| Need {
        path: [path, ".", member].concat(),
        kind: NeedKind::Blob,
        digest,
        length: bytes.len(),
        bytes,
        state,
    })
}

/// A manifest for a tag to point to before the tested push, and the content it needs.
pub(super) fn another_manifest() -> (Bytes, impl Iterator<Item = Arc<Need>>) {
    static ANOTHER: LazyLock<(Bytes, Vec<Arc<Need>>)> = LazyLock::new(|| {
        let Blob { bytes, parts, .. } = manifests::usual(Vendor::Oci, "another");
        let needs = parts.into_iter().flat_map(|parts| needs_of("before", *parts, State::Present));
        (bytes, needs.map(Arc::new).collect())
    });
    let (bytes, needs) = &*ANOTHER;
    (bytes.clone(), needs.iter().cloned())
}

//! What descriptors point at: configurations, layers, child manifests, subjects.
//!
//! Content that is meant to be missing carries a salt that comes from the shape, so that nothing else ever
//! pushes it. The usual image configuration lists the usual layer only, whatever `layers` says: a change of
//! the layers must not change the config descriptor too.

use std::sync::{Arc, LazyLock};

use bytes::Bytes;

use super::cache::ByPlace;
use crate::exchange::{DOCKER_LIST, DOCKER_MANIFEST, IMAGE_INDEX, IMAGE_MANIFEST};
use crate::exchange::{Need, NeedKind, State, sha256};
use crate::shape::Role;

/// `application/vnd.oci.image.config.v1+json`
pub(super) const IMAGE_CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const IMAGE_LAYER: &str = "application/vnd.oci.image.layer.v1.tar";
const DOCKER_CONFIG: &str = "application/vnd.docker.container.image.v1+json";
const DOCKER_LAYER: &str = "application/vnd.docker.image.rootfs.diff.tar";

/// Whether media types are Docker's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    Oci,
    Docker,
}

/// The media type that a descriptor of this role has at entry 0.
pub(super) fn usual_media_type(role: Role, family: Family) -> &'static str {
    match (role, family) {
        (Role::Config, Family::Oci) => IMAGE_CONFIG,
        (Role::Config, Family::Docker) => DOCKER_CONFIG,
        (Role::Layer | Role::Blob, Family::Oci) => IMAGE_LAYER,
        (Role::Layer | Role::Blob, Family::Docker) => DOCKER_LAYER,
        (Role::Child | Role::Subject, Family::Oci) => IMAGE_MANIFEST,
        (Role::Child | Role::Subject, Family::Docker) => DOCKER_MANIFEST,
    }
}

/// The media type of an index.
pub(super) fn index_type(family: Family) -> &'static str {
    match family {
        Family::Oci => IMAGE_INDEX,
        Family::Docker => DOCKER_LIST,
    }
}

/// Docker's name for what OCI calls this type, and the reverse.
pub(super) fn other_family(media_type: &str) -> &'static str {
    let pairs = [
        (IMAGE_CONFIG, DOCKER_CONFIG),
        (IMAGE_LAYER, DOCKER_LAYER),
        (IMAGE_MANIFEST, DOCKER_MANIFEST),
        (IMAGE_INDEX, DOCKER_LIST),
    ];
    let other = pairs.into_iter().find_map(|(oci, docker)| match media_type {
        _ if media_type == oci => Some(docker),
        _ if media_type == docker => Some(oci),
        _ => None,
    });
    other.unwrap_or(DOCKER_LAYER)
}

/// An index without elements; with a salt, one of its own.
pub(super) fn index(family: Family, salt: Option<&str>) -> Vec<u8> {
    let own = index_type(family);
    let salt = salt.map_or_else(String::new, |salt| format!(",\"comExampleSalt\":\"{salt}\""));
    format!("{{\"schemaVersion\":2,\"mediaType\":\"{own}\",\"manifests\":[]{salt}}}").into_bytes()
}

/// Content and its digest. Most exchanges point at the same few.
#[derive(Clone, Debug)]
pub(super) struct Blob {
    pub bytes: Bytes,
    pub digest: String,
    /// The configuration and the layer that a manifest points at in its turn.
    pub parts: Option<Box<[Blob; 2]>>,
}

impl From<Vec<u8>> for Blob {
    fn from(bytes: Vec<u8>) -> Self {
        Self { digest: sha256(&bytes), bytes: Bytes::from(bytes), parts: None }
    }
}

/// The usual content of the descriptor at `index` of its list; with a salt, content of its own.
pub(super) fn usual(role: Role, family: Family, index: usize, salt: Option<&str>) -> Blob {
    static UNSALTED: LazyLock<ByPlace<Blob>> = LazyLock::new(ByPlace::empty);
    let make = || made(role, family, index, salt);
    let kept = if salt.is_none() { UNSALTED.get_or_init((role, family, index), make) } else { None };
    kept.cloned().unwrap_or_else(make)
}

/// What the usual image configuration lists.
static USUAL_LAYER: LazyLock<Blob> = LazyLock::new(|| Blob::from(tar("layer-0")));

fn made(role: Role, family: Family, index: usize, salt: Option<&str>) -> Blob {
    let named = |part: &str| salt.map_or_else(|| format!("{part}-{index}"), |salt| [part, "-", salt].concat());
    match role {
        Role::Config => Blob::from(config(salt, &USUAL_LAYER)),
        Role::Layer | Role::Blob => Blob::from(tar(&named(if salt.is_some() { "missing" } else { "layer" }))),
        Role::Child => manifest(family, &named("child")),
        Role::Subject => manifest(family, &named("subject")),
    }
}

/// These bytes made unique by a salt.
pub(super) fn salted(bytes: &[u8], salt: &str) -> Vec<u8> {
    match bytes {
        b"{}" => format!("{{\"salt\":\"{salt}\"}}").into_bytes(),
        // One byte is as near to none as there is; no exchange pushes a blob of one byte.
        b"" => vec![salt.bytes().next().unwrap_or(b'0')],
        [members @ .., b'}'] => [members, format!(",\"salt\":\"{salt}\"}}").as_bytes()].concat(),
        _ => [bytes, salt.as_bytes()].concat(),
    }
}

/// An image configuration of one layer.
fn config(author: Option<&str>, layer: &Blob) -> Vec<u8> {
    const USUAL: &str = r#""architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[""#;
    let author = author.map_or_else(String::new, |author| ["\"author\":\"", author, "\","].concat());
    ["{", &author, USUAL, &layer.digest, "\"]}}"].concat().into_bytes()
}

/// A tar archive that holds one empty file.
fn tar(name: &str) -> Vec<u8> {
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

/// A manifest like the base, told from others by its configuration's author, so that no registry takes it for anything
/// but the base. All share a layer, which no tested document points at.
fn manifest(family: Family, name: &str) -> Blob {
    static LAYER: LazyLock<Blob> = LazyLock::new(|| Blob::from(tar("child")));
    let [config, layer] = [Blob::from(config(Some(name), &LAYER)), LAYER.clone()];
    let part = |role, Blob { bytes, digest, .. }: &Blob| {
        let (media_type, size) = (usual_media_type(role, family), bytes.len().to_string());
        [r#"{"mediaType":""#, media_type, r#"","digest":""#, digest, r#"","size":"#, &size, "}"].concat()
    };
    let (own, parts) =
        (usual_media_type(Role::Child, family), [part(Role::Config, &config), part(Role::Layer, &layer)]);
    let start = [r#"{"schemaVersion":2,"mediaType":""#, own, r#"","config":"#].concat();
    let written = [&start, &parts[0], r#","layers":["#, &parts[1], "]}"].concat().into_bytes();
    Blob { parts: Some(Box::new([config, layer])), ..Blob::from(written) }
}

/// What the manifest that the descriptor at `path` points at needs.
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

/// A manifest that a tag can point at before, and what it needs.
pub(super) fn another_manifest() -> (Bytes, impl Iterator<Item = Arc<Need>>) {
    static ANOTHER: LazyLock<(Bytes, Vec<Arc<Need>>)> = LazyLock::new(|| {
        let Blob { bytes, parts, .. } = manifest(Family::Oci, "another");
        let needs = parts.into_iter().flat_map(|parts| needs_of("before", *parts, State::Present));
        (bytes, needs.map(Arc::new).collect())
    });
    let (bytes, needs) = &*ANOTHER;
    (bytes.clone(), needs.iter().cloned())
}

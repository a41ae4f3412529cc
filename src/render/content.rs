//! What descriptors point at: configurations, layers, child manifests, subjects.
//!
//! Content that is meant to be missing carries a salt that comes from the shape, so that nothing else ever
//! pushes it. The usual image configuration lists the usual layer only, whatever `layers` says: a change of
//! the layers must not change the config descriptor too.

use std::cell::RefCell;
use std::sync::{Arc, LazyLock};

use bytes::Bytes;

use super::kept::ByPlace;
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
}

impl Blob {
    const fn none() -> Self {
        Self { bytes: Bytes::new(), digest: String::new() }
    }
}

impl From<Vec<u8>> for Blob {
    fn from(bytes: Vec<u8>) -> Self {
        Self { digest: sha256(&bytes), bytes: Bytes::from(bytes) }
    }
}

/// The usual content of the descriptor at `index` of its list; with a salt, content of its own.
pub(super) fn usual(role: Role, family: Family, index: usize, salt: Option<&str>) -> Blob {
    static UNSALTED: LazyLock<ByPlace<Blob>> = LazyLock::new(ByPlace::empty);
    let make = || Blob::from(made(role, family, index, salt));
    let kept = if salt.is_none() { UNSALTED.get_or_init((role, family, index), make) } else { None };
    kept.cloned().unwrap_or_else(make)
}

/// The layer of a manifest that a descriptor points at. One is asked for twice at once, by the manifest and by what is
/// to be pushed before it; and that of a list's first element by one shape after the other.
fn layer_of(name: &str) -> Blob {
    const FIRST: &str = "child-0";
    static OF_FIRST: LazyLock<Blob> = LazyLock::new(|| Blob::from(tar(FIRST)));
    thread_local! {
        static LAST: RefCell<(String, Blob)> = const { RefCell::new((String::new(), Blob::none())) };
    }
    if name == FIRST {
        return OF_FIRST.clone();
    }
    LAST.with_borrow_mut(|(last, blob)| {
        if last != name || blob.digest.is_empty() {
            (*last, *blob) = (name.to_owned(), Blob::from(tar(name)));
        }
        blob.clone()
    })
}

fn made(role: Role, family: Family, index: usize, salt: Option<&str>) -> Vec<u8> {
    match role {
        Role::Config => config(salt),
        Role::Layer | Role::Blob => {
            tar(&salt.map_or_else(|| format!("layer-{index}"), |salt| format!("missing-{salt}")))
        }
        Role::Child | Role::Subject => manifest(family, &manifest_name(role, index, salt)),
    }
}

/// What tells the manifest that a descriptor points at from others.
fn manifest_name(role: Role, index: usize, salt: Option<&str>) -> String {
    let part = if role == Role::Subject { "subject" } else { "child" };
    salt.map_or_else(|| format!("{part}-{index}"), |salt| format!("{part}-{salt}"))
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

fn config(salt: Option<&str>) -> Vec<u8> {
    let author = salt.map_or_else(String::new, |salt| format!("\"author\":\"{salt}\","));
    static LAYER: LazyLock<String> = LazyLock::new(|| sha256(&tar("layer-0")));
    let layer = &*LAYER;
    format!(
        "{{{author}\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{{\"type\":\"layers\",\"diff_ids\":[\"{layer}\"]}}}}"
    )
    .into_bytes()
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

/// A manifest like the base, told from others by the file in its layer, so that no registry takes it for anything
/// but the base.
fn manifest(family: Family, name: &str) -> Vec<u8> {
    let own = usual_media_type(Role::Child, family);
    let part = |role, blob: &Blob| {
        let (media_type, Blob { digest, bytes }) = (usual_media_type(role, family), blob);
        format!("{{\"mediaType\":\"{media_type}\",\"digest\":\"{digest}\",\"size\":{}}}", bytes.len())
    };
    let config = part(Role::Config, &usual(Role::Config, Family::Oci, 0, None));
    let layer = part(Role::Layer, &layer_of(name));
    format!("{{\"schemaVersion\":2,\"mediaType\":\"{own}\",\"config\":{config},\"layers\":[{layer}]}}").into_bytes()
}

/// The config and layer that the manifest which the descriptor at `path` points at needs.
pub(super) fn needs_of_manifest(path: &str, role: Role, index: usize, salt: Option<&str>, state: State) -> [Need; 2] {
    needs_of(path, &manifest_name(role, index, salt), state)
}

fn needs_of(path: &str, name: &str, state: State) -> [Need; 2] {
    let config = usual(Role::Config, Family::Oci, 0, None);
    [("config", config), ("layers.0", layer_of(name))].map(|(member, Blob { bytes, digest })| Need {
        path: [path, ".", member].concat(),
        kind: NeedKind::Blob,
        digest,
        bytes,
        state,
    })
}

/// A manifest that a tag can point at before, and what it needs.
pub(super) fn another_manifest(needs: &mut Vec<Arc<Need>>) -> Bytes {
    needs.extend(needs_of("before", "another", State::Present).map(Arc::new));
    Bytes::from(manifest(Family::Oci, "another"))
}

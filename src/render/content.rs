//! The content that descriptors reference: configurations, layers, child manifests, subjects.
//!
//! Content that is meant to be missing contains a salt derived from the shape, so that no other case pushes it. The
//! usual image configuration lists only the usual layer, whatever `layers` contains: changing the layers must not
//! change the config descriptor.

use std::sync::{Arc, LazyLock};

use bytes::Bytes;

use super::blob::{Blob, config, config_with, tar};
use super::manifests;
use super::media_type::Vendor;
use super::position_cache::PositionCache;
use crate::exchange::{Need, NeedKind, State};
use crate::shape::Role;

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

/// An image configuration with the `diff_ids` of the first `count` usual layers.
pub(super) fn config_of_layers(count: usize, author: Option<&str>) -> Blob {
    let digest = |index| ["\"", &usual(Role::Layer, Vendor::Oci, index, None).digest, "\""].concat();
    Blob::from(config_with(author, &(0..count).map(digest).collect::<Vec<_>>().join(",")))
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

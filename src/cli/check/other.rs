//! Documents that are passed to `check` although they are not manifests: what they are, and what to check instead.

use crate::json::{Node, read};

/// A document of a known kind that is not a manifest.
pub(super) struct Other {
    /// The name of its kind.
    pub kind: &'static str,
    /// Why it is not judged, and what to check instead.
    pub note: &'static str,
}

const IN_AN_ARCHIVE: Other = Other {
    kind: "docker-save",
    note: "not judged: this lists the images in an archive of `docker save`; copy the archive to an OCI image layout, and check that",
};
const CONFIGURATION: Other = Other {
    kind: "image-config",
    note: "not judged: this is the configuration of an image; check the manifest that refers to it",
};
const MARKER: Other = Other {
    kind: "oci-layout",
    note: "not judged: this marks a directory as an OCI image layout; check the directory",
};

impl Other {
    /// What a document is, by its members. `None` if it can be a manifest, or is not known.
    pub fn of(body: &[u8]) -> Option<&'static Self> {
        let document = read(body).ok()?;
        let root = document.root();
        if root.is_array() {
            let is_image = |it: Node<'_>| it.get("Config").is_some_and(Node::is_string) && it.get("Layers").is_some();
            return (!root.is_empty() && root.elements().all(is_image)).then_some(&IN_AN_ARCHIVE);
        }
        let of_manifests = ["schemaVersion", "mediaType", "layers", "manifests"];
        if !root.is_object() || of_manifests.into_iter().any(|name| root.get(name).is_some()) {
            return None;
        }
        let has_layers = |rootfs: Node<'_>| rootfs.get("diff_ids").is_some_and(Node::is_array);
        if root.get("rootfs").is_some_and(has_layers) {
            return Some(&CONFIGURATION);
        }
        root.get("imageLayoutVersion").is_some().then_some(&MARKER)
    }
}

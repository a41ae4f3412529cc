//! The media types that rules know by name, told apart once for each descriptor.

use crate::exchange::{IMAGE_INDEX, IMAGE_MANIFEST};
use crate::json::Node;

/// A media type that some rule knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KnownType {
    /// An image manifest's.
    ImageManifest,
    /// An image index's.
    ImageIndex,
    /// The image configuration's.
    ImageConfig,
    /// The empty descriptor's.
    Empty,
    /// A layer as a tar archive.
    Tar,
    /// Another type of a layer that every implementation must know.
    Layer,
    /// A layer under zstd, which implementations should know.
    ZstdLayer,
}

const ALL: [(&str, KnownType); 9] = [
    (IMAGE_MANIFEST, KnownType::ImageManifest),
    (IMAGE_INDEX, KnownType::ImageIndex),
    ("application/vnd.oci.image.config.v1+json", KnownType::ImageConfig),
    ("application/vnd.oci.empty.v1+json", KnownType::Empty),
    ("application/vnd.oci.image.layer.v1.tar", KnownType::Tar),
    ("application/vnd.oci.image.layer.v1.tar+gzip", KnownType::Layer),
    ("application/vnd.oci.image.layer.nondistributable.v1.tar", KnownType::Layer),
    ("application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", KnownType::Layer),
    ("application/vnd.oci.image.layer.v1.tar+zstd", KnownType::ZstdLayer),
];

impl KnownType {
    /// The type that a member names, in exactly this spelling.
    pub fn of(member: Node<'_>) -> Option<Self> {
        Self::named(&member.bytes()?)
    }

    /// The type of this name.
    fn named(name: &[u8]) -> Option<Self> {
        ALL.iter().find(|(known, _)| known.as_bytes() == name).map(|(_, known)| *known)
    }

    /// Whether every implementation must know it for a config.
    pub fn is_config(self) -> bool {
        self == Self::ImageConfig
    }

    /// Whether every implementation must know it for a layer.
    pub fn is_layer(self) -> bool {
        matches!(self, Self::Tar | Self::Layer)
    }

    /// Whether it is a manifest that an index is made of.
    pub fn is_child(self) -> bool {
        matches!(self, Self::ImageManifest | Self::ImageIndex)
    }
}

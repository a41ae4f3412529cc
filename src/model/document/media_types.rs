//! The media types that rules refer to, recognised once per descriptor.

use crate::exchange::{IMAGE_INDEX, IMAGE_MANIFEST};
use crate::json::Node;

/// A media type that a rule refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KnownType {
    /// An image manifest.
    ImageManifest,
    /// An image index.
    ImageIndex,
    /// An image configuration.
    ImageConfig,
    /// The content of the empty descriptor.
    Empty,
    /// An uncompressed layer.
    Tar,
    /// Another layer type that every implementation must support.
    Layer,
    /// A zstd-compressed layer, which implementations should support.
    ZstdLayer,
    /// A zstd-compressed layer of the deprecated kind that is not distributed.
    OldZstdLayer,
}

/// The type of the empty descriptor's content.
pub(in crate::model) const EMPTY_TYPE: &str = "application/vnd.oci.empty.v1+json";

const ALL: [(&str, KnownType); 10] = [
    (IMAGE_MANIFEST, KnownType::ImageManifest),
    (IMAGE_INDEX, KnownType::ImageIndex),
    ("application/vnd.oci.image.config.v1+json", KnownType::ImageConfig),
    (EMPTY_TYPE, KnownType::Empty),
    ("application/vnd.oci.image.layer.v1.tar", KnownType::Tar),
    ("application/vnd.oci.image.layer.v1.tar+gzip", KnownType::Layer),
    ("application/vnd.oci.image.layer.nondistributable.v1.tar", KnownType::Layer),
    ("application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", KnownType::Layer),
    ("application/vnd.oci.image.layer.v1.tar+zstd", KnownType::ZstdLayer),
    ("application/vnd.oci.image.layer.nondistributable.v1.tar+zstd", KnownType::OldZstdLayer),
];

impl KnownType {
    /// The type that a member names, compared byte for byte.
    pub fn of(member: Node<'_>) -> Option<Self> {
        Self::named(&member.bytes()?)
    }

    fn named(name: &[u8]) -> Option<Self> {
        ALL.iter().find(|(known, _)| known.as_bytes() == name).map(|(_, known)| *known)
    }

    /// Whether every implementation must support it as the type of a config.
    pub fn is_config(self) -> bool {
        self == Self::ImageConfig
    }

    /// Whether every implementation must support it as the type of a layer.
    pub fn is_layer(self) -> bool {
        matches!(self, Self::Tar | Self::Layer)
    }

    /// Whether image-spec 1.1 lists it as the type of an element of an index.
    pub fn is_child(self) -> bool {
        matches!(self, Self::ImageManifest | Self::ImageIndex)
    }
}

//! The kinds of document, and the roles of descriptors in them.

/// The kinds of document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// OCI image manifest.
    Image,
    /// OCI image index.
    Index,
    /// Docker image manifest version 2, schema 2.
    DockerImage,
    /// Docker manifest list.
    DockerList,
    /// Artifact manifest of the image-spec 1.1.0 release candidates.
    Artifact,
    /// JSON, but not an object.
    Json,
    /// Not JSON.
    NotJson,
    /// No document: a blob and its upload.
    Blob,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::Image,
        Self::Index,
        Self::DockerImage,
        Self::DockerList,
        Self::Artifact,
        Self::Json,
        Self::NotJson,
        Self::Blob,
    ];

    /// The kind with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Index => "index",
            Self::DockerImage => "docker-image",
            Self::DockerList => "docker-list",
            Self::Artifact => "artifact",
            Self::Json => "json",
            Self::NotJson => "not-json",
            Self::Blob => "blob",
        }
    }
}

/// The role of a descriptor in the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// `config`
    Config,
    /// An element of `layers`.
    Layer,
    /// An element of `manifests`.
    Child,
    /// An element of `blobs`.
    Blob,
    /// `subject`
    Subject,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 5] = [Self::Config, Self::Layer, Self::Child, Self::Blob, Self::Subject];
}

//! The optional capabilities of registries.

/// An optional capability of a registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Capability {
    /// Accepts manifests pushed by digest.
    PushByDigest,
    /// Has the referrers endpoint.
    Referrers,
    /// Lists tags.
    TagList,
    /// Accepts pushes to new repositories below the given one.
    FreshRepositories,
    /// Deletes manifests by digest.
    Deletion,
    /// Speaks HTTP/1.1, so that requests can be sent in chunks.
    Http1,
}

impl Capability {
    /// Every capability.
    pub const ALL: [Self; 6] =
        [Self::PushByDigest, Self::Referrers, Self::TagList, Self::FreshRepositories, Self::Deletion, Self::Http1];

    /// The name in files.
    pub fn key(self) -> &'static str {
        match self {
            Self::PushByDigest => "push-by-digest",
            Self::Referrers => "referrers",
            Self::TagList => "tag-list",
            Self::FreshRepositories => "fresh-repositories",
            Self::Deletion => "deletion",
            Self::Http1 => "http1",
        }
    }

    /// The name in messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::PushByDigest => "push by digest",
            Self::Referrers => "referrers",
            Self::TagList => "tag list",
            Self::FreshRepositories => "new repositories below the given one",
            Self::Deletion => "deletion of manifests",
            Self::Http1 => "HTTP/1.1",
        }
    }

    /// The section of distribution-spec that describes it, if any.
    pub fn clause(self) -> Option<&'static str> {
        match self {
            Self::PushByDigest => Some("pushing-manifests"),
            Self::Referrers => Some("listing-referrers"),
            Self::TagList => Some("listing-tags"),
            Self::FreshRepositories | Self::Http1 => None,
            Self::Deletion => Some("deleting-manifests"),
        }
    }
}

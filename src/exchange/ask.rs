//! Questions that follow an accepted push: what distribution-spec says of things that the push itself does not show.

use super::observation::Stage;

/// One question on another endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Ask {
    /// GET of the first blob that the document points at.
    Blob,
    /// GET of a tag that nobody pushed.
    UnknownTag,
    /// GET of a manifest's digest that nobody pushed.
    UnknownDigest,
    /// GET of a blob that nobody pushed.
    UnknownBlob,
    /// GET of a manifest in a repository that is not there.
    UnknownRepository,
    /// The referrers of a digest that nobody pushed.
    ReferrersOfUnknown,
    /// The referrers of a text that is no digest.
    ReferrersOfMalformed,
    /// The referrers of the subject with a type that none of them has.
    ReferrersFiltered,
    /// The tag list with `n=0`.
    NoTags,
    /// The tag list with `n=1`, after more tags were pushed.
    OneTag,
    /// The tag list, after more tags were pushed.
    TagsInOrder,
    /// DELETE of the tag, then GET of it.
    DeleteTag,
    /// DELETE of the digest, then GET of it and of the tag.
    DeleteDigest,
    /// DELETE of a blob that nobody pushed.
    DeleteUnknownBlob,
    /// DELETE of a manifest in a repository that is not there.
    DeleteInUnknownRepository,
}

impl Ask {
    /// Every question by its name.
    pub const ALL: [(&'static str, Self); 15] = [
        ("get-blob", Self::Blob),
        ("get-unknown-tag", Self::UnknownTag),
        ("get-unknown-digest", Self::UnknownDigest),
        ("get-unknown-blob", Self::UnknownBlob),
        ("get-unknown-repository", Self::UnknownRepository),
        ("referrers-of-unknown", Self::ReferrersOfUnknown),
        ("referrers-of-malformed", Self::ReferrersOfMalformed),
        ("referrers-filtered", Self::ReferrersFiltered),
        ("tags-none", Self::NoTags),
        ("tags-one", Self::OneTag),
        ("tags-in-order", Self::TagsInOrder),
        ("delete-tag", Self::DeleteTag),
        ("delete-digest", Self::DeleteDigest),
        ("delete-unknown-blob", Self::DeleteUnknownBlob),
        ("delete-in-unknown-repository", Self::DeleteInUnknownRepository),
    ];

    /// The question of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(own, _)| *own == name).map(|(_, ask)| ask)
    }

    /// The artifact type that no document has: what referrers are filtered by.
    pub const NOBODYS_TYPE: &'static str = "application/vnd.example.nobody.v1";
    /// What further tags are called after the fresh one, in the order in which they are pushed: so many that a
    /// registry that knows no order does not keep it by chance.
    pub const MORE_TAGS: [&'static str; 7] = ["-e", "-b", "-g", "-a", "-d", "-f", "-c"];

    /// Where its answer is seen.
    pub fn stage(self) -> Stage {
        match self {
            Self::Blob | Self::UnknownBlob => Stage::BlobGet,
            Self::UnknownTag | Self::UnknownDigest | Self::UnknownRepository => Stage::ManifestGet,
            Self::ReferrersOfUnknown | Self::ReferrersOfMalformed | Self::ReferrersFiltered => Stage::Referrers,
            Self::NoTags | Self::OneTag | Self::TagsInOrder => Stage::TagList,
            Self::DeleteTag | Self::DeleteDigest | Self::DeleteUnknownBlob | Self::DeleteInUnknownRepository => {
                Stage::Delete
            }
        }
    }

    /// Whether it changes what is there, so that it belongs into a repository of its own.
    pub fn changes(self) -> bool {
        self.pushes_tags() || matches!(self, Self::DeleteTag | Self::DeleteDigest)
    }

    /// Whether it names a repository below the one that is tested.
    pub fn names_another_repository(self) -> bool {
        matches!(self, Self::UnknownRepository | Self::DeleteInUnknownRepository)
    }

    /// Whether further tags are pushed first.
    pub fn pushes_tags(self) -> bool {
        matches!(self, Self::OneTag | Self::TagsInOrder)
    }
}

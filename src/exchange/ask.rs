//! Follow-up requests after an accepted push, for rules of distribution-spec that the push itself does not exercise.

use super::follow_up_scripts::{FollowUp, SCRIPTS};
use super::stage::Stage;

/// One follow-up request to another endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Ask {
    /// GET of the first blob that the document points at.
    Blob,
    /// GET of an unknown tag.
    UnknownTag,
    /// GET of a manifest by an unknown digest.
    UnknownDigest,
    /// GET of an unknown blob.
    UnknownBlob,
    /// GET of a manifest in an unknown repository.
    UnknownRepository,
    /// The referrers of an unknown digest.
    ReferrersOfUnknown,
    /// The referrers of a malformed digest.
    ReferrersOfMalformed,
    /// The referrers of the subject, filtered by an artifact type that none of them has.
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
    /// DELETE of an unknown blob.
    DeleteUnknownBlob,
    /// DELETE of a manifest in an unknown repository.
    DeleteInUnknownRepository,
    /// The requests of a script.
    Script(&'static FollowUp),
}

impl Ask {
    /// All but the scripts, by name.
    const SINGLE: [(&'static str, Self); 15] = [
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

    /// Every follow-up request by name.
    pub fn all() -> impl Iterator<Item = (&'static str, Self)> {
        let scripts = SCRIPTS.iter().copied().flatten().map(|script| (script.name, Self::Script(script)));
        Self::SINGLE.into_iter().chain(scripts)
    }

    /// Looks up a follow-up request by name.
    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|(own, _)| *own == name).map(|(_, ask)| ask)
    }

    /// An artifact type that no document has, used to filter referrers.
    pub const ABSENT_TYPE: &'static str = "application/vnd.example.nobody.v1";
    /// Suffixes of the additional tags, in push order. There are enough that an unsorted list is not sorted by chance.
    pub const MORE_TAGS: [&'static str; 7] = ["-e", "-b", "-g", "-a", "-d", "-f", "-c"];

    /// The stage of its answer.
    pub fn stage(self) -> Stage {
        match self {
            Self::Blob | Self::UnknownBlob => Stage::BlobGet,
            Self::UnknownTag | Self::UnknownDigest | Self::UnknownRepository => Stage::ManifestGet,
            Self::ReferrersOfUnknown | Self::ReferrersOfMalformed | Self::ReferrersFiltered => Stage::Referrers,
            Self::NoTags | Self::OneTag | Self::TagsInOrder => Stage::TagList,
            Self::DeleteTag | Self::DeleteDigest | Self::DeleteUnknownBlob | Self::DeleteInUnknownRepository => {
                Stage::Delete
            }
            Self::Script(script) => script.stage,
        }
    }

    /// Whether it changes the repository, so that it needs a separate one.
    pub fn changes(self) -> bool {
        match self {
            Self::DeleteTag | Self::DeleteDigest => true,
            Self::Script(script) => script.changes,
            _ => self.pushes_tags(),
        }
    }

    /// Whether it names a repository below the one under test.
    pub fn names_another_repository(self) -> bool {
        match self {
            Self::UnknownRepository | Self::DeleteInUnknownRepository => true,
            Self::Script(script) => script.names_another_repository,
            _ => false,
        }
    }

    /// Whether additional tags are pushed first.
    pub fn pushes_tags(self) -> bool {
        matches!(self, Self::OneTag | Self::TagsInOrder)
    }
}

//! The stages of an exchange, how manifests are addressed when read back, and how much is read back.

use std::fmt;
use std::str::FromStr;

use crate::error::Input;

/// How a manifest is addressed when it is read back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum By {
    /// By the tag it was pushed under.
    Tag,
    /// By digest; see [`Put::name_by_digest`](super::Put::name_by_digest).
    Digest,
    /// By the `Location` of the answer to the push.
    Location,
}

/// The stage of an exchange at which something was observed: the `stage` column of the corpus.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stage {
    /// Uploading content the document points at.
    BlobUpload,
    /// The tested request.
    ManifestPut,
    /// HEAD of the manifest.
    ManifestHead,
    /// GET of the manifest.
    ManifestGet,
    /// The referrers list.
    Referrers,
    /// The tag list.
    TagList,
    /// Looking for what a refused push left behind.
    Residue,
    /// Deletion.
    Delete,
    /// GET of a blob.
    BlobGet,
    /// `GET /v2/`.
    Ping,
    /// HEAD of a blob.
    BlobHead,
    /// Mounting a blob from another repository.
    BlobMount,
    /// Deleting a blob.
    BlobDelete,
    /// A client program pulls.
    Pull,
    /// A client program copies from one repository to another.
    Copy,
    /// A client program pushes.
    Push,
    /// A client program lists referrers or tags.
    List,
}

impl Stage {
    /// Every stage.
    const ALL: [Self; Self::List as usize + 1] = [
        Self::BlobUpload,
        Self::ManifestPut,
        Self::ManifestHead,
        Self::ManifestGet,
        Self::Referrers,
        Self::TagList,
        Self::Residue,
        Self::Delete,
        Self::BlobGet,
        Self::Ping,
        Self::BlobHead,
        Self::BlobMount,
        Self::BlobDelete,
        Self::Pull,
        Self::Copy,
        Self::Push,
        Self::List,
    ];

    /// Looks up a stage by its name in the corpus.
    pub fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == text)
    }

    /// Whether it is about reading back, so that the earlier content of the repository matters.
    pub fn depends_on_state(self) -> bool {
        !matches!(self, Self::BlobUpload | Self::ManifestPut | Self::Ping) && !self.is_of_client()
    }

    /// Whether it is an operation of a client program, which starts with nothing each time.
    pub fn is_of_client(self) -> bool {
        matches!(self, Self::Pull | Self::Copy | Self::Push | Self::List)
    }

    /// The name in the corpus.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BlobUpload => "blob-upload",
            Self::ManifestPut => "manifest-put",
            Self::ManifestHead => "manifest-head",
            Self::ManifestGet => "manifest-get",
            Self::Referrers => "referrers",
            Self::TagList => "tag-list",
            Self::Residue => "residue",
            Self::Delete => "delete",
            Self::BlobGet => "blob-get",
            Self::Ping => "ping",
            Self::BlobHead => "blob-head",
            Self::BlobMount => "blob-mount",
            Self::BlobDelete => "blob-delete",
            Self::Pull => "pull",
            Self::Copy => "copy",
            Self::Push => "push",
            Self::List => "list",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

/// How much to read back after the tested request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Depth {
    /// Nothing: only the answer to the push.
    Put,
    /// GET by tag and digest.
    Get,
    /// HEAD and GET by tag, digest and Location, tag list, referrers, and the state after a refusal.
    #[default]
    Full,
}

impl FromStr for Depth {
    type Err = Input;

    fn from_str(text: &str) -> Result<Self, Input> {
        match text {
            "put" => Ok(Self::Put),
            "get" => Ok(Self::Get),
            "full" => Ok(Self::Full),
            _ => Err(Input::value(format!("invalid depth `{text}`"), "unknown value", "expected put, get or full")),
        }
    }
}

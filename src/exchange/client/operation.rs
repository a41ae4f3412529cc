//! What a client program is asked to do.

use std::fmt;

use crate::exchange::Stage;

/// What a client program is asked to do with a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Operation {
    /// From the registry to the program's own storage.
    Pull,
    /// From one repository to another.
    Copy,
    /// From the program's own storage to the registry.
    Push,
    /// List the referrers of a manifest.
    List,
    /// List the tags of a repository.
    Tags,
}

impl Operation {
    /// Every operation, in the order in which they are run.
    pub const ALL: [Self; 5] = [Self::Pull, Self::Copy, Self::Push, Self::List, Self::Tags];

    /// The name in adapters.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pull => "pull",
            Self::Copy => "copy",
            Self::Push => "push",
            Self::List => "list",
            Self::Tags => "tags",
        }
    }

    /// The stage of what was seen of it.
    pub fn stage(self) -> Stage {
        match self {
            Self::Pull => Stage::Pull,
            Self::Copy => Stage::Copy,
            Self::Push => Stage::Push,
            Self::List | Self::Tags => Stage::List,
        }
    }

    /// Whether the program reads the manifest under test from the registry.
    pub fn reads(self) -> bool {
        matches!(self, Self::Pull | Self::Copy)
    }

    /// Whether the program writes a manifest to the registry.
    pub fn writes(self) -> bool {
        matches!(self, Self::Copy | Self::Push)
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

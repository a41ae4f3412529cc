//! The members that the specifications know, found in one pass over an object, so that no rule searches for one.

use crate::json::Node;

/// The names of members that the rules ask for, of documents and of descriptors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    /// `schemaVersion`
    SchemaVersion,
    /// `mediaType`
    MediaType,
    /// `artifactType`
    ArtifactType,
    /// `config`
    Config,
    /// `layers`
    Layers,
    /// `manifests`
    Manifests,
    /// `blobs`
    Blobs,
    /// `subject`
    Subject,
    /// `annotations`
    Annotations,
    /// `digest`
    Digest,
    /// `size`
    Size,
    /// `urls`
    Urls,
    /// `data`
    Data,
    /// `platform`
    Platform,
}

const NAMES: usize = 14;
/// How many bytes the longest of them has.
const LONGEST: usize = "schemaVersion".len();

impl Name {
    /// What a member's name means, if the rules ask for that.
    pub fn of(key: Node<'_>) -> Option<Self> {
        match key.unescaped() {
            Some(name) => named(name),
            None => named(&key.short::<LONGEST>()?),
        }
    }
}

fn named(name: &[u8]) -> Option<Name> {
    Some(match name {
        b"schemaVersion" => Name::SchemaVersion,
        b"mediaType" => Name::MediaType,
        b"artifactType" => Name::ArtifactType,
        b"config" => Name::Config,
        b"layers" => Name::Layers,
        b"manifests" => Name::Manifests,
        b"blobs" => Name::Blobs,
        b"subject" => Name::Subject,
        b"annotations" => Name::Annotations,
        b"digest" => Name::Digest,
        b"size" => Name::Size,
        b"urls" => Name::Urls,
        b"data" => Name::Data,
        b"platform" => Name::Platform,
        _ => return None,
    })
}

/// Where an object's known members are, counted from itself; of a repeated one the last, which is the one that most
/// readers keep.
#[derive(Clone, Copy, Debug)]
pub(in crate::model) struct Members {
    places: [u32; NAMES],
    /// Whether there is a member of another name.
    others: bool,
}

/// Which members any of some objects has, a bit a name: most rules are done where there is none of theirs.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::model) struct Present(u16);

impl Present {
    /// Stands for all members of names that the rules do not ask for.
    const OTHERS: u16 = 1 << 15;

    /// Adds the members of one more object.
    pub fn add(&mut self, other: Self) {
        self.0 |= other.0;
    }

    /// Whether some object has this member.
    pub fn has(self, name: Name) -> bool {
        self.0 >> name as u16 & 1 == 1
    }

    /// Whether some object has a member of another name than these.
    pub fn has_others_than(self, names: &[Name]) -> bool {
        self.0 & !names.iter().fold(0, |bits, name| bits | 1 << *name as u16) != 0
    }
}

impl Members {
    /// Of an object; of anything else none.
    pub fn of(object: Node<'_>) -> Self {
        let mut found = Self { places: [0; NAMES], others: false };
        for (key, value) in object.members() {
            match Name::of(key) {
                // No object is its own member.
                Some(name) => {
                    found.places[name as usize] = u32::try_from(value.number() - object.number()).unwrap_or(0);
                }
                None => found.others = true,
            }
        }
        found
    }

    /// Which of them there are.
    pub fn present(&self) -> Present {
        let others = if self.others { Present::OTHERS } else { 0 };
        Present(self.places.iter().enumerate().fold(others, |bits, (i, at)| bits | u16::from(*at != 0) << i))
    }

    /// The member of this name of the object that these are the members of.
    pub fn get<'d>(&self, object: Node<'d>, name: Name) -> Option<Node<'d>> {
        match self.places[name as usize] {
            0 => None,
            at => Some(object.after(at as usize)),
        }
    }
}

//! The members that rules use, found in one pass over an object instead of one search per rule.

use crate::json::Node;

/// The members of documents and descriptors that rules use.
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
/// The length of the longest name, in bytes.
const LONGEST: usize = "schemaVersion".len();

impl Name {
    /// The name of a member; `None` if rules do not use it.
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

/// The positions of an object's members, relative to the object. Of repeated members the last one counts, as in
/// most readers.
#[derive(Clone, Copy, Debug)]
pub(in crate::model) struct Members {
    /// 0 for an absent member.
    positions: [u32; NAMES],
    /// Whether there are members with other names.
    others: bool,
}

/// The set of members that any of several objects has, one bit per name, so that most rules can return early.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::model) struct Present(u16);

impl Present {
    /// The bit for all members with other names.
    const OTHERS: u16 = 1 << 15;

    /// Adds the members of one more object.
    pub fn add(&mut self, other: Self) {
        self.0 |= other.0;
    }

    /// Whether any object has this member.
    pub fn has(self, name: Name) -> bool {
        self.0 >> name as u16 & 1 == 1
    }

    /// Whether any object has a member with a name not in `names`.
    pub fn has_others_than(self, names: &[Name]) -> bool {
        self.0 & !names.iter().fold(0, |bits, name| bits | 1 << *name as u16) != 0
    }
}

impl Members {
    /// The members of an object; none for other values.
    pub fn of(object: Node<'_>) -> Self {
        let mut found = Self { positions: [0; NAMES], others: false };
        for (key, value) in object.members() {
            match Name::of(key) {
                // Never 0, since a member follows its object.
                Some(name) => {
                    found.positions[name as usize] = u32::try_from(value.number() - object.number()).unwrap_or(0);
                }
                None => found.others = true,
            }
        }
        found
    }

    /// The set of members that are present.
    pub fn present(&self) -> Present {
        let others = if self.others { Present::OTHERS } else { 0 };
        Present(self.positions.iter().enumerate().fold(others, |bits, (i, at)| bits | u16::from(*at != 0) << i))
    }

    /// A member of `object`, which must be the object these were found in.
    pub fn get<'d>(&self, object: Node<'d>, name: Name) -> Option<Node<'d>> {
        match self.positions[name as usize] {
            0 => None,
            at => Some(object.after(at as usize)),
        }
    }
}

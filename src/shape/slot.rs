//! What a slot, its menu and an entry are.

use super::effect::Effect;

/// A slot's place in the table: parents before children.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SlotId(pub(super) u16);

impl SlotId {
    /// The slot `kind`.
    pub const KIND: Self = Self(0);

    /// The place in the table.
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// The groups of slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Group {
    /// What sort of document it is.
    Kind,
    /// Members of the document itself.
    Document,
    /// Members of a descriptor.
    Descriptor,
    /// What a descriptor points at, and whether it was pushed.
    Content,
    /// Documents that can be read in two ways.
    Confusion,
    /// Members that no specification names.
    Unknown,
    /// The bytes around and between the values.
    Text,
    /// The request that carries the document.
    Request,
}

impl Group {
    /// As `manifuzz slots` prints it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::Document => "document",
            Self::Descriptor => "descriptor",
            Self::Content => "content",
            Self::Confusion => "confusion",
            Self::Unknown => "unknown",
            Self::Text => "text",
            Self::Request => "request",
        }
    }
}

/// The sorts of document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// OCI image manifest.
    Image,
    /// OCI image index.
    Index,
    /// Docker image manifest version 2, schema 2.
    DockerImage,
    /// Docker manifest list.
    DockerList,
    /// The artifact manifest of image-spec 1.1.0's release candidates.
    Artifact,
    /// JSON that is not an object.
    Json,
    /// Not JSON.
    NotJson,
}

/// What part a descriptor plays in the document.
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

/// The numbers that an entry takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Numbers {
    /// The few that enumeration uses: documented limits and one either side.
    pub listed: &'static [u64],
    /// The least that means something.
    pub least: u64,
    /// The most that is rendered.
    pub most: u64,
    /// Up to this number the entry renders to at most 64 KiB.
    pub small_to: u64,
}

/// One entry of a menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The name in the text form.
    pub name: &'static str,
    /// Alone, it leaves the expectation no worse than the base's. A test has the model check this mark.
    pub valid: bool,
    /// What `render` makes of it.
    pub effect: Effect,
    /// A few words for people.
    pub about: &'static str,
    /// The numbers, for an entry that takes one.
    pub numbers: Option<Numbers>,
}

impl Entry {
    /// An entry marked valid.
    pub(super) const fn valid(name: &'static str, effect: Effect, about: &'static str) -> Self {
        Self { name, valid: true, effect, about, numbers: None }
    }

    /// An entry marked invalid.
    pub(super) const fn invalid(name: &'static str, effect: Effect, about: &'static str) -> Self {
        Self { name, valid: false, effect, about, numbers: None }
    }

    /// An entry with this mark.
    pub(super) const fn marked(valid: bool, name: &'static str, effect: Effect, about: &'static str) -> Self {
        Self { name, valid, effect, about, numbers: None }
    }

    /// The same entry with a number.
    pub(super) const fn taking(mut self, listed: &'static [u64], least: u64, most: u64, small_to: u64) -> Self {
        self.numbers = Some(Numbers { listed, least, most, small_to });
        self
    }

    /// Whether it renders above 64 KiB with this number.
    pub fn is_large(&self, number: u64) -> bool {
        self.numbers.is_some_and(|numbers| number > numbers.small_to)
    }

    /// Whether it can be rendered to at most 64 KiB.
    pub fn has_small(&self) -> bool {
        self.numbers.is_none_or(|numbers| numbers.least <= numbers.small_to)
    }

    /// The numbers that enumeration uses; one 0 for an entry that takes none.
    pub fn listed(&self) -> &'static [u64] {
        self.numbers.map_or(&[0], |numbers| numbers.listed)
    }
}

/// What gives a slot life: its parent at one of these entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parent {
    /// The parent.
    pub slot: SlotId,
    /// Places in the parent's menu.
    pub under: Vec<usize>,
}

/// One axis of the variant space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// The name in the text form.
    pub name: String,
    /// The group it belongs to.
    pub group: Group,
    /// What gives it life; `None` for a slot that always lives.
    pub parent: Option<Parent>,
    /// The menu; entry 0 is valid and the simplest.
    pub menu: &'static [Entry],
}

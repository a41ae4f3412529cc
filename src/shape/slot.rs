//! Slots, their menus and entries: the types that the table is made of.

use super::effect::Effect;

/// A slot's index in the table, in which parents come before their children.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SlotId(pub(super) u16);

impl SlotId {
    /// The slot `kind`.
    pub const KIND: Self = Self(0);

    /// The index in the table, from 0.
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// The group that a slot belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Group {
    /// The kind of document.
    Kind,
    /// Members of the document itself.
    Document,
    /// Members of a descriptor.
    Descriptor,
    /// The content that a descriptor references, and whether it was pushed.
    Content,
    /// Ambiguous documents.
    Confusion,
    /// Members that no specification defines.
    Unknown,
    /// The bytes around and between the values.
    Text,
    /// The request that carries the document.
    Request,
    /// The upload of a blob.
    Blob,
    /// What the registry answers to a client under test.
    Answer,
}

impl Group {
    /// The name that `manifuzz slots` prints.
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
            Self::Blob => "blob",
            Self::Answer => "answer",
        }
    }
}

/// The numbers that an entry accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Numbers {
    /// The few that enumeration uses: documented limits, plus and minus one.
    pub listed: &'static [u64],
    /// The smallest number accepted.
    pub least: u64,
    /// The largest number accepted.
    pub most: u64,
    /// The largest number with which the entry renders to at most 64 KiB.
    pub small_to: u64,
}

/// One entry of a menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The name in the text form.
    pub name: &'static str,
    /// Whether the entry, as the only deviation, leaves the expectation no worse than that of its kind's base. A
    /// test checks each mark against the model.
    pub valid: bool,
    /// What it renders to, as data.
    pub effect: Effect,
    /// What it renders to, for people: a few words that `manifuzz slots` prints.
    pub about: &'static str,
    /// The numbers accepted, for an entry that has one.
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

    /// An entry marked `valid` or invalid.
    pub(super) const fn marked(valid: bool, name: &'static str, effect: Effect, about: &'static str) -> Self {
        Self { name, valid, effect, about, numbers: None }
    }

    /// The same entry with a number; see [`Numbers`] for the arguments.
    pub(super) const fn taking(mut self, listed: &'static [u64], least: u64, most: u64, small_to: u64) -> Self {
        self.numbers = Some(Numbers { listed, least, most, small_to });
        self
    }

    /// Whether it renders to more than 64 KiB with this number.
    pub fn is_large(&self, number: u64) -> bool {
        self.numbers.is_some_and(|numbers| number > numbers.small_to)
    }

    /// Whether some number accepted renders to at most 64 KiB; true for an entry without a number.
    pub fn has_small(&self) -> bool {
        self.numbers.is_none_or(|numbers| numbers.least <= numbers.small_to)
    }

    /// The numbers that enumeration uses; `[0]` for an entry without a number.
    pub fn listed(&self) -> &'static [u64] {
        self.numbers.map_or(&[0], |numbers| numbers.listed)
    }
}

/// When a slot is active: its parent is, and has one of these entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parent {
    /// The parent slot.
    pub slot: SlotId,
    /// Indices into the parent's menu.
    pub under: Vec<usize>,
}

/// One axis of the variant space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// The name in the text form.
    pub name: String,
    /// The group.
    pub group: Group,
    /// When it is active; `None` for a slot that always is.
    pub parent: Option<Parent>,
    /// The menu. Entry 0 is valid and the simplest one.
    pub menu: &'static [Entry],
}

impl Slot {
    /// Whether only client programs are affected. Registries are never sent a case that deviates here.
    pub fn is_for_clients(&self) -> bool {
        self.group == Group::Answer
    }
}

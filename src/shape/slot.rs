//! What a slot, its menu and an entry are. What an entry *says* is plain data that `render` reads, so that a
//! new slot of the usual sort is one row in `menu` and nothing else.

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

/// What an entry renders to, as data. Texts may hold `${name}`, which `render` fills in; `${x*n}` is `x` as many
/// times as the entry's number says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Says {
    /// Nothing of its own: the usual thing.
    Usual,
    /// This kind of document.
    Kind(Kind),
    /// The member is left out.
    Absent,
    /// The member's value is exactly this text.
    Json(&'static str),
    /// The member is a descriptor, which has slots of its own.
    Descriptor,
    /// The member is an array of that many descriptors; of `number` for an entry that takes one.
    Descriptors(u64),
    /// The content, or the member's value, is exactly these bytes.
    Bytes(&'static [u8]),
    /// The content is of the sort that this role has usually.
    ContentOf(Role),
    /// The content is an image index without elements.
    IndexContent,
    /// Every element of the list has the content of the first.
    SameContent,
    /// The content is never pushed.
    Missing,
    /// The content is pushed to another repository only.
    Elsewhere,
    /// A blob is pushed as a manifest only, a manifest as a blob only.
    OtherEndpoint,
    /// The member of a name that no specification knows has this name.
    Name(&'static str),
    /// One more member at the document's end: name and value.
    Last(&'static str, &'static str),
    /// One more member at the document's start: name and value.
    First(&'static str, &'static str),
    /// One more member at the document's end: the list of the other sort of manifest, with one element.
    OtherList,
    /// The member of the first name is written under the second one.
    Renamed(&'static str, &'static str),
    /// The member is written a second time, at the document's end.
    Again(&'static str),
    /// The member is written twice, each time with a part of what it holds.
    Split(&'static str),
    /// The order of members.
    Order(Order),
    /// White space between values.
    Space(Space),
    /// What is escaped in texts.
    Escapes(Escapes),
    /// These bytes before the document.
    Before(&'static [u8]),
    /// These bytes after the document.
    After(&'static [u8]),
    /// A comma after the last member.
    TrailingComma,
    /// A comment after the opening brace.
    Comment,
    /// Only the first half of the document.
    Half,
    /// The document without its last byte.
    AllButLast,
    /// Only the first `number` bytes of the document.
    Cut,
    /// Blanks after the document up to `number` bytes in all.
    PadAfter,
    /// Blanks after the opening brace up to `number` bytes in all.
    PadInside,
    /// The text in UTF-16: big-endian or not, with a byte order mark or without.
    Utf16 {
        /// The high byte of each unit first.
        big: bool,
        /// With a byte order mark.
        mark: bool,
    },
    /// Without this header.
    NoHeader,
    /// This value of the header, or this reference.
    Value(&'static str),
    /// A fresh tag after this text.
    TagAfter(&'static str),
    /// A fresh tag of `number` characters.
    TagOfLength,
    /// `Transfer-Encoding: chunked`.
    Chunked,
    /// The body is sent in this coding, with the header that names it.
    Gzip,
    /// The request is sent twice.
    Twice,
    /// The tag points at another manifest before.
    OverAnother,
    /// The same body is sent as another kind before.
    AsOtherBefore,
    /// What the entry's own name says is asked afterwards.
    Asks,
}

/// The order of members.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Order {
    /// The other way round, in every object.
    Reversed,
    /// By name, in every object.
    Sorted,
}

/// White space between values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Space {
    /// A line a value, indented by two blanks.
    Blanks,
    /// A line a value, indented by tabs, lines ending with CR LF.
    Tabs,
    /// All four kinds of white space around every value.
    Everywhere,
}

/// What is escaped in texts beyond what must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Escapes {
    /// Every character.
    All,
    /// Every character of members' names.
    Names,
    /// The solidus, as `\/`.
    Solidus,
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
    pub says: Says,
    /// A few words for people.
    pub renders: &'static str,
    /// The numbers, for an entry that takes one.
    pub numbers: Option<Numbers>,
}

impl Entry {
    /// An entry marked valid.
    pub(super) const fn valid(name: &'static str, says: Says, renders: &'static str) -> Self {
        Self { name, valid: true, says, renders, numbers: None }
    }

    /// An entry marked invalid.
    pub(super) const fn invalid(name: &'static str, says: Says, renders: &'static str) -> Self {
        Self { name, valid: false, says, renders, numbers: None }
    }

    /// An entry with this mark.
    pub(super) const fn marked(valid: bool, name: &'static str, says: Says, renders: &'static str) -> Self {
        Self { name, valid, says, renders, numbers: None }
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

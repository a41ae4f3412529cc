//! What an entry says: plain data, which `render` reads, so that a new slot of the usual sort is one row in `menu` and
//! nothing else.

use super::slot::{Kind, Role};

/// What an entry renders to, as data. Texts may hold `${name}`, which `render` fills in; `${x*n}` is `x` as many
/// times as the entry's number says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
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
    WhiteSpace(WhiteSpace),
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
pub enum WhiteSpace {
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

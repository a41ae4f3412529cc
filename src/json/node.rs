//! Documents and their values.

use super::arena::{Arena, ArenaEntry, ValueKind};

/// A parsed document: spans into the source, in source order.
///
/// ```
/// use manifuzz::json;
///
/// let document = json::read(br#"{"size": 1, "size": 1.0}"#)?;
/// let sizes: Vec<_> = document.root().all("size").map(|size| size.raw()).collect();
/// assert_eq!(sizes, [&b"1"[..], b"1.0"]);
/// # Ok::<(), json::SyntaxError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Document<'s> {
    pub(super) source: &'s [u8],
    pub(super) entries: Arena,
    pub(super) traits: Traits,
}

/// What the reader noticed, so that checks can skip documents without a walk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traits {
    /// Some escape encodes a surrogate, lone or paired.
    pub surrogates: bool,
    /// Some byte may be non-ASCII.
    pub non_ascii: bool,
    /// Some object may have repeated names.
    pub repeats: bool,
    /// Some number is not an integer in plain notation of at most 18 characters.
    pub odd_numbers: bool,
    /// The depth of nesting of arrays and objects; 0 for a scalar.
    pub depth: usize,
}

impl Document<'_> {
    /// The document's value.
    pub fn root(&self) -> Node<'_> {
        Node { document: self, index: 0 }
    }

    /// The value or name with this number; see [`Node::number`].
    pub fn node(&self, number: usize) -> Node<'_> {
        Node { document: self, index: number }
    }

    /// What the reader noticed.
    pub fn traits(&self) -> Traits {
        self.traits
    }

    /// All values and names, in source order.
    pub fn all(&self) -> impl Iterator<Item = Node<'_>> {
        (0..self.entries.len()).map(|index| Node { document: self, index })
    }

    /// The bytes that it was read from.
    pub fn source(&self) -> &[u8] {
        self.source
    }

    /// The number of values and names.
    pub fn nodes(&self) -> usize {
        self.entries.len()
    }
}

/// A value or a member's name in a document.
#[derive(Clone, Copy, Debug)]
pub struct Node<'d> {
    pub(super) document: &'d Document<'d>,
    pub(super) index: usize,
}

impl PartialEq for Node<'_> {
    /// Whether both are the same position in the same document; does not compare values.
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.document, other.document) && self.index == other.index
    }
}

impl<'d> Node<'d> {
    pub(super) fn entry(self) -> &'d ArenaEntry {
        &self.document.entries[self.index]
    }

    /// The index among the document's values and names, in source order; see [`Document::node`].
    pub fn number(self) -> usize {
        self.index
    }

    /// The number after those of the value and of everything in it.
    pub fn end_number(self) -> usize {
        self.entry().next as usize
    }

    /// The value or name whose number is higher by `offset`.
    pub fn after(self, offset: usize) -> Self {
        Self { index: self.index + offset, ..self }
    }

    /// The kind of value.
    pub fn kind(self) -> ValueKind {
        self.entry().kind
    }

    /// Whether it is an object.
    pub fn is_object(self) -> bool {
        self.kind() == ValueKind::Object
    }

    /// Whether it is an array.
    pub fn is_array(self) -> bool {
        self.kind() == ValueKind::Array
    }

    /// Whether it is a string.
    pub fn is_string(self) -> bool {
        self.kind() == ValueKind::String
    }

    /// Whether it is a number.
    pub fn is_number(self) -> bool {
        self.kind() == ValueKind::Number
    }

    /// Whether it is `null`.
    pub fn is_null(self) -> bool {
        self.kind() == ValueKind::Null
    }

    /// The value's exact bytes in the source.
    pub fn raw(self) -> &'d [u8] {
        &self.document.source[self.entry().start as usize..self.entry().end as usize]
    }

    /// The value's offset in the source, in bytes.
    pub fn offset(self) -> usize {
        self.entry().start as usize
    }

    /// The direct children of an array or object, names and values alike; empty for other values.
    pub(super) fn children(self) -> Children<'d> {
        let end = match self.kind() {
            ValueKind::Array | ValueKind::Object => self.entry().next as usize,
            _ => self.index + 1,
        };
        Children { document: self.document, at: self.index + 1, end }
    }

    /// An array's elements; empty for other values.
    pub fn elements(self) -> impl Iterator<Item = Node<'d>> {
        let children = self.children();
        self.is_array().then_some(children).into_iter().flatten()
    }

    /// An object's members as name and value, in source order, including repeated ones; empty for other values.
    pub fn members(self) -> impl Iterator<Item = (Node<'d>, Node<'d>)> {
        let mut children = self.children();
        let is_object = self.is_object();
        std::iter::from_fn(move || if is_object { Some((children.next()?, children.next()?)) } else { None })
    }

    /// The values of all members with this name.
    pub fn all<'n>(self, name: &'n str) -> impl Iterator<Item = Node<'d>> + use<'d, 'n> {
        self.members().filter(move |(key, _)| key.is_named(name)).map(|(_, value)| value)
    }

    /// The value of the last member with this name, which is the one that most readers keep.
    pub fn get(self, name: &str) -> Option<Node<'d>> {
        self.all(name).last()
    }

    /// The number of elements or members; 0 for other values.
    pub fn len(self) -> usize {
        let children = self.children().count();
        if self.is_object() { children / 2 } else { children }
    }

    /// Whether it has no elements or members.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }
}

/// Iterator over the children of a container, in source order.
pub(super) struct Children<'d> {
    document: &'d Document<'d>,
    at: usize,
    end: usize,
}

impl<'d> Iterator for Children<'d> {
    type Item = Node<'d>;

    fn next(&mut self) -> Option<Node<'d>> {
        if self.at >= self.end {
            return None;
        }
        let node = Node { document: self.document, index: self.at };
        self.at = node.entry().next as usize;
        Some(node)
    }
}

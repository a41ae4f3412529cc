//! A document that was read, and walking in it.

use super::arena::Arena;

/// The sorts of JSON value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueKind {
    /// `null`
    Null,
    /// `false`
    False,
    /// `true`
    True,
    /// A number.
    Number,
    /// A string.
    String,
    /// An array.
    Array,
    /// An object.
    Object,
}

/// A value's span. Children follow their container at once; `next` leads past all of them. Small, since a deep document
/// has a hundred thousand of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct ArenaEntry {
    pub start: u32,
    pub end: u32,
    pub next: u32,
    pub kind: ValueKind,
    /// Of a string: it has an escape.
    pub escaped: bool,
}

/// A text that was read: spans into it, in source order.
#[derive(Clone, Debug)]
pub struct Document<'s> {
    pub(super) source: &'s [u8],
    pub(super) entries: Arena,
    pub(super) traits: Traits,
}

/// What was seen on the way, so that nobody has to walk through a whole document to learn that it has none of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traits {
    /// Some escape stands for half of a surrogate pair.
    pub surrogates: bool,
    /// Some byte may be no ASCII.
    pub non_ascii: bool,
    /// Some object may have a name twice.
    pub repeats: bool,
    /// Some number is not written as a plain integer of at most 18 digits.
    pub odd_numbers: bool,
    /// How many containers hold each other at most.
    pub depth: usize,
}

impl Document<'_> {
    /// The value that is the document.
    pub fn root(&self) -> Node<'_> {
        Node { document: self, index: 0 }
    }

    /// The value or name of this number, as [`Node::number`] gives it.
    pub fn node(&self, number: usize) -> Node<'_> {
        Node { document: self, index: number }
    }

    /// What was seen on reading it.
    pub fn traits(&self) -> Traits {
        self.traits
    }

    /// Every value and name, in source order.
    pub fn all(&self) -> impl Iterator<Item = Node<'_>> {
        (0..self.entries.len()).map(|index| Node { document: self, index })
    }

    /// How many values and names it holds.
    pub fn nodes(&self) -> usize {
        self.entries.len()
    }
}

/// A value, or a member's name, in a document.
#[derive(Clone, Copy, Debug)]
pub struct Node<'d> {
    pub(super) document: &'d Document<'d>,
    pub(super) index: usize,
}

impl PartialEq for Node<'_> {
    /// The same place of the same document.
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.document, other.document) && self.index == other.index
    }
}

impl<'d> Node<'d> {
    pub(super) fn entry(self) -> &'d ArenaEntry {
        &self.document.entries[self.index]
    }

    /// Its number among the document's values and names, in source order; for [`Document::node`].
    pub fn number(self) -> usize {
        self.index
    }

    /// The value or name whose number is this much higher.
    pub fn after(self, many: usize) -> Self {
        Self { index: self.index + many, ..self }
    }

    /// What sort of value it is.
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

    /// The exact bytes of the value.
    pub fn raw(self) -> &'d [u8] {
        &self.document.source[self.entry().start as usize..self.entry().end as usize]
    }

    /// Where the value begins, in bytes from the start of the text.
    pub fn offset(self) -> usize {
        self.entry().start as usize
    }

    /// What an array or object holds directly, names and values alike; nothing for other values.
    pub(super) fn children(self) -> Children<'d> {
        let end = match self.kind() {
            ValueKind::Array | ValueKind::Object => self.entry().next as usize,
            _ => self.index + 1,
        };
        Children { document: self.document, at: self.index + 1, end }
    }

    /// An array's elements; nothing for other values.
    pub fn elements(self) -> impl Iterator<Item = Node<'d>> {
        let children = self.children();
        self.is_array().then_some(children).into_iter().flatten()
    }

    /// An object's members in source order, repeated ones included; nothing for other values.
    pub fn members(self) -> impl Iterator<Item = (Node<'d>, Node<'d>)> {
        let mut children = self.children();
        let is_object = self.is_object();
        std::iter::from_fn(move || if is_object { Some((children.next()?, children.next()?)) } else { None })
    }

    /// All values of the members of this name.
    pub fn all<'n>(self, name: &'n str) -> impl Iterator<Item = Node<'d>> + use<'d, 'n> {
        self.members().filter(move |(key, _)| key.is_named(name)).map(|(_, value)| value)
    }

    /// The value of the last member of this name, which is the one that most readers keep.
    pub fn get(self, name: &str) -> Option<Node<'d>> {
        self.all(name).last()
    }

    /// How many elements or members it has.
    pub fn len(self) -> usize {
        let children = self.children().count();
        if self.is_object() { children / 2 } else { children }
    }

    /// Whether it has no elements or members.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }
}

/// Children of a container, in source order.
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

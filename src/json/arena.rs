//! The reader's buffers, reused between documents to save allocations.

use std::cell::Cell;
use std::ops::{Deref, DerefMut};

/// The kinds of JSON value.
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

/// A value's span. The children of a container follow it directly; `next` is the index after the last of them. Kept
/// small, since a deep document has hundreds of thousands of values.
#[derive(Clone, Copy, Debug)]
pub(super) struct ArenaEntry {
    pub start: u32,
    pub end: u32,
    pub next: u32,
    pub kind: ValueKind,
    /// For a string: whether it contains an escape.
    pub escaped: bool,
}

/// The entries of a document. The buffer is returned for reuse on drop.
#[derive(Clone, Debug, Default)]
pub(super) struct Arena(Vec<ArenaEntry>);

/// For each open object, the bits of the names it has so far. The buffer is returned for reuse on drop.
#[derive(Debug, Default)]
pub(super) struct Stack(Vec<u64>);

/// The largest buffer that is reused, in entries; larger ones are freed.
const MAX_REUSED: usize = 1 << 16;

thread_local! {
    static ENTRIES: Cell<Vec<ArenaEntry>> = const { Cell::new(Vec::new()) };
    static NAMES: Cell<Vec<u64>> = const { Cell::new(Vec::new()) };
}

impl Arena {
    /// An empty arena with room for a document of this length in bytes.
    pub fn with_capacity_for(length: usize) -> Self {
        let mut entries = ENTRIES.take();
        entries.clear();
        entries.reserve(length.min(1 << 16) / 16 + 4);
        Self(entries)
    }
}

impl Drop for Arena {
    fn drop(&mut self) {
        if self.0.capacity() <= MAX_REUSED {
            ENTRIES.set(std::mem::take(&mut self.0));
        }
    }
}

impl Deref for Arena {
    type Target = Vec<ArenaEntry>;

    fn deref(&self) -> &Vec<ArenaEntry> {
        &self.0
    }
}

impl DerefMut for Arena {
    fn deref_mut(&mut self) -> &mut Vec<ArenaEntry> {
        &mut self.0
    }
}

impl Stack {
    /// An empty stack.
    pub fn empty() -> Self {
        let mut names = NAMES.take();
        names.clear();
        Self(names)
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        if self.0.capacity() <= MAX_REUSED {
            NAMES.set(std::mem::take(&mut self.0));
        }
    }
}

impl Deref for Stack {
    type Target = Vec<u64>;

    fn deref(&self) -> &Vec<u64> {
        &self.0
    }
}

impl DerefMut for Stack {
    fn deref_mut(&mut self) -> &mut Vec<u64> {
        &mut self.0
    }
}

//! The reader's lists, handed from one document to the next: a reader that reads millions of documents asks for memory
//! once.

use std::cell::Cell;
use std::ops::{Deref, DerefMut};

use super::node::ArenaEntry;

/// The entries of a document, given back when it goes.
#[derive(Clone, Debug, Default)]
pub(super) struct Arena(Vec<ArenaEntry>);

/// For each object that is being read the bits of the names that it has so far; given back likewise.
#[derive(Debug, Default)]
pub(super) struct Stack(Vec<u64>);

/// The most that is kept between two documents, in entries; a rare huge one goes back to the allocator.
const MOST: usize = 1 << 16;

thread_local! {
    static ENTRIES: Cell<Vec<ArenaEntry>> = const { Cell::new(Vec::new()) };
    static NAMES: Cell<Vec<u64>> = const { Cell::new(Vec::new()) };
}

impl Arena {
    /// An empty one with room for the document of a text of this length.
    pub fn for_text_of(length: usize) -> Self {
        let mut entries = ENTRIES.take();
        entries.clear();
        entries.reserve(length.min(1 << 16) / 16 + 4);
        Self(entries)
    }
}

impl Drop for Arena {
    fn drop(&mut self) {
        if self.0.capacity() <= MOST {
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
    /// An empty one.
    pub fn empty() -> Self {
        let mut names = NAMES.take();
        names.clear();
        Self(names)
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        if self.0.capacity() <= MOST {
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

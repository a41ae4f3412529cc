//! The order in which a document is made smaller: containers nearer to the root first, many children before few, then values.

use super::edits::{Edit, Edits, items};
use crate::json::{Document, ValueKind};

/// For the JSON Pointer of a value, the JSON texts of common values there, the simplest first.
pub type Familiar = fn(&str) -> Vec<&'static str>;

/// Strings up to this length, in bytes with quotation marks, are not shortened.
const SHORT: usize = 3;

/// A walk through the changes to a document, in rounds, until a round makes nothing smaller.
#[derive(Debug)]
pub(super) struct Walk<'d> {
    document: &'d Document<'d>,
    familiar: Familiar,
    containers: Vec<usize>,
    /// The strings and numbers, in the same order.
    scalars: Vec<usize>,
    at: Position,
    /// Whether the current round made the document smaller.
    is_smaller: bool,
    /// Whether the first round, which tries large parts first, is over.
    is_later_round: bool,
    begins_again: bool,
}

/// What is tried next.
#[derive(Clone, Copy, Debug)]
enum Position {
    Compact,
    /// In this container, so many children from this one on; 0 if it was not looked at yet.
    Remove {
        container: usize,
        chunk: usize,
        start: usize,
    },
    /// This simpler form of this string or number.
    Simplify {
        scalar: usize,
        option: usize,
    },
    End,
}

impl<'d> Walk<'d> {
    pub fn new(document: &'d Document<'d>, familiar: Familiar) -> Self {
        let (containers, scalars) = by_level(document);
        let (at, is_smaller, is_later_round, begins_again) = (Position::Compact, false, false, false);
        Self { document, familiar, containers, scalars, at, is_smaller, is_later_round, begins_again }
    }

    /// Whether a round without success is over.
    pub fn has_ended(&self) -> bool {
        matches!(self.at, Position::End)
    }

    /// Whether a new round began since this was last asked.
    pub fn begins_again(&mut self) -> bool {
        std::mem::take(&mut self.begins_again)
    }

    /// The last change was made for good.
    pub fn advance(&mut self, edit: &Edit) {
        self.is_smaller = true;
        match (&mut self.at, edit) {
            // The following children have moved up.
            (Position::Remove { start, .. }, Edit::Remove(_, values)) => *start -= values.len(),
            // It may be simplified further.
            (Position::Simplify { option, .. }, Edit::Replace(..)) => *option = 0,
            _ => {}
        }
    }

    /// The next change to try, and whether it replaces a value by a familiar one.
    pub fn next(&mut self, edits: &Edits<'_>) -> Option<(Edit, bool)> {
        loop {
            match self.at {
                Position::Compact => {
                    self.at = Position::Remove { container: 0, chunk: 0, start: 0 };
                    return Some((Edit::Compact, false));
                }
                Position::Remove { container, chunk, start } => {
                    let Some(number) = self.containers.get(container).copied() else {
                        self.at = Position::Simplify { scalar: 0, option: 0 };
                        continue;
                    };
                    let children = if edits.has(number) { edits.children(number) } else { Vec::new() };
                    // A later round only makes sure that no single one can be taken out.
                    let first = if self.is_later_round { 1 } else { children.len() };
                    let (chunk, start) = if chunk == 0 { (first, 0) } else { (chunk.min(children.len()), start) };
                    if children.is_empty() {
                        self.at = Position::Remove { container: container + 1, chunk: 0, start: 0 };
                    } else if start >= children.len() {
                        let next = if chunk == 1 { (container + 1, 0) } else { (container, chunk.div_ceil(2)) };
                        self.at = Position::Remove { container: next.0, chunk: next.1, start: 0 };
                    } else {
                        let values = children[start..children.len().min(start + chunk)].to_vec();
                        self.at = Position::Remove { container, chunk, start: start + values.len() };
                        return Some((Edit::Remove(number, values), false));
                    }
                }
                Position::Simplify { scalar, option } => match self.scalars.get(scalar).copied() {
                    Some(value) => {
                        let options = if edits.has(value) { self.simpler(value, edits) } else { Vec::new() };
                        if let Some((bytes, is_familiar)) = options.into_iter().nth(option) {
                            self.at = Position::Simplify { scalar, option: option + 1 };
                            return Some((Edit::Replace(value, bytes), is_familiar));
                        }
                        self.at = Position::Simplify { scalar: scalar + 1, option: 0 };
                    }
                    None if self.is_smaller => {
                        (self.is_smaller, self.is_later_round, self.begins_again) = (false, true, true);
                        self.at = Position::Compact;
                    }
                    None => self.at = Position::End,
                },
                Position::End => return None,
            }
        }
    }

    /// Simpler forms of a value, the simplest first, and whether each is a familiar one.
    fn simpler(&self, number: usize, edits: &Edits<'_>) -> Vec<(Vec<u8>, bool)> {
        let node = self.document.node(number);
        let now = edits.value(number);
        let familiar = (self.familiar)(&node.pointer());
        if !familiar.is_empty() {
            let simpler = familiar.into_iter().map(str::as_bytes).take_while(|text| *text != now);
            return simpler.map(|text| (text.to_vec(), true)).collect();
        }
        let plain: &[&[u8]] = if node.is_string() { &[b"\"\"", b"\"a\""] } else { &[b"0", b"2"] };
        let mut options: Vec<Vec<u8>> =
            plain.iter().take_while(|text| **text != now).map(|text| text.to_vec()).collect();
        if node.is_string() && now.len() > SHORT {
            options.extend(half(now));
        }
        options.into_iter().map(|text| (text, false)).collect()
    }
}

/// The containers that hold anything, and the strings and numbers; those nearer to the root first.
fn by_level(document: &Document<'_>) -> (Vec<usize>, Vec<usize>) {
    let (mut containers, mut scalars) = (Vec::new(), Vec::new());
    let mut level = vec![document.root()];
    while !level.is_empty() {
        let mut next = Vec::new();
        for node in level {
            match node.kind() {
                ValueKind::String | ValueKind::Number => scalars.push(node.number()),
                ValueKind::Object | ValueKind::Array if !node.is_empty() => {
                    containers.push(node.number());
                    next.extend(items(node).into_iter().map(|(_, value)| value));
                }
                _ => {}
            }
        }
        level = next;
    }
    (containers, scalars)
}

/// The first half of a string that consists of plain ASCII.
fn half(string: &[u8]) -> Option<Vec<u8>> {
    let inner = &string[1..string.len() - 1];
    let is_plain = inner.iter().all(|byte| (b' '..=b'~').contains(byte) && *byte != b'\\');
    is_plain.then(|| [b"\"", &inner[..inner.len() / 2], b"\""].concat())
}

//! The reader: RFC 8259 over bytes, one pass, an explicit stack, nothing decoded.
//!
//! Two liberties, so that nothing is lost: bytes that are not UTF-8 and lone surrogates are read inside strings;
//! [`Node::text`](super::Node::text) is `None` for them. Depth and the length of numbers are unbounded.

use super::arena::{Arena, Stack};
use super::node::{ArenaEntry, Document, Traits, ValueKind};
use super::repeated::{bit, bit_of_escaped};

/// A text that is not JSON: where, and what would have been read there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not JSON at byte {offset}: expected {expected}")]
pub struct SyntaxError {
    /// The offset in bytes from the start of the text.
    pub offset: usize,
    /// What could have stood there.
    pub expected: &'static str,
}

/// How many values and names an answer of a server may have. A list of that many is no list of ours, and each takes more memory
/// than text.
const ANSWER: usize = 100_000;

/// Reads a text that is exactly one value with white space around it.
pub fn read(source: &[u8]) -> Result<Document<'_>, SyntaxError> {
    read_bounded(source, usize::MAX)
}

/// Reads the body of an answer, whoever sent it: [`read_bounded`] to 100 000 values and names.
pub fn read_answer(source: &[u8]) -> Result<Document<'_>, SyntaxError> {
    read_bounded(source, ANSWER)
}

/// Like [`read`]; fails at a value beyond `most` values and names.
pub fn read_bounded(source: &[u8], most: usize) -> Result<Document<'_>, SyntaxError> {
    let (document, end) = first_bounded(source, most)?;
    let end = skip_space(source, end);
    if end < source.len() {
        return Err(SyntaxError { offset: end, expected: "the end of the text" });
    }
    Ok(document)
}

/// Reads the first value of a text; returns it with the offset just after it.
pub fn read_first(source: &[u8]) -> Result<(Document<'_>, usize), SyntaxError> {
    first_bounded(source, usize::MAX)
}

/// What would have been read where a document has too many values.
const FEWER: &str = "fewer values";

impl SyntaxError {
    /// Whether the text may be JSON, and has too many values.
    pub fn is_too_large(&self) -> bool {
        self.expected == FEWER
    }
}

fn first_bounded(source: &[u8], most: usize) -> Result<(Document<'_>, usize), SyntaxError> {
    // Spans are kept in 32 bits.
    if u32::try_from(source.len()).is_err() {
        return Err(SyntaxError { offset: u32::MAX as usize, expected: "a text of less than 4 GiB" });
    }
    let (entries, names) = (Arena::for_text_of(source.len()), Stack::empty());
    let traits = Traits::default();
    let mut reader = Parser { source, at: 0, entries, most, innermost: NONE, depth: 0, names, traits };
    reader.value()?;
    Ok((Document { source, entries: reader.entries, traits: reader.traits }, reader.at))
}

fn skip_space(source: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\t' | b'\n' | b'\r') = source.get(at) {
        at += 1;
        // Padding is blanks by the thousand.
        while source.get(at..at + 32).is_some_and(|next| *next == [b' '; 32]) {
            at += 32;
        }
    }
    at
}

/// An offset or a number of entries, which the length of the text bounds.
pub(super) fn short(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The number of no entry.
const NONE: u32 = u32::MAX;

pub(super) struct Parser<'s> {
    pub(super) source: &'s [u8],
    pub(super) at: usize,
    pub(super) entries: Arena,
    /// How many entries there may be.
    most: usize,
    /// The number of the container that was opened last; its entry's `next` is the one around it until it is closed, so
    /// that arrays in arrays cost no memory of their own.
    innermost: u32,
    depth: usize,
    /// The names of the objects that are open.
    names: Stack,
    pub(super) traits: Traits,
}

impl Parser<'_> {
    pub(super) fn expected<T>(&self, expected: &'static str) -> Result<T, SyntaxError> {
        Err(SyntaxError { offset: self.at, expected })
    }

    fn peek(&mut self) -> Option<u8> {
        // Most values have no white space before them.
        if let Some(byte) = self.source.get(self.at).filter(|byte| **byte > b' ') {
            return Some(*byte);
        }
        self.at = skip_space(self.source, self.at);
        self.source.get(self.at).copied()
    }

    /// Reads one value with everything inside it.
    fn value(&mut self) -> Result<(), SyntaxError> {
        loop {
            if self.opens_or_reads()? {
                continue;
            }
            // A value is complete: close what ends here, until another value is due.
            loop {
                let Some(open) = self.entries.get(self.innermost as usize) else { return Ok(()) };
                let is_object = open.kind == ValueKind::Object;
                match (self.peek(), is_object) {
                    (Some(b','), true) => {
                        self.at += 1;
                        self.key()?;
                        break;
                    }
                    (Some(b','), false) => {
                        self.at += 1;
                        break;
                    }
                    (Some(b'}'), true) | (Some(b']'), false) => self.close(),
                    (_, true) => return self.expected("`,` or `}`"),
                    (_, false) => return self.expected("`,` or `]`"),
                }
            }
        }
    }

    /// Reads a scalar or an empty container (`false`), or opens a container that a value is due in (`true`).
    fn opens_or_reads(&mut self) -> Result<bool, SyntaxError> {
        if self.entries.len() >= self.most {
            return self.expected(FEWER);
        }
        match self.peek() {
            Some(b'{') => {
                self.open(ValueKind::Object);
                if self.peek() == Some(b'}') {
                    self.close();
                    return Ok(false);
                }
                self.key()?;
                Ok(true)
            }
            Some(b'[') => {
                self.open(ValueKind::Array);
                if self.peek() == Some(b']') {
                    self.close();
                    return Ok(false);
                }
                Ok(true)
            }
            Some(b'"') => self.string().map(|_| false),
            Some(b'-' | b'0'..=b'9') => self.number().map(|()| false),
            Some(b't') => self.word(b"true", ValueKind::True),
            Some(b'f') => self.word(b"false", ValueKind::False),
            Some(b'n') => self.word(b"null", ValueKind::Null),
            _ => self.expected("a value"),
        }
    }

    pub(super) fn push(&mut self, kind: ValueKind) {
        let (at, next) = (short(self.at), short(self.entries.len()) + 1);
        self.entries.push(ArenaEntry { start: at, end: at, next, kind, escaped: false });
    }

    fn open(&mut self, kind: ValueKind) {
        let number = short(self.entries.len());
        let at = short(self.at);
        self.entries.push(ArenaEntry { start: at, end: at, next: self.innermost, kind, escaped: false });
        self.innermost = number;
        if kind == ValueKind::Object {
            self.names.push(0);
        }
        self.depth += 1;
        self.traits.depth = self.traits.depth.max(self.depth);
        self.at += 1;
    }

    /// Closes the container that was opened last.
    fn close(&mut self) {
        self.at += 1;
        let (end, next) = (short(self.at), short(self.entries.len()));
        if let Some(entry) = self.entries.get_mut(self.innermost as usize) {
            if entry.kind == ValueKind::Object {
                self.names.pop();
            }
            self.innermost = entry.next;
            (entry.end, entry.next) = (end, next);
            self.depth -= 1;
        }
    }

    /// Reads a member's name and its colon.
    fn key(&mut self) -> Result<(), SyntaxError> {
        if self.peek() != Some(b'"') {
            return self.expected("a member's name");
        }
        let start = self.at + 1;
        let escaped = self.string()?;
        let name = &self.source[start..self.at - 1];
        // Names whose bits differ are different names, so that most documents need no second look.
        let bit = if escaped { bit_of_escaped(name) } else { Some(bit(name)) };
        if let (Some(bit), Some(names)) = (bit, self.names.last_mut()) {
            self.traits.repeats |= *names & bit != 0;
            *names |= bit;
        } else {
            self.traits.repeats = true;
        }
        if self.peek() != Some(b':') {
            return self.expected("`:`");
        }
        self.at += 1;
        Ok(())
    }
}

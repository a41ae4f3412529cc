//! The reader: RFC 8259 over bytes, in one pass, without recursion or decoding.
//!
//! More lenient than RFC 8259 in two respects: strings may contain invalid UTF-8 and lone surrogates, for which
//! [`Node::text`](super::Node::text) returns `None`. Depth and the length of numbers are unlimited.

use super::arena::{Arena, Stack};
use super::arena::{ArenaEntry, ValueKind};
use super::node::{Document, Traits};
use super::repeated::{bit, bit_of_escaped};

/// A syntax error: the offset, and what the reader expected there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not JSON at byte {offset}: expected {expected}")]
pub struct SyntaxError {
    /// The offset in the source, in bytes.
    pub offset: usize,
    /// What was expected there.
    pub expected: &'static str,
}

/// The limit on values and names in an answer, since each takes more memory than its text. No list that a case expects
/// is that long. A text of at most this many bytes is within the limit: each of them takes a byte.
pub const ANSWER_LIMIT: usize = 100_000;

/// Reads a document: exactly one value, optionally surrounded by white space.
///
/// # Errors
///
/// The first syntax error. Also fails if the source is 4 GiB or longer.
pub fn read(source: &[u8]) -> Result<Document<'_>, SyntaxError> {
    read_bounded(source, usize::MAX)
}

/// Reads the body of a server's answer: [`read_bounded`] with a limit of 100 000 values and names.
///
/// # Errors
///
/// As [`read_bounded`].
pub fn read_answer(source: &[u8]) -> Result<Document<'_>, SyntaxError> {
    read_bounded(source, ANSWER_LIMIT)
}

/// Like [`read`], with at most `max` values and names.
///
/// # Errors
///
/// The first syntax error. If the document has too many values, [`SyntaxError::is_too_large`] is true.
pub fn read_bounded(source: &[u8], max: usize) -> Result<Document<'_>, SyntaxError> {
    let (document, end) = first_bounded(source, max)?;
    let end = skip_space(source, end);
    if end < source.len() {
        return Err(SyntaxError { offset: end, expected: "the end of the text" });
    }
    Ok(document)
}

/// Reads the first value of the source. Returns it and the offset after it; the rest is not examined.
///
/// # Errors
///
/// The first syntax error in that value. Also fails if the source is 4 GiB or longer.
pub fn read_first(source: &[u8]) -> Result<(Document<'_>, usize), SyntaxError> {
    first_bounded(source, usize::MAX)
}

/// [`SyntaxError::expected`] if a document has too many values.
const FEWER: &str = "fewer values";

impl SyntaxError {
    /// Whether reading stopped because the document has too many values. It may be valid JSON.
    pub fn is_too_large(&self) -> bool {
        self.expected == FEWER
    }
}

fn first_bounded(source: &[u8], max: usize) -> Result<(Document<'_>, usize), SyntaxError> {
    // Spans are 32-bit.
    if u32::try_from(source.len()).is_err() {
        return Err(SyntaxError { offset: u32::MAX as usize, expected: "a document of less than 4 GiB" });
    }
    let (entries, names) = (Arena::with_capacity_for(source.len()), Stack::empty());
    let traits = Traits::default();
    let mut reader = Parser { source, at: 0, entries, max, innermost: NONE, depth: 0, names, traits };
    reader.value()?;
    Ok((Document { source, entries: reader.entries, traits: reader.traits }, reader.at))
}

fn skip_space(source: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\t' | b'\n' | b'\r') = source.get(at) {
        at += 1;
        // Fast path for padding: thousands of spaces.
        while source.get(at..at + 32).is_some_and(|next| *next == [b' '; 32]) {
            at += 32;
        }
    }
    at
}

/// An offset or number of entries in 32 bits. It fits, since the length of the source does.
pub(super) fn short(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// [`Parser::innermost`] if no container is open.
const NONE: u32 = u32::MAX;

pub(super) struct Parser<'s> {
    pub(super) source: &'s [u8],
    pub(super) at: usize,
    pub(super) entries: Arena,
    /// The limit on entries.
    max: usize,
    /// The index of the innermost open container. While a container is open, its entry's `next` is the index of the one
    /// around it, so no separate stack is needed.
    innermost: u32,
    depth: usize,
    /// The names of the open objects.
    names: Stack,
    pub(super) traits: Traits,
}

impl Parser<'_> {
    pub(super) fn expected<T>(&self, expected: &'static str) -> Result<T, SyntaxError> {
        Err(SyntaxError { offset: self.at, expected })
    }

    fn peek(&mut self) -> Option<u8> {
        // Fast path: most values are not preceded by white space.
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
            // A value is complete: close containers until another value follows.
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

    /// Reads a scalar or an empty container (`false`), or opens a container in which a value follows (`true`).
    fn opens_or_reads(&mut self) -> Result<bool, SyntaxError> {
        if self.entries.len() >= self.max {
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
            Some(b't') => self.literal(b"true", ValueKind::True),
            Some(b'f') => self.literal(b"false", ValueKind::False),
            Some(b'n') => self.literal(b"null", ValueKind::Null),
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

    /// Closes the innermost container.
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
        // Names with different bits are different, so most documents need no further check for repeated names.
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

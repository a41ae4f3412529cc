//! The reader's scalars: strings, numbers, `true`, `false` and `null`.

use super::arena::ValueKind;
use super::plain::plain;
use super::read::{Parser, SyntaxError, short};
use super::unescape::is_hex;

impl Parser<'_> {
    /// Sets the end of the scalar that was pushed last, and moves on to it.
    fn finish(&mut self, end: usize) {
        if let Some(entry) = self.entries.last_mut() {
            entry.end = short(end);
        }
        self.at = end;
    }

    /// Reads `true`, `false` or `null`. Always returns `false`, since it opens no container.
    pub(super) fn literal(&mut self, literal: &'static [u8], kind: ValueKind) -> Result<bool, SyntaxError> {
        if !self.source[self.at..].starts_with(literal) {
            return self.expected("`true`, `false` or `null`");
        }
        self.push(kind);
        self.finish(self.at + literal.len());
        Ok(false)
    }

    /// Reads a string. Returns whether it contains an escape.
    pub(super) fn string(&mut self) -> Result<bool, SyntaxError> {
        self.push(ValueKind::String);
        let mut at = self.at + 1;
        let mut escaped = false;
        loop {
            let (length, non_ascii) = plain(&self.source[at.min(self.source.len())..]);
            at += length;
            self.traits.non_ascii |= non_ascii;
            match self.source.get(at) {
                Some(b'"') => {
                    if let Some(entry) = self.entries.last_mut() {
                        entry.escaped = escaped;
                    }
                    self.finish(at + 1);
                    return Ok(escaped);
                }
                Some(b'\\') => {
                    escaped = true;
                    // Escapes often follow each other directly.
                    while self.source.get(at) == Some(&b'\\') {
                        at += self.escape(at)?;
                    }
                }
                Some(0..=0x1f) => return Err(SyntaxError { offset: at, expected: "an escaped control character" }),
                Some(byte) => {
                    self.traits.non_ascii |= !byte.is_ascii();
                    at += 1;
                }
                None => return Err(SyntaxError { offset: at, expected: "`\"`" }),
            }
        }
    }

    /// The length in bytes of the escape that starts at `at`.
    #[inline]
    fn escape(&mut self, at: usize) -> Result<usize, SyntaxError> {
        // Fast path: most escapes are of ASCII characters.
        if let Some([_, b'u', b'0', b'0', a, b]) = self.source.get(at..at + 6)
            && is_hex(*a)
            && is_hex(*b)
        {
            return Ok(6);
        }
        match self.source.get(at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(2),
            Some(b'u') => match self.source.get(at + 2..at + 6) {
                Some(digits) if digits.iter().all(|digit| is_hex(*digit)) => {
                    self.traits.surrogates |=
                        matches!(digits, [b'd' | b'D', b'8'..=b'9' | b'a'..=b'f' | b'A'..=b'F', ..]);
                    Ok(6)
                }
                _ => Err(SyntaxError { offset: at + 2, expected: "four hexadecimal digits" }),
            },
            _ => Err(SyntaxError { offset: at + 1, expected: "an escape" }),
        }
    }

    pub(super) fn number(&mut self) -> Result<(), SyntaxError> {
        self.push(ValueKind::Number);
        let mut at = self.at;
        if self.source[at] == b'-' {
            at += 1;
        }
        at = match self.source.get(at) {
            Some(b'0') => at + 1,
            _ => self.digits(at)?,
        };
        if self.source.get(at) == Some(&b'.') {
            at = self.digits(at + 1)?;
        }
        if let Some(b'e' | b'E') = self.source.get(at) {
            at += 1;
            if let Some(b'+' | b'-') = self.source.get(at) {
                at += 1;
            }
            at = self.digits(at)?;
        }
        let plain = self.source[self.at..at].iter().all(|b| b.is_ascii_digit() || *b == b'-');
        self.traits.odd_numbers |= !plain || at - self.at > 18;
        self.finish(at);
        Ok(())
    }

    /// The offset after one or more digits.
    fn digits(&self, start: usize) -> Result<usize, SyntaxError> {
        let count = self.source[start.min(self.source.len())..].iter().take_while(|b| b.is_ascii_digit()).count();
        if count == 0 { Err(SyntaxError { offset: start, expected: "a digit" }) } else { Ok(start + count) }
    }
}

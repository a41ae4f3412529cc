//! Decoded strings and numbers.

use std::borrow::Cow;

use super::node::Node;
use super::unescape::{Short, means, unescaped};

impl<'d> Node<'d> {
    /// A string's decoded value. `None` for other values, and for a string with a lone surrogate or invalid UTF-8.
    pub fn text(self) -> Option<Cow<'d, str>> {
        match self.bytes()? {
            Cow::Borrowed(bytes) => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
            Cow::Owned(bytes) => String::from_utf8(bytes).ok().map(Cow::Owned),
        }
    }

    /// A string's decoded value as bytes, valid UTF-8 or not. `None` for other values, and for a string with a lone
    /// surrogate.
    pub fn bytes(self) -> Option<Cow<'d, [u8]>> {
        if !self.is_string() {
            return None;
        }
        let inner = self.inner();
        if self.is_escaped() { unescaped(inner).map(Cow::Owned) } else { Some(Cow::Borrowed(inner)) }
    }

    /// A string's raw content, without the quotation marks.
    fn inner(self) -> &'d [u8] {
        let raw = self.raw();
        &raw[1..raw.len() - 1]
    }

    /// Like [`Node::bytes`], without allocating; `None` if the value is longer than `N` bytes. For comparison with
    /// known names.
    pub fn short<const N: usize>(self) -> Option<Short<N>> {
        if self.is_string() { Short::of(self.inner()) } else { None }
    }

    /// The raw content of a string without escapes; `None` for other values. It may be invalid UTF-8.
    pub fn unescaped(self) -> Option<&'d [u8]> {
        (self.is_string() && !self.is_escaped()).then(|| self.inner())
    }

    /// Whether it is a string with this decoded value.
    pub fn is_text(self, text: &str) -> bool {
        self.is_string() && self.is_named(text)
    }

    /// Whether the value's bytes are valid UTF-8.
    pub fn is_utf8(self) -> bool {
        std::str::from_utf8(self.raw()).is_ok()
    }

    /// Whether it is a string that contains an escape.
    pub fn is_escaped(self) -> bool {
        self.entry().escaped
    }

    /// Whether the decoded value of a name or string is `name`. Must not be called on other values.
    pub(super) fn is_named(self, name: &str) -> bool {
        let inner = self.inner();
        inner == name.as_bytes() || (self.is_escaped() && means(inner, name))
    }

    /// The value of a number without fraction and exponent that fits an `i64`; else `None`.
    pub fn integer(self) -> Option<i64> {
        if !self.is_number() {
            return None;
        }
        let raw = self.raw();
        // Fast path: 18 digits always fit.
        if raw.len() <= 18 && raw.iter().all(u8::is_ascii_digit) {
            return Some(raw.iter().fold(0, |number, digit| number * 10 + i64::from(digit - b'0')));
        }
        std::str::from_utf8(raw).ok()?.parse().ok()
    }
}

//! What a string or a number means.

use std::borrow::Cow;

use super::node::Node;
use super::unescape::{Short, means, unescaped};

impl<'d> Node<'d> {
    /// A string's meaning. `None` for what is no string, and for one that has none: with a lone surrogate or
    /// bytes that are not UTF-8.
    pub fn text(self) -> Option<Cow<'d, str>> {
        match self.bytes()? {
            Cow::Borrowed(bytes) => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
            Cow::Owned(bytes) => String::from_utf8(bytes).ok().map(Cow::Owned),
        }
    }

    /// A string's meaning as bytes, UTF-8 or not. `None` for what is no string, and where an escape stands for nothing.
    pub fn bytes(self) -> Option<Cow<'d, [u8]>> {
        if !self.is_string() {
            return None;
        }
        let inner = self.inner();
        if self.is_escaped() { unescaped(inner).map(Cow::Owned) } else { Some(Cow::Borrowed(inner)) }
    }

    /// What stands between a string's quotation marks.
    fn inner(self) -> &'d [u8] {
        let raw = self.raw();
        &raw[1..raw.len() - 1]
    }

    /// A string's meaning as bytes, if those are at most `N`: all that is asked of one that may be a known name.
    pub fn short<const N: usize>(self) -> Option<Short<N>> {
        if self.is_string() { Short::of(self.inner()) } else { None }
    }

    /// The inside of a string without escapes, which means itself if it is UTF-8.
    pub fn unescaped(self) -> Option<&'d [u8]> {
        (self.is_string() && !self.is_escaped()).then(|| self.inner())
    }

    /// Whether it is a string that means this text.
    pub fn is_text(self, text: &str) -> bool {
        self.is_string() && self.is_named(text)
    }

    /// Whether the value's bytes are valid UTF-8.
    pub fn is_utf8(self) -> bool {
        std::str::from_utf8(self.raw()).is_ok()
    }

    /// Whether it is a string with an escape.
    pub fn is_escaped(self) -> bool {
        self.entry().escaped
    }

    /// Whether a name or string means this text.
    pub(super) fn is_named(self, name: &str) -> bool {
        let inner = self.inner();
        inner == name.as_bytes() || (self.is_escaped() && means(inner, name))
    }

    /// A number written as a plain integer, without fraction and exponent, that an `i64` holds.
    pub fn integer(self) -> Option<i64> {
        if !self.is_number() {
            return None;
        }
        let raw = self.raw();
        // Most are as short as no integer is that an `i64` does not hold.
        if raw.len() <= 18 && raw.iter().all(u8::is_ascii_digit) {
            return Some(raw.iter().fold(0, |number, digit| number * 10 + i64::from(digit - b'0')));
        }
        std::str::from_utf8(raw).ok()?.parse().ok()
    }
}

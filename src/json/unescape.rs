//! Decodes escapes in strings, mostly without copying.

/// The value of each byte as a hex digit; `u8::MAX` if it is not one.
static HEX: [u8; 256] = {
    let mut values = [u8::MAX; 256];
    let mut b = 0;
    while b < 256 {
        let byte = b as u8;
        if let Some(value) = (byte as char).to_digit(16) {
            values[b] = value as u8;
        }
        b += 1;
    }
    values
};

/// Whether a byte is a hex digit.
pub(super) fn is_hex(byte: u8) -> bool {
    HEX[usize::from(byte)] < 16
}

/// Decodes the content of a JSON string, passing non-empty pieces to `take`. `None` for a lone surrogate, or as soon as
/// `take` returns `None`.
#[inline]
fn decode(mut inner: &[u8], mut take: impl FnMut(&[u8]) -> Option<()>) -> Option<()> {
    loop {
        // Escapes often follow each other directly.
        while inner.first() == Some(&b'\\') {
            let (char, length) = escaped(inner)?;
            match u8::try_from(char) {
                Ok(byte) if byte.is_ascii() => take(&[byte])?,
                _ => take(char.encode_utf8(&mut [0; 4]).as_bytes())?,
            }
            inner = &inner[length..];
        }
        if inner.is_empty() {
            return Some(());
        }
        let (plain, rest) = inner.split_at(inner.iter().position(|byte| *byte == b'\\').unwrap_or(inner.len()));
        take(plain)?;
        inner = rest;
    }
}

/// The decoded content of a JSON string, valid UTF-8 or not; `None` for a lone surrogate.
pub(super) fn unescaped(inner: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(inner.len());
    decode(inner, |piece| {
        bytes.extend_from_slice(piece);
        Some(())
    })?;
    Some(bytes)
}

/// The character that the escape at the start of `text` encodes, and the length of the escape in bytes.
#[inline]
fn escaped(text: &[u8]) -> Option<(char, usize)> {
    let value = |digit: &u8| HEX[usize::from(*digit)];
    let char = match text {
        // Fast path: most escapes are of ASCII characters.
        [_, b'u', b'0', b'0', a, b, ..] if (value(a) | value(b)) < 16 => {
            return Some((char::from(value(a) << 4 | value(b)), 6));
        }
        [_, b'u', ..] => return unicode_escape(text),
        [_, b'b', ..] => '\u{8}',
        [_, b'f', ..] => '\u{c}',
        [_, b'n', ..] => '\n',
        [_, b'r', ..] => '\r',
        [_, b't', ..] => '\t',
        [_, other, ..] => char::from(*other),
        _ => return None,
    };
    Some((char, 2))
}

/// The character that a `\u` escape, or a surrogate pair of them, encodes, and their length in bytes.
fn unicode_escape(text: &[u8]) -> Option<(char, usize)> {
    let number = |digits: [u8; 4]| {
        let [a, b, c, d] = digits.map(|digit| u32::from(HEX[usize::from(digit)]));
        // Bytes that are not hex digits have higher bits set.
        if (a | b | c | d) < 16 { Some(a << 12 | b << 8 | c << 4 | d) } else { None }
    };
    let [_, _, a, b, c, d, rest @ ..] = text else { return None };
    let high = number([*a, *b, *c, *d])?;
    if !(0xd800..0xdc00).contains(&high) {
        return Some((char::from_u32(high)?, 6));
    }
    let [b'\\', b'u', a, b, c, d, ..] = rest else { return None };
    let low = number([*a, *b, *c, *d])?.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
    Some((char::from_u32(0x10000 + ((high - 0xd800) << 10) + low)?, 12))
}

/// Up to `N` bytes, on the stack.
#[derive(Clone, Copy, Debug)]
pub struct Short<const N: usize> {
    bytes: [u8; N],
    length: usize,
}

impl<const N: usize> Short<N> {
    /// The decoded content of a JSON string; `None` if it is longer than `N` bytes, or for a lone surrogate.
    pub(super) fn of(inner: &[u8]) -> Option<Self> {
        // A decoded byte takes at most six bytes.
        if inner.len() > 6 * N {
            return None;
        }
        let mut short = Self { bytes: [0; N], length: 0 };
        decode(inner, |piece| {
            let start = short.length;
            short.length += piece.len();
            short.bytes.get_mut(start..short.length)?.copy_from_slice(piece);
            Some(())
        })?;
        Some(short)
    }
}

impl<const N: usize> std::ops::Deref for Short<N> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

/// Length, first and last byte of the decoded content of a JSON string; `None` for a lone surrogate.
pub(super) fn ends(inner: &[u8]) -> Option<(usize, u8, u8)> {
    let (mut length, mut first, mut last) = (0, 0, 0);
    decode(inner, |piece| {
        if length == 0 {
            first = *piece.first()?;
        }
        last = *piece.last()?;
        length += piece.len();
        Some(())
    })?;
    Some((length, first, last))
}

/// Whether the content of a JSON string decodes to `text`.
pub(super) fn means(inner: &[u8], text: &str) -> bool {
    // A decoded byte takes at most six bytes.
    if text.len() > inner.len() || text.len() * 6 < inner.len() {
        return false;
    }
    let mut rest = text.as_bytes();
    let is_prefix = decode(inner, |piece| {
        rest = rest.strip_prefix(piece)?;
        Some(())
    });
    is_prefix.is_some() && rest.is_empty()
}

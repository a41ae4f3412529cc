//! What a string with escapes means: most of what is asked of one needs no copy.

use std::borrow::Cow;

/// The value of each hex digit, and more than any for what is none.
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

/// The text that the inside of a JSON string stands for; `None` where an escape stands for none.
pub(super) fn unescaped(inner: &str) -> Option<Cow<'_, str>> {
    let Some(first) = inner.find('\\') else { return Some(Cow::Borrowed(inner)) };
    let mut text = String::with_capacity(inner.len());
    text.push_str(&inner[..first]);
    let mut rest = &inner[first..];
    loop {
        while rest.as_bytes().first() == Some(&b'\\') {
            let (char, length) = escaped(rest.as_bytes())?;
            text.push(char);
            rest = &rest[length..];
        }
        let Some(next) = rest.find('\\') else { break };
        text.push_str(&rest[..next]);
        rest = &rest[next..];
    }
    text.push_str(rest);
    Some(Cow::Owned(text))
}

/// The character of the escape at the start of a text, and how long that is.
#[inline]
fn escaped(text: &[u8]) -> Option<(char, usize)> {
    let value = |digit: &u8| HEX[usize::from(*digit)];
    let char = match text {
        // Most are of ASCII.
        [_, b'u', b'0', b'0', a, b, ..] if (value(a) | value(b)) < 16 => {
            return Some((char::from(value(a) << 4 | value(b)), 6));
        }
        [_, b'u', ..] => return unit(text),
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

/// The character of `\u` and four digits, or of two such escapes that are a pair.
fn unit(text: &[u8]) -> Option<(char, usize)> {
    let number = |digits: [u8; 4]| {
        let [a, b, c, d] = digits.map(|digit| u32::from(HEX[usize::from(digit)]));
        // What is no digit has bits that none has.
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

/// A few bytes.
#[derive(Clone, Copy, Debug)]
pub struct Short<const N: usize> {
    bytes: [u8; N],
    length: usize,
}

impl<const N: usize> Short<N> {
    /// What the inside of a JSON string stands for; `None` where that is longer, or an escape stands for nothing.
    pub(super) fn of(mut inner: &[u8]) -> Option<Self> {
        // Six bytes are the longest way of writing one.
        if inner.len() > 6 * N {
            return None;
        }
        let mut short = Self { bytes: [0; N], length: 0 };
        while let Some(byte) = inner.first() {
            let mut utf8 = [*byte; 4];
            let (mut bytes, mut read) = (1, 1);
            if *byte == b'\\' {
                let (char, written) = escaped(inner)?;
                (bytes, read) = (char.encode_utf8(&mut utf8).len(), written);
            }
            let end = short.length + bytes;
            short.bytes.get_mut(short.length..end)?.copy_from_slice(&utf8[..bytes]);
            (short.length, inner) = (end, &inner[read..]);
        }
        Some(short)
    }
}

impl<const N: usize> std::ops::Deref for Short<N> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

/// The length of what the inside of a JSON string stands for, its first and its last byte; `None` where an escape stands
/// for nothing.
pub(super) fn ends(mut inner: &[u8]) -> Option<(usize, u8, u8)> {
    let (mut length, mut first, mut last) = (0, 0, 0);
    while let Some(byte) = inner.first() {
        let mut utf8 = [*byte; 4];
        let (mut bytes, mut read) = (1, 1);
        if *byte == b'\\' {
            let (char, written) = escaped(inner)?;
            (bytes, read) = (char.encode_utf8(&mut utf8).len(), written);
        }
        if length == 0 {
            first = utf8[0];
        }
        last = utf8[bytes - 1];
        length += bytes;
        inner = &inner[read..];
    }
    Some((length, first, last))
}

/// Whether the inside of a JSON string stands for this text.
pub(super) fn means(inner: &[u8], text: &str) -> bool {
    // Six bytes are the longest way of writing one.
    if text.len() > inner.len() || text.len() * 6 < inner.len() {
        return false;
    }
    let (mut inner, mut text) = (inner, text.as_bytes());
    while let Some(byte) = inner.first() {
        let (char, length) = match byte {
            b'\\' => match escaped(inner) {
                Some((char, length)) if char.is_ascii() => (char as u8, length),
                Some((char, length)) => {
                    let Some(rest) = text.strip_prefix(char.encode_utf8(&mut [0; 4]).as_bytes()) else { return false };
                    (inner, text) = (&inner[length..], rest);
                    continue;
                }
                None => return false,
            },
            plain => (*plain, 1),
        };
        let Some(rest) = text.strip_prefix(&[char]) else { return false };
        (inner, text) = (&inner[length..], rest);
    }
    text.is_empty()
}

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
    while rest.starts_with('\\') {
        let (char, length) = escaped(rest.as_bytes())?;
        text.push(char);
        rest = &rest[length..];
        if !rest.starts_with('\\') {
            let plain = rest.find('\\').unwrap_or(rest.len());
            text.push_str(&rest[..plain]);
            rest = &rest[plain..];
        }
    }
    Some(Cow::Owned(text))
}

/// The character of the escape at the start of a text, and how long that is.
fn escaped(text: &[u8]) -> Option<(char, usize)> {
    let char = match text.get(1)? {
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return unit(text),
        other => char::from(*other),
    };
    Some((char, 2))
}

/// The character of `\uXXXX`, or of two of them that are a pair.
fn unit(text: &[u8]) -> Option<(char, usize)> {
    let number = |from: usize| {
        let digits: [u8; 4] = text.get(from..from + 4)?.try_into().ok()?;
        let values = digits.map(|digit| HEX[usize::from(digit)]);
        let number = values.iter().fold(0, |number, value| number << 4 | u32::from(*value));
        (values.iter().all(|value| *value < 16)).then_some(number)
    };
    let high = number(2)?;
    if !(0xd800..0xdc00).contains(&high) {
        return Some((char::from_u32(high)?, 6));
    }
    let low = text.get(6..8).filter(|next| *next == b"\\u").and_then(|_| number(8))?;
    let low = low.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
    Some((char::from_u32(0x10000 + ((high - 0xd800) << 10) + low)?, 12))
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
    while let Some(first) = inner.first() {
        if *first == b'\\' {
            let Some((char, length)) = escaped(inner) else { return false };
            let Some(rest) = text.strip_prefix(char.encode_utf8(&mut [0; 4]).as_bytes()) else { return false };
            (inner, text) = (&inner[length..], rest);
        } else {
            let Some(rest) = text.strip_prefix(&[*first]) else { return false };
            (inner, text) = (&inner[1..], rest);
        }
    }
    text.is_empty()
}

//! What a string with escapes means: most of what is asked of one needs no copy.

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

/// Hands out what the inside of a JSON string stands for, piece by piece; none is empty. `None` where an escape stands for
/// nothing, or as soon as `take` says so.
#[inline]
fn decode(mut inner: &[u8], mut take: impl FnMut(&[u8]) -> Option<()>) -> Option<()> {
    loop {
        // Where all is escaped, one follows another.
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

/// The bytes that the inside of a JSON string stands for; `None` where an escape stands for none.
pub(super) fn unescaped(inner: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(inner.len());
    decode(inner, |piece| {
        bytes.extend_from_slice(piece);
        Some(())
    })?;
    Some(bytes)
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
    pub(super) fn of(inner: &[u8]) -> Option<Self> {
        // Six bytes are the longest way of writing one.
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

/// The length of what the inside of a JSON string stands for, its first and its last byte; `None` where an escape stands
/// for nothing.
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

/// Whether the inside of a JSON string stands for this text.
pub(super) fn means(inner: &[u8], text: &str) -> bool {
    // Six bytes are the longest way of writing one.
    if text.len() > inner.len() || text.len() * 6 < inner.len() {
        return false;
    }
    let mut due = text.as_bytes();
    let begins = decode(inner, |piece| {
        due = due.strip_prefix(piece)?;
        Some(())
    });
    begins.is_some() && due.is_empty()
}

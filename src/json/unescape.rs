//! What a string with escapes means, a character at a time: most of what is asked of one needs no copy.

/// The characters that the inside of a JSON string stands for; `None` for an escape that stands for none.
pub(super) struct Unescaped<'s>(pub &'s str);

impl Iterator for Unescaped<'_> {
    type Item = Option<char>;

    fn next(&mut self) -> Option<Option<char>> {
        let first = self.0.chars().next()?;
        if first != '\\' {
            self.0 = &self.0[first.len_utf8()..];
            return Some(Some(first));
        }
        let read = escaped(self.0);
        // After what stands for nothing, nothing more is read.
        self.0 = read.map_or("", |(_, length)| &self.0[length..]);
        Some(read.map(|(char, _)| char))
    }
}

/// The character of the escape at the start of a text, and how long that is.
fn escaped(text: &str) -> Option<(char, usize)> {
    let char = match text.as_bytes().get(1)? {
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
fn unit(text: &str) -> Option<(char, usize)> {
    let number = |from: usize| {
        let digits = text.as_bytes().get(from..from + 4)?;
        digits.iter().try_fold(0, |number, digit| Some(number * 16 + char::from(*digit).to_digit(16)?))
    };
    let high = number(2)?;
    if !(0xd800..0xdc00).contains(&high) {
        return Some((char::from_u32(high)?, 6));
    }
    let low = text.get(6..8).filter(|next| *next == "\\u").and_then(|_| number(8))?;
    let low = low.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
    Some((char::from_u32(0x10000 + ((high - 0xd800) << 10) + low)?, 12))
}

/// Whether the inside of a JSON string stands for this text.
pub(super) fn means(inner: &[u8], text: &str) -> bool {
    // Six bytes are the longest way of writing one.
    if text.len() > inner.len() || text.len() * 6 < inner.len() {
        return false;
    }
    let Ok(inner) = std::str::from_utf8(inner) else { return false };
    Unescaped(inner).eq(text.chars().map(Some))
}

//! The forms that the specifications fix: media types, digests, tags, URIs, sizes. Texts go through tables, since every
//! descriptor has some.

use fluent_uri::Uri;

use crate::exchange::is_digest;
use crate::json::Node;

/// What a descriptor's digest looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DigestForm {
    /// There is none.
    Absent,
    /// It is no text, or a text that breaks the grammar.
    Malformed,
    /// SHA-256 with 64 hex digits in lower case.
    Sha256,
    /// `sha256:` and something else.
    WrongSha256,
    /// SHA-512 with 128 hex digits in lower case.
    Sha512,
    /// `sha512:` and something else.
    WrongSha512,
    /// It keeps the grammar; no specification registers the algorithm.
    Unregistered,
}

impl DigestForm {
    /// Of a member, if it is there.
    pub fn of_member(member: Option<Node<'_>>) -> Self {
        let Some(node) = member else { return Self::Absent };
        // Most are this, and told without decoding.
        if node.unescaped().and_then(|text| text.strip_prefix(b"sha256:")).is_some_and(|digits| is_hex(digits, 64)) {
            return Self::Sha256;
        }
        node.text().map_or(Self::Malformed, |text| Self::of(&text))
    }

    /// Of a text.
    pub fn of(text: &str) -> Self {
        match text.split_once(':') {
            Some(("sha256", digits)) if is_hex(digits.as_bytes(), 64) => Self::Sha256,
            Some(("sha512", digits)) if is_hex(digits.as_bytes(), 128) => Self::Sha512,
            _ if !is_digest(text) => Self::Malformed,
            Some(("sha256", _)) => Self::WrongSha256,
            Some(("sha512", _)) => Self::WrongSha512,
            _ => Self::Unregistered,
        }
    }

    /// Whether it keeps the grammar and its algorithm's own rules.
    pub fn is_right(self) -> bool {
        matches!(self, Self::Sha256 | Self::Sha512 | Self::Unregistered)
    }
}

/// Whether these are so many hex digits in lower case.
fn is_hex(digits: &[u8], count: usize) -> bool {
    // Without a way out before the end, so that many bytes are looked at at once.
    let is_lower_hex = |b: u8| b.is_ascii_digit() | (b'a'..=b'f').contains(&b);
    digits.len() == count && digits.iter().fold(true, |all, b| all & is_lower_hex(*b))
}

/// What a descriptor's size looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// There is none.
    Absent,
    /// An integer of at least 0 that an `i64` holds.
    Bytes(i64),
    /// A number that means an integer but is not written as one, or is negative: the schema and the text of the
    /// specification do not agree on these.
    Ambiguous,
    /// No number, or one that is no `i64`.
    Malformed,
}

impl Size {
    /// Of a member, if it is there.
    pub fn of(member: Option<Node<'_>>) -> Self {
        let Some(node) = member else { return Self::Absent };
        match node.integer() {
            Some(size) if size >= 0 => Self::Bytes(size),
            _ if node.is_number() && is_ambiguous(node.raw()) => Self::Ambiguous,
            _ => Self::Malformed,
        }
    }
}

fn is_ambiguous(number: &[u8]) -> bool {
    /// What is beyond it, either way, is no `i64`.
    const BOUND: f64 = 9_223_372_036_854_775_808.0;
    let Ok(text) = std::str::from_utf8(number) else { return false };
    if text.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
        return text.parse::<i64>().is_ok_and(|value| value < 0);
    }
    text.parse::<f64>().is_ok_and(|value| value.abs() <= BOUND && value.fract() == 0.0)
}

const RESTRICTED: u8 = 2;
const TAG: u8 = 4;

/// Which sets each byte belongs to.
static SETS: [u8; 256] = {
    let mut sets = [0; 256];
    let mut b = 0;
    while b < 128 {
        let byte = b as u8;
        if byte.is_ascii_alphanumeric() {
            sets[b] = RESTRICTED | TAG;
        }
        b += 1;
    }
    let more: [(&[u8], u8); 2] = [(b"!#$&-^_.+", RESTRICTED), (b"._-", TAG)];
    let mut set = 0;
    while set < more.len() {
        let (bytes, bit) = more[set];
        let mut i = 0;
        while i < bytes.len() {
            sets[bytes[i] as usize] |= bit;
            i += 1;
        }
        set += 1;
    }
    sets
};

fn is(byte: u8, set: u8) -> bool {
    SETS[usize::from(byte)] & set != 0
}

/// Whether bytes are a media type as RFC 6838 names them: `type/subtype`, restricted names, no parameters.
pub fn is_media_type(bytes: &[u8]) -> bool {
    let restricted = |name: &[u8]| {
        name.len() <= 127
            && name.first().is_some_and(u8::is_ascii_alphanumeric)
            && name.iter().all(|b| is(*b, RESTRICTED))
    };
    let slash = bytes.iter().position(|b| *b == b'/');
    slash.is_some_and(|at| restricted(&bytes[..at]) && restricted(&bytes[at + 1..]))
}

/// Whether the media type in a header has parameters. A bare `;` does not count (RFC 9110, section 5.6.6).
pub fn has_parameters(value: &str) -> bool {
    value.split(';').skip(1).any(|parameter| !parameter.trim_matches([' ', '\t']).is_empty())
}

/// The parameters of a media type, empty for a bare `;`; `None` unless a valid type and a `;` come first.
pub fn parameters(text: &str) -> Option<&str> {
    let (own, parameters) = text.split_once(';')?;
    is_media_type(own.trim_end_matches([' ', '\t']).as_bytes()).then(|| parameters.trim_matches([' ', '\t']))
}

/// Whether a text is a tag: at most 128 characters of the grammar.
pub fn is_tag(text: &str) -> bool {
    let bytes = text.as_bytes();
    (1..=128).contains(&bytes.len())
        && (bytes[0].is_ascii_alphanumeric() || bytes[0] == b'_')
        && bytes.iter().all(|b| is(*b, TAG))
}

/// A text as a URI of RFC 3986; `None` for everything else, references without a scheme among it.
pub fn uri(text: &str) -> Option<Uri<&str>> {
    Uri::parse(text).ok()
}

/// Whether a text names an image in full, as distribution's references do: a host, a path, and a tag or a digest or
/// both or neither.
pub fn is_full_reference(text: &str) -> bool {
    let (text, digest) = text.split_once('@').map_or((text, None), |(name, digest)| (name, Some(digest)));
    let Some((host, path)) = text.split_once('/') else { return false };
    let (path, tag) = path.split_once(':').map_or((path, None), |(path, tag)| (path, Some(tag)));
    is_host(host)
        && path.split('/').all(is_path_component)
        && tag.is_none_or(is_tag)
        && digest.is_none_or(|digest| is_digest(&digest.to_ascii_lowercase()))
}

/// Whether a text is a registry's host, with a port or without, that cannot be meant as a part of a path.
fn is_host(text: &str) -> bool {
    let is_port = |port: &str| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit());
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (text, None),
    };
    let is_label = |label: &str| {
        let bytes = label.as_bytes();
        bytes.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-')
            && bytes.first().is_some_and(|b| *b != b'-')
            && bytes.last() != Some(&b'-')
    };
    let literal = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let is_no_path = || host == "localhost" || host.contains(|c: char| c == '.' || c.is_ascii_uppercase());
    let is_name = || host.split('.').all(is_label) && (is_no_path() || port.is_some());
    port.is_none_or(is_port) && literal.map_or_else(is_name, |ip| ip.parse::<std::net::Ipv6Addr>().is_ok())
}

/// Whether a text is a part of a repository's path: letters and digits, parted by one `.`, one or two `_`, or any `-`.
fn is_path_component(text: &str) -> bool {
    let is_plain = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let mut separators = text.as_bytes().split(is_plain).filter(|between| !between.is_empty());
    text.as_bytes().first().is_some_and(is_plain)
        && text.as_bytes().last().is_some_and(is_plain)
        && separators.all(|between| matches!(between, b"." | b"_" | b"__") || between.iter().all(|b| *b == b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_open_where_it_is_an_int64_that_some_schema_refuses() {
        for open in ["-1", "-9223372036854775808", "2.0", "1e3", "9.1e18", "9223372036854775807.0"] {
            assert!(is_ambiguous(open.as_bytes()), "{open}");
        }
        for wrong in ["-9223372036854775809", "9223372036854775808", "1.5", "1e19", "1e400"] {
            assert!(!is_ambiguous(wrong.as_bytes()), "{wrong}");
        }
    }

    #[test]
    fn a_full_reference_begins_with_what_is_no_path() {
        for full in ["a.b/c", "REGISTRY/c", "a.b/c@SHA256:00", "localhost/c:t", "a:1/c--d/e__f.g@sha256:00"] {
            assert!(is_full_reference(full), "{full}");
        }
        for other in ["a/b", "a.b", "a.b/C", "a.b/c___d", "a.b/c..d", "a.b/-c", "a.b/c:", "[::g]/c", "a.b:/c"] {
            assert!(!is_full_reference(other), "{other}");
        }
    }
}

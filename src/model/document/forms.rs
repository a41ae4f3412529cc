//! Syntax that the specifications define: media types, digests, tags, URIs, sizes. Characters are classified by a
//! table, since every descriptor has such strings.

use fluent_uri::Uri;

use crate::exchange::is_digest;
use crate::json::Node;

/// The form of a digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DigestForm {
    /// Absent.
    Absent,
    /// Not a string, or does not match the digest grammar.
    Malformed,
    /// `sha256:` and 64 lower-case hex digits.
    Sha256,
    /// `sha256:` and another string that matches the grammar.
    WrongSha256,
    /// `sha512:` and 128 lower-case hex digits.
    Sha512,
    /// `sha512:` and another string that matches the grammar.
    WrongSha512,
    /// Matches the grammar, with an algorithm that image-spec does not register.
    Unregistered,
}

impl DigestForm {
    /// The form of a member's value.
    pub fn of_member(member: Option<Node<'_>>) -> Self {
        let Some(node) = member else { return Self::Absent };
        // Fast path without decoding for most digests.
        if node.unescaped().and_then(|text| text.strip_prefix(b"sha256:")).is_some_and(|digits| is_hex(digits, 64)) {
            return Self::Sha256;
        }
        node.text().map_or(Self::Malformed, |text| Self::of(&text))
    }

    /// The form of a string.
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

    /// Whether it matches the grammar and the rules of its algorithm.
    pub fn is_right(self) -> bool {
        matches!(self, Self::Sha256 | Self::Sha512 | Self::Unregistered)
    }
}

/// Whether these are `count` lower-case hex digits.
fn is_hex(digits: &[u8], count: usize) -> bool {
    // No early exit, so the loop vectorises.
    let is_lower_hex = |b: u8| b.is_ascii_digit() | (b'a'..=b'f').contains(&b);
    digits.len() == count && digits.iter().fold(true, |all, b| all & is_lower_hex(*b))
}

/// The form of a descriptor's size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// Absent.
    Absent,
    /// A non-negative integer that fits into an `i64`.
    Bytes(i64),
    /// An integer in the range of `i64` that is negative or not written as an integer, such as `2.0`, with its value:
    /// JSON Schema and text disagree on these.
    Ambiguous(i64),
    /// Not a number, not an integer, or outside the range of `i64`.
    Malformed,
}

impl Size {
    /// The form of a member's value.
    pub fn of(member: Option<Node<'_>>) -> Self {
        let Some(node) = member else { return Self::Absent };
        match node.integer() {
            Some(size) if size >= 0 => Self::Bytes(size),
            _ => node.whole().map_or(Self::Malformed, Self::Ambiguous),
        }
    }

    /// The length in bytes that it states, in any notation; `None` if it states none.
    pub fn length(self) -> Option<i64> {
        match self {
            Self::Bytes(size) | Self::Ambiguous(size) => Some(size).filter(|size| *size >= 0),
            Self::Absent | Self::Malformed => None,
        }
    }
}

const RESTRICTED: u8 = 2;
const TAG: u8 = 4;

/// The character sets that each byte belongs to.
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

/// Whether this is a media type name as defined in RFC 6838: `type/subtype`, restricted names, no parameters.
pub fn is_media_type(bytes: &[u8]) -> bool {
    let restricted = |name: &[u8]| {
        name.len() <= 127
            && name.first().is_some_and(u8::is_ascii_alphanumeric)
            && name.iter().all(|b| is(*b, RESTRICTED))
    };
    let slash = bytes.iter().position(|b| *b == b'/');
    slash.is_some_and(|at| restricted(&bytes[..at]) && restricted(&bytes[at + 1..]))
}

/// Whether the media type in a header has parameters. An empty parameter, as in `a/b;`, does not count (RFC 9110,
/// section 5.6.6).
pub fn has_parameters(value: &str) -> bool {
    value.split(';').skip(1).any(|parameter| !parameter.trim_matches([' ', '\t']).is_empty())
}

/// The parameters after a valid media type and `;`, possibly empty; `None` for other strings.
pub fn parameters(text: &str) -> Option<&str> {
    let (own, parameters) = text.split_once(';')?;
    is_media_type(own.trim_end_matches([' ', '\t']).as_bytes()).then(|| parameters.trim_matches([' ', '\t']))
}

/// Whether a string matches the tag grammar, which allows at most 128 characters.
pub fn is_tag(text: &str) -> bool {
    let bytes = text.as_bytes();
    (1..=128).contains(&bytes.len())
        && (bytes[0].is_ascii_alphanumeric() || bytes[0] == b'_')
        && bytes.iter().all(|b| is(*b, TAG))
}

/// Parses a URI as defined in RFC 3986; `None` for other strings, including relative references.
pub fn uri(text: &str) -> Option<Uri<&str>> {
    Uri::parse(text).ok()
}

/// Whether a string is a fully qualified reference as distribution defines it: a host and a path, optionally with a tag
/// and a digest.
pub fn is_full_reference(text: &str) -> bool {
    let (text, digest) = text.split_once('@').map_or((text, None), |(name, digest)| (name, Some(digest)));
    let Some((host, path)) = text.split_once('/') else { return false };
    let (path, tag) = path.split_once(':').map_or((path, None), |(path, tag)| (path, Some(tag)));
    is_host(host)
        && path.split('/').all(is_path_component)
        && tag.is_none_or(is_tag)
        && digest.is_none_or(|digest| is_digest(&digest.to_ascii_lowercase()))
}

/// Whether a string is a registry host, optionally with a port, that cannot be mistaken for a path component.
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
    let is_unambiguous = || host == "localhost" || host.contains(|c: char| c == '.' || c.is_ascii_uppercase());
    let is_name = || host.split('.').all(is_label) && (is_unambiguous() || port.is_some());
    port.is_none_or(is_port) && literal.map_or_else(is_name, |ip| ip.parse::<std::net::Ipv6Addr>().is_ok())
}

/// Whether a string is a component of a repository path: lower-case letters and digits, separated by one `.`, one or
/// two `_`, or any number of `-`.
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
    fn an_int64_size_that_json_schema_refuses_is_ambiguous() {
        let form = |number: &str| Size::of(Some(crate::json::read(number.as_bytes()).expect("a number").root()));
        for (ambiguous, length) in [("-1", None), ("-9223372036854775808", None), ("2.0", Some(2)), ("1e3", Some(1000))]
        {
            let form = form(ambiguous);
            assert!(matches!(form, Size::Ambiguous(_)) && form.length() == length, "{ambiguous}: {form:?}");
        }
        for wrong in ["-9223372036854775809", "9223372036854775808", "9223372036854775808.0", "1.5", "1e19", "1e400"] {
            assert_eq!(form(wrong), Size::Malformed, "{wrong}");
        }
        // As a double, it would be 5.
        assert_eq!(form("5.00000000000000000000000001"), Size::Malformed);
    }

    #[test]
    fn a_full_reference_begins_with_an_unambiguous_host() {
        for full in ["a.b/c", "REGISTRY/c", "a.b/c@SHA256:00", "localhost/c:t", "a:1/c--d/e__f.g@sha256:00"] {
            assert!(is_full_reference(full), "{full}");
        }
        for other in ["a/b", "a.b", "a.b/C", "a.b/c___d", "a.b/c..d", "a.b/-c", "a.b/c:", "[::g]/c", "a.b:/c"] {
            assert!(!is_full_reference(other), "{other}");
        }
    }
}

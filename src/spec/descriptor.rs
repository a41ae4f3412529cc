//! Rules of image-spec's page on descriptors, digests included. They hold wherever a descriptor stands.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::content::{Content, is_media_type};
use super::rule::{Binds, Check, Clause, Level, Report, Rule, Source};
use super::versions::{V1_0_0, Version};
use crate::exchange::{sha256, sha512};
use crate::json::Node;

const fn author(
    id: &'static str,
    since: Version,
    section: &'static str,
    says: &'static str,
    sentence: &'static str,
    check: Check,
) -> Rule {
    Rule {
        id,
        source: Source::ImageSpec,
        since,
        level: Level::Must,
        binds: Binds::Author,
        clause: Clause { page: "descriptor.md", section, says, sentence },
        check,
    }
}

pub(super) const RULES: &[Rule] = &[
    author(
        "descriptor-media-type-is-a-media-type",
        V1_0_0,
        "properties",
        "mediaType is there and has the form of RFC 6838",
        "ca57bf28586867e5",
        Check::Content(media_types),
    ),
    author(
        "descriptor-digest-is-a-digest",
        V1_0_0,
        "digests",
        "digest is there and keeps the grammar",
        "32f0863703342eb4",
        Check::Content(digests),
    ),
    author(
        "descriptor-sha256-is-64-lower-case-hex-digits",
        V1_0_0,
        "sha-256",
        "after sha256: stand 64 hex digits in lower case",
        "d8ce5c12c4199cc3",
        Check::Content(sha256_digits),
    ),
    author(
        "descriptor-size-is-the-contents",
        V1_0_0,
        "properties",
        "size is there, an int64, and the length of the content",
        "9e45caa55725e7a5",
        Check::Content(sizes),
    ),
    author(
        "descriptor-urls-are-uris",
        V1_0_0,
        "properties",
        "urls is an array of texts that keep RFC 3986",
        "6db57c746d0bc074",
        Check::Content(urls),
    ),
    author(
        "descriptor-data-is-base64",
        Version(1, 1, 0),
        "properties",
        "data is base64 as RFC 4648 has it in section 4",
        "1f6b952e8fc7e0a2",
        Check::Content(data_is_base64),
    ),
    author(
        "descriptor-data-is-the-content",
        Version(1, 1, 0),
        "properties",
        "data, decoded, is the content",
        "7f75ec90d5ac4b61",
        Check::Content(data_is_the_content),
    ),
    author(
        "descriptor-artifact-type-is-a-media-type",
        Version(1, 1, 0),
        "properties",
        "an artifactType has the form of RFC 6838",
        "1e20e30e0a5b062a",
        Check::Content(artifact_types),
    ),
];

/// Whether a text keeps the digest grammar: `algorithm:encoded`.
pub(super) fn is_digest(text: &str) -> bool {
    let Some((algorithm, encoded)) = text.split_once(':') else { return false };
    let is_component =
        |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    algorithm.split(['+', '.', '_', '-']).all(is_component)
        && !encoded.is_empty()
        && encoded.bytes().all(|b| b.is_ascii_alphanumeric() || b"=_-".contains(&b))
}

fn media_types(content: &Content<'_>, report: &mut Report) {
    for (_, descriptor) in content.descriptors() {
        match descriptor.get("mediaType") {
            None => report.add(descriptor.pointer(), "a descriptor has no mediaType: name the content's type"),
            Some(node) if node.text().is_some_and(|text| is_media_type(&text)) => {}
            Some(node) => {
                report.add(node.pointer(), "mediaType is no media type: write type/subtype as RFC 6838 has it")
            }
        }
    }
}

fn digests(content: &Content<'_>, report: &mut Report) {
    for (_, descriptor) in content.descriptors() {
        match descriptor.get("digest") {
            None => report.add(descriptor.pointer(), "a descriptor has no digest: add the content's, as sha256:HEX"),
            Some(node) if node.text().is_some_and(|text| is_digest(&text)) => {}
            Some(node) => report.add(node.pointer(), "digest is no digest: write sha256: and 64 hex digits"),
        }
    }
}

fn sha256_digits(content: &Content<'_>, report: &mut Report) {
    for (_, descriptor) in content.descriptors() {
        let Some(node) = descriptor.get("digest") else { continue };
        let Some(text) = node.text().filter(|text| is_digest(text)) else { continue };
        let Some(digits) = text.strip_prefix("sha256:") else { continue };
        if digits.len() != 64 || !digits.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)) {
            report.add(node.pointer(), "after sha256: there must be 64 hex digits in lower case");
        }
    }
}

/// Whether a number means an integer of at least 0 but is not written as one, or is negative: the schema and
/// the text of the specification do not agree on these.
pub(super) fn is_ambiguous_size(node: Node<'_>) -> bool {
    if !node.is_number() || node.integer().is_some_and(|size| size >= 0) {
        return false;
    }
    let value = std::str::from_utf8(node.raw()).ok().and_then(|text| text.parse::<f64>().ok());
    let in_range = |value: &f64| value.abs() < 9.0e18 && value.fract() == 0.0;
    let written_as_integer = node.raw().iter().all(|b| b.is_ascii_digit() || *b == b'-');
    value.is_some_and(|value| in_range(&value) && (!written_as_integer || value < 0.0))
}

fn sizes(content: &Content<'_>, report: &mut Report) {
    for (_, descriptor) in content.descriptors() {
        let Some(node) = descriptor.get("size") else {
            report.add(descriptor.pointer(), "a descriptor has no size: add the content's length in bytes");
            continue;
        };
        match node.integer() {
            Some(size) if size >= 0 => {
                // The content's length is known where the target was given it, or where the descriptor holds it.
                let given = || content.need(descriptor).map(|(need, _)| need.bytes.len());
                let held = || embedded(descriptor).map(|(_, data)| data.len());
                if let Some(length) = given().or_else(held)
                    && usize::try_from(size).ok() != Some(length)
                {
                    report.add(node.pointer(), format!("size is not the content's length: write {length}"));
                }
            }
            _ if is_ambiguous_size(node) => {}
            _ => report.add(node.pointer(), "size is no int64: write the content's length in bytes"),
        }
    }
}

fn urls(content: &Content<'_>, report: &mut Report) {
    for (_, descriptor) in content.descriptors() {
        let Some(node) = descriptor.get("urls").filter(|node| !node.is_null()) else { continue };
        if !node.is_array() {
            report.add(node.pointer(), "urls is no array: write an array of texts");
        }
        for element in node.elements() {
            if !element.text().is_some_and(|text| is_uri(&text)) {
                report.add(element.pointer(), "an element of urls is no URI: escape what RFC 3986 does not allow");
            }
        }
    }
}

/// Whether a text has only characters that RFC 3986 allows, with well-formed escapes.
fn is_uri(text: &str) -> bool {
    let bytes = text.as_bytes();
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&b);
    let escaped = |i: usize| bytes.get(i + 1..i + 3).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
    !text.is_empty() && (0..bytes.len()).all(|i| allowed(bytes[i]) && (bytes[i] != b'%' || escaped(i)))
}

fn data_is_base64(content: &Content<'_>, report: &mut Report) {
    for (_, descriptor) in content.descriptors() {
        let Some(node) = descriptor.get("data").filter(|node| !node.is_null()) else { continue };
        if node.text().is_none_or(|text| STANDARD.decode(text.as_bytes()).is_err()) {
            report.add(
                node.pointer(),
                "data is not base64: encode the content with the alphabet and padding of RFC 4648",
            );
        }
    }
}

/// The content that a descriptor holds itself, where it is base64.
fn embedded(descriptor: Node<'_>) -> Option<(Node<'_>, Vec<u8>)> {
    let node = descriptor.get("data")?;
    Some((node, STANDARD.decode(node.text()?.as_bytes()).ok()?))
}

/// Whether these bytes are what the digest names; `None` where its algorithm is not a registered one.
fn is_content(descriptor: Node<'_>, bytes: &[u8]) -> Option<bool> {
    let digest = descriptor.get("digest")?.text()?;
    match digest.split_once(':')?.0 {
        "sha256" => Some(sha256(bytes) == digest),
        "sha512" => Some(sha512(bytes) == digest),
        _ => None,
    }
}

fn data_is_the_content(content: &Content<'_>, report: &mut Report) {
    for (_, descriptor) in content.descriptors() {
        if let Some((node, data)) = embedded(descriptor)
            && is_content(descriptor, &data) == Some(false)
        {
            report.add(node.pointer(), "data is not the content that digest names");
        }
    }
}

fn artifact_types(content: &Content<'_>, report: &mut Report) {
    for (_, descriptor) in content.descriptors() {
        let Some(node) = descriptor.get("artifactType").filter(|node| !node.is_null()) else { continue };
        if !node.text().is_some_and(|text| is_media_type(&text)) {
            report.add(node.pointer(), "artifactType is no media type: write type/subtype as RFC 6838 has it");
        }
    }
}

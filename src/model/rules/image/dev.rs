//! Author rules that only the main branch of image-spec has: I-JSON, sizes that are not negative, BLAKE3 digests.

use crate::json::{Document, Node, first_repeated};
use crate::model::document::content::Content;
use crate::model::document::descriptors::Descriptor;
use crate::model::document::members::Name;
use crate::model::rule::{Binds, Clause, Consequence, ContentRule, Family, Level, Report, RuleInfo, Source};
use crate::model::versions::FROM_DEV;

const JSON: Clause = Clause { section: "json", ..Clause::of(Source::ImageSpec, "considerations.md") };
const DESCRIPTOR: Clause = Clause::of(Source::ImageSpec, "descriptor.md");
const AUTHOR: RuleInfo = RuleInfo { versions: FROM_DEV, ..RuleInfo::of(Binds::Author, Family::Json) };

pub(in crate::model) const CONTENT: &[ContentRule] = &[
    ContentRule {
        info: RuleInfo {
            id: "descriptor-size-is-not-negative",
            clause: Clause {
                section: "properties",
                summary: "size is not negative",
                sentence: "ba3d7f8f319adacb",
                ..DESCRIPTOR
            },
            level: Level::Must,
            why: "Clients that allocate memory or compare lengths by the size fail on a negative one.",
            fix: "Set \"size\" to the length in bytes of the content as it is stored.",
            family: Family::Descriptor,
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: negative_sizes,
    },
    ContentRule {
        info: RuleInfo {
            id: "descriptor-blake3-is-64-lower-case-hex-digits",
            clause: Clause {
                section: "blake3",
                summary: "blake3: is followed by 64 lower-case hex digits",
                sentence: "8706fa7e5bea8f3f",
                ..DESCRIPTOR
            },
            level: Level::Must,
            why: "Clients and registries reject the digest, or do not find the content under it.",
            fix: "Write the 256-bit BLAKE3 hash as 64 lower-case hex digits.",
            family: Family::Descriptor,
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: blake3_digests,
    },
    ContentRule {
        info: RuleInfo {
            id: "document-names-are-unique",
            clause: Clause { summary: "no object has the same name twice", sentence: "146b0fcae0841e60", ..JSON },
            level: Level::Must,
            why: "Readers keep the first member, the last one, or reject the document, so tools disagree about its \
                  content.",
            fix: "Keep one of the repeated members.",
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: unique_names,
    },
    ContentRule {
        info: RuleInfo {
            id: "document-texts-are-unicode-characters",
            clause: Clause {
                summary: "the document keeps to I-JSON, whose names and strings have neither surrogates nor noncharacters",
                sentence: "7a4bb7b6b3d3d7ea",
                ..JSON
            },
            level: Level::Must,
            why: "Readers reject the string or replace the code point, so the document changes when it is written again.",
            fix: "Remove the code point, or complete the surrogate pair.",
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: characters,
    },
    ContentRule {
        info: RuleInfo {
            id: "document-numbers-fit-a-double",
            clause: Clause {
                summary: "numbers have the range and precision of an IEEE 754 double",
                sentence: "08f81af11f9b2b83",
                ..JSON
            },
            level: Level::Should,
            why: "Readers that keep numbers as doubles, as JavaScript does, round the value or reject it.",
            fix: "Write the number with at most 17 significant digits and within the range of a double, or as a string.",
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: numbers,
    },
];

/// The document, if image-spec defines its kind.
fn known<'c>(content: &'c Content<'_>) -> Option<&'c Document<'c>> {
    content.document().ok().filter(|_| content.is_known())
}

fn negative_sizes(content: &Content<'_>, report: &mut Report) {
    // A zero with a sign is zero.
    let is_negative = |node: &Node<'_>| {
        node.is_number() && node.raw().starts_with(b"-") && node.raw().iter().any(|b| matches!(b, b'1'..=b'9'))
    };
    for node in content.descriptor_members(Name::Size).filter(is_negative) {
        report.at(node, "\"size\" is negative; write the content's length in bytes");
    }
}

fn blake3_digests(content: &Content<'_>, report: &mut Report) {
    for descriptor in content.descriptors() {
        if let Some((node, encoded)) = blake3(&descriptor)
            && !is_blake3_hex(&encoded)
        {
            report.at(node, "\"digest\" is malformed; write blake3: followed by 64 hex digits in lower case");
        }
    }
}

/// Whether a digest is a well-formed one of BLAKE3.
pub(in crate::model) fn is_blake3(digest: Node<'_>) -> bool {
    digest.text().is_some_and(|text| text.strip_prefix("blake3:").is_some_and(is_blake3_hex))
}

fn is_blake3_hex(encoded: &str) -> bool {
    encoded.len() == 64 && encoded.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// A BLAKE3 digest, and what follows the colon.
fn blake3<'d>(descriptor: &Descriptor<'d>) -> Option<(Node<'d>, String)> {
    let node = descriptor.get(Name::Digest)?;
    let encoded = node.text()?.strip_prefix("blake3:")?.to_owned();
    Some((node, encoded))
}

fn unique_names(content: &Content<'_>, report: &mut Report) {
    let repeating = known(content).filter(|document| document.traits().repeats);
    for repeated in repeating.into_iter().flat_map(Document::all).filter_map(first_repeated) {
        report.at(repeated, "the name occurs twice in its object; keep one of the members");
    }
}

fn characters(content: &Content<'_>, report: &mut Report) {
    let is_plain = |node: &Node<'_>| node.unescaped().is_some_and(<[u8]>::is_ascii);
    let texts = known(content).into_iter().flat_map(Document::all).filter(|node| node.is_string() && !is_plain(node));
    // Invalid UTF-8 is judged by `document-is-utf-8`.
    for node in texts.filter(|node| node.is_utf8()) {
        let is_flawed = node.text().is_none_or(|text| text.chars().any(is_noncharacter));
        if is_flawed {
            report.at(node, "the text contains a lone surrogate or a noncharacter; remove it");
        }
    }
}

/// A code point that Unicode will never assign.
fn is_noncharacter(c: char) -> bool {
    matches!(c, '\u{fdd0}'..='\u{fdef}') || u32::from(c) & 0xfffe == 0xfffe
}

fn numbers(content: &Content<'_>, report: &mut Report) {
    for node in known(content).into_iter().flat_map(Document::all).filter(|node| node.is_number()) {
        if !fits_a_double(node) {
            report
                .at(node, "the number exceeds the range or the precision of a double; write fewer digits, or a string");
        }
    }
}

/// Whether a double has the number's range and precision: RFC 7493 names 2^53 - 1 as the largest integer that is exact.
fn fits_a_double(node: Node<'_>) -> bool {
    const LARGEST: u64 = (1 << 53) - 1;
    const DIGITS: usize = 17;
    if let Some(integer) = node.integer() {
        return integer.unsigned_abs() <= LARGEST;
    }
    let Some(text) = std::str::from_utf8(node.raw()).ok() else { return true };
    let mantissa = text.split(['e', 'E']).next().unwrap_or(text);
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let is_finite = text.parse::<f64>().is_ok_and(f64::is_finite);
    let is_integer = text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    is_finite && !is_integer && digits.trim_matches('0').len() <= DIGITS
}

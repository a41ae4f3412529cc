//! Author rules on the document's bytes: JSON, UTF-8, an object.

use crate::model::document::content::Content;
use crate::model::rule::{Binds, Clause, Consequence, ContentRule, Family, Level, Report, RuleInfo, Source};
use crate::model::versions::{ALWAYS, FROM_1_0};

const PAGE: Clause = Clause::of(Source::Json, "RFC 8259");
const AUTHOR: RuleInfo = RuleInfo::of(Binds::Author, Family::Json);

pub(in crate::model) const CONTENT: &[ContentRule] = &[
    ContentRule {
        info: RuleInfo {
            id: "document-is-json",
            clause: Clause {
                section: "section-2",
                summary: "a JSON document is a single value, optionally surrounded by white space",
                ..PAGE
            },
            level: Level::Must,
            versions: ALWAYS,
            why: "Neither clients nor registries can read the manifest.",
            fix: "Serialise the manifest with a JSON library, and push its output unchanged.",
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: is_json,
    },
    ContentRule {
        info: RuleInfo {
            id: "document-is-utf-8",
            clause: Clause {
                section: "section-8.1",
                summary: "JSON exchanged between systems is encoded in UTF-8",
                ..PAGE
            },
            level: Level::Must,
            versions: ALWAYS,
            why: "JSON readers reject the manifest or replace the bytes that are not UTF-8.",
            fix: "Encode the manifest in UTF-8, without a byte order mark.",
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: is_utf_8,
    },
    ContentRule {
        info: RuleInfo {
            id: "document-is-an-object",
            clause: Clause {
                document: Source::ImageSpec,
                page: "manifest.md",
                section: "image-manifest-property-descriptions",
                summary: "a manifest is an object with properties such as schemaVersion",
                sentence: "c2b04b30cd03c3b8",
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "A manifest's properties can be read only from an object.",
            fix: "Write the manifest as one JSON object.",
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: is_object,
    },
];

fn is_json(content: &Content<'_>, report: &mut Report) {
    let Err(error) = content.document() else { return };
    let body = content.exchange.tested.body.bytes();
    let (before, rest) = body.split_at(error.offset.min(body.len()));
    let line = before.iter().filter(|b| **b == b'\n').count() + 1;
    let column = before.iter().rev().take_while(|b| **b != b'\n').count() + 1;
    let (offset, expected) = (error.offset, error.expected);
    let advice = advice(body, before, rest, expected);
    report.add(
        "",
        format!("the body is not JSON: expected {expected} at line {line}, column {column} (byte {offset}); {advice}"),
    );
}

/// How to correct a syntax error between `before` and `rest`.
fn advice(body: &[u8], before: &[u8], rest: &[u8], expected: &str) -> &'static str {
    let last = before.trim_ascii_end().last();
    match (body, rest) {
        _ if body.get(257..262) == Some(b"ustar") => {
            "unpack the archive, and check the directory if it is an OCI image layout"
        }
        ([0xef, 0xbb, 0xbf, ..], _) if before.is_empty() => "remove the byte order mark",
        ([0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, _, ..] | [_, 0, ..], _) => "save it in UTF-8 instead of UTF-16",
        ([0x1f, 0x8b, ..], _) => "decompress it with gzip",
        ([], _) => "the body is empty, so write a manifest",
        (_, []) => "the document is truncated, so complete it",
        (_, [b'/', b'/' | b'*', ..]) => "remove the comment",
        _ if before.is_empty() => "this is another kind of file, so write a manifest",
        _ if expected.starts_with("the end of the ") => "remove what follows the document",
        _ if expected.starts_with("an escape") && last == Some(&b'\\') => "remove the backslash, or write two",
        (_, [b'}' | b']', ..]) if last == Some(&b',') => "remove the comma before it",
        (_, [b'\'', ..]) => "use double quotes",
        _ => "correct the syntax there",
    }
}

fn is_utf_8(content: &Content<'_>, report: &mut Report) {
    // Outside of strings a JSON document is ASCII.
    if content.document().is_ok_and(|document| !document.traits().non_ascii) {
        return;
    }
    if let Err(error) = std::str::from_utf8(&content.exchange.tested.body) {
        report.add("", format!("the body is not UTF-8 at byte {}; save it in UTF-8", error.valid_up_to()));
    }
}

fn is_object(content: &Content<'_>, report: &mut Report) {
    if let Ok(document) = content.document()
        && !document.root().is_object()
    {
        report.add("", "the document is not an object; write the manifest's properties in braces");
    }
}

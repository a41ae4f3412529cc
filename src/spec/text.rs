//! Rules on the document as text: JSON, UTF-8, an object.

use super::content::Content;
use super::rule::{Binds, Check, Clause, Level, Report, Rule, Source};
use super::versions::{ALWAYS, FROM_1_0};

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "document-is-json",
        source: Source::Json,
        span: ALWAYS,
        level: Level::Must,
        binds: Binds::Author,
        clause: Clause {
            page: "RFC 8259",
            section: "section-2",
            says: "a JSON text is one value with white space around it and nothing else",
            sentence: "",
        },
        check: Check::Content(is_json),
    },
    Rule {
        id: "document-is-utf-8",
        source: Source::Json,
        span: ALWAYS,
        level: Level::Must,
        binds: Binds::Author,
        clause: Clause {
            page: "RFC 8259",
            section: "section-8.1",
            says: "JSON that systems exchange is encoded in UTF-8",
            sentence: "",
        },
        check: Check::Content(is_utf_8),
    },
    Rule {
        id: "document-is-an-object",
        source: Source::ImageSpec,
        span: FROM_1_0,
        level: Level::Must,
        binds: Binds::Author,
        clause: Clause {
            page: "manifest.md",
            section: "image-manifest-property-descriptions",
            says: "a manifest has properties, schemaVersion among them",
            sentence: "c2b04b30cd03c3b8",
        },
        check: Check::Content(is_object),
    },
];

fn is_json(content: &Content<'_>, report: &mut Report) {
    if let Err(error) = content.document() {
        report.add("", format!("the body is {error}"));
    }
}

fn is_utf_8(content: &Content<'_>, report: &mut Report) {
    // Outside of texts a JSON document is ASCII.
    if content.document().is_ok_and(|document| !document.traits().non_ascii) {
        return;
    }
    if let Err(error) = std::str::from_utf8(&content.exchange.tested.body) {
        report.add("", format!("the body is not UTF-8 at byte {}", error.valid_up_to()));
    }
}

fn is_object(content: &Content<'_>, report: &mut Report) {
    if let Ok(document) = content.document()
        && !document.root().is_object()
    {
        report.add("", "the document is not an object: write a manifest's properties in braces");
    }
}

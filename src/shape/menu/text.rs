//! The bytes around and between the values: order, white space, escapes, syntax, length and encoding.

use super::{Effect, Entry, Group, OBJECTS, SlotRow, Under};
use crate::shape::effect::{Escapes, Order, WhiteSpace};

pub(super) const ROWS: &[SlotRow] = &[
    SlotRow {
        name: "text.order",
        group: Group::Text,
        under: OBJECTS,
        menu: &[
            Entry::valid("usual", Effect::Usual, "members in the order of the specification"),
            Entry::valid("reversed", Effect::Order(Order::Reversed), "members of every object in reverse order"),
            Entry::valid("sorted", Effect::Order(Order::Sorted), "members of every object sorted by name"),
        ],
    },
    SlotRow {
        name: "text.space",
        group: Group::Text,
        under: OBJECTS,
        menu: &[
            Entry::valid("none", Effect::Usual, "no white space"),
            Entry::valid(
                "indented",
                Effect::WhiteSpace(WhiteSpace::Spaces),
                "one value per line, indented by two spaces",
            ),
            Entry::valid(
                "tabs",
                Effect::WhiteSpace(WhiteSpace::Tabs),
                "one value per line, indented by tabs, CRLF line endings",
            ),
            Entry::valid(
                "everywhere",
                Effect::WhiteSpace(WhiteSpace::Everywhere),
                "all four white space characters around every value",
            ),
        ],
    },
    SlotRow {
        name: "text.escapes",
        group: Group::Text,
        under: OBJECTS,
        menu: &[
            Entry::valid("needed", Effect::Usual, "only what JSON requires"),
            Entry::valid("all", Effect::Escapes(Escapes::All), "every character, as UTF-16 code units"),
            Entry::valid("names", Effect::Escapes(Escapes::Names), "every character of member names"),
            Entry::valid("solidus", Effect::Escapes(Escapes::Solidus), "every slash"),
        ],
    },
    SlotRow {
        name: "text.before",
        group: Group::Text,
        under: OBJECTS,
        menu: &[
            Entry::valid("none", Effect::Usual, "nothing"),
            Entry::valid("newline", Effect::Before(b"\n"), "a line feed"),
            Entry::invalid("bom", Effect::Before(b"\xef\xbb\xbf"), "a byte order mark"),
            Entry::invalid("nul", Effect::Before(b"\0"), "a NUL byte"),
            Entry::invalid("form-feed", Effect::Before(b"\x0c"), "a form feed, not white space in JSON"),
            Entry::invalid("no-break-space", Effect::Before(b"\xc2\xa0"), "a no-break space"),
            Entry::invalid("comment", Effect::Before(b"/**/"), "a comment"),
        ],
    },
    SlotRow {
        name: "text.after",
        group: Group::Text,
        under: OBJECTS,
        menu: &[
            Entry::valid("none", Effect::Usual, "nothing"),
            Entry::valid("newline", Effect::After(b"\n"), "a line feed"),
            Entry::invalid("garbage", Effect::After(b"}"), "an extra closing brace"),
            Entry::invalid("second-document", Effect::After(b"{}"), "a second document"),
            Entry::invalid("nul", Effect::After(b"\0"), "a NUL byte"),
            Entry::valid("blank-lines", Effect::After(b" \t\r\n\r\n"), "all four white space characters"),
            Entry::invalid("word", Effect::After(b" garbage"), "a word"),
            Entry::invalid("comma", Effect::After(b","), "a comma"),
            Entry::invalid("comment", Effect::After(b"//"), "a comment"),
            Entry::invalid("invalid-utf-8", Effect::After(b"\xff"), "a byte that never occurs in UTF-8"),
        ],
    },
    SlotRow {
        name: "text.syntax",
        group: Group::Text,
        under: OBJECTS,
        menu: &[
            Entry::valid("json", Effect::Usual, "JSON"),
            Entry::invalid("trailing-comma", Effect::TrailingComma, "a trailing comma after the last member"),
            Entry::invalid("comment", Effect::Comment, "a comment after the opening brace"),
        ],
    },
    SlotRow {
        name: "text.length",
        group: Group::Text,
        under: OBJECTS,
        menu: &[
            Entry::valid("whole", Effect::Usual, "the complete document"),
            Entry::invalid("half", Effect::Half, "the first half of the document"),
            Entry::invalid("all-but-last", Effect::AllButLast, "all but the last byte"),
            Entry::invalid("cut", Effect::Cut, "the first n bytes").taking(&[0, 1, 64], 0, 4096, 4096),
        ],
    },
    SlotRow {
        name: "text.padding",
        group: Group::Text,
        under: OBJECTS,
        menu: &[
            Entry::valid("none", Effect::Usual, "nothing"),
            Entry::valid("pad", Effect::PadAfter, "trailing spaces up to n bytes in total").taking(
                &[65_535, 65_536, 1_048_576, 4_000_000],
                4096,
                4_000_000,
                65_536,
            ),
            Entry::valid("inside", Effect::PadInside, "spaces after the opening brace up to n bytes in total").taking(
                &[4_000_000],
                4096,
                4_000_000,
                65_536,
            ),
            Entry::invalid(
                "beyond",
                Effect::PadAfter,
                "trailing spaces up to n bytes in total, more than a registry has to accept",
            )
            .taking(&[4_000_001, 4_194_303, 4_194_304, 4_194_305, 8_388_608], 4_000_001, 67_108_864, 0),
        ],
    },
    SlotRow {
        name: "text.encoding",
        group: Group::Text,
        under: OBJECTS,
        menu: &[
            Entry::valid("utf-8", Effect::Usual, "UTF-8"),
            Entry::invalid("utf-16le", Effect::Utf16 { big: false, mark: false }, "UTF-16, little-endian"),
            Entry::invalid("utf-16be", Effect::Utf16 { big: true, mark: false }, "UTF-16, big-endian"),
            Entry::invalid(
                "utf-16le-bom",
                Effect::Utf16 { big: false, mark: true },
                "UTF-16, little-endian, with a byte order mark",
            ),
            Entry::invalid(
                "utf-16be-bom",
                Effect::Utf16 { big: true, mark: true },
                "UTF-16, big-endian, with a byte order mark",
            ),
        ],
    },
    SlotRow {
        name: "text.value",
        group: Group::Text,
        under: Under::Entries("kind", &["json"]),
        menu: &[
            Entry::valid("array", Effect::Json("[]"), "an empty array"),
            Entry::invalid("null", Effect::Json("null"), "null"),
            Entry::invalid("true", Effect::Json("true"), "true"),
            Entry::invalid("number", Effect::Json("2"), "a number"),
            Entry::invalid("text", Effect::Json("\"manifest\""), "a string"),
            Entry::invalid("array-of-object", Effect::Json("[{\"schemaVersion\":2}]"), "an array containing an object"),
            Entry::invalid("depth", Effect::Json("${[*n}${]*n}"), "n nested arrays").taking(
                &[1000, 10_001],
                2,
                200_000,
                32_768,
            ),
            Entry::invalid("open", Effect::Json("${[*n}"), "n opening brackets").taking(&[10_000], 1, 200_000, 65_536),
        ],
    },
    SlotRow {
        name: "text.bytes",
        group: Group::Text,
        under: Under::Entries("kind", &["not-json"]),
        menu: &[
            Entry::valid("word", Effect::Bytes(b"manifest"), "a word"),
            Entry::invalid("nothing", Effect::Bytes(b""), "no bytes"),
            Entry::invalid("blank", Effect::Bytes(b" "), "a space"),
            Entry::invalid("nul", Effect::Bytes(b"\0"), "a NUL byte"),
            Entry::invalid("html", Effect::Bytes(b"<html></html>"), "an HTML page"),
            Entry::invalid(
                "gzip",
                Effect::Bytes(b"\x1f\x8b\x08\0\0\0\0\0\0\x03\x03\0\0\0\0\0\0\0\0\0"),
                "gzip of an empty input",
            ),
            Entry::invalid("brace", Effect::Bytes(b"{"), "an opening brace"),
        ],
    },
];

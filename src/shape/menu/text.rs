//! The bytes around and between the values.

use super::{Entry, Group, OBJECTS, Row, Says, Under};
use crate::shape::effect::{Escapes, Order, Space};

pub(super) const ROWS: &[Row] = &[
    Row {
        name: "text.order",
        group: Group::Text,
        under: OBJECTS,
        menu: &[
            Entry::valid("usual", Says::Usual, "members in the specification's order"),
            Entry::valid("reversed", Says::Order(Order::Reversed), "members of every object in reverse"),
            Entry::valid("sorted", Says::Order(Order::Sorted), "members of every object by name"),
        ],
    },
    Row {
        name: "text.space",
        group: Group::Text,
        under: OBJECTS,
        menu: &[
            Entry::valid("none", Says::Usual, "no white space"),
            Entry::valid("indented", Says::Space(Space::Blanks), "a member a line, indented by two blanks"),
            Entry::valid("tabs", Says::Space(Space::Tabs), "a member a line, indented by tabs, CR LF between lines"),
            Entry::valid("everywhere", Says::Space(Space::Everywhere), "all four kinds of it around every value"),
        ],
    },
    Row {
        name: "text.escapes",
        group: Group::Text,
        under: OBJECTS,
        menu: &[
            Entry::valid("needed", Says::Usual, "only what must be escaped"),
            Entry::valid("all", Says::Escapes(Escapes::All), "every character by its UTF-16 units"),
            Entry::valid("names", Says::Escapes(Escapes::Names), "every character of members' names"),
            Entry::valid("solidus", Says::Escapes(Escapes::Solidus), "every solidus"),
        ],
    },
    Row {
        name: "text.before",
        group: Group::Text,
        under: OBJECTS,
        menu: &[
            Entry::valid("none", Says::Usual, "nothing"),
            Entry::valid("newline", Says::Before(b"\n"), "a line feed"),
            Entry::invalid("bom", Says::Before(b"\xef\xbb\xbf"), "a byte order mark"),
            Entry::invalid("nul", Says::Before(b"\0"), "a NUL byte"),
            Entry::invalid("form-feed", Says::Before(b"\x0c"), "a form feed, which JSON does not count as white space"),
            Entry::invalid("no-break-space", Says::Before(b"\xc2\xa0"), "a no-break space"),
            Entry::invalid("comment", Says::Before(b"/**/"), "a comment"),
        ],
    },
    Row {
        name: "text.after",
        group: Group::Text,
        under: OBJECTS,
        menu: &[
            Entry::valid("none", Says::Usual, "nothing"),
            Entry::valid("newline", Says::After(b"\n"), "a line feed"),
            Entry::invalid("garbage", Says::After(b"}"), "a closing brace too many"),
            Entry::invalid("second-document", Says::After(b"{}"), "a second document"),
            Entry::invalid("nul", Says::After(b"\0"), "a NUL byte"),
            Entry::valid("blank-lines", Says::After(b" \t\r\n\r\n"), "all four kinds of white space"),
            Entry::invalid("word", Says::After(b" garbage"), "a word"),
            Entry::invalid("comma", Says::After(b","), "a comma"),
            Entry::invalid("comment", Says::After(b"//"), "a comment"),
            Entry::invalid("invalid-utf-8", Says::After(b"\xff"), "a byte that UTF-8 never has"),
        ],
    },
    Row {
        name: "text.syntax",
        group: Group::Text,
        under: OBJECTS,
        menu: &[
            Entry::valid("json", Says::Usual, "JSON"),
            Entry::invalid("trailing-comma", Says::TrailingComma, "a comma after the last member"),
            Entry::invalid("comment", Says::Comment, "a comment after the opening brace"),
        ],
    },
    Row {
        name: "text.length",
        group: Group::Text,
        under: OBJECTS,
        menu: &[
            Entry::valid("whole", Says::Usual, "all of it"),
            Entry::invalid("half", Says::Half, "the first half of it"),
            Entry::invalid("all-but-last", Says::AllButLast, "all but its last byte"),
            Entry::invalid("cut", Says::Cut, "its first n bytes").taking(&[0, 1, 64], 0, 4096, 4096),
        ],
    },
    Row {
        name: "text.padding",
        group: Group::Text,
        under: OBJECTS,
        menu: &[
            Entry::valid("none", Says::Usual, "nothing"),
            Entry::valid("pad", Says::PadAfter, "blanks after it, up to n bytes in all").taking(
                &[65_535, 65_536, 1_048_576, 4_000_000],
                4096,
                4_000_000,
                65_536,
            ),
            Entry::valid("inside", Says::PadInside, "blanks after the opening brace, up to n bytes in all").taking(
                &[4_000_000],
                4096,
                4_000_000,
                65_536,
            ),
            Entry::invalid("beyond", Says::PadAfter, "blanks after it, beyond what must be taken").taking(
                &[4_000_001, 4_194_303, 4_194_304, 4_194_305, 8_388_608],
                4_000_001,
                67_108_864,
                0,
            ),
        ],
    },
    Row {
        name: "text.encoding",
        group: Group::Text,
        under: OBJECTS,
        menu: &[
            Entry::valid("utf-8", Says::Usual, "UTF-8"),
            Entry::invalid("utf-16le", Says::Utf16 { big: false, mark: false }, "UTF-16, little-endian"),
            Entry::invalid("utf-16be", Says::Utf16 { big: true, mark: false }, "UTF-16, big-endian"),
            Entry::invalid("utf-16le-bom", Says::Utf16 { big: false, mark: true }, "the same with a byte order mark"),
            Entry::invalid("utf-16be-bom", Says::Utf16 { big: true, mark: true }, "the same with a byte order mark"),
        ],
    },
    Row {
        name: "text.value",
        group: Group::Text,
        under: Under::Entries("kind", &["json"]),
        menu: &[
            Entry::valid("array", Says::Json("[]"), "an array without elements"),
            Entry::invalid("null", Says::Json("null"), "null"),
            Entry::invalid("true", Says::Json("true"), "true"),
            Entry::invalid("number", Says::Json("2"), "a number"),
            Entry::invalid("text", Says::Json("\"manifest\""), "a text"),
            Entry::invalid("array-of-object", Says::Json("[{\"schemaVersion\":2}]"), "an array that holds an object"),
            Entry::invalid("depth", Says::Json("${[*n}${]*n}"), "n arrays, one in another").taking(
                &[1000, 10_001],
                2,
                200_000,
                32_768,
            ),
            Entry::invalid("open", Says::Json("${[*n}"), "n arrays that are never closed").taking(
                &[10_000],
                1,
                200_000,
                65_536,
            ),
        ],
    },
    Row {
        name: "text.bytes",
        group: Group::Text,
        under: Under::Entries("kind", &["not-json"]),
        menu: &[
            Entry::valid("word", Says::Bytes(b"manifest"), "a word"),
            Entry::invalid("nothing", Says::Bytes(b""), "no bytes"),
            Entry::invalid("blank", Says::Bytes(b" "), "a blank"),
            Entry::invalid("nul", Says::Bytes(b"\0"), "a NUL byte"),
            Entry::invalid("html", Says::Bytes(b"<html></html>"), "a page"),
            Entry::invalid(
                "gzip",
                Says::Bytes(b"\x1f\x8b\x08\0\0\0\0\0\0\x03\x03\0\0\0\0\0\0\0\0\0"),
                "gzip of no bytes",
            ),
            Entry::invalid("brace", Says::Bytes(b"{"), "an opening brace"),
        ],
    },
];

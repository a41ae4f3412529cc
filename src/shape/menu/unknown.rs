//! Members that no specification names.

use super::{Effect, Entry, Group, OBJECTS, SlotRow, Under};

pub(super) const ROWS: &[SlotRow] = &[
    SlotRow {
        name: "unknown.member",
        group: Group::Unknown,
        under: OBJECTS,
        menu: &[
            Entry::valid("absent", Effect::Usual, "no such member"),
            Entry::valid("text", Effect::Json("\"value\""), "a text"),
            Entry::valid("object", Effect::Json("{\"a\":[1,null]}"), "an object"),
            Entry::valid("null", Effect::Json("null"), "null"),
            Entry::valid("number", Effect::Json("0.1"), "a number with a fraction"),
            Entry::valid("length", Effect::Json("\"${x*n}\""), "a text of n characters").taking(
                &[4096, 65_536],
                6,
                3_990_000,
                60_000,
            ),
            Entry::invalid("digits", Effect::Json("${9*n}"), "an integer of n digits").taking(
                &[20, 400],
                20,
                100_000,
                60_000,
            ),
            Entry::invalid("1e400", Effect::Json("1e400"), "a number beyond every double"),
            Entry::invalid("depth", Effect::Json("${[*n}${]*n}"), "n arrays, one in another").taking(
                &[1000, 10_001],
                100,
                200_000,
                30_000,
            ),
            Entry::invalid("object-depth", Effect::Json("${{\"a\":*n}1${close*n}"), "n objects, one in another")
                .taking(&[1000], 100, 200_000, 10_000),
            Entry::invalid("lone-surrogate", Effect::Json("\"\\ud800\""), "half a surrogate pair"),
            Entry::invalid("invalid-utf-8", Effect::Bytes(b"\"\xff\""), "a byte that UTF-8 never has"),
            Entry::invalid("overlong-utf-8", Effect::Bytes(b"\"\xc0\x80\""), "NUL in two bytes, which UTF-8 forbids"),
            Entry::invalid("raw-control", Effect::Bytes(b"\"\x01\""), "a control character that is not escaped"),
            Entry::invalid("raw-nul", Effect::Bytes(b"\"\0\""), "a NUL byte in a text"),
            Entry::invalid("nan", Effect::Json("NaN"), "NaN, which JSON does not have"),
            Entry::invalid("leading-zero", Effect::Json("01"), "a number with a leading zero"),
            Entry::invalid("hexadecimal", Effect::Json("0x1"), "a hexadecimal number"),
            Entry::invalid("single-quotes", Effect::Json("'value'"), "a text in single quotes"),
            Entry::invalid("nothing", Effect::Json(""), "no value at all"),
        ],
    },
    SlotRow {
        name: "unknown.name",
        group: Group::Unknown,
        under: Under::Entries("unknown.member", &["text", "object", "null", "number"]),
        menu: &[
            Entry::valid("plain", Effect::Name("comExampleUnknown"), "a plain name"),
            Entry::valid("reserved", Effect::Name("__proto__"), "a word that some languages reserve"),
            Entry::valid("unicode", Effect::Name("k\u{119}y\u{202e}"), "a name beyond ASCII"),
            Entry::valid("empty", Effect::Name(""), "the empty text"),
            Entry::valid("dollar", Effect::Name("$ref"), "a name that JSON Schema gives a meaning"),
            Entry::valid("schema1", Effect::Name("fsLayers"), "a member of Docker's schema 1"),
            Entry::valid("descriptor", Effect::Name("digest"), "a descriptor's member"),
            Entry::valid("slashes", Effect::Name("a/b~c"), "a name that a JSON Pointer must escape"),
            Entry::valid("length", Effect::Name("${x*n}"), "a name of n characters").taking(&[256], 32, 60_000, 60_000),
        ],
    },
];

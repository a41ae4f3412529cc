//! Members that no specification defines.

use super::{Effect, Entry, Group, OBJECTS, SlotRow, Under};

pub(super) const ROWS: &[SlotRow] = &[
    SlotRow {
        name: "unknown.member",
        group: Group::Unknown,
        under: OBJECTS,
        menu: &[
            Entry::valid("absent", Effect::Usual, "member absent"),
            Entry::valid("text", Effect::Json("\"value\""), "a string"),
            Entry::valid("object", Effect::Json("{\"a\":[1,null]}"), "an object"),
            Entry::valid("null", Effect::Json("null"), "null"),
            Entry::valid("number", Effect::Json("0.1"), "a fractional number"),
            Entry::valid("length", Effect::Json("\"${x*n}\""), "a string of n characters").taking(
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
            Entry::invalid("1e400", Effect::Json("1e400"), "1e400, out of range for a double"),
            Entry::invalid("depth", Effect::Json("${[*n}${]*n}"), "n nested arrays").taking(
                &[1000, 10_001],
                100,
                200_000,
                30_000,
            ),
            Entry::invalid("object-depth", Effect::Json("${{\"a\":*n}1${close*n}"), "n nested objects").taking(
                &[1000],
                100,
                200_000,
                10_000,
            ),
            Entry::invalid("lone-surrogate", Effect::Json("\"\\ud800\""), "a lone surrogate"),
            Entry::invalid("invalid-utf-8", Effect::Bytes(b"\"\xff\""), "a byte that never occurs in UTF-8"),
            Entry::invalid("overlong-utf-8", Effect::Bytes(b"\"\xc0\x80\""), "NUL as two bytes (overlong UTF-8)"),
            Entry::invalid("raw-control", Effect::Bytes(b"\"\x01\""), "an unescaped control character"),
            Entry::invalid("raw-nul", Effect::Bytes(b"\"\0\""), "a string containing a NUL byte"),
            Entry::invalid("nan", Effect::Json("NaN"), "NaN, which is not JSON"),
            Entry::invalid("leading-zero", Effect::Json("01"), "a number with a leading zero"),
            Entry::invalid("hexadecimal", Effect::Json("0x1"), "a hexadecimal number"),
            Entry::invalid("single-quotes", Effect::Json("'value'"), "a single-quoted string"),
            Entry::invalid("nothing", Effect::Json(""), "nothing after the colon"),
        ],
    },
    SlotRow {
        name: "unknown.name",
        group: Group::Unknown,
        under: Under::Entries("unknown.member", &["text", "object", "null", "number"]),
        menu: &[
            Entry::valid("plain", Effect::Name("comExampleUnknown"), "a plain name"),
            Entry::valid("reserved", Effect::Name("__proto__"), "`__proto__`, special in JavaScript"),
            Entry::valid("unicode", Effect::Name("k\u{119}y\u{202e}"), "a non-ASCII name"),
            Entry::valid("empty", Effect::Name(""), "an empty string"),
            Entry::valid("dollar", Effect::Name("$ref"), "`$ref`, a JSON Schema keyword"),
            Entry::valid("schema1", Effect::Name("fsLayers"), "`fsLayers`, a member of Docker schema 1"),
            Entry::valid("descriptor", Effect::Name("digest"), "`digest`, a descriptor member"),
            Entry::valid("slashes", Effect::Name("a/b~c"), "a name that needs escaping in a JSON Pointer"),
            Entry::valid("length", Effect::Name("${x*n}"), "a name of n characters").taking(&[256], 32, 60_000, 60_000),
        ],
    },
];

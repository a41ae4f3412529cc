//! The bytes around and between the values.

use super::{Entry, Group, OBJECTS, Row, Says};

pub(super) const ROWS: &[Row] = &[
    Row {
        name: "text.order",
        group: Group::Text,
        under: OBJECTS,
        menu: &[
            Entry::valid("usual", Says::Usual, "members in the specification's order"),
            Entry::valid("reversed", Says::Reversed, "members of every object in reverse"),
        ],
    },
    Row {
        name: "text.space",
        group: Group::Text,
        under: OBJECTS,
        menu: &[
            Entry::valid("none", Says::Usual, "no white space"),
            Entry::valid("indented", Says::Indented, "a member a line, indented by two blanks"),
        ],
    },
    Row {
        name: "text.escapes",
        group: Group::Text,
        under: OBJECTS,
        menu: &[
            Entry::valid("needed", Says::Usual, "only what must be escaped"),
            Entry::valid("all", Says::Escaped, "every character as \\uXXXX"),
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
        ],
    },
    Row {
        name: "text.length",
        group: Group::Text,
        under: OBJECTS,
        menu: &[
            Entry::valid("whole", Says::Usual, "all of it"),
            Entry::invalid("half", Says::Half, "the first half of it"),
        ],
    },
    Row {
        name: "text.padding",
        group: Group::Text,
        under: OBJECTS,
        menu: &[
            Entry::valid("none", Says::Usual, "nothing"),
            Entry::valid("to", Says::PaddedTo, "blanks after it, up to n bytes in all").taking(
                &[65_536, 4_000_000],
                4096,
                4_000_000,
                65_536,
            ),
        ],
    },
];

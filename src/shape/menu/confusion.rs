//! Documents that can be read in two ways: as two kinds, or by readers that treat names and repeats differently.
//!
//! Names may hold `${list}`, the kind's own list of descriptors, `${List}`, the same with a capital letter, and
//! `${other-list}`, the list of the other sort of manifest.

use super::{Entry, Group, OBJECTS, Row, Says, Under};

const IMAGES: Under = Under::Entries("kind", &["image", "docker-image"]);

pub(super) const ROWS: &[Row] = &[
    Row {
        name: "confusion",
        group: Group::Confusion,
        under: OBJECTS,
        menu: &[
            Entry::valid("none", Says::Usual, "only the lists of the kind"),
            Entry::invalid("other-list", Says::OtherList, "manifests beside layers, layers beside manifests"),
            Entry::invalid("other-list-empty", Says::Last("${other-list}", "[]"), "the other list, without elements"),
            Entry::invalid("other-list-null", Says::Last("${other-list}", "null"), "the other list, null"),
            Entry::invalid(
                "other-list-first",
                Says::First("${other-list}", "[]"),
                "the other list, empty, at the start",
            ),
        ],
    },
    Row {
        name: "confusion.case",
        group: Group::Confusion,
        under: OBJECTS,
        menu: &[
            Entry::valid("none", Says::Usual, "members as the specification spells them"),
            Entry::valid("list-beside", Says::Last("${List}", "[]"), "the list once more with a capital letter, empty"),
            Entry::valid("type-beside", Says::Last("MediaType", "\"${other}\""), "MediaType too, another kind's"),
            Entry::valid(
                "type-first",
                Says::First("MEDIATYPE", "\"${other}\""),
                "MEDIATYPE at the start, another kind's",
            ),
            Entry::invalid("list-in-place", Says::Renamed("${list}", "${List}"), "the list with a capital letter"),
            Entry::valid("type-in-place", Says::Renamed("mediaType", "mediatype"), "mediatype in mediaType's place"),
            Entry::valid(
                "long-s",
                Says::Last("\u{17f}chemaVersion", "1"),
                "schemaVersion with a letter that folds to s",
            ),
        ],
    },
    Row {
        name: "confusion.config",
        group: Group::Confusion,
        under: IMAGES,
        menu: &[
            Entry::valid("none", Says::Usual, "config once"),
            Entry::invalid("twice", Says::Again("config"), "config twice, the same"),
            Entry::invalid("null-last", Says::Last("config", "null"), "config, and at the end once more, null"),
            Entry::invalid("empty-first", Says::First("config", "{}"), "an empty config at the start, then its own"),
            Entry::invalid("split", Says::Split("config"), "its members spread over two objects of the same name"),
            Entry::invalid("case-in-place", Says::Renamed("config", "Config"), "Config in its place"),
            Entry::valid("case-beside", Says::Last("CONFIG", "null"), "CONFIG beside it, null"),
        ],
    },
    Row {
        name: "confusion.repeat",
        group: Group::Confusion,
        under: OBJECTS,
        menu: &[
            Entry::valid("none", Says::Usual, "every member once"),
            Entry::invalid("type-twice", Says::Again("mediaType"), "mediaType twice, the same"),
            Entry::invalid(
                "other-type-first",
                Says::First("mediaType", "\"${other}\""),
                "another kind's type, then its own",
            ),
            Entry::invalid(
                "other-type-last",
                Says::Last("mediaType", "\"${other}\""),
                "its own type, then another kind's",
            ),
            Entry::invalid("list-twice", Says::Again("${list}"), "the list twice, the same"),
            Entry::invalid("list-empty-first", Says::First("${list}", "[]"), "the list empty, then as it is"),
            Entry::invalid("list-empty-last", Says::Last("${list}", "[]"), "the list as it is, then empty"),
            Entry::invalid("list-split", Says::Split("${list}"), "its elements spread over two lists of the same name"),
            Entry::invalid("version-first", Says::First("schemaVersion", "1"), "schemaVersion 1, then its own"),
        ],
    },
];

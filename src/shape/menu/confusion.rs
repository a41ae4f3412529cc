//! Documents that can be read in two ways: as two kinds, or by readers that treat names and repeats differently.
//!
//! Names may hold `${list}`, the kind's own list of descriptors, `${List}`, the same with a capital letter, and
//! `${other-list}`, the list of the other sort of manifest.

use super::{Effect, Entry, Group, OBJECTS, SlotRow, Under};

const IMAGES: Under = Under::Entries("kind", &["image", "docker-image"]);

pub(super) const ROWS: &[SlotRow] = &[
    SlotRow {
        name: "confusion",
        group: Group::Confusion,
        under: OBJECTS,
        menu: &[
            Entry::valid("none", Effect::Usual, "only the lists of the kind"),
            Entry::invalid("other-list", Effect::OtherList, "manifests beside layers, layers beside manifests"),
            Entry::invalid("other-list-empty", Effect::Last("${other-list}", "[]"), "the other list, without elements"),
            Entry::invalid("other-list-null", Effect::Last("${other-list}", "null"), "the other list, null"),
            Entry::invalid(
                "other-list-first",
                Effect::First("${other-list}", "[]"),
                "the other list, empty, at the start",
            ),
        ],
    },
    SlotRow {
        name: "confusion.case",
        group: Group::Confusion,
        under: OBJECTS,
        menu: &[
            Entry::valid("none", Effect::Usual, "members as the specification spells them"),
            Entry::valid(
                "list-beside",
                Effect::Last("${List}", "[]"),
                "the list once more with a capital letter, empty",
            ),
            Entry::valid("type-beside", Effect::Last("MediaType", "\"${other}\""), "MediaType too, another kind's"),
            Entry::valid(
                "type-first",
                Effect::First("MEDIATYPE", "\"${other}\""),
                "MEDIATYPE at the start, another kind's",
            ),
            Entry::invalid("list-in-place", Effect::Renamed("${list}", "${List}"), "the list with a capital letter"),
            Entry::valid("type-in-place", Effect::Renamed("mediaType", "mediatype"), "mediatype in mediaType's place"),
            Entry::valid(
                "long-s",
                Effect::Last("\u{17f}chemaVersion", "1"),
                "schemaVersion with a letter that folds to s",
            ),
        ],
    },
    SlotRow {
        name: "confusion.config",
        group: Group::Confusion,
        under: IMAGES,
        menu: &[
            Entry::valid("none", Effect::Usual, "config once"),
            Entry::invalid("twice", Effect::Again("config"), "config twice, the same"),
            Entry::invalid("null-last", Effect::Last("config", "null"), "config, and at the end once more, null"),
            Entry::invalid("empty-first", Effect::First("config", "{}"), "an empty config at the start, then its own"),
            Entry::invalid("split", Effect::Split("config"), "its members spread over two objects of the same name"),
            Entry::invalid("case-in-place", Effect::Renamed("config", "Config"), "Config in its place"),
            Entry::valid("case-beside", Effect::Last("CONFIG", "null"), "CONFIG beside it, null"),
        ],
    },
    SlotRow {
        name: "confusion.repeat",
        group: Group::Confusion,
        under: OBJECTS,
        menu: &[
            Entry::valid("none", Effect::Usual, "every member once"),
            Entry::invalid("type-twice", Effect::Again("mediaType"), "mediaType twice, the same"),
            Entry::invalid(
                "other-type-first",
                Effect::First("mediaType", "\"${other}\""),
                "another kind's type, then its own",
            ),
            Entry::invalid(
                "other-type-last",
                Effect::Last("mediaType", "\"${other}\""),
                "its own type, then another kind's",
            ),
            Entry::invalid("list-twice", Effect::Again("${list}"), "the list twice, the same"),
            Entry::invalid("list-empty-first", Effect::First("${list}", "[]"), "the list empty, then as it is"),
            Entry::invalid("list-empty-last", Effect::Last("${list}", "[]"), "the list as it is, then empty"),
            Entry::invalid(
                "list-split",
                Effect::Split("${list}"),
                "its elements spread over two lists of the same name",
            ),
            Entry::invalid("version-first", Effect::First("schemaVersion", "1"), "schemaVersion 1, then its own"),
        ],
    },
];

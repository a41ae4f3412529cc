//! Ambiguous documents: of two kinds at once, or with names and repeated members that readers treat differently.
//!
//! Template variables in names: `${list}` is the kind's list of descriptors, `${List}` the same name capitalised,
//! `${other-list}` the list of the other kind of manifest.

use super::{Effect, Entry, Group, OBJECTS, SlotRow, Under};

const IMAGES: Under = Under::Entries("kind", &["image", "docker-image"]);

pub(super) const ROWS: &[SlotRow] = &[
    SlotRow {
        name: "confusion",
        group: Group::Confusion,
        under: OBJECTS,
        menu: &[
            Entry::valid("none", Effect::Usual, "only the lists of this kind"),
            Entry::invalid(
                "other-list",
                Effect::OtherList,
                "an additional list with one element: manifests in an image, layers in an index",
            ),
            Entry::invalid("other-list-empty", Effect::Last("${other-list}", "[]"), "the other list, empty"),
            Entry::invalid("other-list-null", Effect::Last("${other-list}", "null"), "the other list as null"),
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
            Entry::valid("none", Effect::Usual, "members spelled as in the specification"),
            Entry::valid(
                "list-beside",
                Effect::Last("${List}", "[]"),
                "an additional empty list with a capitalised name",
            ),
            Entry::valid(
                "type-beside",
                Effect::Last("MediaType", "\"${other}\""),
                "an additional `MediaType` at the end: another kind's type",
            ),
            Entry::valid(
                "type-first",
                Effect::First("MEDIATYPE", "\"${other}\""),
                "an additional `MEDIATYPE` at the start: another kind's type",
            ),
            Entry::invalid("list-in-place", Effect::Renamed("${list}", "${List}"), "the list under a capitalised name"),
            Entry::valid(
                "type-in-place",
                Effect::Renamed("mediaType", "mediatype"),
                "`mediatype` instead of `mediaType`",
            ),
            Entry::valid(
                "long-s",
                Effect::Last("\u{17f}chemaVersion", "1"),
                "an additional schemaVersion whose first letter case-folds to s",
            ),
        ],
    },
    SlotRow {
        name: "confusion.config",
        group: Group::Confusion,
        under: IMAGES,
        menu: &[
            Entry::valid("none", Effect::Usual, "config once"),
            Entry::invalid("twice", Effect::Again("config"), "the same config twice"),
            Entry::invalid("null-last", Effect::Last("config", "null"), "config, then null at the end"),
            Entry::invalid(
                "empty-first",
                Effect::First("config", "{}"),
                "an empty config at the start, then the real one",
            ),
            Entry::invalid("split", Effect::Split("config"), "members split over two objects of the same name"),
            Entry::invalid("case-in-place", Effect::Renamed("config", "Config"), "`Config` instead of `config`"),
            Entry::valid("case-beside", Effect::Last("CONFIG", "null"), "an additional `CONFIG`: null"),
        ],
    },
    SlotRow {
        name: "confusion.repeat",
        group: Group::Confusion,
        under: OBJECTS,
        menu: &[
            Entry::valid("none", Effect::Usual, "every member once"),
            Entry::invalid("type-twice", Effect::Again("mediaType"), "the same mediaType twice"),
            Entry::invalid(
                "other-type-first",
                Effect::First("mediaType", "\"${other}\""),
                "another kind's type at the start, then the kind's own",
            ),
            Entry::invalid(
                "other-type-last",
                Effect::Last("mediaType", "\"${other}\""),
                "the kind's own type, then another kind's at the end",
            ),
            Entry::invalid("list-twice", Effect::Again("${list}"), "the same list twice"),
            Entry::invalid(
                "list-empty-first",
                Effect::First("${list}", "[]"),
                "an empty list at the start, then the real one",
            ),
            Entry::invalid(
                "list-empty-last",
                Effect::Last("${list}", "[]"),
                "the real list, then an empty one at the end",
            ),
            Entry::invalid("list-split", Effect::Split("${list}"), "elements split over two lists of the same name"),
            Entry::invalid(
                "version-first",
                Effect::First("schemaVersion", "1"),
                "schemaVersion 1 at the start, then the real one",
            ),
        ],
    },
];

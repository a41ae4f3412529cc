//! The request that carries the document.

use super::{Entry, Group, OBJECTS, Row, Says};

pub(super) const ROWS: &[Row] = &[
    Row {
        name: "content-type",
        group: Group::Request,
        under: OBJECTS,
        menu: &[
            Entry::valid("matching", Says::Value("${own}"), "the kind's media type"),
            Entry::invalid("absent", Says::NoHeader, "no such header"),
            Entry::invalid("other", Says::Value("${other}"), "the media type of another kind"),
            Entry::valid("parameters", Says::Value("${own}; charset=utf-8"), "with a parameter"),
            Entry::valid("upper-case", Says::Value("${OWN}"), "in upper case"),
            Entry::invalid("unknown", Says::Value("application/vnd.example.unknown.v1+json"), "an unknown type"),
            Entry::invalid("json", Says::Value("application/json"), "application/json"),
            Entry::invalid("garbage", Says::Value("garbage"), "a value that is no media type"),
        ],
    },
    Row {
        name: "reference",
        group: Group::Request,
        under: OBJECTS,
        menu: &[
            Entry::valid("tag", Says::Usual, "a fresh tag"),
            Entry::valid("digest", Says::Value("${digest}"), "the body's SHA-256"),
            Entry::invalid("wrong-digest", Says::Value("${other-digest}"), "the SHA-256 of other bytes"),
            Entry::invalid("short-digest", Says::Value("sha256:${hex63}"), "one hex digit too few"),
            Entry::invalid("empty-digest", Says::Value("sha256:"), "an algorithm and nothing after the colon"),
            Entry::invalid("dot-tag", Says::Value(".tag"), "a tag that begins with a dot"),
            Entry::invalid("long-tag", Says::Value("${129}"), "a tag of 129 characters"),
        ],
    },
    Row {
        name: "transfer",
        group: Group::Request,
        under: OBJECTS,
        menu: &[
            Entry::valid("content-length", Says::Usual, "with Content-Length"),
            Entry::invalid("chunked", Says::Chunked, "in chunks; HTTP lets a server ask for a length"),
        ],
    },
    Row {
        name: "repeat",
        group: Group::Request,
        under: OBJECTS,
        menu: &[
            Entry::valid("once", Says::Usual, "the request is sent once"),
            Entry::valid("twice", Says::Twice, "the same request is sent twice"),
            Entry::valid("over-another", Says::OverAnother, "the tag points at another manifest before"),
        ],
    },
];

//! Members of the document itself.

use super::{Entry, Group, OBJECTS, Row, Says, Under};

const IMAGES: Under = Under::Entries("kind", &["image", "docker-image"]);
const LISTS: Under = Under::Entries("kind", &["index", "docker-list"]);
const OCI: Under = Under::Entries("kind", &["image", "index"]);
const OCI_AND_ARTIFACT: Under = Under::Entries("kind", &["image", "index", "artifact"]);
const WITH_SCHEMA_VERSION: Under = Under::Entries("kind", &["image", "index", "docker-image", "docker-list"]);

pub(super) const ROWS: &[Row] = &[
    Row {
        name: "schemaVersion",
        group: Group::Document,
        under: WITH_SCHEMA_VERSION,
        menu: &[
            Entry::valid("2", Says::Json("2"), "the integer 2"),
            Entry::invalid("absent", Says::Absent, "no such member"),
            Entry::invalid("1", Says::Json("1"), "the integer 1"),
            Entry::invalid("text", Says::Json("\"2\""), "the text \"2\""),
            Entry::invalid("float", Says::Json("2.0"), "2.0, which JSON Schema takes for an integer"),
            Entry::invalid("null", Says::Json("null"), "null"),
        ],
    },
    Row {
        name: "mediaType",
        group: Group::Document,
        under: OBJECTS,
        menu: &[
            Entry::valid("own", Says::Json("\"${own}\""), "the kind's media type"),
            Entry::valid("absent", Says::Absent, "no such member"),
            Entry::invalid("null", Says::Json("null"), "null"),
            Entry::invalid("empty", Says::Json("\"\""), "the empty text"),
            Entry::invalid("other", Says::Json("\"${other}\""), "the media type of another kind"),
            Entry::invalid("unknown", Says::Json("\"application/vnd.example.unknown.v1+json\""), "an unknown type"),
            Entry::invalid("number", Says::Json("1"), "a number"),
        ],
    },
    Row {
        name: "artifactType",
        group: Group::Document,
        under: OCI,
        menu: &[
            Entry::valid("absent", Says::Absent, "no such member"),
            Entry::valid("present", Says::Json("\"application/vnd.example.artifact.v1\""), "an unknown type"),
            Entry::invalid("empty", Says::Json("\"\""), "the empty text"),
            Entry::invalid("null", Says::Json("null"), "null"),
            Entry::invalid("malformed", Says::Json("\"not a media type\""), "a text that is no media type"),
            Entry::invalid("number", Says::Json("1"), "a number"),
        ],
    },
    Row {
        name: "config",
        group: Group::Document,
        under: IMAGES,
        menu: &[
            Entry::valid("present", Says::Descriptor, "a descriptor"),
            Entry::invalid("absent", Says::Absent, "no such member"),
            Entry::invalid("null", Says::Json("null"), "null"),
            Entry::invalid("empty-object", Says::Json("{}"), "an object without members"),
            Entry::invalid("text", Says::Json("\"config\""), "a text"),
            Entry::invalid("array", Says::Json("[]"), "an array"),
        ],
    },
    Row {
        name: "layers",
        group: Group::Document,
        under: IMAGES,
        menu: &[
            Entry::valid("one", Says::Descriptors(1), "one descriptor"),
            Entry::invalid("empty", Says::Json("[]"), "an array without elements"),
            Entry::invalid("absent", Says::Absent, "no such member"),
            Entry::invalid("null", Says::Json("null"), "null"),
            Entry::invalid("object", Says::Json("{}"), "an object"),
            Entry::invalid("text", Says::Json("\"layers\""), "a text"),
            Entry::invalid("null-element", Says::Json("[null]"), "an array that holds null"),
            Entry::valid("two", Says::Descriptors(2), "two descriptors"),
            Entry::valid("count", Says::Descriptors(0), "that many descriptors").taking(&[40, 127, 128], 3, 2000, 350),
        ],
    },
    Row {
        name: "manifests",
        group: Group::Document,
        under: LISTS,
        menu: &[
            Entry::valid("one", Says::Descriptors(1), "one descriptor"),
            Entry::valid("empty", Says::Json("[]"), "an array without elements"),
            Entry::invalid("absent", Says::Absent, "no such member"),
            Entry::invalid("null", Says::Json("null"), "null"),
            Entry::invalid("object", Says::Json("{}"), "an object"),
            Entry::invalid("text", Says::Json("\"manifests\""), "a text"),
            Entry::invalid("null-element", Says::Json("[null]"), "an array that holds null"),
            Entry::valid("two", Says::Descriptors(2), "two descriptors"),
            Entry::valid("count", Says::Descriptors(0), "that many descriptors").taking(&[40], 3, 1000, 250),
        ],
    },
    Row {
        name: "subject",
        group: Group::Document,
        under: OCI_AND_ARTIFACT,
        menu: &[
            Entry::valid("absent", Says::Absent, "no such member"),
            Entry::valid("present", Says::Descriptor, "a descriptor of a manifest"),
            Entry::invalid("null", Says::Json("null"), "null"),
            Entry::invalid("empty-object", Says::Json("{}"), "an object without members"),
            Entry::invalid("text", Says::Json("\"subject\""), "a text"),
            Entry::invalid("array", Says::Json("[]"), "an array"),
        ],
    },
    Row {
        name: "annotations",
        group: Group::Document,
        under: OCI_AND_ARTIFACT,
        menu: &[
            Entry::valid("absent", Says::Absent, "no such member"),
            Entry::valid("one", Says::Json("{\"com.example.key\":\"value\"}"), "one key"),
            Entry::valid("empty", Says::Json("{}"), "an object without members"),
            Entry::valid("empty-value", Says::Json("{\"com.example.key\":\"\"}"), "a key with the empty text"),
            Entry::invalid("null", Says::Json("null"), "null"),
            Entry::invalid("number-value", Says::Json("{\"com.example.key\":1}"), "a key with a number"),
            Entry::invalid("null-value", Says::Json("{\"com.example.key\":null}"), "a key with null"),
            Entry::invalid("object-value", Says::Json("{\"com.example.key\":{}}"), "a key with an object"),
            Entry::invalid("text", Says::Json("\"annotations\""), "a text"),
            Entry::invalid("array", Says::Json("[]"), "an array"),
        ],
    },
    Row {
        name: "unknown.member",
        group: Group::Unknown,
        under: OBJECTS,
        menu: &[
            Entry::valid("absent", Says::Usual, "no such member"),
            Entry::valid("text", Says::Extra("comExampleUnknown", "\"value\""), "a plain name with a text"),
            Entry::valid("object", Says::Extra("comExampleUnknown", "{\"a\":[1,null]}"), "a plain name with an object"),
        ],
    },
];

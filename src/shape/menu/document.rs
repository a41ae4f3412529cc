//! Members of the document itself.

use super::descriptor::{DOTTED_KEY, UPPER_CASE_KEY};
use super::{Effect, Entry, Group, OBJECTS, SlotRow, Under};

const IMAGES: Under = Under::Entries("kind", &["image", "docker-image"]);
const LISTS: Under = Under::Entries("kind", &["index", "docker-list"]);
const OCI: Under = Under::Entries("kind", &["image", "index"]);
const ARTIFACTS: Under = Under::Entries("kind", &["artifact"]);
const OCI_AND_ARTIFACT: Under = Under::Entries("kind", &["image", "index", "artifact"]);
const WITH_SCHEMA_VERSION: Under = Under::Entries("kind", &["image", "index", "docker-image", "docker-list"]);

pub(super) const ROWS: &[SlotRow] = &[
    SlotRow {
        name: "schemaVersion",
        group: Group::Document,
        under: WITH_SCHEMA_VERSION,
        menu: &[
            Entry::valid("2", Effect::Json("2"), "the integer 2"),
            Entry::invalid("absent", Effect::Absent, "member absent"),
            Entry::invalid("1", Effect::Json("1"), "the integer 1"),
            Entry::invalid("text", Effect::Json("\"2\""), "the string \"2\""),
            Entry::invalid("float", Effect::Json("2.0"), "2.0, an integer in JSON Schema"),
            Entry::invalid("null", Effect::Json("null"), "null"),
            Entry::invalid("exponent", Effect::Json("2e0"), "2e0, an integer in JSON Schema"),
            Entry::invalid("3", Effect::Json("3"), "the integer 3"),
            Entry::invalid("0", Effect::Json("0"), "the integer 0"),
            Entry::invalid("negative", Effect::Json("-2"), "-2"),
            Entry::invalid("fraction", Effect::Json("2.5"), "a fractional number"),
            Entry::invalid(
                "2-to-64-and-2",
                Effect::Json("18446744073709551618"),
                "2^64 + 2, which wraps around to 2 in 64 bits",
            ),
            Entry::invalid("true", Effect::Json("true"), "true"),
            Entry::invalid("array", Effect::Json("[2]"), "an array"),
            Entry::invalid("object", Effect::Json("{}"), "an object"),
            Entry::invalid(
                "nearly-2",
                Effect::Json("2.00000000000000000000000001"),
                "2 and 10^-26, which a double rounds to 2",
            ),
            Entry::invalid("scaled", Effect::Json("20e-1"), "20e-1, an integer in JSON Schema"),
        ],
    },
    SlotRow {
        name: "mediaType",
        group: Group::Document,
        under: OBJECTS,
        menu: &[
            Entry::valid("own", Effect::Json("\"${own}\""), "the kind's media type"),
            Entry::valid("absent", Effect::Absent, "member absent"),
            Entry::invalid("null", Effect::Json("null"), "null"),
            Entry::invalid("empty", Effect::Json("\"\""), "an empty string"),
            Entry::invalid("other", Effect::Json("\"${other}\""), "the media type of another kind"),
            Entry::invalid(
                "unknown",
                Effect::Json("\"application/vnd.example.unknown.v1+json\""),
                "an unknown media type",
            ),
            Entry::invalid("number", Effect::Json("1"), "a number"),
            Entry::invalid(
                "other-family",
                Effect::Json("\"${other-family}\""),
                "Docker's equivalent of an OCI type, OCI's of a Docker type",
            ),
            Entry::invalid("schema1", Effect::Json("\"${schema1}\""), "Docker schema 1 manifest"),
            Entry::invalid(
                "parameters",
                Effect::Json("\"${own}; charset=utf-8\""),
                "the kind's media type with a parameter",
            ),
            Entry::invalid("upper-case", Effect::Json("\"${OWN}\""), "the kind's media type in upper case"),
            Entry::invalid("blank-before", Effect::Json("\" ${own}\""), "the kind's media type with a leading space"),
            Entry::invalid("octet-stream", Effect::Json("\"application/octet-stream\""), "application/octet-stream"),
            Entry::invalid("malformed", Effect::Json("\"no-slash\""), "invalid media type"),
            Entry::invalid("array", Effect::Json("[\"${own}\"]"), "an array containing the kind's media type"),
        ],
    },
    SlotRow {
        name: "artifactType",
        group: Group::Document,
        under: ARTIFACTS,
        menu: &[
            Entry::valid("present", Effect::Json("\"application/vnd.example.artifact.v1\""), "an unknown media type"),
            Entry::valid("absent", Effect::Absent, "member absent"),
            Entry::invalid("empty", Effect::Json("\"\""), "an empty string"),
            Entry::invalid("null", Effect::Json("null"), "null"),
            Entry::invalid("malformed", Effect::Json("\"not a media type\""), "invalid media type"),
            Entry::invalid("number", Effect::Json("1"), "a number"),
        ],
    },
    SlotRow {
        name: "artifactType",
        group: Group::Document,
        under: OCI,
        menu: &[
            Entry::valid("absent", Effect::Absent, "member absent"),
            Entry::valid("present", Effect::Json("\"application/vnd.example.artifact.v1\""), "an unknown media type"),
            Entry::invalid("empty", Effect::Json("\"\""), "an empty string"),
            Entry::invalid("null", Effect::Json("null"), "null"),
            Entry::invalid("malformed", Effect::Json("\"not a media type\""), "invalid media type"),
            Entry::invalid("number", Effect::Json("1"), "a number"),
            Entry::valid(
                "image-config",
                Effect::Json("\"application/vnd.oci.image.config.v1+json\""),
                "image configuration",
            ),
            Entry::invalid(
                "parameters",
                Effect::Json("\"application/vnd.example.artifact.v1; a=b\""),
                "with a parameter",
            ),
            Entry::valid(
                "long",
                Effect::Json("\"application/${x127}\""),
                "a subtype of 127 characters, the longest valid one",
            ),
            Entry::invalid(
                "too-long",
                Effect::Json("\"application/${x127}x\""),
                "a subtype of 128 characters, one too many",
            ),
            Entry::invalid("array", Effect::Json("[]"), "an array"),
        ],
    },
    SlotRow {
        name: "config",
        group: Group::Document,
        under: IMAGES,
        menu: &[
            Entry::valid("present", Effect::Descriptor, "a descriptor"),
            Entry::invalid("absent", Effect::Absent, "member absent"),
            Entry::invalid("null", Effect::Json("null"), "null"),
            Entry::invalid("empty-object", Effect::Json("{}"), "an empty object"),
            Entry::invalid("text", Effect::Json("\"config\""), "a string"),
            Entry::invalid("array", Effect::Json("[]"), "an array"),
            Entry::invalid("number", Effect::Json("1"), "a number"),
        ],
    },
    SlotRow {
        name: "layers",
        group: Group::Document,
        under: IMAGES,
        menu: &[
            Entry::valid("one", Effect::Descriptors(1), "one descriptor"),
            Entry::invalid("empty", Effect::Json("[]"), "an empty array"),
            Entry::invalid("absent", Effect::Absent, "member absent"),
            Entry::invalid("null", Effect::Json("null"), "null"),
            Entry::invalid("object", Effect::Json("{}"), "an object"),
            Entry::invalid("text", Effect::Json("\"layers\""), "a string"),
            Entry::invalid("null-element", Effect::Json("[null]"), "an array containing null"),
            Entry::valid("two", Effect::Descriptors(2), "two descriptors"),
            Entry::valid("count", Effect::Descriptors(0), "n descriptors").taking(
                &[40, 126, 127, 128, 1024],
                3,
                2000,
                350,
            ),
            Entry::invalid("true", Effect::Json("true"), "true"),
            Entry::invalid("nested", Effect::Json("[[]]"), "an array containing an empty array"),
        ],
    },
    SlotRow { name: "layers.repeat", group: Group::Content, under: Under::Entries("layers", MANY), menu: REPEAT },
    SlotRow {
        name: "manifests",
        group: Group::Document,
        under: LISTS,
        menu: &[
            Entry::valid("one", Effect::Descriptors(1), "one descriptor"),
            Entry::valid("empty", Effect::Json("[]"), "an empty array"),
            Entry::invalid("absent", Effect::Absent, "member absent"),
            Entry::invalid("null", Effect::Json("null"), "null"),
            Entry::invalid("object", Effect::Json("{}"), "an object"),
            Entry::invalid("text", Effect::Json("\"manifests\""), "a string"),
            Entry::invalid("null-element", Effect::Json("[null]"), "an array containing null"),
            Entry::valid("two", Effect::Descriptors(2), "two descriptors"),
            Entry::valid("count", Effect::Descriptors(0), "n descriptors").taking(&[40, 512], 3, 1000, 230),
            Entry::invalid("true", Effect::Json("true"), "true"),
            Entry::invalid("nested", Effect::Json("[[]]"), "an array containing an empty array"),
        ],
    },
    SlotRow { name: "manifests.repeat", group: Group::Content, under: Under::Entries("manifests", MANY), menu: REPEAT },
    SlotRow {
        name: "blobs",
        group: Group::Document,
        under: ARTIFACTS,
        menu: &[
            Entry::valid("one", Effect::Descriptors(1), "one descriptor"),
            Entry::valid("empty", Effect::Json("[]"), "an empty array"),
            Entry::valid("absent", Effect::Absent, "member absent"),
            Entry::invalid("null", Effect::Json("null"), "null"),
            Entry::invalid("object", Effect::Json("{}"), "an object"),
            Entry::invalid("text", Effect::Json("\"blobs\""), "a string"),
            Entry::invalid("null-element", Effect::Json("[null]"), "an array containing null"),
            Entry::valid("two", Effect::Descriptors(2), "two descriptors"),
            Entry::valid("count", Effect::Descriptors(0), "n descriptors").taking(&[40], 3, 1000, 350),
        ],
    },
    SlotRow { name: "blobs.repeat", group: Group::Content, under: Under::Entries("blobs", MANY), menu: REPEAT },
    SlotRow {
        name: "subject",
        group: Group::Document,
        under: OCI_AND_ARTIFACT,
        menu: &[
            Entry::valid("absent", Effect::Absent, "member absent"),
            Entry::valid("present", Effect::Descriptor, "a descriptor that references a manifest"),
            Entry::invalid("null", Effect::Json("null"), "null"),
            Entry::invalid("empty-object", Effect::Json("{}"), "an empty object"),
            Entry::invalid("text", Effect::Json("\"subject\""), "a string"),
            Entry::invalid("array", Effect::Json("[]"), "an array"),
            Entry::invalid("number", Effect::Json("1"), "a number"),
        ],
    },
    SlotRow {
        name: "annotations",
        group: Group::Document,
        under: OCI_AND_ARTIFACT,
        menu: &[
            Entry::valid("absent", Effect::Absent, "member absent"),
            Entry::valid("one", Effect::Json("{\"com.example.key\":\"value\"}"), "one key"),
            Entry::valid("empty", Effect::Json("{}"), "an empty object"),
            Entry::valid("empty-value", Effect::Json("{\"com.example.key\":\"\"}"), "a key with an empty value"),
            Entry::invalid("null", Effect::Json("null"), "null"),
            Entry::invalid("number-value", Effect::Json("{\"com.example.key\":1}"), "a key with a number as its value"),
            Entry::invalid("null-value", Effect::Json("{\"com.example.key\":null}"), "a key with null as its value"),
            Entry::invalid(
                "object-value",
                Effect::Json("{\"com.example.key\":{}}"),
                "a key with an object as its value",
            ),
            Entry::invalid("text", Effect::Json("\"annotations\""), "a string"),
            Entry::invalid("array", Effect::Json("[]"), "an array"),
            Entry::valid(
                "key1",
                Effect::Json("{\"com.example.key1\":\"value1\"}"),
                "a key and value from the seed's flavours",
            ),
            Entry::valid(
                "comment",
                Effect::Json("{\"com.example.comment\":\"Hello world\"}"),
                "the comment from the seed's flavours",
            ),
            Entry::valid("count", Effect::Json("{${key*n}}"), "n keys").taking(&[1000], 2, 100_000, 1700),
            Entry::valid(
                "length",
                Effect::Json("{\"com.example.key\":\"${x*n}\"}"),
                "a key with a value of n characters",
            )
            .taking(&[4096, 65_535, 65_536, 131_072], 6, 3_990_000, 60_000),
            Entry::valid("key-length", Effect::Json("{\"${x*n}\":\"value\"}"), "a key of n characters").taking(
                &[255, 256, 1024, 65_535, 65_536],
                32,
                100_000,
                60_000,
            ),
            Entry::valid("empty-key", Effect::Json("{\"\":\"value\"}"), "an empty key"),
            Entry::valid("unicode-key", Effect::Json("{\"com.example.k\u{119}y\":\"value\"}"), "a non-ASCII key"),
            Entry::valid(
                "control-value",
                Effect::Json("{\"com.example.key\":\"\\u0000\\u001b[31m\"}"),
                "a value with escaped control characters",
            ),
            Entry::invalid("true-value", Effect::Json("{\"com.example.key\":true}"), "a key with true as its value"),
            Entry::invalid(
                "array-value",
                Effect::Json("{\"com.example.key\":[\"value\"]}"),
                "a key with an array as its value",
            ),
            Entry::invalid(
                "repeated-key",
                Effect::Json("{\"com.example.key\":\"1\",\"com.example.key\":\"2\"}"),
                "the same key twice",
            ),
            Entry::valid(
                "reference-blank",
                Effect::Json("{\"org.opencontainers.image.ref.name\":\"a name\"}"),
                "org.opencontainers.image.ref.name containing a space",
            ),
            Entry::valid(
                "base-name",
                Effect::Json("{\"org.opencontainers.image.base.name\":\"my-org/my-image:tag\"}"),
                "org.opencontainers.image.base.name without a registry host",
            ),
            UPPER_CASE_KEY,
            DOTTED_KEY,
        ],
    },
];

const MANY: &[&str] = &["two", "count"];
const REPEAT: &[Entry] = &[
    Entry::valid("none", Effect::Usual, "every element references different content"),
    Entry::valid("same", Effect::SameContent, "every element references the first element's content"),
];

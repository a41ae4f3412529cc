//! A descriptor's members, its content, and whether the content was pushed; and the places where one stands.

use super::{DescriptorRow, Entry, Group, Place, Role, Says};

const ALL: &[Role] = &[Role::Config, Role::Layer, Role::Child, Role::Blob, Role::Subject];
const BLOBS: &[Role] = &[Role::Config, Role::Layer];

/// Where descriptors stand.
pub(in crate::shape) const PLACES: &[Place] = &[
    Place { path: "config", role: Role::Config, parent: "config", under: &["present"] },
    Place { path: "layers.0", role: Role::Layer, parent: "layers", under: &["one", "two", "count"] },
    Place { path: "layers.1", role: Role::Layer, parent: "layers", under: &["two", "count"] },
    Place { path: "manifests.0", role: Role::Child, parent: "manifests", under: &["one", "two", "count"] },
    Place { path: "manifests.1", role: Role::Child, parent: "manifests", under: &["two", "count"] },
    Place { path: "subject", role: Role::Subject, parent: "subject", under: &["present"] },
];

/// The members of a descriptor in the order in which they are written, then what stands outside the document.
pub(in crate::shape) const DESCRIPTOR_ROWS: &[DescriptorRow] = &[
    DescriptorRow { name: "*.mediaType", group: Group::Descriptor, roles: &[Role::Config], menu: CONFIG_MEDIA_TYPE },
    DescriptorRow {
        name: "*.mediaType",
        group: Group::Descriptor,
        roles: &[Role::Layer, Role::Child, Role::Blob, Role::Subject],
        menu: MEDIA_TYPE,
    },
    DescriptorRow {
        name: "*.digest",
        group: Group::Descriptor,
        roles: ALL,
        menu: &[
            Entry::valid("right", Says::Json("\"${digest}\""), "the content's SHA-256"),
            Entry::invalid("absent", Says::Absent, "no such member"),
            Entry::invalid("null", Says::Json("null"), "null"),
            Entry::invalid("empty", Says::Json("\"\""), "the empty text"),
            Entry::invalid("upper-hex", Says::Json("\"sha256:${HEX}\""), "the hex digits in upper case"),
            Entry::invalid("short", Says::Json("\"sha256:${hex63}\""), "one hex digit too few"),
            Entry::invalid("no-algorithm", Says::Json("\"${hex}\""), "no algorithm and no colon"),
            Entry::invalid("upper-algorithm", Says::Json("\"SHA256:${hex}\""), "the algorithm in upper case"),
            Entry::invalid("traversal", Says::Json("\"sha256:../../${hex}\""), "a path that leads upwards"),
            Entry::invalid("number", Says::Json("1"), "a number"),
        ],
    },
    DescriptorRow {
        name: "*.size",
        group: Group::Descriptor,
        roles: ALL,
        menu: &[
            Entry::valid("exact", Says::Json("${size}"), "the content's length"),
            Entry::invalid("absent", Says::Absent, "no such member"),
            Entry::invalid("null", Says::Json("null"), "null"),
            Entry::invalid("zero", Says::Json("0"), "0"),
            Entry::invalid("off-by", Says::Json("${size+n}"), "the length plus n").taking(&[1], 1, 1 << 52, 1 << 52),
            Entry::invalid("negative", Says::Json("-1"), "-1"),
            Entry::invalid("float", Says::Json("${size}.0"), "the length with `.0`"),
            Entry::invalid("exponent", Says::Json("${size}e0"), "the length with `e0`"),
            Entry::invalid("text", Says::Json("\"${size}\""), "the length as a text"),
            Entry::invalid("2-to-63", Says::Json("9223372036854775808"), "one more than an int64 holds"),
        ],
    },
    DescriptorRow {
        name: "*.urls",
        group: Group::Descriptor,
        roles: ALL,
        menu: &[
            Entry::valid("absent", Says::Absent, "no such member"),
            Entry::valid("one", Says::Json("[\"https://example.com/content\"]"), "one URL"),
            Entry::valid("empty", Says::Json("[]"), "an array without elements"),
            Entry::invalid("null", Says::Json("null"), "null"),
            Entry::invalid("not-a-uri", Says::Json("[\"https://example.com/a b\"]"), "a text that is no URI"),
            Entry::invalid("number-element", Says::Json("[1]"), "an array that holds a number"),
            Entry::invalid("text", Says::Json("\"https://example.com/content\""), "a text"),
        ],
    },
    DescriptorRow {
        name: "*.data",
        group: Group::Descriptor,
        roles: ALL,
        menu: &[
            Entry::valid("absent", Says::Absent, "no such member"),
            Entry::valid("right", Says::Json("\"${base64}\""), "the content in base64"),
            Entry::invalid("null", Says::Json("null"), "null"),
            Entry::invalid("wrong", Says::Json("\"d3Jvbmc=\""), "base64 of other bytes"),
            Entry::invalid("not-base64", Says::Json("\"%%%\""), "a text that is not base64"),
            Entry::invalid("number", Says::Json("1"), "a number"),
        ],
    },
    DescriptorRow {
        name: "*.annotations",
        group: Group::Descriptor,
        roles: ALL,
        menu: &[
            Entry::valid("absent", Says::Absent, "no such member"),
            Entry::valid("one", Says::Json("{\"com.example.key\":\"value\"}"), "one key"),
            Entry::valid("empty", Says::Json("{}"), "an object without members"),
            Entry::invalid("null", Says::Json("null"), "null"),
            Entry::invalid("number-value", Says::Json("{\"com.example.key\":1}"), "a key with a number"),
            Entry::invalid("text", Says::Json("\"annotations\""), "a text"),
        ],
    },
    DescriptorRow {
        name: "*.artifactType",
        group: Group::Descriptor,
        roles: &[Role::Child, Role::Subject],
        menu: &[
            Entry::valid("absent", Says::Absent, "no such member"),
            Entry::valid("present", Says::Json("\"application/vnd.example.artifact.v1\""), "an unknown type"),
            Entry::invalid("null", Says::Json("null"), "null"),
            Entry::invalid("malformed", Says::Json("\"not a media type\""), "a text that is no media type"),
        ],
    },
    DescriptorRow {
        name: "*.platform",
        group: Group::Descriptor,
        roles: &[Role::Child],
        menu: &[
            Entry::valid("linux", Says::Json("{\"architecture\":\"amd64\",\"os\":\"linux\"}"), "linux on amd64"),
            Entry::valid("absent", Says::Absent, "no such member"),
            Entry::invalid("null", Says::Json("null"), "null"),
            Entry::invalid("empty-object", Says::Json("{}"), "an object without members"),
            Entry::invalid("no-os", Says::Json("{\"architecture\":\"amd64\"}"), "no os"),
            Entry::invalid("no-architecture", Says::Json("{\"os\":\"linux\"}"), "no architecture"),
            Entry::invalid("text", Says::Json("\"linux/amd64\""), "a text"),
        ],
    },
    DescriptorRow {
        name: "content.*",
        group: Group::Content,
        roles: BLOBS,
        menu: &[
            Entry::valid("usual", Says::Usual, "an image configuration, a tar archive"),
            Entry::invalid("empty-json", Says::Bytes(b"{}"), "`{}`"),
            Entry::invalid("zero-bytes", Says::Bytes(b""), "no bytes"),
            Entry::invalid("gif", Says::Bytes(GIF), "a GIF image of one pixel"),
            Entry::invalid("not-json", Says::Bytes(b"not json"), "`not json`"),
        ],
    },
    DescriptorRow {
        name: "facts.*",
        group: Group::Content,
        roles: &[Role::Config, Role::Layer, Role::Child, Role::Blob],
        menu: &[
            Entry::valid("pushed", Says::Usual, "pushed before"),
            Entry::invalid("missing", Says::Missing, "never pushed, and content that nothing else pushes"),
        ],
    },
    DescriptorRow {
        name: "facts.*",
        group: Group::Content,
        roles: &[Role::Subject],
        menu: &[
            Entry::valid("pushed", Says::Usual, "pushed before"),
            Entry::valid("missing", Says::Missing, "never pushed, and content that nothing else pushes"),
        ],
    },
];

const USUAL_TYPE: Entry = Entry::valid("usual", Says::Json("\"${type}\""), "the type that the place has usually");
const UNKNOWN_TYPE: Entry =
    Entry::valid("unknown", Says::Json("\"application/vnd.example.unknown.v1\""), "an unknown type");
const NO_TYPE: Entry = Entry::invalid("absent", Says::Absent, "no such member");
const NULL_TYPE: Entry = Entry::invalid("null", Says::Json("null"), "null");
const EMPTY_TYPE: Entry = Entry::invalid("empty", Says::Json("\"\""), "the empty text");
const MALFORMED_TYPE: Entry = Entry::invalid("malformed", Says::Json("\"no-slash\""), "a text that is no media type");
const NUMBER_TYPE: Entry = Entry::invalid("number", Says::Json("1"), "a number");

const MEDIA_TYPE: &[Entry] = &[USUAL_TYPE, UNKNOWN_TYPE, NO_TYPE, NULL_TYPE, EMPTY_TYPE, MALFORMED_TYPE, NUMBER_TYPE];

const CONFIG_MEDIA_TYPE: &[Entry] = &[
    USUAL_TYPE,
    UNKNOWN_TYPE,
    NO_TYPE,
    NULL_TYPE,
    EMPTY_TYPE,
    MALFORMED_TYPE,
    NUMBER_TYPE,
    Entry::invalid(
        "empty-descriptor",
        Says::Json("\"application/vnd.oci.empty.v1+json\""),
        "the type of the empty descriptor, which asks for an artifactType",
    ),
];

/// A transparent pixel: the smallest GIF that readers take.
const GIF: &[u8] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\
\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x01D\x00;";

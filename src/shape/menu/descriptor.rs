//! A descriptor's members, and the places where one stands.

use super::media_types::{BLOB_TYPES, CHILD_TYPES, CONFIG_TYPES, LAYER_TYPES, SUBJECT_TYPES};
use super::{DescriptorRow, DescriptorSite, Effect, Entry, Group, Role};

const ALL: &[Role] = &[Role::Config, Role::Layer, Role::Child, Role::Blob, Role::Subject];
/// All but subjects: what these point at must be there.
pub(super) const PARTS: &[Role] = &[Role::Config, Role::Layer, Role::Child, Role::Blob];

/// Where descriptors stand.
pub(in crate::shape) const PLACES: &[DescriptorSite] = &[
    DescriptorSite { path: "config", role: Role::Config, parent: "config", under: &["present"] },
    DescriptorSite { path: "layers.0", role: Role::Layer, parent: "layers", under: &["one", "two", "count"] },
    DescriptorSite { path: "layers.1", role: Role::Layer, parent: "layers", under: &["two", "count"] },
    DescriptorSite { path: "manifests.0", role: Role::Child, parent: "manifests", under: &["one", "two", "count"] },
    DescriptorSite { path: "manifests.1", role: Role::Child, parent: "manifests", under: &["two", "count"] },
    DescriptorSite { path: "blobs.0", role: Role::Blob, parent: "blobs", under: &["one", "two", "count"] },
    DescriptorSite { path: "blobs.1", role: Role::Blob, parent: "blobs", under: &["two", "count"] },
    DescriptorSite { path: "subject", role: Role::Subject, parent: "subject", under: &["present"] },
];

/// The members of a descriptor in the order in which they are written, then what stands outside the document.
pub(in crate::shape) const DESCRIPTOR_ROWS: &[DescriptorRow] = &[
    DescriptorRow { name: "*.mediaType", group: Group::Descriptor, roles: &[Role::Config], menu: CONFIG_TYPES },
    DescriptorRow { name: "*.mediaType", group: Group::Descriptor, roles: &[Role::Layer], menu: LAYER_TYPES },
    DescriptorRow { name: "*.mediaType", group: Group::Descriptor, roles: &[Role::Child], menu: CHILD_TYPES },
    DescriptorRow { name: "*.mediaType", group: Group::Descriptor, roles: &[Role::Blob], menu: BLOB_TYPES },
    DescriptorRow { name: "*.mediaType", group: Group::Descriptor, roles: &[Role::Subject], menu: SUBJECT_TYPES },
    DescriptorRow { name: "*.digest", group: Group::Descriptor, roles: PARTS, menu: &digests::<false>() },
    DescriptorRow { name: "*.digest", group: Group::Descriptor, roles: &[Role::Subject], menu: &digests::<true>() },
    DescriptorRow {
        name: "*.size",
        group: Group::Descriptor,
        roles: ALL,
        menu: &[
            Entry::valid("exact", Effect::Json("${size}"), "the content's length"),
            Entry::invalid("absent", Effect::Absent, "no such member"),
            Entry::invalid("null", Effect::Json("null"), "null"),
            Entry::invalid("zero", Effect::Json("0"), "0"),
            Entry::invalid("off_by", Effect::Json("${size+n}"), "the length plus n").taking(
                &[1, 1 << 31, 1 << 32],
                1,
                1 << 52,
                u64::MAX,
            ),
            Entry::invalid("negative", Effect::Json("-1"), "-1"),
            Entry::invalid("float", Effect::Json("${size}.0"), "the length with `.0`"),
            Entry::invalid("exponent", Effect::Json("${size}e0"), "the length with `e0`"),
            Entry::invalid("text", Effect::Json("\"${size}\""), "the length as a text"),
            Entry::invalid("2-to-63", Effect::Json("9223372036854775808"), "one more than an int64 holds"),
            Entry::invalid("one-less", Effect::Json("${size-1}"), "the length less one"),
            Entry::invalid(
                "2-to-53-less-1",
                Effect::Json("9007199254740991"),
                "the most that a double counts to exactly",
            ),
            Entry::invalid("2-to-53-and-1", Effect::Json("9007199254740993"), "the first integer that no double is"),
            Entry::invalid("2-to-63-less-1", Effect::Json("9223372036854775807"), "the most that an int64 holds"),
            Entry::invalid("negative-float", Effect::Json("-1.0"), "-1.0"),
            Entry::invalid("fraction", Effect::Json("${size}.5"), "a number between two integers"),
            Entry::invalid("object", Effect::Json("{}"), "an object"),
        ],
    },
    DescriptorRow {
        name: "*.urls",
        group: Group::Descriptor,
        roles: ALL,
        menu: &[
            Entry::valid("absent", Effect::Absent, "no such member"),
            Entry::valid("one", Effect::Json("[\"https://example.com/content\"]"), "one URL"),
            Entry::valid("empty", Effect::Json("[]"), "an array without elements"),
            Entry::invalid("null", Effect::Json("null"), "null"),
            Entry::invalid("not-a-uri", Effect::Json("[\"https://example.com/a b\"]"), "a text that is no URI"),
            Entry::invalid("number-element", Effect::Json("[1]"), "an array that holds a number"),
            Entry::invalid("text", Effect::Json("\"https://example.com/content\""), "a text"),
            Entry::valid("two", Effect::Json("[\"https://example.com/1\",\"http://example.com/2\"]"), "two URLs"),
            Entry::valid(
                "loopback",
                Effect::Json("[\"http://127.0.0.1:1/content\"]"),
                "a URL on the reader's own host",
            ),
            Entry::valid("file", Effect::Json("[\"file:///etc/hostname\"]"), "a URL of the scheme file"),
            Entry::invalid("null-element", Effect::Json("[null]"), "an array that holds null"),
            Entry::invalid("empty-element", Effect::Json("[\"\"]"), "an array that holds the empty text"),
        ],
    },
    DescriptorRow {
        name: "*.data",
        group: Group::Descriptor,
        roles: ALL,
        menu: &[
            Entry::valid("absent", Effect::Absent, "no such member"),
            Entry::valid("right", Effect::Json("\"${base64}\""), "the content in base64"),
            Entry::invalid("null", Effect::Json("null"), "null"),
            Entry::invalid("wrong", Effect::Json("\"d3Jvbmc=\""), "base64 of other bytes"),
            Entry::invalid("not-base64", Effect::Json("\"%%%\""), "a text that is not base64"),
            Entry::invalid("number", Effect::Json("1"), "a number"),
            Entry::invalid("empty", Effect::Json("\"\""), "the empty text, which is base64 of no bytes"),
            Entry::invalid(
                "bad-padding",
                Effect::Json("\"${base64}=\""),
                "the content in base64, a padding character too many",
            ),
            Entry::invalid("line-break", Effect::Json("\"${base64}\\n\""), "the content in base64 with a line feed"),
            Entry::invalid("array", Effect::Json("[]"), "an array"),
        ],
    },
    DescriptorRow {
        name: "*.annotations",
        group: Group::Descriptor,
        roles: ALL,
        menu: &[
            Entry::valid("absent", Effect::Absent, "no such member"),
            Entry::valid("one", Effect::Json("{\"com.example.key\":\"value\"}"), "one key"),
            Entry::valid("empty", Effect::Json("{}"), "an object without members"),
            Entry::invalid("null", Effect::Json("null"), "null"),
            Entry::invalid("number-value", Effect::Json("{\"com.example.key\":1}"), "a key with a number"),
            Entry::invalid("text", Effect::Json("\"annotations\""), "a text"),
            Entry::invalid("null-value", Effect::Json("{\"com.example.key\":null}"), "a key with null"),
            Entry::invalid("array", Effect::Json("[]"), "an array"),
            Entry::valid(
                "subject-key",
                Effect::Json("{\"io.containerd.manifest.subject\":\"sha256:../x\"}"),
                "a key that a client reads as a digest, with a text that is none",
            ),
            Entry::valid(
                "reference-name",
                Effect::Json("{\"org.opencontainers.image.ref.name\":\"../name\"}"),
                "the key that names a reference, with a path that leads upwards",
            ),
            Entry::valid(
                "length",
                Effect::Json("{\"com.example.key\":\"${x*n}\"}"),
                "a key with a text of n characters",
            )
            .taking(&[4096, 65_536], 1, 4_000_000, 60_000),
        ],
    },
    DescriptorRow {
        name: "*.artifactType",
        group: Group::Descriptor,
        roles: ALL,
        menu: &[
            Entry::valid("absent", Effect::Absent, "no such member"),
            Entry::valid("present", Effect::Json("\"application/vnd.example.artifact.v1\""), "an unknown type"),
            Entry::invalid("null", Effect::Json("null"), "null"),
            Entry::invalid("malformed", Effect::Json("\"not a media type\""), "a text that is no media type"),
        ],
    },
    DescriptorRow {
        name: "*.platform",
        group: Group::Descriptor,
        roles: &[Role::Child],
        menu: &[
            Entry::valid("linux", Effect::Json("{\"architecture\":\"amd64\",\"os\":\"linux\"}"), "linux on amd64"),
            Entry::valid("absent", Effect::Absent, "no such member"),
            Entry::invalid("null", Effect::Json("null"), "null"),
            Entry::invalid("empty-object", Effect::Json("{}"), "an object without members"),
            Entry::invalid("no-os", Effect::Json("{\"architecture\":\"amd64\"}"), "no os"),
            Entry::invalid("no-architecture", Effect::Json("{\"os\":\"linux\"}"), "no architecture"),
            Entry::invalid("text", Effect::Json("\"linux/amd64\""), "a text"),
            Entry::valid(
                "unknown",
                Effect::Json("{\"architecture\":\"unknown\",\"os\":\"unknown\"}"),
                "unknown on unknown",
            ),
            Entry::valid(
                "variant",
                Effect::Json("{\"architecture\":\"arm\",\"os\":\"linux\",\"variant\":\"v7\"}"),
                "linux on arm, variant v7",
            ),
            Entry::valid(
                "windows",
                Effect::Json(
                    "{\"architecture\":\"amd64\",\"os\":\"windows\",\"os.version\":\"10.0\",\"os.features\":[\"win32k\"]}",
                ),
                "windows with version and features",
            ),
            Entry::valid(
                "more-members",
                Effect::Json("{\"architecture\":\"amd64\",\"os\":\"linux\",\"comExampleUnknown\":1}"),
                "linux on amd64 and a member that no specification names",
            ),
            Entry::invalid("numbers", Effect::Json("{\"architecture\":1,\"os\":2}"), "numbers for texts"),
            Entry::invalid("array", Effect::Json("[]"), "an array"),
            Entry::valid(
                "other-variant",
                Effect::Json("{\"architecture\":\"arm\",\"os\":\"linux\",\"variant\":\"v9\"}"),
                "linux on arm, a variant that no table lists",
            ),
            Entry::invalid(
                "number-variant",
                Effect::Json("{\"architecture\":\"arm\",\"os\":\"linux\",\"variant\":7}"),
                "linux on arm, a number for the variant",
            ),
            Entry::valid(
                "other-feature",
                Effect::Json("{\"architecture\":\"amd64\",\"os\":\"windows\",\"os.features\":[\"other\"]}"),
                "windows with a feature that is not listed",
            ),
            Entry::invalid(
                "text-features",
                Effect::Json("{\"architecture\":\"amd64\",\"os\":\"windows\",\"os.features\":\"win32k\"}"),
                "windows with a text for its features",
            ),
        ],
    },
    DescriptorRow {
        name: "*.unknown",
        group: Group::Descriptor,
        roles: ALL,
        menu: &[
            Entry::valid("absent", Effect::Absent, "no member that no specification names"),
            Entry::valid("text", Effect::Json("\"value\""), "such a member with a text"),
            Entry::valid("object", Effect::Json("{\"a\":[1,null]}"), "such a member with an object"),
            Entry::valid("null", Effect::Json("null"), "such a member with null"),
        ],
    },
];

/// The menu of a digest. Only a subject may name content that nobody has, and with it any algorithm.
const fn digests<const MAY_BE_MISSING: bool>() -> [Entry; 19] {
    [
        Entry::valid("right", Effect::Json("\"${digest}\""), "the content's SHA-256"),
        Entry::invalid("absent", Effect::Absent, "no such member"),
        Entry::invalid("null", Effect::Json("null"), "null"),
        Entry::invalid("empty", Effect::Json("\"\""), "the empty text"),
        Entry::invalid("upper-hex", Effect::Json("\"sha256:${HEX}\""), "the hex digits in upper case"),
        Entry::invalid("short", Effect::Json("\"sha256:${hex63}\""), "one hex digit too few"),
        Entry::invalid("no-algorithm", Effect::Json("\"${hex}\""), "no algorithm and no colon"),
        Entry::invalid("upper-algorithm", Effect::Json("\"SHA256:${hex}\""), "the algorithm in upper case"),
        Entry::invalid("traversal", Effect::Json("\"sha256:../../${hex}\""), "a path that leads upwards"),
        Entry::invalid("number", Effect::Json("1"), "a number"),
        Entry::invalid("long", Effect::Json("\"sha256:${hex}0\""), "one hex digit too many"),
        Entry::invalid("no-hex", Effect::Json("\"sha256:${hex63}g\""), "a last digit that is not hex"),
        Entry::invalid("nothing-encoded", Effect::Json("\"sha256:\""), "an algorithm and nothing after the colon"),
        Entry::invalid("blank-before", Effect::Json("\" ${digest}\""), "a blank before it"),
        Entry::marked(MAY_BE_MISSING, "sha512", Effect::Json("\"${sha512}\""), "the content's SHA-512"),
        Entry::marked(
            MAY_BE_MISSING,
            "unknown-algorithm",
            Effect::Json("\"multihash+base58:QmRZxt2b1FVZPNqd8hsiykDL3TdBDeTSPX9Kv46HmX4Gx8\""),
            "an algorithm that is not registered",
        ),
        Entry::marked(
            MAY_BE_MISSING,
            "other",
            Effect::Json("\"${other-digest}\""),
            "the SHA-256 of other bytes, which nobody has",
        ),
        Entry::invalid("object", Effect::Json("{}"), "an object"),
        Entry::invalid("short-sha512", Effect::Json("\"sha512:${hex}\""), "SHA-512 with half of its hex digits"),
    ]
}

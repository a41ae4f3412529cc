//! The members of a descriptor, and the places in a document where descriptors occur.

use super::media_types::{BLOB_TYPES, CHILD_TYPES, CONFIG_TYPES, LAYER_TYPES, SUBJECT_TYPES};
use super::{DescriptorRow, DescriptorSite, Effect, Entry, Group, Role};

const ALL: &[Role] = &[Role::Config, Role::Layer, Role::Child, Role::Blob, Role::Subject];
/// All roles except subject: only a subject may reference missing content.
pub(super) const PARTS: &[Role] = &[Role::Config, Role::Layer, Role::Child, Role::Blob];

/// The places where descriptors occur.
pub(in crate::shape) const SITES: &[DescriptorSite] = &[
    DescriptorSite { path: "config", role: Role::Config, parent: "config", under: &["present"] },
    DescriptorSite { path: "layers.0", role: Role::Layer, parent: "layers", under: &["one", "two", "count"] },
    DescriptorSite { path: "layers.1", role: Role::Layer, parent: "layers", under: &["two", "count"] },
    DescriptorSite { path: "manifests.0", role: Role::Child, parent: "manifests", under: &["one", "two", "count"] },
    DescriptorSite { path: "manifests.1", role: Role::Child, parent: "manifests", under: &["two", "count"] },
    DescriptorSite { path: "blobs.0", role: Role::Blob, parent: "blobs", under: &["one", "two", "count"] },
    DescriptorSite { path: "blobs.1", role: Role::Blob, parent: "blobs", under: &["two", "count"] },
    DescriptorSite { path: "subject", role: Role::Subject, parent: "subject", under: &["present"] },
];

/// The members of a descriptor, in the order in which they are written.
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
            Entry::invalid("absent", Effect::Absent, "member absent"),
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
            Entry::invalid("text", Effect::Json("\"${size}\""), "the length as a string"),
            Entry::invalid("2-to-63", Effect::Json("9223372036854775808"), "2^63, one above the largest int64"),
            Entry::invalid("one-less", Effect::Json("${size-1}"), "the length minus 1"),
            Entry::invalid(
                "2-to-53-less-1",
                Effect::Json("9007199254740991"),
                "2^53 - 1, the largest safe integer in a double",
            ),
            Entry::invalid(
                "2-to-53-and-1",
                Effect::Json("9007199254740993"),
                "2^53 + 1, the smallest integer that a double cannot represent",
            ),
            Entry::invalid("2-to-63-less-1", Effect::Json("9223372036854775807"), "2^63 - 1, the largest int64"),
            Entry::invalid("negative-float", Effect::Json("-1.0"), "-1.0"),
            Entry::invalid("fraction", Effect::Json("${size}.5"), "a fractional number"),
            Entry::invalid("object", Effect::Json("{}"), "an object"),
            Entry::invalid(
                "nearly-exact",
                Effect::Json("${size}.00000000000000000000000001"),
                "the length and 10^-26, which a double rounds to the length",
            ),
        ],
    },
    DescriptorRow {
        name: "*.urls",
        group: Group::Descriptor,
        roles: ALL,
        menu: &[
            Entry::valid("absent", Effect::Absent, "member absent"),
            Entry::valid("one", Effect::Json("[\"https://example.com/content\"]"), "one URL"),
            Entry::valid("empty", Effect::Json("[]"), "an empty array"),
            Entry::invalid("null", Effect::Json("null"), "null"),
            Entry::invalid("not-a-uri", Effect::Json("[\"https://example.com/a b\"]"), "not a URI"),
            Entry::invalid("number-element", Effect::Json("[1]"), "an array containing a number"),
            Entry::invalid("text", Effect::Json("\"https://example.com/content\""), "a string"),
            Entry::valid("two", Effect::Json("[\"https://example.com/1\",\"http://example.com/2\"]"), "two URLs"),
            Entry::valid("loopback", Effect::Json("[\"http://127.0.0.1:1/content\"]"), "a loopback URL"),
            Entry::valid("file", Effect::Json("[\"file:///etc/hostname\"]"), "a `file` URL"),
            Entry::invalid("null-element", Effect::Json("[null]"), "an array containing null"),
            Entry::invalid("empty-element", Effect::Json("[\"\"]"), "an array containing an empty string"),
            Entry::valid(
                "ours",
                Effect::Json("[\"http://127.0.0.3:5099/manifuzz/layer\"]"),
                "a loopback URL where a run against a client serves the content",
            ),
        ],
    },
    DescriptorRow {
        name: "*.data",
        group: Group::Descriptor,
        roles: ALL,
        menu: &[
            Entry::valid("absent", Effect::Absent, "member absent"),
            Entry::valid("right", Effect::Json("\"${base64}\""), "the content in base64"),
            Entry::invalid("null", Effect::Json("null"), "null"),
            Entry::invalid("wrong", Effect::Json("\"d3Jvbmc=\""), "base64 of other bytes"),
            Entry::invalid("not-base64", Effect::Json("\"%%%\""), "invalid base64"),
            Entry::invalid("number", Effect::Json("1"), "a number"),
            Entry::invalid("empty", Effect::Json("\"\""), "an empty string, the base64 of no bytes"),
            Entry::invalid(
                "bad-padding",
                Effect::Json("\"${base64}=\""),
                "the content in base64 with an extra padding character",
            ),
            Entry::invalid(
                "line-break",
                Effect::Json("\"${base64}\\n\""),
                "the content in base64 with a trailing line feed",
            ),
            Entry::invalid("array", Effect::Json("[]"), "an array"),
        ],
    },
    DescriptorRow {
        name: "*.annotations",
        group: Group::Descriptor,
        roles: &[Role::Config, Role::Blob, Role::Subject],
        menu: &ANNOTATIONS,
    },
    DescriptorRow {
        name: "*.annotations",
        group: Group::Descriptor,
        roles: &[Role::Layer],
        menu: &annotations::<4, 18>(TITLES),
    },
    DescriptorRow {
        name: "*.annotations",
        group: Group::Descriptor,
        roles: &[Role::Child],
        menu: &annotations::<1, 15>(ATTESTATION),
    },
    DescriptorRow {
        name: "*.artifactType",
        group: Group::Descriptor,
        roles: ALL,
        menu: &[
            Entry::valid("absent", Effect::Absent, "member absent"),
            Entry::valid("present", Effect::Json("\"application/vnd.example.artifact.v1\""), "an unknown media type"),
            Entry::invalid("null", Effect::Json("null"), "null"),
            Entry::invalid("malformed", Effect::Json("\"not a media type\""), "invalid media type"),
        ],
    },
    DescriptorRow {
        name: "*.platform",
        group: Group::Descriptor,
        roles: &[Role::Child],
        menu: &[
            Entry::valid("linux", Effect::Json("{\"architecture\":\"amd64\",\"os\":\"linux\"}"), "linux/amd64"),
            Entry::valid("absent", Effect::Absent, "member absent"),
            Entry::invalid("null", Effect::Json("null"), "null"),
            Entry::invalid("empty-object", Effect::Json("{}"), "an empty object"),
            Entry::invalid("no-os", Effect::Json("{\"architecture\":\"amd64\"}"), "no os"),
            Entry::invalid("no-architecture", Effect::Json("{\"os\":\"linux\"}"), "no architecture"),
            Entry::invalid("text", Effect::Json("\"linux/amd64\""), "a string"),
            Entry::valid(
                "unknown",
                Effect::Json("{\"architecture\":\"unknown\",\"os\":\"unknown\"}"),
                "unknown/unknown",
            ),
            Entry::valid(
                "variant",
                Effect::Json("{\"architecture\":\"arm\",\"os\":\"linux\",\"variant\":\"v7\"}"),
                "linux/arm/v7",
            ),
            Entry::valid(
                "windows",
                Effect::Json(
                    "{\"architecture\":\"amd64\",\"os\":\"windows\",\"os.version\":\"10.0\",\"os.features\":[\"win32k\"]}",
                ),
                "windows with os.version and os.features",
            ),
            Entry::valid(
                "more-members",
                Effect::Json("{\"architecture\":\"amd64\",\"os\":\"linux\",\"comExampleUnknown\":1}"),
                "linux/amd64 with an unknown member",
            ),
            Entry::invalid("numbers", Effect::Json("{\"architecture\":1,\"os\":2}"), "numbers as architecture and os"),
            Entry::invalid("array", Effect::Json("[]"), "an array"),
            Entry::valid(
                "other-variant",
                Effect::Json("{\"architecture\":\"arm\",\"os\":\"linux\",\"variant\":\"v9\"}"),
                "linux/arm with an unlisted variant",
            ),
            Entry::invalid(
                "number-variant",
                Effect::Json("{\"architecture\":\"arm\",\"os\":\"linux\",\"variant\":7}"),
                "linux/arm with a number as the variant",
            ),
            Entry::valid(
                "other-feature",
                Effect::Json("{\"architecture\":\"amd64\",\"os\":\"windows\",\"os.features\":[\"other\"]}"),
                "windows with an unlisted feature",
            ),
            Entry::invalid(
                "text-features",
                Effect::Json("{\"architecture\":\"amd64\",\"os\":\"windows\",\"os.features\":\"win32k\"}"),
                "windows with a string as os.features",
            ),
        ],
    },
    DescriptorRow {
        name: "*.unknown",
        group: Group::Descriptor,
        roles: ALL,
        menu: &[
            Entry::valid("absent", Effect::Absent, "member absent"),
            Entry::valid("text", Effect::Json("\"value\""), "an unknown member with a string"),
            Entry::valid("object", Effect::Json("{\"a\":[1,null]}"), "an unknown member with an object"),
            Entry::valid("null", Effect::Json("null"), "an unknown member with null"),
        ],
    },
];

/// The menu of a digest. Only a subject may reference missing content, and so use any algorithm.
const fn digests<const MAY_BE_MISSING: bool>() -> [Entry; 23] {
    [
        Entry::valid("right", Effect::Json("\"${digest}\""), "the content's SHA-256"),
        Entry::invalid("absent", Effect::Absent, "member absent"),
        Entry::invalid("null", Effect::Json("null"), "null"),
        Entry::invalid("empty", Effect::Json("\"\""), "an empty string"),
        Entry::invalid("upper-hex", Effect::Json("\"sha256:${HEX}\""), "the hex digits in upper case"),
        Entry::invalid("short", Effect::Json("\"sha256:${hex63}\""), "one hex digit missing"),
        Entry::invalid("no-algorithm", Effect::Json("\"${hex}\""), "hex digits without algorithm and colon"),
        Entry::invalid("upper-algorithm", Effect::Json("\"SHA256:${hex}\""), "the algorithm in upper case"),
        Entry::invalid("traversal", Effect::Json("\"sha256:../../${hex}\""), "a path traversal (`../../`)"),
        Entry::invalid("number", Effect::Json("1"), "a number"),
        Entry::invalid("long", Effect::Json("\"sha256:${hex}0\""), "one hex digit too many"),
        Entry::invalid("no-hex", Effect::Json("\"sha256:${hex63}g\""), "a non-hex last digit"),
        Entry::invalid("nothing-encoded", Effect::Json("\"sha256:\""), "nothing after the colon"),
        Entry::invalid("blank-before", Effect::Json("\" ${digest}\""), "with a leading space"),
        Entry::marked(MAY_BE_MISSING, "sha512", Effect::Json("\"${sha512}\""), "the content's SHA-512"),
        Entry::marked(
            MAY_BE_MISSING,
            "unknown-algorithm",
            Effect::Json("\"multihash+base58:QmRZxt2b1FVZPNqd8hsiykDL3TdBDeTSPX9Kv46HmX4Gx8\""),
            "an unregistered algorithm",
        ),
        Entry::marked(
            MAY_BE_MISSING,
            "other",
            Effect::Json("\"${other-digest}\""),
            "the SHA-256 of other bytes, which were never pushed",
        ),
        Entry::invalid("object", Effect::Json("{}"), "an object"),
        Entry::invalid("short-sha512", Effect::Json("\"sha512:${hex}\""), "`sha512:` with only 64 hex digits"),
        Entry::valid("pushed-sha512", Effect::Sha512, "the content's SHA-512, under which it was pushed beforehand"),
        Entry::marked(
            MAY_BE_MISSING,
            "short-blake3",
            Effect::Json("\"blake3:${hex63}\""),
            "`blake3:`, unregistered in version 1.1, with only 63 hex digits",
        ),
        Entry::invalid(
            "traversal-absolute",
            Effect::Json("\"sha256:/tmp/manifuzz-absolute-digest-${hex}\""),
            "an absolute path",
        ),
        Entry::invalid(
            "traversal-outside",
            Effect::Json("\"sha256:../../../../manifuzz-parent-digest-${hex}\""),
            "a path traversal that leaves an OCI layout (`../../../../`)",
        ),
    ]
}

/// A key as in the specification's own example.
pub(super) const UPPER_CASE_KEY: Entry = Entry::valid(
    "upper-case-key",
    Effect::Json("{\"com.example.myKey\":\"value\"}"),
    "a key with an upper-case letter",
);
pub(super) const DOTTED_KEY: Entry = Entry::valid(
    "dotted-key",
    Effect::Json("{\"com..example.key.\":\"value\"}"),
    "a key with two dots in a row and one at its end",
);

/// The menu of annotations.
const ANNOTATIONS: [Entry; 14] = [
    Entry::valid("absent", Effect::Absent, "member absent"),
    Entry::valid("one", Effect::Json("{\"com.example.key\":\"value\"}"), "one key"),
    Entry::valid("empty", Effect::Json("{}"), "an empty object"),
    Entry::invalid("null", Effect::Json("null"), "null"),
    Entry::invalid("number-value", Effect::Json("{\"com.example.key\":1}"), "a key with a number as its value"),
    Entry::invalid("text", Effect::Json("\"annotations\""), "a string"),
    Entry::invalid("null-value", Effect::Json("{\"com.example.key\":null}"), "a key with null as its value"),
    Entry::invalid("array", Effect::Json("[]"), "an array"),
    Entry::valid(
        "subject-key",
        Effect::Json("{\"io.containerd.manifest.subject\":\"sha256:../x\"}"),
        "a key that containerd reads as a digest, with an invalid digest",
    ),
    Entry::valid(
        "reference-name",
        Effect::Json("{\"org.opencontainers.image.ref.name\":\"../name\"}"),
        "org.opencontainers.image.ref.name with a path traversal",
    ),
    Entry::valid("length", Effect::Json("{\"com.example.key\":\"${x*n}\"}"), "a key with a value of n characters")
        .taking(&[4096, 65_536], 1, 4_000_000, 60_000),
    Entry::valid("key-length", Effect::Json("{\"${x*n}\":\"value\"}"), "a key of n characters").taking(
        &[256, 65_536],
        32,
        100_000,
        60_000,
    ),
    UPPER_CASE_KEY,
    DOTTED_KEY,
];

/// What a layer can have besides. Some clients take the title as a file name.
const TITLES: [Entry; 4] = [
    Entry::valid(
        "title",
        Effect::Json("{\"org.opencontainers.image.title\":\"manifuzz-title\"}"),
        "org.opencontainers.image.title, which some clients take as a file name; the same for every layer",
    ),
    Entry::valid(
        "title-parent",
        Effect::Json("{\"org.opencontainers.image.title\":\"../../manifuzz-parent-title\"}"),
        "org.opencontainers.image.title with a path traversal",
    ),
    Entry::valid(
        "title-absolute",
        Effect::Json("{\"org.opencontainers.image.title\":\"/tmp/manifuzz-absolute-title\"}"),
        "org.opencontainers.image.title with an absolute path",
    ),
    Entry::valid(
        "title-in-folder",
        Effect::Json("{\"org.opencontainers.image.title\":\"manifuzz-link/title\"}"),
        "org.opencontainers.image.title with a folder, which can be a link in the place where it is written",
    ),
];

/// What an element of an index can have besides: it can be an attestation of another one.
const ATTESTATION: [Entry; 1] = [Entry::valid(
    "attestation",
    Effect::Json(
        "{\"vnd.docker.reference.digest\":\"${sibling}\",\"vnd.docker.reference.type\":\"attestation-manifest\"}",
    ),
    "the keys by which BuildKit refers an attestation to another element",
)];

/// The menu of annotations with `more` entries at its end.
const fn annotations<const MORE: usize, const ALL: usize>(more: [Entry; MORE]) -> [Entry; ALL] {
    let mut all = [ANNOTATIONS[0]; ALL];
    let mut i = 1;
    while i < ALL {
        all[i] = if i < ANNOTATIONS.len() { ANNOTATIONS[i] } else { more[i - ANNOTATIONS.len()] };
        i += 1;
    }
    all
}

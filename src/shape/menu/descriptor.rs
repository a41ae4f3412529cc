//! A descriptor's members, its content, and whether the content was pushed; and the places where one stands.

use super::{DescriptorRow, Entry, Group, Place, Role, Says};

const ALL: &[Role] = &[Role::Config, Role::Layer, Role::Child, Role::Blob, Role::Subject];
/// All but subjects: what these point at must be there.
const PARTS: &[Role] = &[Role::Config, Role::Layer, Role::Child, Role::Blob];

/// Where descriptors stand.
pub(in crate::shape) const PLACES: &[Place] = &[
    Place { path: "config", role: Role::Config, parent: "config", under: &["present"] },
    Place { path: "layers.0", role: Role::Layer, parent: "layers", under: &["one", "two", "count"] },
    Place { path: "layers.1", role: Role::Layer, parent: "layers", under: &["two", "count"] },
    Place { path: "manifests.0", role: Role::Child, parent: "manifests", under: &["one", "two", "count"] },
    Place { path: "manifests.1", role: Role::Child, parent: "manifests", under: &["two", "count"] },
    Place { path: "blobs.0", role: Role::Blob, parent: "blobs", under: &["one", "two", "count"] },
    Place { path: "blobs.1", role: Role::Blob, parent: "blobs", under: &["two", "count"] },
    Place { path: "subject", role: Role::Subject, parent: "subject", under: &["present"] },
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
            Entry::valid("exact", Says::Json("${size}"), "the content's length"),
            Entry::invalid("absent", Says::Absent, "no such member"),
            Entry::invalid("null", Says::Json("null"), "null"),
            Entry::invalid("zero", Says::Json("0"), "0"),
            Entry::invalid("off_by", Says::Json("${size+n}"), "the length plus n").taking(
                &[1, 1 << 31, 1 << 32],
                1,
                1 << 52,
                u64::MAX,
            ),
            Entry::invalid("negative", Says::Json("-1"), "-1"),
            Entry::invalid("float", Says::Json("${size}.0"), "the length with `.0`"),
            Entry::invalid("exponent", Says::Json("${size}e0"), "the length with `e0`"),
            Entry::invalid("text", Says::Json("\"${size}\""), "the length as a text"),
            Entry::invalid("2-to-63", Says::Json("9223372036854775808"), "one more than an int64 holds"),
            Entry::invalid("one-less", Says::Json("${size-1}"), "the length less one"),
            Entry::invalid(
                "2-to-53-less-1",
                Says::Json("9007199254740991"),
                "the most that a double counts to exactly",
            ),
            Entry::invalid("2-to-53-and-1", Says::Json("9007199254740993"), "the first integer that no double is"),
            Entry::invalid("2-to-63-less-1", Says::Json("9223372036854775807"), "the most that an int64 holds"),
            Entry::invalid("negative-float", Says::Json("-1.0"), "-1.0"),
            Entry::invalid("fraction", Says::Json("${size}.5"), "a number between two integers"),
            Entry::invalid("object", Says::Json("{}"), "an object"),
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
            Entry::valid("two", Says::Json("[\"https://example.com/1\",\"http://example.com/2\"]"), "two URLs"),
            Entry::valid("loopback", Says::Json("[\"http://127.0.0.1:1/content\"]"), "a URL on the reader's own host"),
            Entry::valid("file", Says::Json("[\"file:///etc/hostname\"]"), "a URL of the scheme file"),
            Entry::invalid("null-element", Says::Json("[null]"), "an array that holds null"),
            Entry::invalid("empty-element", Says::Json("[\"\"]"), "an array that holds the empty text"),
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
            Entry::invalid("empty", Says::Json("\"\""), "the empty text, which is base64 of no bytes"),
            Entry::invalid(
                "bad-padding",
                Says::Json("\"${base64}=\""),
                "the content in base64, a padding character too many",
            ),
            Entry::invalid("line-break", Says::Json("\"${base64}\\n\""), "the content in base64 with a line feed"),
            Entry::invalid("array", Says::Json("[]"), "an array"),
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
            Entry::invalid("null-value", Says::Json("{\"com.example.key\":null}"), "a key with null"),
            Entry::invalid("array", Says::Json("[]"), "an array"),
            Entry::valid(
                "subject-key",
                Says::Json("{\"io.containerd.manifest.subject\":\"sha256:../x\"}"),
                "a key that a client reads as a digest, with a text that is none",
            ),
            Entry::valid(
                "reference-name",
                Says::Json("{\"org.opencontainers.image.ref.name\":\"../name\"}"),
                "the key that names a reference, with a path that leads upwards",
            ),
            Entry::valid("length", Says::Json("{\"com.example.key\":\"${x*n}\"}"), "a key with a text of n characters")
                .taking(&[4096, 65_536], 1, 4_000_000, 60_000),
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
            Entry::valid(
                "unknown",
                Says::Json("{\"architecture\":\"unknown\",\"os\":\"unknown\"}"),
                "unknown on unknown",
            ),
            Entry::valid(
                "variant",
                Says::Json("{\"architecture\":\"arm\",\"os\":\"linux\",\"variant\":\"v7\"}"),
                "linux on arm, variant v7",
            ),
            Entry::valid(
                "windows",
                Says::Json(
                    "{\"architecture\":\"amd64\",\"os\":\"windows\",\"os.version\":\"10.0\",\"os.features\":[\"win32k\"]}",
                ),
                "windows with version and features",
            ),
            Entry::valid(
                "more-members",
                Says::Json("{\"architecture\":\"amd64\",\"os\":\"linux\",\"comExampleUnknown\":1}"),
                "linux on amd64 and a member that no specification names",
            ),
            Entry::invalid("numbers", Says::Json("{\"architecture\":1,\"os\":2}"), "numbers for texts"),
            Entry::invalid("array", Says::Json("[]"), "an array"),
        ],
    },
    DescriptorRow {
        name: "*.unknown",
        group: Group::Descriptor,
        roles: ALL,
        menu: &[
            Entry::valid("absent", Says::Absent, "no member that no specification names"),
            Entry::valid("text", Says::Json("\"value\""), "such a member with a text"),
            Entry::valid("object", Says::Json("{\"a\":[1,null]}"), "such a member with an object"),
            Entry::valid("null", Says::Json("null"), "such a member with null"),
        ],
    },
    DescriptorRow {
        name: "content.*",
        group: Group::Content,
        roles: &[Role::Config],
        menu: &[
            Entry::valid("usual", Says::Usual, "an image configuration"),
            EMPTY_JSON,
            ZERO_BYTES,
            GIF_IMAGE,
            NOT_JSON,
            Entry::invalid("null", Says::Bytes(b"null"), "`null`"),
            Entry::invalid("array", Says::Bytes(b"[]"), "`[]`"),
            Entry::valid("history", Says::Bytes(HISTORY), "an image configuration with the history of two layers"),
            Entry::valid(
                "docker-only",
                Says::Bytes(DESCRIPTION),
                "an image configuration with Docker's own members, null",
            ),
        ],
    },
    DescriptorRow {
        name: "content.*",
        group: Group::Content,
        roles: &[Role::Layer],
        menu: &[
            Entry::valid("usual", Says::Usual, "a tar archive"),
            EMPTY_JSON,
            ZERO_BYTES,
            GIF_IMAGE,
            NOT_JSON,
            Entry::valid("end-of-archive", Says::Bytes(&[0; 1024]), "a tar archive that holds nothing"),
            Entry::invalid("manifest", Says::ContentOf(Role::Child), "an image manifest"),
        ],
    },
    DescriptorRow {
        name: "content.*",
        group: Group::Content,
        roles: &[Role::Blob],
        menu: &[Entry::valid("usual", Says::Usual, "a tar archive"), EMPTY_BLOB, ZERO_BLOB, GIF_BLOB],
    },
    DescriptorRow {
        name: "content.*",
        group: Group::Content,
        roles: &[Role::Child],
        menu: &[
            Entry::valid("usual", Says::Usual, "an image manifest"),
            Entry::valid("index", Says::IndexContent, "an image index without elements"),
            Entry::invalid("layer", Says::ContentOf(Role::Layer), "a tar archive, which is a blob"),
            Entry::invalid("config", Says::ContentOf(Role::Config), "an image configuration, which is a blob"),
        ],
    },
    DescriptorRow {
        name: "content.*",
        group: Group::Content,
        roles: &[Role::Subject],
        menu: &[
            Entry::valid("usual", Says::Usual, "an image manifest"),
            Entry::valid("index", Says::IndexContent, "an image index without elements"),
        ],
    },
    DescriptorRow {
        name: "facts.*",
        group: Group::Content,
        roles: PARTS,
        menu: &[
            Entry::valid("pushed", Says::Usual, "pushed before"),
            Entry::invalid("missing", Says::Missing, "never pushed, and content that nothing else pushes"),
            Entry::invalid("elsewhere", Says::Elsewhere, "pushed to another repository only"),
            Entry::invalid("other-endpoint", Says::OtherEndpoint, "a blob as a manifest, a manifest as a blob"),
        ],
    },
    DescriptorRow {
        name: "facts.*",
        group: Group::Content,
        roles: &[Role::Subject],
        menu: &[
            Entry::valid("pushed", Says::Usual, "pushed before"),
            Entry::valid("missing", Says::Missing, "never pushed, and content that nothing else pushes"),
            Entry::valid("elsewhere", Says::Elsewhere, "pushed to another repository only"),
        ],
    },
];

const EMPTY_JSON: Entry = Entry::invalid("empty-json", Says::Bytes(b"{}"), "`{}`");
const ZERO_BYTES: Entry = Entry::invalid("zero-bytes", Says::Bytes(b""), "no bytes");
const GIF_IMAGE: Entry = Entry::invalid("gif", Says::Bytes(GIF), "a GIF image of one pixel");
const NOT_JSON: Entry = Entry::invalid("not-json", Says::Bytes(b"not json"), "`not json`");
const EMPTY_BLOB: Entry = Entry::valid("empty-json", Says::Bytes(b"{}"), "`{}`");
const ZERO_BLOB: Entry = Entry::valid("zero-bytes", Says::Bytes(b""), "no bytes");
const GIF_BLOB: Entry = Entry::valid("gif", Says::Bytes(GIF), "a GIF image of one pixel");

/// The menu of a digest. Only a subject may name content that nobody has, and with it any algorithm.
const fn digests<const MAY_BE_MISSING: bool>() -> [Entry; 18] {
    [
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
        Entry::invalid("long", Says::Json("\"sha256:${hex}0\""), "one hex digit too many"),
        Entry::invalid("no-hex", Says::Json("\"sha256:${hex63}g\""), "a last digit that is not hex"),
        Entry::invalid("nothing-encoded", Says::Json("\"sha256:\""), "an algorithm and nothing after the colon"),
        Entry::invalid("blank-before", Says::Json("\" ${digest}\""), "a blank before it"),
        Entry::marked(MAY_BE_MISSING, "sha512", Says::Json("\"${sha512}\""), "the content's SHA-512"),
        Entry::marked(
            MAY_BE_MISSING,
            "unknown-algorithm",
            Says::Json("\"multihash+base58:QmRZxt2b1FVZPNqd8hsiykDL3TdBDeTSPX9Kv46HmX4Gx8\""),
            "an algorithm that is not registered",
        ),
        Entry::marked(
            MAY_BE_MISSING,
            "other",
            Says::Json("\"${other-digest}\""),
            "the SHA-256 of other bytes, which nobody has",
        ),
        Entry::invalid("object", Says::Json("{}"), "an object"),
    ]
}

const USUAL_TYPE: Entry = Entry::valid("usual", Says::Json("\"${type}\""), "the type that the place has usually");
const UNKNOWN_TYPE: Entry =
    Entry::valid("unknown", Says::Json("\"application/vnd.example.unknown.v1\""), "an unknown type");
const NO_TYPE: Entry = Entry::invalid("absent", Says::Absent, "no such member");
const NULL_TYPE: Entry = Entry::invalid("null", Says::Json("null"), "null");
const EMPTY_TYPE: Entry = Entry::invalid("empty", Says::Json("\"\""), "the empty text");
const MALFORMED_TYPE: Entry = Entry::invalid("malformed", Says::Json("\"no-slash\""), "a text that is no media type");
const NUMBER_TYPE: Entry = Entry::invalid("number", Says::Json("1"), "a number");
const PARAMETERS: Entry = Entry::invalid("parameters", Says::Json("\"${type}; charset=utf-8\""), "with a parameter");
const BLANK_BEFORE: Entry = Entry::invalid("blank-before", Says::Json("\" ${type}\""), "a blank before it");
const LONG_TYPE: Entry =
    Entry::valid("long", Says::Json("\"application/${x127}\""), "a subtype of 127 characters, the most there can be");
const TOO_LONG_TYPE: Entry =
    Entry::invalid("too-long", Says::Json("\"application/${x127}x\""), "a subtype of 128 characters");
const EMPTY_DESCRIPTOR: &str = "\"application/vnd.oci.empty.v1+json\"";
const GIF_TYPE: Entry = Entry::valid("gif", Says::Json("\"image/gif\""), "image/gif");
const OCTETS: Entry =
    Entry::valid("octet-stream", Says::Json("\"application/octet-stream\""), "application/octet-stream");
const UPPER_CASE: Entry = Entry::valid("upper-case", Says::Json("\"${TYPE}\""), "in upper case");
const OTHER_FAMILY: Entry = Entry::valid(
    "other-family",
    Says::Json("\"${other-family}\""),
    "Docker's type in an OCI document, OCI's in Docker's",
);

const CONFIG_TYPES: &[Entry] = &[
    USUAL_TYPE,
    UNKNOWN_TYPE,
    NO_TYPE,
    NULL_TYPE,
    EMPTY_TYPE,
    MALFORMED_TYPE,
    NUMBER_TYPE,
    Entry::invalid(
        "empty-descriptor",
        Says::Json(EMPTY_DESCRIPTOR),
        "the empty descriptor's, which asks for an artifactType",
    ),
    GIF_TYPE,
    OCTETS,
    OTHER_FAMILY,
    UPPER_CASE,
    Entry::valid("text", Says::Json("\"text/comment\""), "text/comment"),
    Entry::valid("helm", Says::Json("\"application/vnd.cncf.helm.config.v1+json\""), "a Helm chart's"),
    Entry::valid(
        "buildkit",
        Says::Json("\"application/vnd.buildkit.cacheconfig.v0\""),
        "BuildKit's cache configuration's",
    ),
    PARAMETERS,
    BLANK_BEFORE,
    LONG_TYPE,
    TOO_LONG_TYPE,
];

const LAYER_TYPES: &[Entry] = &[
    USUAL_TYPE,
    UNKNOWN_TYPE,
    NO_TYPE,
    NULL_TYPE,
    EMPTY_TYPE,
    MALFORMED_TYPE,
    NUMBER_TYPE,
    Entry::valid("empty-descriptor", Says::Json(EMPTY_DESCRIPTOR), "the empty descriptor's"),
    GIF_TYPE,
    OCTETS,
    OTHER_FAMILY,
    UPPER_CASE,
    Entry::valid("gzip", Says::Json("\"application/vnd.oci.image.layer.v1.tar+gzip\""), "a tar archive's under gzip"),
    Entry::valid("zstd", Says::Json("\"application/vnd.oci.image.layer.v1.tar+zstd\""), "a tar archive's under zstd"),
    Entry::valid(
        "nondistributable",
        Says::Json("\"application/vnd.oci.image.layer.nondistributable.v1.tar\""),
        "a layer's that is not to be pushed",
    ),
    Entry::valid(
        "docker-foreign",
        Says::Json("\"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip\""),
        "Docker's foreign layer's",
    ),
    Entry::valid("in-toto", Says::Json("\"application/vnd.in-toto+json\""), "an attestation's"),
    Entry::valid("manifest", Says::Json("\"application/vnd.oci.image.manifest.v1+json\""), "an image manifest's"),
    PARAMETERS,
    BLANK_BEFORE,
    LONG_TYPE,
    TOO_LONG_TYPE,
];

const CHILD_TYPES: &[Entry] = &[
    USUAL_TYPE,
    UNKNOWN_TYPE,
    NO_TYPE,
    NULL_TYPE,
    EMPTY_TYPE,
    MALFORMED_TYPE,
    NUMBER_TYPE,
    Entry::valid("index", Says::Json("\"application/vnd.oci.image.index.v1+json\""), "an image index's"),
    OTHER_FAMILY,
    UPPER_CASE,
    Entry::valid(
        "docker-list",
        Says::Json("\"application/vnd.docker.distribution.manifest.list.v2+json\""),
        "a Docker manifest list's",
    ),
    Entry::valid(
        "schema1",
        Says::Json("\"application/vnd.docker.distribution.manifest.v1+prettyjws\""),
        "a Docker schema 1 manifest's",
    ),
    Entry::valid("artifact", Says::Json("\"application/vnd.oci.artifact.manifest.v1+json\""), "an artifact manifest's"),
    Entry::valid("layer", Says::Json("\"application/vnd.oci.image.layer.v1.tar\""), "a layer's"),
    Entry::valid("config", Says::Json("\"application/vnd.oci.image.config.v1+json\""), "an image configuration's"),
    PARAMETERS,
    BLANK_BEFORE,
    LONG_TYPE,
    TOO_LONG_TYPE,
];

const BLOB_TYPES: &[Entry] = &[
    USUAL_TYPE,
    UNKNOWN_TYPE,
    NO_TYPE,
    NULL_TYPE,
    EMPTY_TYPE,
    MALFORMED_TYPE,
    NUMBER_TYPE,
    GIF_TYPE,
    PARAMETERS,
    BLANK_BEFORE,
    LONG_TYPE,
    TOO_LONG_TYPE,
];

const SUBJECT_TYPES: &[Entry] = &[
    USUAL_TYPE,
    UNKNOWN_TYPE,
    NO_TYPE,
    NULL_TYPE,
    EMPTY_TYPE,
    MALFORMED_TYPE,
    NUMBER_TYPE,
    Entry::valid("index", Says::Json("\"application/vnd.oci.image.index.v1+json\""), "an image index's"),
    OTHER_FAMILY,
    Entry::valid("layer", Says::Json("\"application/vnd.oci.image.layer.v1.tar\""), "a layer's"),
    PARAMETERS,
    BLANK_BEFORE,
    LONG_TYPE,
    TOO_LONG_TYPE,
];

/// As the usual configuration, but with the history of two layers where the image has one.
const HISTORY: &[u8] =
    b"{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]},\
\"history\":[{\"created_by\":\"a\"},{\"created_by\":\"b\"}]}";
const DESCRIPTION: &[u8] =
    b"{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]},\
\"description\":null,\"container_config\":null}";

/// A transparent pixel: the smallest GIF that readers take.
const GIF: &[u8] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\
\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x01D\x00;";

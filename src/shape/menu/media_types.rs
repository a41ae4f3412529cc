//! The media types of descriptors, by role.

use super::{Effect, Entry};

const USUAL_TYPE: Entry = Entry::valid("usual", Effect::Json("\"${type}\""), "the usual media type of this descriptor");
const UNKNOWN_TYPE: Entry =
    Entry::valid("unknown", Effect::Json("\"application/vnd.example.unknown.v1\""), "an unknown media type");
const NO_TYPE: Entry = Entry::invalid("absent", Effect::Absent, "member absent");
const NULL_TYPE: Entry = Entry::invalid("null", Effect::Json("null"), "null");
const EMPTY_TYPE: Entry = Entry::invalid("empty", Effect::Json("\"\""), "an empty string");
const MALFORMED_TYPE: Entry = Entry::invalid("malformed", Effect::Json("\"no-slash\""), "invalid media type");
const NUMBER_TYPE: Entry = Entry::invalid("number", Effect::Json("1"), "a number");
const PARAMETERS: Entry = Entry::invalid("parameters", Effect::Json("\"${type}; charset=utf-8\""), "with a parameter");
const BLANK_BEFORE: Entry = Entry::invalid("blank-before", Effect::Json("\" ${type}\""), "with a leading space");
const LONG_TYPE: Entry =
    Entry::valid("long", Effect::Json("\"application/${x127}\""), "a subtype of 127 characters, the longest valid one");
const TOO_LONG_TYPE: Entry =
    Entry::invalid("too-long", Effect::Json("\"application/${x127}x\""), "a subtype of 128 characters, one too many");
const EMPTY_DESCRIPTOR: &str = "\"application/vnd.oci.empty.v1+json\"";
const GIF_TYPE: Entry = Entry::valid("gif", Effect::Json("\"image/gif\""), "image/gif");
const OCTETS: Entry =
    Entry::valid("octet-stream", Effect::Json("\"application/octet-stream\""), "application/octet-stream");
const UPPER_CASE: Entry = Entry::valid("upper-case", Effect::Json("\"${TYPE}\""), "in upper case");
const OTHER_FAMILY: Entry = Entry::valid(
    "other-family",
    Effect::Json("\"${other-family}\""),
    "Docker's equivalent in OCI documents, OCI's in Docker documents",
);

pub(super) const CONFIG_TYPES: &[Entry] = &[
    USUAL_TYPE,
    UNKNOWN_TYPE,
    NO_TYPE,
    NULL_TYPE,
    EMPTY_TYPE,
    MALFORMED_TYPE,
    NUMBER_TYPE,
    Entry::invalid("empty-descriptor", Effect::Json(EMPTY_DESCRIPTOR), "empty descriptor, which requires artifactType"),
    GIF_TYPE,
    OCTETS,
    OTHER_FAMILY,
    UPPER_CASE,
    Entry::valid("text", Effect::Json("\"text/comment\""), "text/comment"),
    Entry::valid("helm", Effect::Json("\"application/vnd.cncf.helm.config.v1+json\""), "Helm chart configuration"),
    Entry::valid(
        "buildkit",
        Effect::Json("\"application/vnd.buildkit.cacheconfig.v0\""),
        "BuildKit cache configuration",
    ),
    PARAMETERS,
    BLANK_BEFORE,
    LONG_TYPE,
    TOO_LONG_TYPE,
    Entry::invalid(
        "empty-descriptor-upper-case",
        Effect::Json("\"APPLICATION/VND.OCI.EMPTY.V1+JSON\""),
        "empty descriptor in upper case; whether it requires artifactType is open",
    ),
];

pub(super) const LAYER_TYPES: &[Entry] = &[
    USUAL_TYPE,
    UNKNOWN_TYPE,
    NO_TYPE,
    NULL_TYPE,
    EMPTY_TYPE,
    MALFORMED_TYPE,
    NUMBER_TYPE,
    Entry::valid("empty-descriptor", Effect::Json(EMPTY_DESCRIPTOR), "empty descriptor"),
    GIF_TYPE,
    OCTETS,
    OTHER_FAMILY,
    UPPER_CASE,
    Entry::valid("gzip", Effect::Json("\"application/vnd.oci.image.layer.v1.tar+gzip\""), "gzip-compressed layer"),
    Entry::valid("zstd", Effect::Json("\"application/vnd.oci.image.layer.v1.tar+zstd\""), "zstd-compressed layer"),
    Entry::valid(
        "nondistributable",
        Effect::Json("\"application/vnd.oci.image.layer.nondistributable.v1.tar\""),
        "non-distributable layer",
    ),
    Entry::valid(
        "docker-foreign",
        Effect::Json("\"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip\""),
        "Docker foreign layer",
    ),
    Entry::valid("in-toto", Effect::Json("\"application/vnd.in-toto+json\""), "in-toto attestation"),
    Entry::valid("manifest", Effect::Json("\"application/vnd.oci.image.manifest.v1+json\""), "image manifest"),
    PARAMETERS,
    BLANK_BEFORE,
    LONG_TYPE,
    TOO_LONG_TYPE,
];

pub(super) const CHILD_TYPES: &[Entry] = &[
    USUAL_TYPE,
    UNKNOWN_TYPE,
    NO_TYPE,
    NULL_TYPE,
    EMPTY_TYPE,
    MALFORMED_TYPE,
    NUMBER_TYPE,
    Entry::valid("index", Effect::Json("\"application/vnd.oci.image.index.v1+json\""), "image index"),
    OTHER_FAMILY,
    UPPER_CASE,
    Entry::valid(
        "docker-list",
        Effect::Json("\"application/vnd.docker.distribution.manifest.list.v2+json\""),
        "Docker manifest list",
    ),
    Entry::valid(
        "schema1",
        Effect::Json("\"application/vnd.docker.distribution.manifest.v1+prettyjws\""),
        "Docker schema 1 manifest",
    ),
    Entry::valid("artifact", Effect::Json("\"application/vnd.oci.artifact.manifest.v1+json\""), "artifact manifest"),
    Entry::valid("layer", Effect::Json("\"application/vnd.oci.image.layer.v1.tar\""), "image layer"),
    Entry::valid("config", Effect::Json("\"application/vnd.oci.image.config.v1+json\""), "image configuration"),
    PARAMETERS,
    BLANK_BEFORE,
    LONG_TYPE,
    TOO_LONG_TYPE,
];

pub(super) const BLOB_TYPES: &[Entry] = &[
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

pub(super) const SUBJECT_TYPES: &[Entry] = &[
    USUAL_TYPE,
    UNKNOWN_TYPE,
    NO_TYPE,
    NULL_TYPE,
    EMPTY_TYPE,
    MALFORMED_TYPE,
    NUMBER_TYPE,
    Entry::valid("index", Effect::Json("\"application/vnd.oci.image.index.v1+json\""), "image index"),
    OTHER_FAMILY,
    Entry::valid("layer", Effect::Json("\"application/vnd.oci.image.layer.v1.tar\""), "image layer"),
    PARAMETERS,
    BLANK_BEFORE,
    LONG_TYPE,
    TOO_LONG_TYPE,
];

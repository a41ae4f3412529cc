//! The content that descriptors reference, and whether it was pushed.

use super::descriptor::PARTS;
use super::{DescriptorRow, Effect, Entry, Group, ManifestContent, Role};

/// The slots of content, for each descriptor site; they come after the descriptor's members.
pub(in crate::shape) const CONTENT_ROWS: &[DescriptorRow] = &[
    DescriptorRow {
        name: "content.*",
        group: Group::Content,
        roles: &[Role::Config],
        menu: &[
            Entry::valid("usual", Effect::Usual, "an image configuration"),
            EMPTY_JSON,
            ZERO_BYTES,
            GIF_IMAGE,
            NOT_JSON,
            Entry::invalid("null", Effect::Bytes(b"null"), "`null`"),
            Entry::invalid("array", Effect::Bytes(b"[]"), "`[]`"),
            Entry::valid("history", Effect::Bytes(HISTORY), "an image configuration whose history lists two layers"),
            Entry::valid(
                "docker-only",
                Effect::Bytes(DESCRIPTION),
                "an image configuration with Docker-only members set to null",
            ),
            Entry::valid(
                "more-diff-ids",
                Effect::DiffIds(2),
                "an image configuration with the diff_ids of two layers, one more than the base has",
            ),
            Entry::valid("fewer-diff-ids", Effect::DiffIds(0), "an image configuration with an empty diff_ids"),
        ],
    },
    DescriptorRow {
        name: "content.*",
        group: Group::Content,
        roles: &[Role::Layer],
        menu: &[
            Entry::valid("usual", Effect::Usual, "a tar archive"),
            EMPTY_JSON,
            ZERO_BYTES,
            GIF_IMAGE,
            NOT_JSON,
            Entry::valid("end-of-archive", Effect::Bytes(&[0; 1024]), "an empty tar archive"),
            Entry::invalid("manifest", Effect::ContentOf(Role::Child), "an image manifest"),
            Entry::invalid("gzip", Effect::GzippedLayer, "the tar archive of the first layer, compressed with gzip"),
        ],
    },
    DescriptorRow {
        name: "content.*",
        group: Group::Content,
        roles: &[Role::Blob],
        menu: &[Entry::valid("usual", Effect::Usual, "a tar archive"), EMPTY_BLOB, ZERO_BLOB, GIF_BLOB],
    },
    DescriptorRow {
        name: "content.*",
        group: Group::Content,
        roles: &[Role::Child],
        menu: &[
            Entry::valid("usual", Effect::Usual, "an image manifest"),
            Entry::valid("index", Effect::IndexContent, "an empty image index"),
            Entry::invalid("layer", Effect::ContentOf(Role::Layer), "a tar archive (a blob)"),
            Entry::invalid("config", Effect::ContentOf(Role::Config), "an image configuration (a blob)"),
            Entry::valid(
                "attestation",
                Effect::ManifestContent(ManifestContent::Attestation),
                "an attestation as BuildKit writes it: an empty config and an in-toto layer",
            ),
            Entry::valid(
                "referrer",
                Effect::ManifestContent(ManifestContent::Referrer),
                "a manifest whose subject is another element of the list",
            ),
            Entry::valid(
                "referrer-of-index",
                Effect::ManifestContent(ManifestContent::ReferrerOfIndex),
                "a manifest whose subject is an empty image index, which another element can reference",
            ),
            Entry::valid(
                "referrer-of-container",
                Effect::ManifestContent(ManifestContent::ReferrerOfContainer),
                "a manifest whose subject is this index as it would be with the usual manifest here; no digest can \
                 refer to the index that contains it",
            ),
            Entry::valid(
                "gzipped",
                Effect::ManifestContent(ManifestContent::Gzipped),
                "an image manifest whose layer is compressed with gzip",
            ),
        ],
    },
    DescriptorRow {
        name: "content.*",
        group: Group::Content,
        roles: &[Role::Subject],
        menu: &[
            Entry::valid("usual", Effect::Usual, "an image manifest"),
            Entry::valid("index", Effect::IndexContent, "an empty image index"),
            Entry::valid(
                "first-child",
                Effect::FirstChild,
                "the image manifest that the first element of an index references",
            ),
        ],
    },
    DescriptorRow {
        name: "facts.*",
        group: Group::Content,
        roles: PARTS,
        menu: &[
            Entry::valid("pushed", Effect::Usual, "pushed beforehand"),
            Entry::invalid("missing", Effect::Missing, "never pushed; the content is unique to this case"),
            Entry::invalid("elsewhere", Effect::Elsewhere, "pushed to another repository only"),
            Entry::invalid(
                "other-endpoint",
                Effect::OtherEndpoint,
                "a blob pushed as a manifest, a manifest pushed as a blob",
            ),
        ],
    },
    DescriptorRow {
        name: "facts.*",
        group: Group::Content,
        roles: &[Role::Subject],
        menu: &[
            Entry::valid("pushed", Effect::Usual, "pushed beforehand"),
            Entry::valid("missing", Effect::Missing, "never pushed; the content is unique to this case"),
            Entry::valid("elsewhere", Effect::Elsewhere, "pushed to another repository only"),
        ],
    },
];

const EMPTY_JSON: Entry = Entry::invalid("empty-json", Effect::Bytes(b"{}"), "`{}`");
const ZERO_BYTES: Entry = Entry::invalid("zero-bytes", Effect::Bytes(b""), "no bytes");
const GIF_IMAGE: Entry = Entry::invalid("gif", Effect::Bytes(GIF), "a one-pixel GIF image");
const NOT_JSON: Entry = Entry::invalid("not-json", Effect::Bytes(b"not json"), "`not json`");
const EMPTY_BLOB: Entry = Entry::valid("empty-json", Effect::Bytes(b"{}"), "`{}`");
const ZERO_BLOB: Entry = Entry::valid("zero-bytes", Effect::Bytes(b""), "no bytes");
const GIF_BLOB: Entry = Entry::valid("gif", Effect::Bytes(GIF), "a one-pixel GIF image");

/// The usual configuration, with the history of two layers although the image has one.
const HISTORY: &[u8] =
    b"{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]},\
\"history\":[{\"created_by\":\"a\"},{\"created_by\":\"b\"}]}";
const DESCRIPTION: &[u8] =
    b"{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]},\
\"description\":null,\"container_config\":null}";

/// A transparent pixel: the smallest GIF that common readers accept.
const GIF: &[u8] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\
\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x01D\x00;";

//! What a descriptor points at, and whether that was pushed.

use super::descriptor::PARTS;
use super::{DescriptorRow, Entry, Group, Role, Says};

/// The slots of content, for each place of a descriptor; they come after its members.
pub(in crate::shape) const CONTENT_ROWS: &[DescriptorRow] = &[
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

//! Uploads: how a blob reaches the registry, and what is asked of it afterwards. Only the kind `blob` has these slots.

use super::{Effect, Entry, Group, SlotRow, Under};

/// Chunks between 64 KiB and 8 MiB; GHCR takes at most 4 MiB.
const LARGE_CHUNK: Entry =
    Entry::valid("large-chunk", Effect::Upload, "POST, PATCH of one chunk of n bytes, then PUT without content")
        .taking(&[4_194_305], 65_537, 8_388_608, 65_536);

pub(in crate::shape) const ROWS: &[SlotRow] = &[
    SlotRow {
        name: "upload",
        group: Group::Blob,
        under: Under::Entries("kind", &["blob"]),
        menu: &[
            Entry::valid("two-requests", Effect::Usual, "POST, then PUT with the content"),
            Entry::valid("one-request", Effect::Upload, "POST with the digest and the content"),
            Entry::valid("chunked", Effect::Upload, "POST, PATCH of two chunks, then PUT without content"),
            Entry::valid("last-in-put", Effect::Upload, "POST, PATCH of the first chunk, then PUT with the last one"),
            Entry::valid("stream", Effect::Upload, "POST, PATCH without Content-Range, then PUT without content"),
            Entry::valid("out-of-order", Effect::Upload, "a first chunk that does not begin at 0, then the right one"),
            Entry::valid("chunk-again", Effect::Upload, "the first chunk twice, then the last one"),
            Entry::valid("status", Effect::Upload, "two chunks, and GET of the session between them"),
            Entry::valid("cancel", Effect::Upload, "POST, PATCH of a chunk, then DELETE of the session"),
            Entry::valid("two-sessions", Effect::Upload, "two blobs in two sessions of a repository at the same time"),
            Entry::valid("small-chunks", Effect::Upload, "a first chunk of one byte"),
            LARGE_CHUNK,
            Entry::valid("mount", Effect::Upload, "mounted from a repository that holds it"),
            Entry::valid("mount-unknown-repository", Effect::Upload, "mounted from a repository that does not exist"),
            Entry::valid("mount-without-from", Effect::Upload, "mounted without naming a repository"),
            Entry::invalid(
                "one-request-of-other-bytes",
                Effect::Upload,
                "POST with content and the digest of other bytes",
            ),
            Entry::invalid(
                "chunks-of-other-bytes",
                Effect::Upload,
                "two chunks, then PUT with the digest of other bytes",
            ),
        ],
    },
    SlotRow {
        name: "blob.digest",
        group: Group::Blob,
        under: Under::Entries("upload", &["two-requests", "chunked"]),
        menu: &[
            Entry::valid("right", Effect::Usual, "the SHA-256 of the content"),
            Entry::invalid("sha512", Effect::Upload, "the SHA-512 of the content"),
            Entry::invalid("of-other-bytes", Effect::Upload, "the SHA-256 of other bytes"),
            Entry::invalid("malformed", Effect::Upload, "a SHA-256 of three digits"),
            Entry::invalid("missing", Effect::Upload, "no digest in the PUT that ends the upload"),
        ],
    },
    SlotRow {
        name: "blob.content",
        group: Group::Blob,
        under: Under::Entries("upload", &["two-requests", "one-request", "stream"]),
        menu: &[
            Entry::valid("text", Effect::Usual, "a line of text"),
            Entry::valid("empty", Effect::Upload, "zero bytes"),
            Entry::valid("one-byte", Effect::Upload, "a single byte"),
            Entry::valid("binary", Effect::Upload, "4 KiB with every value of a byte"),
        ],
    },
    SlotRow {
        name: "blob.read",
        group: Group::Blob,
        under: Under::Entries("blob.digest", &["right", "sha512"]),
        menu: &[
            Entry::valid("whole", Effect::Usual, "HEAD and GET by digest, and GET of Location"),
            Entry::valid("range-first", Effect::Upload, "GET of the first four bytes"),
            Entry::valid("range-middle", Effect::Upload, "GET of four bytes in the middle"),
            Entry::valid("range-last", Effect::Upload, "GET of the last byte"),
            Entry::valid("range-suffix", Effect::Upload, "GET of the last four bytes, as a suffix"),
            Entry::valid("range-past-the-end", Effect::Upload, "GET of a range that ends behind the last byte"),
            Entry::valid("range-beyond", Effect::Upload, "GET of a range that begins behind the last byte"),
            Entry::valid("range-reversed", Effect::Upload, "GET of a range that ends before it begins"),
            Entry::valid("ranges", Effect::Upload, "GET of two ranges"),
        ],
    },
    SlotRow {
        name: "blob.delete",
        group: Group::Blob,
        under: Under::Entries("blob.digest", &["right", "sha512"]),
        menu: &[
            Entry::valid("nothing", Effect::Usual, "the blob is not deleted"),
            Entry::valid("once", Effect::Upload, "DELETE, then HEAD and GET"),
            Entry::valid("twice", Effect::Upload, "DELETE, then DELETE again"),
        ],
    },
];

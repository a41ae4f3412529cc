//! Uploads: how a blob reaches the registry, and what is asked of it afterwards. Only the kind `blob` has these slots.

use super::{Effect, Entry, Group, SlotRow, Under};

const BLOBS: Under = Under::Entries("kind", &["blob"]);

pub(in crate::shape) const ROWS: &[SlotRow] = &[SlotRow {
    name: "upload",
    group: Group::Blob,
    under: BLOBS,
    menu: &[
        Entry::valid("two-requests", Effect::Usual, "POST, then PUT with the content"),
        Entry::valid("one-request", Effect::Upload, "POST with the digest and the content"),
        Entry::valid("chunked", Effect::Upload, "POST, PATCH of two chunks, then PUT without content"),
    ],
}];

//! What `check` reads: documents, and problems that are not those of a document.

use bytes::Bytes;

use crate::cli::{BAD_INPUT, FOUND};
use crate::exchange::{Need, Presence};
use crate::model::Breach;

/// A document, and what is known of the content it refers to.
pub(super) struct CheckedFile {
    pub file: String,
    /// The media type in the descriptor that refers to it.
    pub declared_type: Option<String>,
    pub body: Bytes,
    pub needs: Vec<Need>,
    /// Whether all other content that it refers to is there.
    pub others: Presence,
    /// Whether it is part of a layout.
    pub is_of_layout: bool,
    /// Where the content of the layout differs from what the document says.
    pub differences: Vec<Breach>,
}

/// A problem of a layout, not of a document in it.
pub(super) struct Problem {
    pub what: String,
    /// The exit code, unless there is a worse problem.
    pub code: u8,
}

impl Problem {
    /// Missing content, which a layout permits.
    pub(super) fn missing(what: String) -> Self {
        Self { what, code: 0 }
    }

    /// Content that differs from its descriptor.
    pub(super) fn wrong(what: String) -> Self {
        Self { what, code: FOUND }
    }

    /// Content that cannot be read.
    pub(super) fn unreadable(what: String) -> Self {
        Self { what, code: BAD_INPUT }
    }
}

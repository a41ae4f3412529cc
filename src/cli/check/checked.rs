//! What `check` reads: documents, and problems that are not those of a document.

use bytes::Bytes;

use crate::exchange::{Need, Presence};
use crate::model::{Breach, LayoutRule};

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
    pub kind: ProblemKind,
}

/// What a problem is about.
#[derive(Clone, Copy, Debug)]
pub(super) enum ProblemKind {
    /// Content is missing, which a layout permits.
    Missing,
    /// The layout breaks a rule.
    Breach(LayoutRule),
    /// Content cannot be read.
    Unreadable,
}

impl Problem {
    /// Missing content, which a layout permits.
    pub(super) fn missing(what: String) -> Self {
        Self { what, kind: ProblemKind::Missing }
    }

    /// A breach of a rule on layouts.
    pub(super) fn breach(rule: LayoutRule, what: String) -> Self {
        Self { what, kind: ProblemKind::Breach(rule) }
    }

    /// Content that cannot be read.
    pub(super) fn unreadable(what: String) -> Self {
        Self { what, kind: ProblemKind::Unreadable }
    }
}

//! Why a request was not answered.

use crate::error::TroubleKind;

/// Why no complete answer arrived.
pub(super) enum Failure {
    /// The target could not be tested.
    Trouble(TroubleKind, String, Option<Box<dyn std::error::Error + Send + Sync>>),
    /// The connection closed after the request was sent.
    Dropped {
        why: String,
        /// It was reused and no byte came back: the server may have closed it before the request arrived.
        was_idle: bool,
    },
    /// The deadline passed.
    Late,
    /// The run was asked to stop.
    Stopped,
}

impl Failure {
    pub(super) fn dropped(why: String) -> Self {
        Self::Dropped { why, was_idle: false }
    }

    pub(super) fn trouble(kind: TroubleKind, cause: impl Into<String>) -> Self {
        Self::Trouble(kind, cause.into(), None)
    }
}

//! Text that must not be printed.

use std::sync::Arc;

/// A password or token. It implements neither `Debug` nor `Display`, so that it cannot reach a message or a file by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Arc<str>);

impl Secret {
    /// Keeps a secret.
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }

    /// The secret, for sending it to the host that it is meant for.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

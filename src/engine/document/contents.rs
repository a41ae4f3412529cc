//! The content that the user gave along with a document.

use std::collections::HashMap;

use bytes::Bytes;

use crate::exchange::{sha256, sha512};

/// Blobs and manifests by digest.
#[derive(Clone, Debug, Default)]
pub struct Contents(HashMap<String, Bytes>);

impl Contents {
    /// Adds content. Descriptors may name it by SHA-256 or SHA-512.
    pub fn add(&mut self, bytes: Bytes) {
        self.0.insert(sha512(&bytes), bytes.clone());
        self.0.insert(sha256(&bytes), bytes);
    }

    /// The content with this digest.
    pub fn get(&self, digest: &str) -> Option<&Bytes> {
        self.0.get(digest)
    }
}

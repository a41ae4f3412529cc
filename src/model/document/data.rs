//! The content embedded in a descriptor, decoded and hashed once.

use std::cell::RefCell;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::exchange::{sha256, sha512};
use crate::json::Node;
use crate::model::document::forms::DigestForm;

/// A descriptor's `data`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Data {
    /// Absent or `null`.
    None,
    /// Not a string, or not base64 as defined in RFC 4648 section 4.
    NotBase64,
    /// Embedded content.
    Content {
        /// The decoded length in bytes.
        length: usize,
        /// Whether it matches the digest; `None` without a valid digest of a registered algorithm.
        matches_digest: Option<bool>,
    },
}

impl Data {
    /// Decodes the member `data`, and compares it with the member `digest` of form `form`.
    pub(in crate::model) fn of(member: Option<Node<'_>>, digest: Option<Node<'_>>, form: DigestForm) -> Self {
        let Some(node) = member.filter(|node| !node.is_null()) else { return Self::None };
        let Some(bytes) = node.text().and_then(|text| STANDARD.decode(text.as_bytes()).ok()) else {
            return Self::NotBase64;
        };
        let (length, digest) = (bytes.len(), digest.and_then(Node::text));
        Self::Content { length, matches_digest: digest.and_then(|digest| matches(&digest, form, bytes)) }
    }

    /// The content's length in bytes; `None` if there is no content or it does not match the digest.
    pub fn length(self) -> Option<usize> {
        match self {
            Self::Content { matches_digest: Some(false), .. } | Self::None | Self::NotBase64 => None,
            Self::Content { length, .. } => Some(length),
        }
    }
}

/// Whether the digest matches these bytes; `None` if it is invalid or its algorithm is not registered.
fn matches(digest: &str, form: DigestForm, bytes: Vec<u8>) -> Option<bool> {
    match form {
        DigestForm::Sha256 => Some(is_sha256(bytes, digest)),
        DigestForm::Sha512 => Some(sha512(&bytes) == digest),
        _ => None,
    }
}

/// Whether this is the digest of these bytes. Many descriptors embed the same content, so the last digest is cached.
fn is_sha256(bytes: Vec<u8>, digest: &str) -> bool {
    thread_local! {
        static LAST: RefCell<(Vec<u8>, String)> = const { RefCell::new((Vec::new(), String::new())) };
    }
    LAST.with_borrow_mut(|(last, known)| {
        if *last != bytes || known.is_empty() {
            *known = sha256(&bytes);
            *last = bytes;
        }
        known == digest
    })
}

//! The content that a descriptor holds itself, decoded and hashed once.

use std::cell::RefCell;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::exchange::{sha256, sha512};
use crate::json::Node;
use crate::model::document::forms::DigestForm;

/// What a descriptor's `data` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Data {
    /// There is none, or it is `null`.
    None,
    /// It is no text, or a text that is not base64 as RFC 4648 has it in section 4.
    NotBase64,
    /// Content.
    Content {
        /// In bytes, decoded.
        length: usize,
        /// Whether the digest names it; `None` where there is no right digest of a registered algorithm.
        is_digests: Option<bool>,
    },
}

impl Data {
    /// Of a member and of the digest beside it, if they are there, and the digest's form.
    pub(in crate::model) fn of(member: Option<Node<'_>>, digest: Option<Node<'_>>, form: DigestForm) -> Self {
        let Some(node) = member.filter(|node| !node.is_null()) else { return Self::None };
        let Some(bytes) = node.text().and_then(|text| STANDARD.decode(text.as_bytes()).ok()) else {
            return Self::NotBase64;
        };
        let (length, digest) = (bytes.len(), digest.and_then(Node::text));
        Self::Content { length, is_digests: digest.and_then(|digest| is_content(&digest, form, bytes)) }
    }

    /// The content's length in bytes; `None` too where the digest names other content.
    pub fn length(self) -> Option<usize> {
        match self {
            Self::Content { is_digests: Some(false), .. } | Self::None | Self::NotBase64 => None,
            Self::Content { length, .. } => Some(length),
        }
    }
}

/// Whether these bytes are what the digest names; `None` where it names none, or in a way that nobody registered.
fn is_content(digest: &str, form: DigestForm, bytes: Vec<u8>) -> Option<bool> {
    match form {
        DigestForm::Sha256 => Some(is_sha256(bytes, digest)),
        DigestForm::Sha512 => Some(sha512(&bytes) == digest),
        _ => None,
    }
}

/// Whether this is the digest of these bytes. Many descriptors hold the same content, so the last is kept.
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

//! A manifest push: its reference, its headers and its exact body.

use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::OnceLock;

use bytes::Bytes;

use super::{buffer_sha256, is_digest, sha512};

/// A body with a lazily computed digest: most generated bodies are never sent.
#[derive(Clone, Debug, Default)]
pub struct Body {
    bytes: Bytes,
    digest: OnceLock<String>,
}

impl Body {
    /// `sha256:HEX` of the bytes.
    pub fn digest(&self) -> &str {
        self.digest.get_or_init(|| buffer_sha256(&self.bytes))
    }

    /// The bytes.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self { bytes, digest: OnceLock::new() }
    }
}

impl AsRef<[u8]> for Body {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Deref for Body {
    type Target = Bytes;

    fn deref(&self) -> &Bytes {
        &self.bytes
    }
}

impl PartialEq for Body {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for Body {}

impl Hash for Body {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.bytes.hash(state);
    }
}

/// The last element of a manifest request's path.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Reference {
    /// A fresh tag, substituted by the target; written `{tag}`.
    Tag,
    /// A fresh tag of this form.
    FreshTag(TagForm),
    /// Exactly this string: a digest, or neither digest nor tag.
    Text(String),
}

/// The form of a fresh tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TagForm {
    /// This prefix, then the fresh part.
    After(&'static str),
    /// This many characters in total; written `{tag:N}`.
    Length(usize),
}

impl Reference {
    /// The tag for the given fresh name; `None` if the reference is not a fresh tag.
    pub fn tag(&self, fresh: &str) -> Option<String> {
        match self {
            Self::Tag => Some(fresh.to_owned()),
            Self::FreshTag(TagForm::After(text)) => Some(format!("{text}{fresh}")),
            Self::FreshTag(TagForm::Length(length)) => {
                let missing = length.saturating_sub(fresh.len());
                Some(format!("{fresh}{}", "t".repeat(missing)))
            }
            Self::Text(_) => None,
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tag => out.write_str("{tag}"),
            Self::FreshTag(TagForm::After(text)) => write!(out, "{text}{{tag}}"),
            Self::FreshTag(TagForm::Length(length)) => write!(out, "{{tag:{length}}}"),
            Self::Text(text) => out.write_str(text),
        }
    }
}

/// How the length of the body is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Transfer {
    /// With a `Content-Length` header.
    ContentLength,
    /// With `Transfer-Encoding: chunked`.
    Chunked,
}

/// A manifest push: `PUT /v2/{repository}/manifests/{reference}`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Put {
    /// The last path element.
    pub reference: Reference,
    /// The exact `Content-Type` value; `None` sends no such header.
    pub content_type: Option<Cow<'static, str>>,
    /// How the length of the body is sent.
    pub transfer: Transfer,
    /// The exact `Content-Encoding` value; `None` sends no such header.
    pub content_encoding: Option<&'static str>,
    /// The exact body.
    pub body: Body,
}

impl Put {
    /// A push of `body` by a fresh tag.
    pub fn by_tag(content_type: &'static str, body: Bytes) -> Self {
        Self {
            reference: Reference::Tag,
            content_type: Some(Cow::Borrowed(content_type)),
            transfer: Transfer::ContentLength,
            content_encoding: None,
            body: Body::from(body),
        }
    }

    /// `sha256:HEX` of the body.
    pub fn digest(&self) -> &str {
        self.body.digest()
    }

    /// Digest used to fetch the manifest: the pushed reference if it matches the body or cannot be verified, else the body's
    /// `sha256:HEX`.
    pub fn name_by_digest(&self) -> &str {
        let may_match = |text: &str| match text.split_once(':') {
            Some(("sha256", _)) => false,
            Some(("sha512", _)) => text == sha512(&self.body),
            _ => is_digest(text),
        };
        match &self.reference {
            Reference::Text(text) if may_match(text) => text,
            _ => self.digest(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_is_asked_for_by_the_digest_that_it_was_pushed_under() {
        let mut put = Put::by_tag("", Bytes::from_static(b"{}"));
        assert_eq!(put.name_by_digest(), put.digest());
        let long = sha512(b"{}");
        let texts = [(&*long, true), ("sha512:ab", false), ("a+b:c=_-", true), ("a:../b", false), ("a:", false)];
        for (text, is_its_own) in [&texts[..], &[("sha256:ab", false), ("-tag", false)]].concat() {
            put.reference = Reference::Text(text.to_owned());
            assert_eq!(put.name_by_digest(), if is_its_own { text } else { put.digest() });
        }
    }
}

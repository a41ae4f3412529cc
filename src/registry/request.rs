//! What a request asks: its endpoint, its query, and for a manifest push the document in its body. Handlers and
//! quirks read the same [`Asked`]. Decides nothing.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method};

use super::pushed::Pushed;
use super::route::Endpoint;

/// A request, read as far as it can be read without storage.
pub(super) struct Asked<'a> {
    pub method: &'a Method,
    /// The repository's name; empty where the path has none.
    pub name: &'a str,
    pub place: Endpoint<'a>,
    pub query: &'a str,
    pub headers: &'a HeaderMap,
    pub body: &'a Bytes,
    /// When it comes, by the registry's own clock; see [`Registry::advance`](super::Registry::advance).
    pub now: Duration,
    /// The document of a manifest push; `None` for other requests, and for a body above the limit.
    pub pushed: Option<Pushed<'a>>,
}

impl Asked<'_> {
    /// A header that reads as text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// A parameter of the query, decoded.
    pub(super) fn parameter(&self, name: &str) -> Option<String> {
        let pairs = self.query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        pairs.into_iter().find(|(key, _)| *key == name).map(|(_, value)| decode(value))
    }

    /// The reference of a manifest push.
    pub(super) fn pushes_manifest(&self) -> Option<&str> {
        match self.place {
            Endpoint::Manifest(reference) if self.method == Method::PUT => Some(reference),
            _ => None,
        }
    }

    /// The reference of a manifest that is read, by HEAD or GET.
    pub(super) fn pulls_manifest(&self) -> Option<&str> {
        match self.place {
            Endpoint::Manifest(reference) if self.method == Method::GET || self.method == Method::HEAD => {
                Some(reference)
            }
            _ => None,
        }
    }
}

/// Undoes percent-encoding. `+` stays: media types hold it, and no value that we read holds a blank.
fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let hex = tail.get(..2).filter(|_| first == b'%').and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn a_query_is_decoded_and_plus_stays() {
        assert_eq!(decode("sha256%3Aab"), "sha256:ab");
        assert_eq!(decode("a/b%2Bjson"), "a/b+json");
        assert_eq!(decode("a+json%"), "a+json%");
    }
}

//! A parsed request: its endpoint, its query and, for a manifest push, the document in its body. Shared by handlers and
//! quirks. Makes no decisions.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method};

use super::pushed::Pushed;
use super::route::Endpoint;

/// A request, parsed as far as possible without looking at storage.
pub(super) struct ParsedRequest<'a> {
    pub method: &'a Method,
    /// The repository's name; empty if the path has none.
    pub name: &'a str,
    pub endpoint: Endpoint<'a>,
    pub query: &'a str,
    pub headers: &'a HeaderMap,
    pub body: &'a Bytes,
    /// When it arrived, on the registry's own clock; see [`Registry::advance`](super::Registry::advance).
    pub now: Duration,
    /// The document of a manifest push; `None` for other requests and for bodies over the size limit.
    pub pushed: Option<Pushed<'a>>,
}

impl ParsedRequest<'_> {
    /// The header's value; `None` if it is absent or not text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// A query parameter, percent-decoded.
    pub(super) fn parameter(&self, name: &str) -> Option<String> {
        self.parameters(name).next()
    }

    /// The values of a query parameter that may be repeated, percent-decoded.
    pub(super) fn parameters(&self, name: &str) -> impl Iterator<Item = String> {
        let pairs = self.query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        pairs.filter(move |(key, _)| *key == name).map(|(_, value)| decode(value))
    }

    /// The reference that a manifest is pushed to; `None` for any other request.
    pub(super) fn pushed_reference(&self) -> Option<&str> {
        match self.endpoint {
            Endpoint::Manifest(reference) if self.method == Method::PUT => Some(reference),
            _ => None,
        }
    }

    /// The reference of a manifest pulled by HEAD or GET; `None` for any other request.
    pub(super) fn pulled_reference(&self) -> Option<&str> {
        match self.endpoint {
            Endpoint::Manifest(reference) if self.method == Method::GET || self.method == Method::HEAD => {
                Some(reference)
            }
            _ => None,
        }
    }
}

/// Decodes percent-encoding. Keeps `+`: media types contain it, and no parameter read here contains a space.
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
    fn a_query_is_decoded_and_plus_is_kept() {
        assert_eq!(decode("sha256%3Aab"), "sha256:ab");
        assert_eq!(decode("a/b%2Bjson"), "a/b+json");
        assert_eq!(decode("a+json%"), "a+json%");
    }
}

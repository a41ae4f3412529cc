//! Content other than the right one: another manifest of the same kind whose parts are served, other bytes of the same length.

use bytes::Bytes;

use super::content::{Content, Manifest};
use crate::exchange::client::Body;
use crate::exchange::{Exchange, IMAGE_INDEX, essence};
use crate::render::render;
use crate::shape::Shape;

/// Shapes of other manifests, and the shapes that stand in where the case is one of those.
const IMAGES: [&str; 2] = ["layers=two", "annotations=one"];
const INDEXES: [&str; 2] = ["kind=index;manifests=two", "kind=index;annotations=one"];

/// Other manifests and their parts.
#[derive(Debug)]
pub(super) struct Others {
    image: Manifest,
    index: Manifest,
    parts: Content,
}

impl Others {
    /// Manifests other than that of the case; none if the case does not ask for them, because their parts are not its own.
    pub fn of(exchange: &Exchange) -> Option<Self> {
        (exchange.answers.manifest == Body::Other).then(|| Self::made(exchange))
    }

    fn made(exchange: &Exchange) -> Self {
        let mut parts = Content::default();
        let mut manifest = |texts: [&str; 2]| {
            let rendered = texts.iter().filter_map(|text| text.parse::<Shape>().ok()).map(|shape| render(&shape));
            let other = rendered.into_iter().find(|other| other.tested.digest() != exchange.tested.digest());
            let other = other.unwrap_or_else(|| render(&Shape::base()));
            parts.add(&other.needs);
            let media_type = other.tested.content_type.as_deref().unwrap_or_default();
            let manifest = Manifest::new(other.tested.body.bytes().clone(), media_type);
            parts.add_manifest(manifest.clone());
            manifest
        };
        let (image, index) = (manifest(IMAGES), manifest(INDEXES));
        Self { image, index, parts }
    }

    /// Another manifest of the same kind.
    pub fn than(&self, manifest: &Manifest) -> &Manifest {
        let is_index = manifest.content_type.as_deref().is_some_and(|text| essence(text) == IMAGE_INDEX);
        if is_index { &self.index } else { &self.image }
    }

    /// The parts of other manifests, and those themselves.
    pub fn parts(&self) -> &Content {
        &self.parts
    }
}

/// Other bytes of the same length, as similar as can be: the last letter or digit is another one. Empty content stays as it is.
pub(super) fn other_bytes(content: &Bytes) -> Bytes {
    let mut bytes = content.to_vec();
    if let Some(last) = bytes.iter().rposition(u8::is_ascii_alphanumeric) {
        bytes[last] = match bytes[last] {
            b'0' => b'1',
            b'a' => b'b',
            byte if byte.is_ascii_digit() => b'0',
            _ => b'a',
        };
    } else if let Some(last) = bytes.last_mut() {
        *last ^= 1;
    }
    bytes.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_bytes_differ_and_are_as_long() {
        for content in ["a", "0", "9Z}", "{}", "\0\0"] {
            let content = Bytes::from(content);
            let other = other_bytes(&content);
            assert!(other != content && other.len() == content.len(), "{content:?}");
        }
        assert!(other_bytes(&Bytes::new()).is_empty());
    }
}

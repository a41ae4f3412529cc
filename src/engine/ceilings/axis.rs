//! What a registry may limit, and the push that reaches a given number of it.

use std::sync::Arc;

use bytes::Bytes;

use crate::exchange::{Exchange, IMAGE_INDEX, IMAGE_MANIFEST, Need, NeedKind, Reference, State, Step, TagForm, sha256};
use crate::json::{find, read};
use crate::render::render;
use crate::shape::Shape;

const MIB: u64 = 1 << 20;

/// Something that a registry may limit.
#[derive(Debug)]
pub(super) struct Axis {
    /// Its name in the output.
    pub name: &'static str,
    /// What the number counts.
    pub unit: &'static str,
    pub least: u64,
    pub start: u64,
    pub most: u64,
    /// Limits that registries and libraries are known to have.
    pub likely: &'static [u64],
    /// The push with this number.
    pub push: fn(u64) -> Option<Exchange>,
    /// Whether a larger number is a larger manifest, so that the limit on the manifest's size applies.
    pub is_size: bool,
}

/// The axes, in the order in which they are measured: the size first, because it bounds the others.
pub(super) const AXES: &[Axis] = &[
    Axis {
        name: "manifest-size",
        unit: "bytes",
        least: 4096,
        start: 65_536,
        most: 64 * MIB,
        likely: &[65_536, 262_144, MIB, 4_000_000, 4 * MIB, 8 * MIB, 16 * MIB, 32 * MIB],
        push: of_size,
        is_size: false,
    },
    Axis {
        name: "layers",
        unit: "descriptors of one blob",
        least: 1,
        start: 16,
        most: 10_000,
        likely: &[100, 127, 128, 1000, 1024],
        push: with_layers,
        is_size: true,
    },
    Axis {
        name: "annotation-length",
        unit: "characters of one value",
        least: 6,
        start: 1024,
        most: 3_990_000,
        likely: &[4096, 65_535, 65_536, 131_072, 262_144, MIB],
        push: |number| shaped(&format!("annotations=length({number})")),
        is_size: true,
    },
    Axis {
        name: "annotations",
        unit: "keys",
        least: 2,
        start: 64,
        most: 50_000,
        likely: &[100, 128, 256, 1000, 1024],
        push: |number| shaped(&format!("annotations=count({number})")),
        is_size: true,
    },
    Axis {
        name: "tag-length",
        unit: "characters",
        least: 64,
        start: 128,
        most: 1024,
        likely: &[127, 128, 255, 256],
        push: with_tag,
        is_size: false,
    },
    Axis {
        name: "nesting",
        unit: "arrays in each other in an unknown member",
        least: 100,
        start: 256,
        most: 200_000,
        // Go's decoder allows 10000, the document itself included.
        likely: &[127, 512, 1000, 9998, 9999, 10_000],
        push: |number| shaped(&format!("unknown.member=depth({number})")),
        is_size: true,
    },
    Axis {
        name: "index-depth",
        unit: "indexes in each other",
        least: 1,
        start: 1,
        most: 64,
        likely: &[],
        push: of_indexes,
        is_size: false,
    },
];

fn shaped(text: &str) -> Option<Exchange> {
    text.parse::<Shape>().ok().map(|shape| render(&shape))
}

/// The base with spaces after the opening brace, like `text.padding=inside(n)`, which is not for more than 4 megabytes.
fn of_size(bytes: u64) -> Option<Exchange> {
    let mut exchange = render(&Shape::base());
    let body = exchange.tested.body.bytes();
    let spaces = usize::try_from(bytes).ok()?.checked_sub(body.len())?;
    let padded = [&body[..1], &vec![b' '; spaces], &body[1..]].concat();
    exchange.tested.body = Bytes::from(padded).into();
    Some(exchange)
}

/// The base with its layer so many times, like `layers=count(n);layers.repeat=same`, which is not for more than 2000.
fn with_layers(count: u64) -> Option<Exchange> {
    let mut exchange = render(&Shape::base());
    let body = exchange.tested.body.bytes().clone();
    let document = read(&body).ok()?;
    let layer = find(&document, "/layers/0")?;
    let (start, end) = (layer.offset(), layer.offset() + layer.raw().len());
    let count = usize::try_from(count).ok()?;
    let layers = vec![layer.raw(); count].join(&b","[..]);
    exchange.tested.body = Bytes::from([&body[..start], &layers, &body[end..]].concat()).into();
    Some(exchange)
}

/// The base by a fresh tag of so many characters, like `reference=length(n)`, which is not for more than 128.
fn with_tag(length: u64) -> Option<Exchange> {
    let mut exchange = render(&Shape::base());
    exchange.tested.reference = Reference::FreshTag(TagForm::Length(usize::try_from(length).ok()?));
    Some(exchange)
}

/// So many indexes: the innermost holds the base, each other one the one before it.
fn of_indexes(depth: u64) -> Option<Exchange> {
    let base = render(&Shape::base());
    let mut needs: Vec<Arc<Need>> = base.needs.clone();
    let mut inner: (Bytes, &'static str) = (base.tested.body.bytes().clone(), IMAGE_MANIFEST);
    for level in 0..depth {
        let (bytes, media_type) = inner;
        let (digest, length) = (sha256(&bytes), bytes.len());
        // As real indexes have it, so that a registry that wants a platform takes them.
        let platform = r#""platform":{"architecture":"amd64","os":"linux"}"#;
        let child = format!(r#"{{"mediaType":"{media_type}","digest":"{digest}","size":{length},{platform}}}"#);
        let index = format!(r#"{{"schemaVersion":2,"mediaType":"{IMAGE_INDEX}","manifests":[{child}]}}"#);
        let path = format!("manifests.0.{level}");
        let kind = NeedKind::Manifest(media_type);
        needs.push(Arc::new(Need { path, kind, digest, bytes, length, state: State::Present }));
        inner = (index.into(), IMAGE_INDEX);
    }
    let mut exchange = Exchange::of_document(Some(inner.1.to_owned()), inner.0, Vec::new());
    exchange.steps = (0..needs.len()).map(Step::Need).chain([Step::Tested]).collect();
    exchange.needs = needs;
    Some(exchange)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(exchange: Option<Exchange>) -> Bytes {
        exchange.expect("an exchange").tested.body.bytes().clone()
    }

    #[test]
    fn where_a_slot_exists_the_push_is_that_of_the_slot() {
        for (own, shape) in
            [(of_size(70_000), "text.padding=inside(70000)"), (with_layers(40), "layers=count(40);layers.repeat=same")]
        {
            assert!(body(own) == body(shaped(shape)), "{shape}");
        }
        let (own, slot) = (with_tag(128), shaped("reference=length(128)"));
        assert_eq!(own.expect("one").tested.reference, slot.expect("one").tested.reference);
    }

    #[test]
    fn every_axis_can_be_pushed_at_its_ends() {
        for axis in AXES {
            for number in [axis.least, axis.start, axis.most.min(1_000_000)] {
                assert!((axis.push)(number).is_some(), "{} at {number}", axis.name);
            }
        }
        assert_eq!(body(of_size(5 * MIB)).len() as u64, 5 * MIB);
        let nested = of_indexes(3).expect("an exchange");
        assert_eq!(nested.needs.iter().filter(|need| need.kind != NeedKind::Blob).count(), 3);
    }
}

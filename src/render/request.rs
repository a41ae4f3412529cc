//! The request that carries the document: its headers, its reference, the body's coding, and how it is read back.

use std::borrow::Cow;
use std::cell::RefCell;
use std::io::Write as _;

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

use super::layout::{Filling, fill, layout};
use crate::exchange::{
    ARTIFACT_MANIFEST, Accept, Ask, Body, DOCKER_LIST, DOCKER_MANIFEST, IMAGE_INDEX, IMAGE_MANIFEST, Reference,
    TagForm, Transfer, sha256, sha512,
};
use crate::shape::{Effect, Kind, Shape};

/// Docker's schema 1, signed.
const SCHEMA_1: &str = "application/vnd.docker.distribution.manifest.v1+prettyjws";

/// The media type of a kind's documents; that of an image manifest for what is no manifest at all.
pub fn media_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Image | Kind::Json | Kind::NotJson => IMAGE_MANIFEST,
        Kind::Index => IMAGE_INDEX,
        Kind::DockerImage => DOCKER_MANIFEST,
        Kind::DockerList => DOCKER_LIST,
        Kind::Artifact => ARTIFACT_MANIFEST,
    }
}

/// The media type that `other` entries stand for.
pub(super) fn other_media_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Image | Kind::Json | Kind::NotJson => IMAGE_INDEX,
        Kind::Index | Kind::Artifact => IMAGE_MANIFEST,
        Kind::DockerImage => DOCKER_LIST,
        Kind::DockerList => DOCKER_MANIFEST,
    }
}

/// What stands for a variable that names a kind's media type, in the document as in the request.
pub(super) fn named_type<'v>(kind: Kind, variable: &str) -> Filling<'v> {
    let own = media_type(kind);
    Some(Cow::Borrowed(match variable {
        "own" => own,
        "OWN" => return Some(Cow::Owned(own.to_ascii_uppercase())),
        "other" => other_media_type(kind),
        "other-family" => match kind {
            Kind::Image | Kind::Json | Kind::NotJson | Kind::Artifact => DOCKER_MANIFEST,
            Kind::Index => DOCKER_LIST,
            Kind::DockerImage => IMAGE_MANIFEST,
            Kind::DockerList => IMAGE_INDEX,
        },
        "schema1" => SCHEMA_1,
        "docker" => return Some(Cow::Owned(format!("{DOCKER_MANIFEST}, {DOCKER_LIST}"))),
        _ => return None,
    }))
}

pub(super) fn content_type(shape: &Shape) -> Option<Cow<'static, str>> {
    match shape.deviation(layout().content_type) {
        Effect::NoHeader => None,
        Effect::Value(template) => Some(fill(template, |variable| named_type(shape.kind(), variable))),
        _ => Some(Cow::Borrowed(media_type(shape.kind()))),
    }
}

pub(super) fn reference(shape: &Shape, body: &Body) -> Reference {
    let slot = layout().reference;
    match shape.deviation(slot) {
        Effect::TagAfter(text) => Reference::FreshTag(TagForm::After(text)),
        Effect::TagOfLength => {
            Reference::FreshTag(TagForm::Length(usize::try_from(shape.choice(slot).number).unwrap_or(0)))
        }
        Effect::Value(template) => Reference::Text(Cow::into_owned(fill(template, |variable| {
            Some(Cow::Owned(match variable {
                "digest" => body.digest().to_owned(),
                "hex" => body.digest()[7..].to_owned(),
                "HEX" => body.digest()[7..].to_ascii_uppercase(),
                "hex63" => body.digest()[7..70].to_owned(),
                "other-digest" => sha256(&[body, &b"other"[..]].concat()),
                "sha512" => sha512(body),
                "other-sha512" => sha512(&[body, &b"other"[..]].concat()),
                "129" => "t".repeat(129),
                _ => return None,
            }))
        }))),
        _ => Reference::Tag,
    }
}

pub(super) fn transfer(shape: &Shape) -> Transfer {
    match shape.deviation(layout().transfer) {
        Effect::Chunked => Transfer::Chunked,
        _ => Transfer::ContentLength,
    }
}

pub(super) fn content_encoding(shape: &Shape) -> Option<&'static str> {
    match shape.deviation(layout().content_encoding) {
        Effect::Value(value) => Some(value),
        Effect::Gzip => Some("gzip"),
        _ => None,
    }
}

/// The body in the coding that the shape asks for.
pub(super) fn coded(shape: &Shape, body: Vec<u8>) -> Vec<u8> {
    if !matches!(shape.deviation(layout().content_encoding), Effect::Gzip) {
        return body;
    }
    // Writing to memory does not fail; if it did, the body would go out as it is.
    gzip(&body).unwrap_or(body)
}

/// RFC 1952 around RFC 1951: no name, no time, no known system. The coder is kept, since making one costs as much as all else.
fn gzip(body: &[u8]) -> std::io::Result<Vec<u8>> {
    const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    thread_local! {
        static CODER: RefCell<DeflateEncoder<Vec<u8>>> =
            RefCell::new(DeflateEncoder::new(Vec::new(), Compression::fast()));
    }
    CODER.with_borrow_mut(|coder| {
        coder.write_all(body)?;
        let coded = coder.reset(Vec::new())?;
        let mut sum = Crc::new();
        sum.update(body);
        Ok([&HEADER[..], &coded, &sum.sum().to_le_bytes(), &sum.amount().to_le_bytes()].concat())
    })
}

pub(super) fn accept(shape: &Shape) -> Accept {
    match shape.deviation(layout().accept) {
        Effect::NoHeader => Accept::Absent,
        Effect::Value(template) => {
            Accept::Value(fill(template, |variable| named_type(shape.kind(), variable)).into_owned())
        }
        _ => Accept::Every,
    }
}

pub(super) fn afterwards(shape: &Shape) -> Option<Ask> {
    let slot = layout().afterwards;
    if matches!(shape.deviation(slot), Effect::Asks) { Ask::named(shape.entry(slot).name) } else { None }
}

//! The tested request: headers, reference and content coding, and how the manifest is read back.

use std::borrow::Cow;
use std::cell::RefCell;
use std::io::Write as _;

use bytes::Bytes;
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

use super::layout::layout;
use super::media_type::{media_type, named_type};
use super::template::fill;
use crate::exchange::{Accept, Ask, Body, Reference, TagForm, Transfer, sha256, sha512};
use crate::shape::{Effect, Shape};

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

/// The body in the shape's content coding.
pub(super) fn coded(shape: &Shape, body: Bytes) -> Bytes {
    if !matches!(shape.deviation(layout().content_encoding), Effect::Gzip) {
        return body;
    }
    // Writing to memory does not fail.
    gzip(&body).map_or(body, Bytes::from)
}

/// Compresses to gzip (RFC 1952) without name, time and operating system. Reuses the encoder, since creating one costs
/// as much as rendering everything else.
fn gzip(body: &[u8]) -> std::io::Result<Vec<u8>> {
    const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    thread_local! {
        static ENCODER: RefCell<DeflateEncoder<Vec<u8>>> =
            RefCell::new(DeflateEncoder::new(Vec::new(), Compression::fast()));
    }
    ENCODER.with_borrow_mut(|encoder| {
        encoder.write_all(body)?;
        let coded = encoder.reset(Vec::new())?;
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

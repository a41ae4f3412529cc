//! Shape → [`Case`]: exactly the bytes meant, the request that carries them, and what is to be there before.
//!
//! Interprets what the menus say; holds no menu and no verdict. May import shape, json, exchange.
//! The same shape always renders to the same exchange; fresh tags and repositories are put in by `target`.

mod cache;
mod case;
mod confusion;
mod content;
mod descriptor;
mod document;
mod layout;
mod request;
mod text;

use std::borrow::Cow;

use bytes::Bytes;

use crate::exchange::{Body, Exchange, IMAGE_MANIFEST, NeedKind, Put, State, Step};
use crate::shape::{Effect, Kind, Shape};
use layout::layout;

pub use case::Case;
pub use request::media_type;

/// Renders a shape.
pub fn render(shape: &Shape) -> Exchange {
    let mut needs = Vec::with_capacity(8);
    let body = match shape.kind() {
        Kind::Json | Kind::NotJson => no_object(shape),
        _ => text::apply(shape, &document::document(shape, &mut needs)),
    };
    let body = Body::from(Bytes::from(request::coded(shape, body)));
    let tested = Put {
        reference: request::reference(shape, &body),
        content_type: request::content_type(shape),
        transfer: request::transfer(shape),
        content_encoding: request::content_encoding(shape),
        body,
    };
    let subject = needs
        .iter()
        .find(|need| need.path == "subject" && shape.choice(layout().subject_digest).entry == 0)
        .map(|need| need.digest.clone());
    let repeat = shape.deviation(layout().repeat);
    let before = match repeat {
        Effect::OverAnother => {
            let (another, its_needs) = content::another_manifest();
            needs.extend(its_needs);
            let mut before = Put::by_tag(IMAGE_MANIFEST, another);
            // The tag must be the same one.
            if tested.reference.tag("").is_some() {
                before.reference = tested.reference.clone();
            }
            Some(before)
        }
        Effect::AsOtherBefore => {
            let other = request::other_media_type(shape.kind());
            Some(Put { content_type: Some(Cow::Borrowed(other)), ..tested.clone() })
        }
        _ => None,
    };
    let pushed = |blobs: bool| {
        let needs = needs.iter().enumerate().filter(|(_, need)| need.state != State::Absent);
        needs.filter(move |(_, need)| (need.kind == NeedKind::Blob) == blobs).map(|(i, _)| Step::Need(i))
    };
    let mut steps = Vec::with_capacity(needs.len() + 3);
    // A manifest is pushed after the blobs that it points at.
    steps.extend(pushed(true).chain(pushed(false)));
    steps.extend(before.map(Box::new).map(Step::Put));
    if repeat == Effect::Twice {
        steps.push(Step::Tested);
    }
    steps.push(Step::Tested);
    let (accept, afterwards) = (request::accept(shape), request::afterwards(shape));
    Exchange { needs, steps, tested, subject, accept, afterwards }
}

/// A body that is no object.
fn no_object(shape: &Shape) -> Vec<u8> {
    let slot = if shape.kind() == Kind::Json { layout().value } else { layout().bytes };
    match shape.entry(slot).effect {
        Effect::Json(template) => {
            layout::fill(template, |variable| layout::repeated(variable, shape.choice(slot).number))
                .into_owned()
                .into_bytes()
        }
        Effect::Bytes(bytes) => bytes.to_vec(),
        _ => Vec::new(),
    }
}

//! Renders a shape to a [`Case`]: the exact bytes of the document, the request that carries them, and the content that
//! has to be pushed beforehand.
//!
//! Interprets the effects in the menus; defines no menu and no verdict. May import shape, json, exchange.
//! The same shape always renders to the same exchange; `transport` fills in fresh tags and repositories.

mod answers;
mod blob;
mod cache;
mod case;
mod confusion;
mod content;
mod descriptor;
mod document;
mod large;
mod layout;
mod manifests;
mod media_type;
mod position;
mod position_cache;
mod request;
mod template;
mod text;
mod upload;

pub use media_type::media_type;
use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;

use crate::exchange::{Body, Exchange, IMAGE_MANIFEST, Need, NeedKind, Put, Reference, State, Step, case_id, sha256};
use crate::shape::{Effect, Kind, Shape};
use layout::layout;

pub use case::Case;

/// Renders a shape to the exchange that tests it. Deterministic.
///
/// ```
/// use manifuzz::render::render;
/// use manifuzz::shape::Shape;
///
/// let shape: Shape = "annotations=one;layers=absent".parse()?;
/// let exchange = render(&shape);
/// let body: serde_json::Value = serde_json::from_slice(&exchange.tested.body).unwrap();
/// assert_eq!(body["annotations"]["com.example.key"], "value");
/// assert!(body.get("layers").is_none());
/// // Only the config has to be pushed beforehand.
/// assert_eq!(exchange.needs.len(), 1);
/// # Ok::<(), manifuzz::shape::ShapeError>(())
/// ```
pub fn render(shape: &Shape) -> Exchange {
    if shape.kind() == Kind::Blob {
        return upload(shape);
    }
    let mut needs = Vec::with_capacity(8);
    let body = match shape.kind() {
        Kind::Json | Kind::NotJson => non_object(shape).into(),
        _ => text::apply(shape, &document::document(shape, &mut needs)),
    };
    let body = Body::from(request::coded(shape, body));
    let tested = Put {
        reference: request::reference(shape, &body),
        content_type: request::content_type(shape),
        transfer: request::transfer(shape),
        content_encoding: request::content_encoding(shape),
        body,
    };
    let subject = needs
        .iter()
        .find(|need| need.path == "subject" && is_right(shape.deviation(layout().subject_digest)))
        .map(|need| need.digest.clone());
    let repeat = shape.deviation(layout().repeat);
    let before = match repeat {
        Effect::OverAnother => {
            let (another, another_needs) = content::another_manifest();
            needs.extend(another_needs);
            let mut before = Put::by_tag(IMAGE_MANIFEST, another);
            // Both pushes must use the same tag.
            if tested.reference.tag("").is_some() {
                before.reference = tested.reference.clone();
            }
            Some(before)
        }
        Effect::AsOtherBefore => {
            let other = media_type::other_media_type(shape.kind());
            Some(Put { content_type: Some(Cow::Borrowed(other)), ..tested.clone() })
        }
        _ => None,
    };
    let pushed = |blobs: bool| {
        let needs = needs.iter().enumerate().filter(|(_, need)| need.state != State::Absent);
        needs.filter(move |(_, need)| (need.kind == NeedKind::Blob) == blobs).map(|(i, _)| Step::Need(i))
    };
    let mut steps = Vec::with_capacity(needs.len() + 3);
    // Blobs first: a manifest is pushed after the blobs that it references.
    steps.extend(pushed(true).chain(pushed(false)));
    steps.extend(before.map(Box::new).map(Step::Put));
    if repeat == Effect::Twice {
        steps.push(Step::Tested);
    }
    steps.push(Step::Tested);
    let (accept, afterwards) = (request::accept(shape), request::afterwards(shape));
    let id = case_id(&shape.to_string());
    let answers = answers::answers(shape);
    Exchange { id, needs, steps, tested, subject, accept, afterwards, upload: None, answers }
}

/// The exchange of an upload.
fn upload(shape: &Shape) -> Exchange {
    let content = upload::content(shape);
    let digest = upload::digest(shape, &content);
    let script = upload::script(shape, &content, &digest);
    let need = |state| Need {
        path: "blob".to_owned(),
        kind: NeedKind::Blob,
        digest: sha256(&content),
        bytes: content.clone(),
        length: content.len(),
        state,
    };
    let needs: Vec<Need> = upload::held(shape).map(need).into_iter().collect();
    let steps = (0..needs.len()).map(Step::Need).chain([Step::Tested]).collect();
    let put = Put::by_tag(media_type(Kind::Blob), content);
    let tested = Put { reference: Reference::Text(digest), ..put };
    let exchange = Exchange::of_document(None, Bytes::new(), needs);
    Exchange { id: case_id(&shape.to_string()), tested, steps, upload: Some(Arc::new(script)), ..exchange }
}

/// Whether this effect of a digest's slot renders to the digest under which the content is pushed.
fn is_right(digest: Effect) -> bool {
    matches!(digest, Effect::Usual | Effect::Sha512)
}

/// The body of a kind that is not a JSON object.
fn non_object(shape: &Shape) -> Vec<u8> {
    let slot = if shape.kind() == Kind::Json { layout().value } else { layout().bytes };
    match shape.entry(slot).effect {
        Effect::Json(template) => {
            template::fill(template, |variable| template::repeated(variable, shape.choice(slot).number))
                .into_owned()
                .into_bytes()
        }
        Effect::Bytes(bytes) => bytes.to_vec(),
        _ => Vec::new(),
    }
}

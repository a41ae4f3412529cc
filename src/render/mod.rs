//! Shape → exchange: exactly the bytes meant, the request that carries them, and what is to be there before.
//!
//! Interprets what the menus say; holds no menu and no verdict. May import shape, json, exchange.
//! The same shape always renders to the same exchange; fresh tags and repositories are put in by `target`.

mod content;
mod document;
mod layout;
mod text;

use bytes::Bytes;

use crate::exchange::{
    ARTIFACT_MANIFEST, DOCKER_LIST, DOCKER_MANIFEST, Exchange, IMAGE_INDEX, IMAGE_MANIFEST, Need, NeedKind, Put,
    Reference, State, Step, Transfer, sha256,
};
use crate::shape::{Kind, Says, Shape};
use layout::layout;

/// Renders a shape.
pub fn render(shape: &Shape) -> Exchange {
    let mut needs = Vec::new();
    let body = match shape.kind() {
        Kind::Json => b"[]".to_vec(),
        Kind::NotJson => b"manifest".to_vec(),
        _ => text::apply(shape, &document::document(shape, &mut needs)),
    };
    let body = Bytes::from(body);
    let digest = sha256(&body);
    let tested = Put {
        reference: reference(shape, &digest, &body),
        content_type: content_type(shape),
        transfer: match shape.entry(layout().transfer).says {
            Says::Chunked => Transfer::Chunked,
            _ => Transfer::ContentLength,
        },
        digest,
        body,
    };
    let subject = needs
        .iter()
        .find(|need| need.path == "subject" && shape.choice(layout().subject_digest).entry == 0)
        .map(|need| need.digest.clone());
    let before = match shape.entry(layout().repeat).says {
        Says::OverAnother => Some(content::another_manifest(&mut needs)),
        _ => None,
    };
    let present = |need: &Need| need.state == State::Present;
    let mut steps: Vec<Step> = (0..needs.len()).filter(|i| present(&needs[*i])).map(Step::Need).collect();
    // A manifest is pushed after the blobs that it points at.
    steps.sort_by_key(|step| matches!(step, Step::Need(i) if needs[*i].kind != NeedKind::Blob));
    steps.extend(before.map(|body| Step::Put(Put::by_tag(IMAGE_MANIFEST, body))));
    if shape.entry(layout().repeat).says == Says::Twice {
        steps.push(Step::Tested);
    }
    steps.push(Step::Tested);
    Exchange { needs, steps, tested, subject }
}

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
fn other_media_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Image | Kind::Json | Kind::NotJson => IMAGE_INDEX,
        Kind::Index | Kind::Artifact => IMAGE_MANIFEST,
        Kind::DockerImage => DOCKER_LIST,
        Kind::DockerList => DOCKER_MANIFEST,
    }
}

fn content_type(shape: &Shape) -> Option<String> {
    let own = media_type(shape.kind());
    match shape.entry(layout().content_type).says {
        Says::NoHeader => None,
        Says::Value(template) => Some(layout::fill(template, |name| match name {
            "own" => Some(own.to_owned()),
            "OWN" => Some(own.to_ascii_uppercase()),
            "other" => Some(other_media_type(shape.kind()).to_owned()),
            _ => None,
        })),
        _ => Some(own.to_owned()),
    }
}

fn reference(shape: &Shape, digest: &str, body: &[u8]) -> Reference {
    match shape.entry(layout().reference).says {
        Says::Value(template) => Reference::Text(layout::fill(template, |name| match name {
            "digest" => Some(digest.to_owned()),
            "other-digest" => Some(sha256(&[body, b"other"].concat())),
            "hex63" => Some(digest[7..70].to_owned()),
            "129" => Some("t".repeat(129)),
            _ => None,
        })),
        _ => Reference::Tag,
    }
}

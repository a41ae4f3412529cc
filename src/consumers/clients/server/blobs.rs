//! GET and HEAD of the case's blobs, with the wrong bodies, lengths, codings and redirects that the case asks for.

use bytes::Bytes;

use super::coding::{bomb, gzipped};
use super::other::other_bytes;
use super::reply::{Framing, Payload, Reply};
use super::served::Served;
use super::wire::Request;
use crate::exchange::client::{Body, Coding, Redirect};

/// The address of a redirect that leads to a file: one that every machine has.
const FILE: &str = "file:///etc/hostname";

/// The answer to a request for a blob of the case; `None` if the case does not have it.
pub(super) fn blob(served: &Served, request: &Request, digest: &str) -> Option<Reply> {
    let content = served.blob(digest)?;
    Some(redirect(served, request).unwrap_or_else(|| answer(served, request, digest, content)))
}

/// The redirect that a GET is answered with.
fn redirect(served: &Served, request: &Request) -> Option<Reply> {
    let origins = &served.origins;
    let to = |origin: &str| Some(Reply::redirect(&format!("{origin}{}", request.target)));
    match served.answers().redirect {
        _ if !request.is_get() => None,
        Redirect::None => None,
        Redirect::OtherHost => to(&origins.foreign),
        Redirect::OtherPort => to(&origins.other_port),
        Redirect::Loop => to(&origins.registry),
        Redirect::File => Some(Reply::redirect(FILE)),
    }
}

/// The answer without a redirect.
pub(super) fn answer(served: &Served, request: &Request, digest: &str, content: &Bytes) -> Reply {
    let answers = served.answers();
    let mut reply = Reply::new(200, &[("Content-Type", "application/octet-stream")], Bytes::new());
    reply.set("Docker-Content-Digest", Some(digest));
    // An endless body has no coding: it is not the coding that makes it endless.
    if answers.blob == Body::Endless && !request.is_head() {
        reply.body = Payload::endless(content.clone(), 0);
        reply.framing = Framing::Endless;
        return reply;
    }
    let shown = match answers.blob {
        Body::Right | Body::Endless => content.clone(),
        Body::Other => other_bytes(content),
        Body::Truncated => content.slice(..content.len() / 2),
        Body::Longer => [&content[..], b"\0"].concat().into(),
    };
    reply.body = match answers.coding {
        Coding::None => shown.into(),
        Coding::Gzip => gzipped(&shown).into(),
        Coding::Bomb => bomb(&shown),
    };
    if answers.coding != Coding::None {
        reply.set("Content-Encoding", Some("gzip"));
    }
    reply.with_length(answers.blob_length, request.is_head())
}

//! GET and HEAD of the case's manifests, with the wrong bodies, lengths and headers that the case asks for.
//!
//! What deviates is every manifest of the case's repository, its children and subject too. Another body comes to requests by digest
//! alone: by tag, no client could notice it. `Docker-Content-Digest` names the content before it is cut or made longer.

use bytes::Bytes;

use super::content::Manifest;
use super::reply::{Framing, Payload, Reply};
use super::served::Served;
use super::wire::Request;
use crate::exchange::client::{Body, ContentType, DigestHeader, Redirect};
use crate::exchange::{IMAGE_INDEX, IMAGE_MANIFEST, essence, sha256, sha512};

/// A digest whose encoded part leads to parent folders.
const TRAVERSAL: &str = "sha256:../../../../../manifuzz-traversal";

/// The answer to a request for a manifest of the case; `None` if the case does not have it.
pub(super) fn manifest(served: &Served, request: &Request, reference: &str) -> Option<Reply> {
    let Some(held) = served.content.manifest(reference) else {
        let part = served.others.as_ref().and_then(|others| others.parts().manifest(reference));
        return part.map(|part| right(part, reference));
    };
    let answers = served.answers();
    if answers.redirect == Redirect::OtherPort {
        return Some(Reply::redirect(&format!("{}{}", served.origins.other_port, request.target)));
    }
    let other = served.others.as_ref().filter(|_| reference.contains(':'));
    let shown = other.map_or(held, |others| others.than(held));
    let mut reply = right(shown, reference);
    let bytes = &shown.bytes;
    let body = match answers.manifest {
        Body::Right | Body::Other => Payload::from(bytes.clone()),
        Body::Truncated => bytes.slice(..bytes.len() / 2).into(),
        Body::Longer => Payload(vec![(bytes.clone(), 1), (Bytes::from_static(b" "), 1)]),
        Body::Endless if request.is_head() => bytes.clone().into(),
        Body::Endless => Payload::endless(bytes.clone(), b' '),
    };
    let is_endless = answers.manifest == Body::Endless && !request.is_head();
    reply.body = body;
    reply = reply.with_length(answers.manifest_length, request.is_head());
    if is_endless {
        reply.framing = Framing::Endless;
    }
    match answers.digest {
        DigestHeader::Right => {}
        DigestHeader::Absent => reply.set("Docker-Content-Digest", None),
        DigestHeader::Other => {
            let other = sha256(&[&bytes[..], b"other"].concat());
            reply.set("Docker-Content-Digest", Some(&other));
        }
        DigestHeader::Malformed => reply.set("Docker-Content-Digest", Some("sha256:0")),
        DigestHeader::Traversal => reply.set("Docker-Content-Digest", Some(TRAVERSAL)),
    }
    match answers.content_type {
        ContentType::Right => {}
        ContentType::AbsentInHead if !request.is_head() => {}
        ContentType::Absent | ContentType::AbsentInHead => reply.set("Content-Type", None),
        ContentType::Other => reply.set("Content-Type", Some(other_type(shown))),
        ContentType::Html => reply.set("Content-Type", Some("text/html")),
    }
    Some(reply)
}

/// The right answer.
pub(super) fn right(manifest: &Manifest, reference: &str) -> Reply {
    let mut reply = Reply::new(200, &[], manifest.bytes.clone());
    reply.set("Content-Type", manifest.content_type.as_deref());
    reply.set("Content-Encoding", manifest.content_encoding);
    // A digest of the same bytes by another algorithm is as right.
    let is_sha512 = reference.starts_with("sha512:") && reference == sha512(&manifest.bytes);
    reply.set("Docker-Content-Digest", Some(if is_sha512 { reference } else { &manifest.digest }));
    reply
}

/// The type of the other kind of OCI manifest.
fn other_type(manifest: &Manifest) -> &'static str {
    match manifest.content_type.as_deref().map(essence).as_deref() {
        Some(IMAGE_INDEX) => IMAGE_MANIFEST,
        _ => IMAGE_INDEX,
    }
}

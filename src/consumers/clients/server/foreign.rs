//! The hosts that are not the registry: they record what arrives, and answer as what they pose as would.

use bytes::Bytes;

use super::access;
use super::blobs;
use super::manifests::right;
use super::place::Place;
use super::referrers::index;
use super::reply::Reply;
use super::served::Served;
use super::uploads::upload_elsewhere;
use super::wire::Request;
use crate::exchange::IMAGE_INDEX;
use crate::exchange::client::At;

/// Answers a request to another host: it has the content, takes uploads, and its lists end. It asks for no credentials, as a
/// network for delivery would not.
pub(super) fn answer(served: &Served, request: &Request, origin: &str) -> Reply {
    let place = served.content.place(request.path());
    let is_read = request.is_get() || request.is_head();
    let (at, reply) = match &place {
        Place::Token => (At::ForeignRealm, access::token(&served.log)),
        Place::Upload(_) => (At::Foreign, upload_elsewhere(served, request, origin)),
        Place::Blob(_, digest) if is_read => (At::Foreign, content(served, request, digest)),
        Place::Manifest(_, reference) if is_read => {
            let held = served.content.manifest(reference);
            (At::Foreign, held.map_or_else(|| served.ask(request), |held| right(held, reference)))
        }
        Place::Tags(name) => {
            let body = serde_json::json!({"name": name, "tags": []}).to_string();
            (At::Foreign, Reply::new(200, &[("Content-Type", "application/json")], body))
        }
        Place::Referrers(..) => (At::Foreign, Reply::new(200, &[("Content-Type", IMAGE_INDEX)], index(&[]))),
        _ => (At::Foreign, served.ask(request)),
    };
    served.log.note(at, request, reply.status);
    reply
}

/// A blob, with the same wrong bodies and lengths that the registry would send.
fn content(served: &Served, request: &Request, digest: &str) -> Reply {
    served.blob(digest).map_or_else(|| served.ask(request), |held| blobs::answer(served, request, digest, held))
}

/// Answers a request to a host that poses as a token service alone.
pub(super) fn realm(served: &Served, request: &Request) -> Reply {
    let reply = match served.content.place(request.path()) {
        Place::Token => access::token(&served.log),
        _ => Reply::error(404, "UNSUPPORTED", "this is a token service"),
    };
    served.log.note(At::ForeignRealm, request, reply.status);
    reply
}

/// Answers a request to the host of a layer's `urls`. It asks for credentials, because clients send none to a host that does not.
pub(super) fn urls(served: &Served, request: &Request) -> Reply {
    let reply = match &served.content.layer {
        _ if request.header("authorization").is_none() => access::password_needed(),
        Some(layer) => Reply::new(200, &[("Content-Type", "application/octet-stream")], layer.clone()),
        None => Reply::error(404, "BLOB_UNKNOWN", "this case has no such layer"),
    };
    served.log.note(At::Urls, request, reply.status);
    reply
}

/// Answers a request to the port that proxy variables point at: the client asked for a host that is not ours.
pub(super) fn proxy(served: &Served, request: &Request) -> Reply {
    let reply =
        Reply::new(403, &[("Content-Type", "text/plain")], Bytes::from_static(b"no host but the registry is reached"));
    served.log.note(At::Proxy, request, reply.status);
    reply
}

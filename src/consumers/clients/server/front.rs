//! The registry as the client sees it: failures and challenges first, then the case's answers, and the embedded registry for all else.

use super::access;
use super::blobs::blob;
use super::lists;
use super::manifests::{manifest, right};
use super::place::Place;
use super::referrers::tagged;
use super::reply::Reply;
use super::served::Served;
use super::uploads::upload;
use super::wire::Request;
use crate::exchange::client::{At, Referrers};

/// Answers a request to the registry.
pub(super) fn answer(served: &Served, request: &Request) -> Reply {
    let place = served.content.place(request.path());
    let reply = failure_or_challenge(served, request, &place).unwrap_or_else(|| right_or_not(served, request, &place));
    served.log.note(At::Registry, request, reply.status);
    reply
}

fn failure_or_challenge(served: &Served, request: &Request, place: &Place) -> Option<Reply> {
    if *place == Place::Token {
        return Some(access::token(&served.log));
    }
    let failure = served.failures.failure(served.answers().status, request);
    failure.or_else(|| served.access.challenge(request, place, &served.log))
}

/// The answer to a request that may be answered.
fn right_or_not(served: &Served, request: &Request, place: &Place) -> Reply {
    let is_read = request.is_get() || request.is_head();
    let is_ours = place.repository() == Some(&served.names.repository);
    let answer = match place {
        Place::Upload(_) => Some(upload(served, request)),
        Place::Referrers(..) if served.answers().referrers == Referrers::Unavailable => Some(lists::unavailable()),
        _ if !is_read || !is_ours => None,
        Place::Manifest(_, reference) => read_manifest(served, request, reference),
        Place::Blob(_, digest) => blob(served, request, digest),
        Place::Tags(_) => lists::tags(served, request),
        Place::Referrers(_, digest) => lists::referrers(served, request, digest),
        Place::Token | Place::Other(_) => None,
    };
    let mut reply = answer.unwrap_or_else(|| served.ask(request));
    // A registry without lists of referrers does not say that it has processed a subject.
    if served.answers().referrers == Referrers::Unavailable {
        reply.set("OCI-Subject", None);
    }
    reply
}

fn read_manifest(served: &Served, request: &Request, reference: &str) -> Option<Reply> {
    let reference = if reference == lists::SECOND { &served.names.tag } else { reference };
    let own = manifest(served, request, reference);
    let made = || served.made.manifest(reference).map(|made| right(&made, reference));
    // What a client pushed under the referrers tag counts.
    let pushed = || Some(served.ask(request)).filter(|reply| reply.status == 200);
    own.or_else(made).or_else(pushed).or_else(|| tagged(served, reference))
}

//! Uploads by sessions, and by a single POST.

use bytes::Bytes;
use http::Method;

use super::{Flow, OCTETS, Rows, STORED, Upload};
use crate::exchange::roles::{blobs, uploads as roles};
use crate::exchange::{REPOSITORY, ScriptedRequest, When, sha256};

pub(super) const FLOWS: Rows<Flow> = &[
    ("two-requests", two_requests),
    ("one-request", one_request),
    ("chunked", chunked),
    ("last-in-put", last_in_put),
    ("stream", stream),
    ("out-of-order", out_of_order),
    ("chunk-again", chunk_again),
    ("status", status),
    ("cancel", cancel),
    ("two-sessions", two_sessions),
    ("small-chunks", small_chunks),
    ("large-chunk", large_chunk),
    ("one-request-of-other-bytes", one_request),
    ("chunks-of-other-bytes", chunked),
];

/// The entries that give the digest of other bytes. Registries may verify each way of uploading in another place.
pub(super) const OF_OTHER_BYTES: [&str; 2] = ["one-request-of-other-bytes", "chunks-of-other-bytes"];

const RANGE_REFUSED: &[u16] = &[416];

fn two_requests(upload: &mut Upload) {
    let open = upload.open(When::Always);
    upload.close(open, upload.whole());
}

/// A registry that does not take it opens a session. If it refuses, clients upload in another way.
fn one_request(upload: &mut Upload) {
    let path = format!("/v2/{REPOSITORY}/blobs/uploads/?{}", upload.query());
    let post = ScriptedRequest::new(roles::SINGLE_POST, Method::POST, path).with("content-type", OCTETS);
    let post = upload.send(post.about(&upload.digest).carrying(upload.content.clone()).tested());
    upload.go_on(post);
    upload.stored = Some(When::AnyAnswered(&[(0, STORED), (1, STORED), (3, STORED)]));
    upload.closing.push(post);
}

fn chunked(upload: &mut Upload) {
    let [first, last] = upload.halves();
    let open = upload.open(When::Always);
    let chunk = upload.next_chunk(open, first);
    let chunk = upload.next_chunk(chunk, last);
    upload.close(chunk, 0..0);
}

fn last_in_put(upload: &mut Upload) {
    let [first, last] = upload.halves();
    let open = upload.open(When::Always);
    let chunk = upload.next_chunk(open, first);
    upload.close(chunk, last);
}

/// The specification's PATCH has Content-Range, so that this one may be refused.
fn stream(upload: &mut Upload) {
    let open = upload.open(When::Always);
    let mut patch = upload.chunk(roles::CHUNK, open, upload.whole());
    patch.headers.retain(|(name, _)| *name != "content-range");
    let patch = upload.send(patch);
    upload.close(patch, 0..0);
}

fn out_of_order(upload: &mut Upload) {
    let open = upload.open(When::Always);
    let [_, last] = upload.halves();
    let wrong = upload.send(upload.chunk(roles::OUT_OF_ORDER, open, last));
    let status = upload.status(wrong, When::Answered(wrong, RANGE_REFUSED));
    let chunk = upload.next_chunk(status, upload.whole());
    upload.close(chunk, 0..0);
}

fn chunk_again(upload: &mut Upload) {
    let [first, last] = upload.halves();
    let open = upload.open(When::Always);
    let chunk = upload.next_chunk(open, first.clone());
    let again = upload.send(upload.chunk(roles::OUT_OF_ORDER, chunk, first));
    let status = upload.status(again, When::Answered(again, RANGE_REFUSED));
    let chunk = upload.next_chunk(status, last);
    upload.close(chunk, 0..0);
}

fn status(upload: &mut Upload) {
    let [first, last] = upload.halves();
    let open = upload.open(When::Always);
    let chunk = upload.next_chunk(open, first);
    let status = upload.status(chunk, When::Accepted(chunk));
    let chunk = upload.next_chunk(status, last);
    upload.close(chunk, 0..0);
}

fn cancel(upload: &mut Upload) {
    let [first, last] = upload.halves();
    let open = upload.open(When::Always);
    let chunk = upload.next_chunk(open, first);
    let cancel = ScriptedRequest::at_location(roles::CANCEL, Method::DELETE, chunk, "");
    let cancel = upload.send(cancel.when(When::Accepted(chunk)));
    let status = ScriptedRequest::at_location(roles::STATUS_OF_CANCELLED, Method::GET, chunk, "");
    upload.send(status.when(When::Accepted(cancel)));
    let chunk = upload.chunk(roles::CHUNK_OF_CANCELLED, chunk, last);
    upload.send(chunk.when(When::Accepted(cancel)));
}

/// The first session gets the content of the case in two chunks, the second one another blob between them.
fn two_sessions(upload: &mut Upload) {
    let [first, last] = upload.halves();
    let content = Bytes::from([b"the other session: ", &upload.content[..]].concat());
    let digest = sha256(&content);
    let (a, b) = (upload.open(When::Always), upload.open(When::Always));
    let chunk = upload.next_chunk(a, first);
    let patch = ScriptedRequest::at_location(roles::CHUNK, Method::PATCH, b, "")
        .with("content-type", OCTETS)
        .with("content-range", format!("0-{}", content.len() - 1));
    let other = upload.send(patch.about(&digest).carrying(content).when(When::Accepted(b)).tested());
    let chunk = upload.next_chunk(chunk, last);
    let put = ScriptedRequest::at_location(roles::CLOSE, Method::PUT, other, format!("digest={digest}"));
    let closed = upload.send(put.about(&digest).when(When::Accepted(other)).tested());
    upload.close(chunk, 0..0);
    let get = ScriptedRequest::read(blobs::GET, Method::GET, format!("/v2/{REPOSITORY}/blobs/{digest}"));
    upload.send(get.about(&digest).when(When::Accepted(closed)));
}

/// A registry with a minimum may refuse the small chunk; whether it takes larger ones tells that it has one.
fn small_chunks(upload: &mut Upload) {
    let open = upload.open(When::Always);
    let small = upload.send(upload.chunk(roles::SMALL_CHUNK, open, 0..1));
    let rest = 1..upload.content.len();
    let chunk = upload.next_chunk(small, rest);
    upload.close(chunk, 0..0);
    let open = upload.open(When::Refused(small));
    let chunk = upload.next_chunk(open, upload.whole());
    upload.close(chunk, 0..0);
    upload.stored = Some(When::AnyAnswered(&[(3, STORED), (6, STORED)]));
}

fn large_chunk(upload: &mut Upload) {
    let open = upload.open(When::Always);
    let chunk = upload.next_chunk(open, upload.whole());
    upload.close(chunk, 0..0);
}

impl Upload {
    /// Asks the session that the answer to request `of` names for its status.
    fn status(&mut self, of: usize, when: When) -> usize {
        self.send(ScriptedRequest::at_location(roles::STATUS, Method::GET, of, "").when(when))
    }

    /// Ends the session that a request which need not be supported opened instead, or uploads in two requests if it was refused.
    pub(super) fn go_on(&mut self, of: usize) {
        let closing = self.close(of, self.whole());
        self.script[closing].when = When::Answered(of, &[202]);
        let open = self.open(When::Refused(of));
        self.close(open, self.whole());
    }
}

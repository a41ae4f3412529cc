//! The script of an upload: the kind `blob`.
//!
//! The content is made of the shape's text, so that no two shapes upload the same blob, except those of nothing and of a single
//! byte. `sessions` and `mounts` are the tables of how a blob reaches the registry, `reads` those of what is asked of it afterwards.

mod mounts;
mod reads;
mod sessions;

use std::ops::Range;

use bytes::Bytes;
use http::Method;

use super::layout::layout;
use crate::exchange::roles::uploads as roles;
use crate::exchange::{REPOSITORY, Role, Script, ScriptedRequest, State, When, sha256, sha512};
use crate::shape::{Shape, SlotId};

/// The statuses of an answer that says that a blob is stored.
const STORED: &[u16] = &[200, 201];
const OCTETS: &str = "application/octet-stream";

/// A blob and the requests that upload it, as far as they are written.
struct Upload {
    content: Bytes,
    /// The digest that the client gives; empty if it gives none.
    digest: String,
    /// Whether the digest is that of the content.
    is_right: bool,
    script: Script,
    /// When the blob is stored; `None` if it never is.
    stored: Option<When>,
    /// The requests whose answers can name the blob's URL.
    closing: Vec<usize>,
}

/// The rows of a menu that are functions, by the names of its entries. The first is that of entry 0.
type Rows<F> = &'static [(&'static str, F)];

/// The function of the entry that is chosen at a slot.
fn chosen<F: Copy>(tables: &[Rows<F>], shape: &Shape, slot: SlotId) -> F {
    named(tables, shape.entry(slot).name)
}

fn named<F: Copy>(tables: &[Rows<F>], name: &str) -> F {
    let mut rows = tables.iter().copied().flatten();
    rows.find(|(own, _)| *own == name).unwrap_or_else(|| panic!("no function renders `{name}`")).1
}

/// How an upload is written.
type Flow = fn(&mut Upload);

const FLOWS: [Rows<Flow>; 2] = [sessions::FLOWS, mounts::FLOWS];

type Contents = fn(&Shape) -> Bytes;

const CONTENTS: Rows<Contents> = &[
    ("text", |shape| format!("a blob uploaded as {shape}\n").into_bytes().into()),
    ("empty", |_| Bytes::new()),
    ("one-byte", |_| Bytes::from_static(b"1")),
    ("binary", |shape| {
        let mut bytes = format!("a blob uploaded as {shape}\n\0").into_bytes();
        bytes.extend((0..=u8::MAX).cycle().take(4096 - bytes.len().min(4096)));
        bytes.into()
    }),
];

const DIGESTS: Rows<fn(&Bytes) -> String> = &[
    ("right", |content| sha256(content)),
    ("sha512", |content| sha512(content)),
    ("of-other-bytes", |content| sha256(&[b"not ", &content[..]].concat())),
    ("malformed", |_| "sha256:abc".to_owned()),
    ("missing", |_| String::new()),
];

/// The content of the blob.
pub(super) fn content(shape: &Shape) -> Bytes {
    let content = chosen(&[CONTENTS], shape, layout().blob_content)(shape);
    match shape.choice(layout().upload).number {
        0 => content,
        // A large chunk is the whole content.
        length => {
            let length = usize::try_from(length).unwrap_or(usize::MAX);
            let padding = b".".repeat(length.saturating_sub(content.len()));
            [&content[..], &padding].concat().into()
        }
    }
}

/// The digest that the client gives for the content; empty if it gives none.
pub(super) fn digest(shape: &Shape, content: &Bytes) -> String {
    named(&[DIGESTS], given(shape))(content)
}

/// The name of the digest that the client gives. Some ways to upload a blob imply it.
fn given(shape: &Shape) -> &'static str {
    match shape.entry(layout().upload).name {
        upload if sessions::OF_OTHER_BYTES.contains(&upload) => "of-other-bytes",
        _ => shape.entry(layout().blob_digest).name,
    }
}

/// Where the blob is before the upload, if it must be somewhere.
pub(super) fn held(shape: &Shape) -> Option<State> {
    mounts::HELD_ELSEWHERE.contains(&shape.entry(layout().upload).name).then_some(State::Elsewhere)
}

/// The requests of the upload of `content`, for which the client gives `digest`, and of what is asked afterwards.
pub(super) fn script(shape: &Shape, content: &Bytes, digest: &str) -> Script {
    let (content, digest) = (content.clone(), digest.to_owned());
    let is_right = matches!(given(shape), "right" | "sha512");
    let mut upload = Upload { content, digest, is_right, script: Script::new(), stored: None, closing: Vec::new() };
    chosen(&FLOWS, shape, layout().upload)(&mut upload);
    let deletes = chosen(&[reads::DELETIONS], shape, layout().blob_delete);
    match deletes {
        Some(delete) => delete(&mut upload),
        None => chosen(&[reads::READS], shape, layout().blob_read)(&mut upload),
    }
    upload.script
}

impl Upload {
    /// Adds a request; returns its index.
    fn send(&mut self, request: ScriptedRequest) -> usize {
        let request = if request.digest.is_empty() { request.about(&self.digest) } else { request };
        self.script.push(request);
        self.script.len() - 1
    }

    /// The query that gives the digest.
    fn query(&self) -> String {
        if self.digest.is_empty() { String::new() } else { format!("digest={}", self.digest) }
    }

    fn whole(&self) -> Range<usize> {
        0..self.content.len()
    }

    /// The two halves of the content.
    fn halves(&self) -> [Range<usize>; 2] {
        let half = self.content.len() / 2;
        [0..half, half..self.content.len()]
    }

    /// Opens a session.
    fn open(&mut self, when: When) -> usize {
        let uploads = format!("/v2/{REPOSITORY}/blobs/uploads/");
        self.send(ScriptedRequest::new(roles::OPEN, Method::POST, uploads).when(when).tested())
    }

    /// A chunk for the session that the answer to request `of` names, if that was accepted.
    fn chunk(&self, role: Role, of: usize, bytes: Range<usize>) -> ScriptedRequest {
        ScriptedRequest::at_location(role, Method::PATCH, of, "")
            .with("content-type", OCTETS)
            .with("content-range", format!("{}-{}", bytes.start, bytes.end.saturating_sub(1)))
            .about(&self.digest)
            .about(&self.digest)
            .carrying(self.content.slice(bytes))
            .when(When::Accepted(of))
    }

    /// Sends a chunk that continues the session, which a registry should take.
    fn next_chunk(&mut self, of: usize, bytes: Range<usize>) -> usize {
        self.send(self.chunk(roles::CHUNK, of, bytes).tested())
    }

    /// Ends the session with the bytes that are left.
    fn close(&mut self, of: usize, rest: Range<usize>) -> usize {
        let mut put = ScriptedRequest::at_location(roles::CLOSE, Method::PUT, of, self.query()).about(&self.digest);
        if !rest.is_empty() {
            if rest.start > 0 {
                put = put.with("content-range", format!("{}-{}", rest.start, rest.end - 1));
            }
            put = put.with("content-type", OCTETS).about(&self.digest).carrying(self.content.slice(rest));
        }
        let closing = self.send(put.when(When::Accepted(of)).tested());
        self.closing.push(closing);
        self.stored = Some(When::Accepted(closing));
        closing
    }
}

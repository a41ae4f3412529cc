//! The script of an upload: the kind `blob`.
//!
//! The content is made of the shape's text, so that no two shapes upload the same blob.

use bytes::Bytes;
use http::Method;

use super::layout::layout;
use crate::exchange::roles::uploads as roles;
use crate::exchange::{REPOSITORY, Script, ScriptedRequest, When};
use crate::shape::{Effect, Shape};

/// The content of the blob.
pub(super) fn content(shape: &Shape) -> Bytes {
    format!("a blob uploaded as {shape}\n").into_bytes().into()
}

/// The requests of the upload of `content`, whose digest is `digest`, and of reading it back.
pub(super) fn script(shape: &Shape, content: &Bytes, digest: &str) -> Script {
    let uploads = format!("/v2/{REPOSITORY}/blobs/uploads/");
    let octets = "application/octet-stream";
    let query = format!("digest={digest}");
    let how = match shape.deviation(layout().upload) {
        Effect::Upload => shape.entry(layout().upload).name,
        _ => "two-requests",
    };
    let open = || ScriptedRequest::new(roles::OPEN, Method::POST, uploads.clone()).about(digest);
    let close = |of| ScriptedRequest::at_location(roles::CLOSE, Method::PUT, of, query.clone()).about(digest);
    let mut script = match how {
        "one-request" => {
            let post = ScriptedRequest::new(roles::SINGLE_POST, Method::POST, format!("{uploads}?{query}"));
            vec![post.about(digest).with("content-type", octets).carrying(content.clone()).tested()]
        }
        "chunked" => {
            let half = content.len() / 2;
            let chunk = |of, from: usize, to: usize| {
                ScriptedRequest::at_location(roles::CHUNK, Method::PATCH, of, "")
                    .about(digest)
                    .with("content-type", octets)
                    .with("content-range", format!("{from}-{}", to - 1))
                    .carrying(content.slice(from..to))
            };
            vec![open(), chunk(0, 0, half), chunk(1, half, content.len()), close(2).tested()]
        }
        _ => vec![open(), close(0).with("content-type", octets).carrying(content.clone()).tested()],
    };
    let tested = script.len() - 1;
    let blob = format!("/v2/{REPOSITORY}/blobs/{digest}");
    let read = |role, method| ScriptedRequest::read(role, method, blob.clone()).when(When::Accepted(tested));
    script.push(read(roles::HEAD, Method::HEAD));
    script.push(read(roles::GET, Method::GET));
    script
}

//! Pushing blobs: in one request, in a session, in chunks, or by mounting (end-4, 5, 6, 11, 13 of
//! distribution-spec).

use bytes::Bytes;
use http::Method;

use super::answer::{Refusal, Response, answer};
use super::digest;
use super::request::Asked;
use super::storage::Storage;

/// Answers a request where uploads begin.
pub(super) fn begin(asked: &Asked<'_>, storage: &mut Storage) -> Result<Response, Refusal> {
    if asked.method != Method::POST {
        return Err(Refusal::method());
    }
    if let Some(digest) = asked.parameter("mount") {
        let from = asked.parameter("from").and_then(|from| storage.repositories.get(&from));
        if let Some(blob) = from.and_then(|from| from.blobs.get(&digest)).cloned() {
            return Ok(stored(asked.name, &digest, blob, storage));
        }
        // What cannot be mounted is uploaded: the answer begins a session.
    } else if let Some(digest) = asked.parameter("digest") {
        has_length(asked)?;
        return finished(asked.name, &digest, asked.body.clone(), storage);
    }
    let session = storage.begin(asked.name);
    Ok(progress(202, asked.name, &session, 0))
}

/// Answers a request for an upload that has begun.
pub(super) fn answer_to(asked: &Asked<'_>, session: &str, storage: &mut Storage) -> Result<Response, Refusal> {
    let unknown = || Refusal::new(404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry").about(session);
    let upload = storage.upload(asked.name, session).ok_or_else(unknown)?;
    match *asked.method {
        Method::GET => Ok(progress(204, asked.name, session, upload.content.len())),
        Method::PATCH => {
            has_length(asked)?;
            if !continues(asked, upload.content.len())? {
                return Ok(progress(416, asked.name, session, upload.content.len()));
            }
            upload.content.extend_from_slice(asked.body);
            Ok(progress(202, asked.name, session, upload.content.len()))
        }
        Method::PUT => {
            let digest = asked.parameter("digest");
            let digest = digest.ok_or_else(|| Refusal::digest_invalid("the query has no `digest`", session))?;
            has_length(asked)?;
            if !continues(asked, upload.content.len())? {
                return Ok(progress(416, asked.name, session, upload.content.len()));
            }
            let content = if upload.content.is_empty() {
                asked.body.clone()
            } else {
                [&upload.content, &asked.body[..]].concat().into()
            };
            // The session ends either way: what it holds now is not what its client counts on.
            storage.end(session);
            finished(asked.name, &digest, content, storage)
        }
        _ => Err(Refusal::method()),
    }
}

/// Whether a chunk begins where the upload stands. One without `Content-Range` does.
fn continues(asked: &Asked<'_>, at: usize) -> Result<bool, Refusal> {
    let Some(range) = asked.header("content-range") else { return Ok(true) };
    let broken = || Refusal::new(400, "BLOB_UPLOAD_INVALID", "Content-Range is not FIRST-LAST").about(range);
    let (first, last) = range.split_once('-').ok_or_else(broken)?;
    let number = |text: &str| if text.starts_with('+') { None } else { text.parse::<usize>().ok() };
    let (Some(first), Some(last)) = (number(first), number(last)) else { return Err(broken()) };
    if first != at {
        return Ok(false);
    }
    if last.checked_sub(first).is_none_or(|rest| rest.checked_add(1) != Some(asked.body.len())) {
        return Err(Refusal::new(400, "SIZE_INVALID", "Content-Range is not the length of the chunk").about(range));
    }
    Ok(true)
}

fn has_length(asked: &Asked<'_>) -> Result<(), Refusal> {
    match asked.header("content-length") {
        Some(length) if length.parse() != Ok(asked.body.len()) => {
            Err(Refusal::new(400, "SIZE_INVALID", "provided length did not match content length").about(length))
        }
        _ => Ok(()),
    }
}

fn progress(status: u16, name: &str, session: &str, at: usize) -> Response {
    let location = format!("/v2/{name}/blobs/uploads/{session}");
    let range = format!("0-{}", at.saturating_sub(1));
    let headers = [("location", location.as_str()), ("range", &range), ("docker-upload-uuid", session)];
    answer(status, &headers, Bytes::new())
}

fn finished(name: &str, digest: &str, content: Bytes, storage: &mut Storage) -> Result<Response, Refusal> {
    if !digest::belongs(digest, &content) {
        return Err(Refusal::digest_invalid("provided digest did not match uploaded content", digest));
    }
    Ok(stored(name, digest, content, storage))
}

fn stored(name: &str, digest: &str, content: Bytes, storage: &mut Storage) -> Response {
    storage.repository_mut(name).blobs.insert(digest.to_owned(), content);
    let location = format!("/v2/{name}/blobs/{digest}");
    answer(201, &[("location", &location), ("docker-content-digest", digest)], Bytes::new())
}

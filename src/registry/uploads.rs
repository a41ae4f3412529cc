//! Blob uploads: monolithic (one request or two), chunked, and cross-repository mounts (end-4, 5, 6, 11, 13 and
//! 14 of distribution-spec). Version 1.1 does not have the last, DELETE of a session.

use bytes::Bytes;
use http::Method;

use super::answer::{Refusal, Response, answer};
use super::digest;
use super::quirk::{Validation, Waived};
use super::request::ParsedRequest;
use super::storage::Storage;

/// Handles `/v2/<name>/blobs/uploads/`.
pub(super) fn begin(request: &ParsedRequest<'_>, storage: &mut Storage, waived: &Waived) -> Result<Response, Refusal> {
    if request.method != Method::POST {
        return Err(Refusal::method());
    }
    if let Some(digest) = request.parameter("mount") {
        let from = request.parameter("from").and_then(|from| storage.repositories.get(&from));
        let blob = from.and_then(|from| from.blobs.get(&digest)).cloned();
        if let Some(blob) = blob.filter(|_| !waived.has(Validation::Mounts)) {
            return Ok(store(request.name, &digest, blob, storage));
        }
        if waived.has(Validation::Mounting) {
            return Ok(stored(request.name, &digest));
        }
        // The blob cannot be mounted: open an upload session instead, as the specification requires.
    } else if let Some(digest) = request.parameter("digest").filter(|_| !waived.has(Validation::SinglePost)) {
        check_length(request)?;
        let is_verified = !waived.has(Validation::SinglePostDigest);
        return finish(request.name, &digest, request.body.clone(), storage, waived, is_verified);
    }
    let session = storage.begin_upload(request.name, !waived.has(Validation::Session));
    Ok(progress(202, request.name, &session, 0))
}

/// Handles a request to an open upload session.
pub(super) fn answer_to(
    request: &ParsedRequest<'_>,
    session: &str,
    storage: &mut Storage,
    waived: &Waived,
) -> Result<Response, Refusal> {
    let unknown = || Refusal::new(404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry").about(session);
    let upload = storage.upload(request.name, session).ok_or_else(unknown)?;
    match *request.method {
        Method::GET => Ok(progress(204, request.name, session, upload.received)),
        Method::PATCH => {
            check_length(request)?;
            if !waived.has(Validation::ChunkOrder) && !continues(request, upload.received)? {
                return Ok(progress(416, request.name, session, upload.received));
            }
            upload.received += request.body.len();
            if waived.has(Validation::ChunksSoFar) {
                upload.content.clear();
            }
            upload.content.extend_from_slice(request.body);
            Ok(progress(202, request.name, session, upload.received))
        }
        Method::PUT => {
            let digest = request.parameter("digest");
            let digest = digest.ok_or_else(|| Refusal::digest_invalid("the query has no `digest`", session))?;
            check_length(request)?;
            if !waived.has(Validation::ChunkOrder) && !continues(request, upload.received)? {
                return Ok(progress(416, request.name, session, upload.received));
            }
            let is_verified = upload.content.is_empty() || !waived.has(Validation::ChunkedDigest);
            let content = if upload.content.is_empty() {
                request.body.clone()
            } else if waived.has(Validation::LastChunk) {
                upload.content.clone().into()
            } else {
                [&upload.content, &request.body[..]].concat().into()
            };
            // Close the session even if the digest does not match: its content is not what the client meant to upload.
            storage.end_upload(session);
            finish(request.name, &digest, content, storage, waived, is_verified)
        }
        Method::DELETE => {
            if !waived.has(Validation::Cancelling) {
                storage.end_upload(session);
            }
            Ok(answer(204, &[], Bytes::new()))
        }
        _ => Err(Refusal::method()),
    }
}

/// Whether the chunk starts at offset `at`; a chunk without `Content-Range` is assumed to.
///
/// # Errors
///
/// `BLOB_UPLOAD_INVALID` if `Content-Range` does not parse, `SIZE_INVALID` if its length differs from that of the body.
fn continues(request: &ParsedRequest<'_>, at: usize) -> Result<bool, Refusal> {
    let Some(range) = request.header("content-range") else { return Ok(true) };
    let broken = || Refusal::new(400, "BLOB_UPLOAD_INVALID", "Content-Range is not FIRST-LAST").about(range);
    let (first, last) = range.split_once('-').ok_or_else(broken)?;
    let number = |text: &str| if text.starts_with('+') { None } else { text.parse::<usize>().ok() };
    let (Some(first), Some(last)) = (number(first), number(last)) else { return Err(broken()) };
    if first != at {
        return Ok(false);
    }
    if last.checked_sub(first).is_none_or(|span| span.checked_add(1) != Some(request.body.len())) {
        return Err(Refusal::new(400, "SIZE_INVALID", "Content-Range is not the length of the chunk").about(range));
    }
    Ok(true)
}

fn check_length(request: &ParsedRequest<'_>) -> Result<(), Refusal> {
    match request.header("content-length") {
        Some(length) if length.parse() != Ok(request.body.len()) => {
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

fn finish(
    name: &str,
    digest: &str,
    content: Bytes,
    storage: &mut Storage,
    waived: &Waived,
    is_verified: bool,
) -> Result<Response, Refusal> {
    if is_verified && !waived.has(Validation::UploadDigest) && !digest::matches(digest, &content) {
        if waived.has(Validation::RefusedUpload) {
            storage.repository_mut(name).blobs.insert(digest.to_owned(), content);
        }
        return Err(Refusal::digest_invalid("provided digest did not match uploaded content", digest));
    }
    Ok(store(name, digest, content, storage))
}

fn store(name: &str, digest: &str, content: Bytes, storage: &mut Storage) -> Response {
    storage.repository_mut(name).blobs.insert(digest.to_owned(), content);
    stored(name, digest)
}

fn stored(name: &str, digest: &str) -> Response {
    let location = format!("/v2/{name}/blobs/{digest}");
    answer(201, &[("location", &location), ("docker-content-digest", digest)], Bytes::new())
}

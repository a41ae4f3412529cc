//! Pulling blobs, whole or by range, and deleting them (end-2 and end-10 of distribution-spec).

use bytes::Bytes;
use http::Method;

use super::answer::{Refusal, Response, answer};
use super::digest;
use super::quirk::{Validation, Waived};
use super::request::ParsedRequest;
use super::storage::Storage;

const STREAM: &str = "application/octet-stream";

/// Handles `/v2/<name>/blobs/<digest>`.
pub(super) fn answer_to(
    request: &ParsedRequest<'_>,
    digest: &str,
    storage: &mut Storage,
    waived: &Waived,
) -> Result<Response, Refusal> {
    if digest::algorithm(digest).is_none() {
        return Err(Refusal::digest_invalid("the blob's digest is not a digest", digest));
    }
    let repository = storage.repositories.get_mut(request.name).ok_or_else(|| Refusal::name_unknown(request.name))?;
    match *request.method {
        Method::GET | Method::HEAD => {
            let blob = repository.blobs.get(digest).ok_or_else(|| Refusal::blob_unknown(digest))?;
            let range = if request.method == Method::GET { request.header("range") } else { None };
            Ok(read(digest, blob, range.and_then(|range| byte_range(range, blob.len()))))
        }
        Method::DELETE => {
            repository.blobs.get(digest).ok_or_else(|| Refusal::blob_unknown(digest))?;
            if !waived.has(Validation::BlobDeletion) {
                repository.blobs.remove(digest);
            }
            Ok(answer(202, &[], Bytes::new()))
        }
        _ => Err(Refusal::method()),
    }
}

/// The part of a blob that a `Range` header selects.
#[derive(Debug, PartialEq, Eq)]
enum ByteRange {
    /// Start and exclusive end, in bytes.
    Satisfiable(usize, usize),
    /// No byte of the blob.
    Unsatisfiable,
}

/// Parses a `Range` header with a single byte range. Any other yields `None` and is ignored, as RFC 9110 section 14.2
/// allows.
fn byte_range(header: &str, length: usize) -> Option<ByteRange> {
    let (first, last) = header.trim().strip_prefix("bytes=")?.split_once('-')?;
    let part = match (first.trim(), last.trim()) {
        ("", suffix) => {
            let suffix: usize = suffix.parse().ok()?;
            if suffix == 0 {
                ByteRange::Unsatisfiable
            } else {
                ByteRange::Satisfiable(length.saturating_sub(suffix), length)
            }
        }
        (first, "") => ByteRange::Satisfiable(first.parse().ok()?, length),
        (first, last) => {
            let (first, last): (usize, usize) = (first.parse().ok()?, last.parse().ok()?);
            if last < first {
                return None;
            }
            ByteRange::Satisfiable(first, last.saturating_add(1).min(length))
        }
    };
    Some(match part {
        ByteRange::Satisfiable(from, _) if from >= length => ByteRange::Unsatisfiable,
        part => part,
    })
}

fn read(digest: &str, blob: &Bytes, part: Option<ByteRange>) -> Response {
    let headers = [("content-type", STREAM), ("docker-content-digest", digest), ("accept-ranges", "bytes")];
    let length = blob.len();
    match part {
        None => answer(200, &headers, blob.clone()),
        Some(ByteRange::Satisfiable(from, to)) => {
            let range = format!("bytes {from}-{}/{length}", to - 1);
            // The digest header would have to match the body, so a partial response omits it.
            let headers = [headers[0], headers[2], ("content-range", range.as_str())];
            answer(206, &headers, blob.slice(from..to))
        }
        Some(ByteRange::Unsatisfiable) => answer(416, &[("content-range", &format!("bytes */{length}"))], Bytes::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_clamped_to_the_blob() {
        let rows = [
            ("bytes=0-0", Some(ByteRange::Satisfiable(0, 1))),
            ("bytes=2-", Some(ByteRange::Satisfiable(2, 5))),
            ("bytes=3-99", Some(ByteRange::Satisfiable(3, 5))),
            ("bytes=-2", Some(ByteRange::Satisfiable(3, 5))),
            ("bytes=-99", Some(ByteRange::Satisfiable(0, 5))),
            ("bytes=5-", Some(ByteRange::Unsatisfiable)),
            ("bytes=-0", Some(ByteRange::Unsatisfiable)),
            ("bytes=3-2", None),
            ("bytes=0--1", None),
            ("bytes=0-1,3-4", None),
            ("lines=1-2", None),
        ];
        for (header, wanted) in rows {
            assert_eq!(byte_range(header, 5), wanted, "{header}");
        }
        assert_eq!(byte_range("bytes=-1", 0), Some(ByteRange::Unsatisfiable));
    }
}

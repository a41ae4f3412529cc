//! Blobs that are there: reading, whole and in part, and deleting (end-2, end-10 of distribution-spec).

use bytes::Bytes;
use http::Method;

use super::answer::{Refusal, Response, answer};
use super::digest;
use super::request::Asked;
use super::storage::Storage;

const STREAM: &str = "application/octet-stream";

/// Answers a request for a blob.
pub(super) fn answer_to(asked: &Asked<'_>, digest: &str, storage: &mut Storage) -> Result<Response, Refusal> {
    if digest::algorithm(digest).is_none() {
        return Err(Refusal::digest_invalid("the blob's digest is not a digest", digest));
    }
    let repository = storage.repositories.get_mut(asked.name).ok_or_else(|| Refusal::name_unknown(asked.name))?;
    match *asked.method {
        Method::GET | Method::HEAD => {
            let blob = repository.blobs.get(digest).ok_or_else(|| Refusal::blob_unknown(digest))?;
            let range = if asked.method == Method::GET { asked.header("range") } else { None };
            Ok(read(digest, blob, range.and_then(|range| part(range, blob.len()))))
        }
        Method::DELETE => {
            repository.blobs.remove(digest).ok_or_else(|| Refusal::blob_unknown(digest))?;
            Ok(answer(202, &[], Bytes::new()))
        }
        _ => Err(Refusal::method()),
    }
}

/// What a `Range` header asks of a content.
#[derive(Debug, PartialEq, Eq)]
enum ByteRange {
    /// From the first to before the second position.
    Of(usize, usize),
    /// Nothing that is there.
    Outside,
}

/// Reads a `Range` header with one range of bytes; others are ignored, as RFC 9110 section 14.2 allows.
fn part(header: &str, length: usize) -> Option<ByteRange> {
    let (first, last) = header.trim().strip_prefix("bytes=")?.split_once('-')?;
    let part = match (first.trim(), last.trim()) {
        ("", suffix) => {
            let suffix: usize = suffix.parse().ok()?;
            if suffix == 0 { ByteRange::Outside } else { ByteRange::Of(length.saturating_sub(suffix), length) }
        }
        (first, "") => ByteRange::Of(first.parse().ok()?, length),
        (first, last) => {
            let (first, last): (usize, usize) = (first.parse().ok()?, last.parse().ok()?);
            if last < first {
                return None;
            }
            ByteRange::Of(first, last.saturating_add(1).min(length))
        }
    };
    Some(match part {
        ByteRange::Of(from, _) if from >= length => ByteRange::Outside,
        part => part,
    })
}

fn read(digest: &str, blob: &Bytes, part: Option<ByteRange>) -> Response {
    let headers = [("content-type", STREAM), ("docker-content-digest", digest), ("accept-ranges", "bytes")];
    let length = blob.len();
    match part {
        None => answer(200, &headers, blob.clone()),
        Some(ByteRange::Of(from, to)) => {
            let range = format!("bytes {from}-{}/{length}", to - 1);
            // The digest header must be that of the body, so a part goes without.
            let headers = [headers[0], headers[2], ("content-range", range.as_str())];
            answer(206, &headers, blob.slice(from..to))
        }
        Some(ByteRange::Outside) => answer(416, &[("content-range", &format!("bytes */{length}"))], Bytes::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_cut_to_what_is_there() {
        let rows = [
            ("bytes=0-0", Some(ByteRange::Of(0, 1))),
            ("bytes=2-", Some(ByteRange::Of(2, 5))),
            ("bytes=3-99", Some(ByteRange::Of(3, 5))),
            ("bytes=-2", Some(ByteRange::Of(3, 5))),
            ("bytes=-99", Some(ByteRange::Of(0, 5))),
            ("bytes=5-", Some(ByteRange::Outside)),
            ("bytes=-0", Some(ByteRange::Outside)),
            ("bytes=3-2", None),
            ("bytes=0--1", None),
            ("bytes=0-1,3-4", None),
            ("lines=1-2", None),
        ];
        for (header, wanted) in rows {
            assert_eq!(part(header, 5), wanted, "{header}");
        }
        assert_eq!(part("bytes=-1", 0), Some(ByteRange::Outside));
    }
}

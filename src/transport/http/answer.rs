//! Reads answers within limits on size, time and the total memory of a case.

use std::time::Instant;

use ::http::Response;
use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::body::Incoming;

use super::super::{Allowance, Owed};
use super::buffer::Buffer;
use super::connection::Connection;
use super::failure::Failure;
use super::limits::AnswerLimits;
use crate::exchange::Answer;
use crate::json;

/// Maximum size of an error body, in bytes.
const ERROR: usize = 256 << 10;

/// Limits for reading one answer.
pub(super) struct Reading<'a> {
    /// Maximum size of a body beyond the expected one, in bytes.
    pub bound: usize,
    pub owed: &'a Owed,
    pub allowance: &'a Allowance,
}

impl Reading<'_> {
    /// Maximum number of body bytes to read.
    fn bound(&self, status: u16) -> usize {
        if status >= 400 { self.bound.min(ERROR) } else { self.bound.saturating_add(self.owed.length()) }
    }

    /// The expected body, whose memory an equal answer shares.
    fn expected(&self, status: u16) -> Option<&Bytes> {
        match self.owed {
            Owed::Bytes(bytes) if (200..300).contains(&status) => Some(bytes),
            _ => None,
        }
    }

    /// Reads the body. The flag tells whether it was read to its end, so that the connection can be reused.
    pub async fn answer(
        &self,
        response: Response<Incoming>,
        connection: &mut Connection,
        limits: &mut AnswerLimits<'_>,
    ) -> Result<(Answer, bool), Failure> {
        let (parts, mut body) = response.into_parts();
        let status = parts.status.as_u16();
        let mut read = Read { bound: self.bound(status), expected: self.expected(status), same: 0, other: None };
        let mut is_whole = true;
        while let Some(frame) = limits.run(connection.drive(body.frame())).await? {
            let frame = frame.map_err(|error| Failure::dropped(format!("in the middle of the body: {error}")))?;
            let Some(data) = frame.data_ref() else { continue };
            let started = Instant::now();
            is_whole = read.add(data, self.allowance, || limits.is_stopped());
            limits.extend(started.elapsed());
            if !is_whole {
                break;
            }
        }
        let body = read.into_bytes(self.allowance);
        // A document with too many values is treated like one that was cut: it is not judged.
        let is_document = status >= 400 || matches!(self.owed, Owed::Length(_));
        let may_be_endless = is_document && body.len() > json::ANSWER_LIMIT;
        let is_endless = may_be_endless && json::read_answer(&body).is_err_and(|error| error.is_too_large());
        let cut = !is_whole || is_endless;
        Ok((Answer { status, headers: parts.headers, body, cut, is_redirected: false }, is_whole))
    }
}

/// A partially read body.
struct Read<'a> {
    bound: usize,
    expected: Option<&'a Bytes>,
    /// How many bytes were read that equal the expected ones.
    same: usize,
    /// A copy of the body, once it differs from the expected one.
    other: Option<Buffer>,
}

impl Read<'_> {
    /// Adds bytes. Returns whether all of them fit.
    fn add(&mut self, data: &[u8], allowance: &Allowance, is_stopped: impl Fn() -> bool) -> bool {
        let read = self.other.as_ref().map_or(self.same, Buffer::len);
        let room = data.len().min(self.bound - read);
        let mut new = &data[..room];
        if self.other.is_none() {
            let expected = self.expected.and_then(|expected| expected.get(self.same..)).unwrap_or_default();
            if expected.starts_with(new) {
                self.same += new.len();
                return room == data.len();
            }
            let copied = allowance.take(self.same, &is_stopped);
            let mut start = Buffer::new(self.bound);
            let is_whole = start.add(self.expected.map_or(&[], |expected| &expected[..copied])) == self.same;
            self.other = Some(start);
            if !is_whole {
                return false;
            }
        }
        let Some(other) = &mut self.other else { return false };
        new = &new[..allowance.take(new.len(), &is_stopped)];
        other.add(new) == data.len()
    }

    fn into_bytes(self, allowance: &Allowance) -> Bytes {
        match self.other {
            Some(other) => other.into_bytes(allowance),
            None => self.expected.map_or_else(Bytes::new, |expected| expected.slice(..self.same)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is kept of a body that arrives in these pieces, and whether all of it was kept.
    fn read(expected: Option<&Bytes>, bound: usize, pieces: &[&[u8]]) -> (Bytes, bool) {
        let (allowance, mut read) = (Allowance::default(), Read { bound, expected, same: 0, other: None });
        let is_whole = pieces.iter().all(|piece| read.add(piece, &allowance, || false));
        (read.into_bytes(&allowance), is_whole)
    }

    #[test]
    fn a_body_is_kept_up_to_the_bound_whatever_was_expected() {
        let expected = Bytes::from_static(b"abcdef");
        for expected in [None, Some(&expected)] {
            for (pieces, kept, is_whole) in [
                (&[&b"abc"[..], b"def"][..], &b"abcdef"[..], true),
                (&[b"abc"], b"abc", true),
                (&[b"abx", b"def"], b"abxdef", true),
                (&[b"abc", b"dxf"], b"abcdxf", true),
                (&[b"abcdef", b"ghi"], b"abcdefgh", false),
                (&[b"abcdefgh", b"i"], b"abcdefgh", false),
                (&[b"", b"abcdefgh"], b"abcdefgh", true),
                (&[], b"", true),
            ] {
                let (body, whole) = read(expected, 8, pieces);
                assert_eq!((&body[..], whole), (kept, is_whole), "{pieces:?}");
            }
        }
        let (body, _) = read(Some(&expected), 8, &[b"abc", b"def"]);
        assert_eq!(body.as_ptr(), expected.as_ptr(), "what was expected is not copied");
    }
}

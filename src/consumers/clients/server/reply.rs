//! An answer that may lie: its headers, its body in pieces, and a length that need not be that of the body.

use std::io::{self, Write};

use bytes::Bytes;

use super::wire::Request;
use crate::exchange::client::Length;

/// How much more a length says than the body has.
const EXCESS: u64 = 100;
/// The size of a piece that is sent again and again, and how often: 4 GiB, more than any client should take.
const PIECE: usize = 64 << 10;
const PIECES: u64 = 64 << 10;

/// The bytes of a body: pieces, each with the number of times that it is sent.
#[derive(Clone, Debug, Default)]
pub(super) struct Payload(pub Vec<(Bytes, u64)>);

impl Payload {
    /// These bytes, and then one byte without end.
    pub fn endless(start: Bytes, then: u8) -> Self {
        Self(vec![(start, 1), (Bytes::from(vec![then; PIECE]), PIECES)])
    }

    pub fn length(&self) -> u64 {
        self.0.iter().map(|(piece, times)| piece.len() as u64 * times).sum()
    }
}

impl From<Bytes> for Payload {
    fn from(bytes: Bytes) -> Self {
        Self(vec![(bytes, 1)])
    }
}

/// How the end of the body is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    /// By this `Content-Length`.
    Length(u64),
    /// By chunks.
    Chunked,
    /// By chunks, and the last one never comes: the connection ends.
    Endless,
    /// The status has neither body nor length.
    Without,
}

/// An answer.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    pub status: u16,
    /// Without those that tell the length.
    pub headers: Vec<(String, String)>,
    pub body: Payload,
    pub framing: Framing,
    /// Whether the connection ends after it.
    pub closes: bool,
}

impl Reply {
    pub fn new(status: u16, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Self {
        let body = Payload::from(body.into());
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self { status, headers, framing: Framing::Length(body.length()), body, closes: false }
    }

    /// An error in the format of distribution-spec.
    pub fn error(status: u16, code: &str, message: &str) -> Self {
        let body = serde_json::json!({"errors": [{"code": code, "message": message}]}).to_string();
        Self::new(status, &[("Content-Type", "application/json")], body)
    }

    /// A redirect.
    pub fn redirect(location: &str) -> Self {
        Self::new(307, &[("Location", location)], Bytes::new())
    }

    /// The answer of the embedded registry.
    pub fn of_registry(response: http::Response<Bytes>) -> Self {
        let (parts, body) = response.into_parts();
        let length = parts.headers.get(http::header::CONTENT_LENGTH);
        let length = length.and_then(|value| value.to_str().ok()).and_then(|value| value.parse().ok());
        let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = parts.headers.iter().filter(|(name, _)| **name != http::header::CONTENT_LENGTH);
        Self {
            status: parts.status.as_u16(),
            headers: headers.map(|(name, value)| (name.as_str().to_owned(), text(value))).collect(),
            body: body.into(),
            framing: length.map_or(Framing::Without, Framing::Length),
            closes: false,
        }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Replaces a header; `None` removes it. A value that no header may have is left out.
    pub fn set(&mut self, name: &str, value: Option<&str>) {
        self.headers.retain(|(own, _)| !own.eq_ignore_ascii_case(name));
        let value = value.filter(|value| http::HeaderValue::from_str(value).is_ok());
        self.headers.extend(value.map(|value| (name.to_owned(), value.to_owned())));
    }

    /// Says the length of the body as the case wants it.
    pub fn with_length(mut self, length: Length, is_head: bool) -> Self {
        let right = self.body.length();
        self.framing = match length {
            Length::Right => Framing::Length(right),
            Length::Absent => Framing::Chunked,
            Length::Larger => Framing::Length(right + EXCESS),
            Length::Smaller => Framing::Length(right / 2),
            Length::ZeroInHead => Framing::Length(if is_head { 0 } else { right }),
        };
        self.closes = matches!(length, Length::Larger | Length::Smaller) && !is_head;
        self
    }

    /// Writes the answer to a request. Returns whether the connection can be used again.
    ///
    /// # Errors
    ///
    /// If the client closes the connection.
    pub fn write(&self, request: &Request, out: &mut impl Write) -> io::Result<bool> {
        let status = http::StatusCode::from_u16(self.status).ok();
        let reason = status.and_then(|status| status.canonical_reason()).unwrap_or("Unknown");
        let mut head = format!("HTTP/1.1 {} {reason}\r\n", self.status);
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        match self.framing {
            Framing::Length(length) => head += &format!("Content-Length: {length}\r\n"),
            Framing::Chunked | Framing::Endless => head += "Transfer-Encoding: chunked\r\n",
            Framing::Without => {}
        }
        head += "\r\n";
        if request.is_head() {
            out.write_all(head.as_bytes())?;
        } else {
            self.write_body(head.into_bytes(), out)?;
        }
        out.flush()?;
        Ok(!self.closes && !request.closes && (request.is_head() || self.framing != Framing::Endless))
    }

    /// Writes head and body together, so that a short answer is one packet.
    fn write_body(&self, mut head: Vec<u8>, out: &mut impl Write) -> io::Result<()> {
        let is_chunked = matches!(self.framing, Framing::Chunked | Framing::Endless);
        for (piece, times) in self.body.0.iter().filter(|(piece, _)| !piece.is_empty()) {
            for _ in 0..*times {
                if is_chunked {
                    head.extend(format!("{:x}\r\n", piece.len()).into_bytes());
                }
                head.extend_from_slice(piece);
                if is_chunked {
                    head.extend(b"\r\n");
                }
                if head.len() >= PIECE {
                    out.write_all(&head)?;
                    head.clear();
                }
            }
        }
        if self.framing == Framing::Chunked {
            head.extend(b"0\r\n\r\n");
        }
        out.write_all(&head)
    }
}

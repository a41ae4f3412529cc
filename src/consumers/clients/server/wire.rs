//! Reads HTTP/1.1 requests from a connection. Written by hand around `httparse`, because answers that lie about their length need a
//! connection that no HTTP library keeps consistent.

use std::io::{self, BufRead, Read, Write};

use bytes::Bytes;

use crate::registry::serve::BODY_LIMIT;

/// The most bytes in the head of a request, and in the line before a chunk.
const HEAD_LIMIT: usize = 64 << 10;
const HEADERS: usize = 128;

/// A request with its whole body.
#[derive(Clone, Debug, Default)]
pub(super) struct Request {
    pub method: String,
    /// Path and query, as sent.
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Bytes,
    /// Whether the client wants the connection to end after the answer.
    pub closes: bool,
}

impl Request {
    /// The first header with this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The path, as sent.
    pub fn path(&self) -> &str {
        self.target.split_once('?').map_or(self.target.as_str(), |(path, _)| path)
    }

    /// A parameter of the query.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let (_, query) = self.target.split_once('?')?;
        form_urlencoded::parse(query.as_bytes()).find(|(own, _)| own == name).map(|(_, value)| value.into_owned())
    }

    pub fn is_get(&self) -> bool {
        self.method == "GET"
    }

    pub fn is_head(&self) -> bool {
        self.method == "HEAD"
    }

    /// The request as the embedded registry reads it; `None` if its target is not one of HTTP.
    pub fn for_registry(&self) -> Option<http::Request<Bytes>> {
        let mut built = http::Request::builder().method(self.method.as_str()).uri(self.target.as_str());
        for (name, value) in &self.headers {
            // A client's credentials are not for the registry below.
            if !name.eq_ignore_ascii_case("authorization") {
                built = built.header(name, value);
            }
        }
        built.body(self.body.clone()).ok()
    }
}

/// What came next on a connection.
#[derive(Debug)]
pub(super) enum Incoming {
    Request(Request),
    /// The client has closed it.
    End,
    /// Something other than a request, such as TLS.
    Malformed,
    /// A body above the limit.
    TooLarge,
}

/// Reads the next request, and asks for its body by `100 Continue` where the client waits for that.
///
/// # Errors
///
/// If the connection fails in the middle of a request.
pub(super) fn read(reader: &mut impl BufRead, writer: &mut impl Write) -> io::Result<Incoming> {
    let Some(head) = head(reader)? else { return Ok(Incoming::End) };
    let mut headers = [httparse::EMPTY_HEADER; HEADERS];
    let mut parsed = httparse::Request::new(&mut headers);
    if !matches!(parsed.parse(&head), Ok(httparse::Status::Complete(_))) {
        return Ok(Incoming::Malformed);
    }
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let is_old = parsed.version == Some(0);
    let mut request = Request {
        method: parsed.method.unwrap_or_default().to_owned(),
        target: parsed.path.unwrap_or_default().to_owned(),
        headers: parsed.headers.iter().map(|header| (header.name.to_owned(), text(header.value))).collect(),
        ..Request::default()
    };
    let connection = request.header("connection").unwrap_or_default().to_ascii_lowercase();
    request.closes = connection.contains("close") || (is_old && !connection.contains("keep-alive"));
    if request.header("expect").is_some_and(|value| value.eq_ignore_ascii_case("100-continue")) {
        writer.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
    }
    let is_chunked = request.header("transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked"));
    let body = if is_chunked {
        chunked(reader)?
    } else {
        let length = request.header("content-length").map_or(Ok(0), str::parse::<usize>);
        let Ok(length) = length else { return Ok(Incoming::Malformed) };
        if length <= BODY_LIMIT { Some(exactly(reader, length)?) } else { None }
    };
    let Some(body) = body else { return Ok(Incoming::TooLarge) };
    request.body = Bytes::from(body);
    Ok(Incoming::Request(request))
}

/// The head of a request with the empty line behind it; `None` if the client sent nothing more. What does not begin as a request
/// does is returned as it is.
fn head(reader: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let Some(first) = reader.fill_buf()?.first().copied() else { return Ok(None) };
    let mut head = Vec::with_capacity(1024);
    if !first.is_ascii_uppercase() {
        return Ok(Some(vec![first]));
    }
    while head.len() < HEAD_LIMIT {
        let line = line(reader)?;
        head.extend_from_slice(&line);
        if matches!(&line[..], b"\r\n" | b"\n" | b"") {
            break;
        }
    }
    Ok(Some(head))
}

fn line(reader: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    reader.take(HEAD_LIMIT as u64).read_until(b'\n', &mut line)?;
    Ok(line)
}

fn exactly(reader: &mut impl Read, length: usize) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    let read = reader.take(length as u64).read_to_end(&mut body)?;
    if read == length { Ok(body) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

/// A chunked body without its trailer; `None` if it is too large.
fn chunked(reader: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut body = Vec::new();
    loop {
        let size = line(reader)?;
        let size = String::from_utf8_lossy(&size);
        let size = size.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(size, 16).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
        if size == 0 {
            break;
        }
        if size > BODY_LIMIT - body.len() {
            return Ok(None);
        }
        body.extend(exactly(reader, size)?);
        line(reader)?;
    }
    while !matches!(&line(reader)?[..], b"\r\n" | b"\n" | b"") {}
    Ok(Some(body))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(mut bytes: &[u8]) -> (Vec<Incoming>, Vec<u8>) {
        let (mut found, mut written) = (Vec::new(), Vec::new());
        for _ in 0..4 {
            let one = read(&mut bytes, &mut written).unwrap();
            let is_last = !matches!(one, Incoming::Request(_));
            found.push(one);
            if is_last {
                break;
            }
        }
        (found, written)
    }

    #[test]
    fn requests_follow_each_other_on_a_connection_with_bodies_of_either_form() {
        let sent =
            b"PUT /a?b=c%3Ad HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\nhiPATCH /d HTTP/1.1\r\n\
            Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n2;x=y\r\nab\r\n1\r\nc\r\n0\r\nTrailer: 1\r\n\r\n";
        let (found, written) = read_all(sent);
        let [Incoming::Request(first), Incoming::Request(second), Incoming::End] = &found[..] else {
            panic!("{found:?}")
        };
        assert_eq!((first.method.as_str(), first.path(), &first.body[..]), ("PUT", "/a", &b"hi"[..]));
        assert_eq!(first.parameter("b").as_deref(), Some("c:d"));
        assert!(!first.closes && second.closes && written.starts_with(b"HTTP/1.1 100 "));
        assert_eq!(&second.body[..], b"abc");
    }

    #[test]
    fn what_is_not_a_request_is_malformed_and_what_is_too_large_is_said_to_be() {
        assert!(matches!(read_all(b"\x16\x03\x01 TLS").0[..], [Incoming::Malformed]));
        assert!(matches!(read_all(b"GET\r\n\r\n").0[..], [Incoming::Malformed]));
        assert!(matches!(read_all(b"PUT / HTTP/1.1\r\nContent-Length: x\r\n\r\n").0[..], [Incoming::Malformed]));
        let large = b"PUT / HTTP/1.1\r\nContent-Length: 999999999999\r\n\r\n";
        assert!(matches!(read_all(large).0[..], [Incoming::TooLarge]));
        let large = b"PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nfffffffff\r\n";
        assert!(matches!(read_all(large).0[..], [Incoming::TooLarge]));
    }
}

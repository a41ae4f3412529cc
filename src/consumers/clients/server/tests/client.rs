//! A client that believes nothing: it reads what arrives, and stops at a bound.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::super::{CaseServer, PASSWORD, USERNAME};

/// The most bytes of a body that are read.
const BOUND: usize = 8 << 20;

/// An answer as it arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Got {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    /// What arrived before the end that was told, or the bound.
    pub body: Vec<u8>,
    /// Whether the end came as it was told.
    pub is_whole: bool,
}

impl Got {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub fn length(&self) -> Option<usize> {
        self.header("content-length")?.parse().ok()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// A connection.
pub(super) struct Connection(BufReader<TcpStream>);

impl Connection {
    pub fn to(address: &str) -> Self {
        Self(BufReader::new(TcpStream::connect(address).unwrap()))
    }

    /// Sends a request and reads the answer.
    pub fn send(&mut self, method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Got {
        let mut head = format!("{method} {target} HTTP/1.1\r\nHost: test\r\nContent-Length: {}\r\n", body.len());
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        self.0.get_mut().write_all(&[format!("{head}\r\n").as_bytes(), body].concat()).unwrap();
        self.answer(method == "HEAD")
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    fn answer(&mut self, is_head: bool) -> Got {
        let status = self.line().split(' ').nth(1).unwrap().parse().unwrap();
        let mut headers = Vec::new();
        loop {
            let line = self.line();
            let Some((name, value)) = line.split_once(": ") else { break };
            headers.push((name.to_owned(), value.to_owned()));
        }
        let mut got = Got { status, headers, body: Vec::new(), is_whole: true };
        if is_head {
            return got;
        }
        if got.header("transfer-encoding") == Some("chunked") {
            got.is_whole = self.chunks(&mut got.body);
        } else {
            let length = got.length().unwrap_or(0);
            (&mut self.0).take(length.min(BOUND) as u64).read_to_end(&mut got.body).unwrap();
            got.is_whole = got.body.len() == length;
        }
        got
    }

    fn chunks(&mut self, body: &mut Vec<u8>) -> bool {
        while body.len() < BOUND {
            let Ok(size) = usize::from_str_radix(&self.line(), 16) else { return false };
            let read = (&mut self.0).take(size as u64).read_to_end(body).unwrap();
            self.line();
            if size == 0 {
                return true;
            }
            assert_eq!(read, size);
        }
        false
    }

    /// What comes until the connection ends.
    pub fn rest(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        self.0.read_to_end(&mut rest).unwrap();
        rest
    }
}

/// The header with our user and password.
pub(super) fn basic() -> String {
    format!("Basic {}", STANDARD.encode(format!("{USERNAME}:{PASSWORD}")))
}

/// One request to the registry, on a fresh connection.
pub(super) fn ask(server: &CaseServer, method: &str, target: &str) -> Got {
    Connection::to(server.registry()).send(method, target, &[], b"")
}

/// One request with our user and password.
pub(super) fn ask_as_user(server: &CaseServer, method: &str, target: &str) -> Got {
    Connection::to(server.registry()).send(method, target, &[("Authorization", &basic())], b"")
}

/// One request to the address of a URL, without credentials.
pub(super) fn follow(method: &str, url: &str) -> Got {
    let rest = url.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    Connection::to(host).send(method, &format!("/{path}"), &[], b"")
}

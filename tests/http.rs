//! The HTTP transport on loopback sockets: exactness, bounds, and what is trouble and what is not.
#![cfg(feature = "live")]

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request};
use manifuzz::exchange::Reply;
use manifuzz::target::Transport as _;
use manifuzz::target::http::{Address, HttpOptions, HttpTransport, check_allowed};

/// A server that hands each connection to `serve`, for as many connections as asked.
fn server(connections: usize, serve: impl Fn(TcpStream) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || listener.incoming().take(connections).flatten().for_each(serve));
    address
}

fn transport(authority: &str, options: HttpOptions) -> HttpTransport {
    HttpTransport::new(&Address::parse(&format!("http://{authority}/a/b")).unwrap(), options).unwrap()
}

/// Reads until the head and as many bytes of the body as it says, or the last chunk, have come.
fn read_request(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    let mut byte = [0];
    while stream.read(&mut byte).unwrap_or(0) == 1 {
        text.push(byte[0]);
        let so_far = String::from_utf8_lossy(&text).into_owned();
        if let Some((head, body)) = so_far.split_once("\r\n\r\n") {
            let length =
                head.lines().find_map(|l| l.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
            let chunked = head.to_ascii_lowercase().contains("transfer-encoding: chunked");
            if chunked && body.ends_with("0\r\n\r\n") || !chunked && body.len() == length.unwrap_or(0) {
                return so_far;
            }
        }
    }
    String::from_utf8_lossy(&text).into_owned()
}

fn put(path: &str) -> Request<Bytes> {
    Request::builder()
        .method(Method::PUT)
        .uri(path)
        .header("content-type", "a/b")
        .body(Bytes::from("{\"x\":1}"))
        .unwrap()
}

#[test]
fn the_tested_request_goes_out_exactly_as_it_is() {
    let (seen, received) = std::sync::mpsc::channel();
    let address = server(4, move |mut stream| {
        seen.send(read_request(&mut stream)).unwrap();
        stream.write_all(b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").unwrap();
    });
    let transport = transport(&address, HttpOptions::default());
    for path in ["/v2/a/b/manifests/../../%2e%2e//x", "/v2/a/b/manifests/sha256:../x", "/v2/a/b/manifests/t\\x"] {
        assert!(transport.exact(put(path), false).unwrap().is(201));
        let expected = format!(
            "PUT {path} HTTP/1.1\r\ncontent-type: a/b\r\ncontent-length: 7\r\nhost: {address}\r\n\r\n{{\"x\":1}}"
        );
        assert_eq!(received.recv().unwrap(), expected);
    }
    transport.exact(put("/v2/"), true).unwrap();
    let expected = format!(
        "PUT /v2/ HTTP/1.1\r\ncontent-type: a/b\r\nhost: {address}\r\ntransfer-encoding: chunked\r\n\r\n7\r\n{{\"x\":1}}\r\n0\r\n\r\n"
    );
    assert_eq!(received.recv().unwrap(), expected);
    assert_eq!(transport.requests(), 4);
}

#[test]
fn redirects_retries_and_errors_stay_with_the_tested_request() {
    let address = server(1, |mut stream| {
        read_request(&mut stream);
        stream.write_all(b"HTTP/1.1 307 Temporary Redirect\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n").unwrap();
    });
    assert!(transport(&address, HttpOptions::default()).exact(put("/v2/"), false).unwrap().is(307));
}

#[test]
fn a_closed_connection_is_dropped_and_a_refused_one_is_trouble() {
    let closes = server(8, |mut stream| drop(read_request(&mut stream)));
    let to_closing = transport(&closes, HttpOptions::default());
    assert!(matches!(to_closing.exact(put("/v2/"), false).unwrap(), Reply::Dropped(_)));
    assert!(matches!(to_closing.managed(Method::GET, "/v2/", &[], Bytes::new()).unwrap(), Reply::Dropped(_)));
    let in_the_middle = server(1, |mut stream| {
        read_request(&mut stream);
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf").unwrap();
    });
    let reply = transport(&in_the_middle, HttpOptions::default()).exact(put("/v2/"), false).unwrap();
    assert!(matches!(reply, Reply::Dropped(why) if why.contains("middle")));
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let trouble = transport(&free, HttpOptions::default()).exact(put("/v2/"), false).unwrap_err().to_string();
    assert!(trouble.contains("PUT /v2/") && trouble.contains(&free) && trouble.contains("refused"), "{trouble}");
}

#[test]
fn answers_are_bounded_in_time_and_size() {
    let silent = server(1, |mut stream| {
        read_request(&mut stream);
        std::thread::sleep(Duration::from_secs(2));
    });
    let options = HttpOptions { deadline: Duration::from_millis(200), ..HttpOptions::default() };
    assert_eq!(transport(&silent, options).exact(put("/v2/"), false).unwrap(), Reply::Hang);
    let long = server(1, |mut stream| {
        read_request(&mut stream);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
        let _ = stream.write_all(&[b'x'; 1000]);
    });
    let options = HttpOptions { body_bound: 10, ..HttpOptions::default() };
    let reply = transport(&long, options).exact(put("/v2/"), false).unwrap();
    assert!(reply.answer().is_some_and(|answer| answer.cut && answer.body.len() == 10), "{reply:?}");
}

#[test]
fn a_connection_that_the_server_closed_while_idle_is_no_drop() {
    let address = server(8, |mut stream| {
        read_request(&mut stream);
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").unwrap();
    });
    let transport = transport(&address, HttpOptions::default());
    for _ in 0..4 {
        assert!(transport.exact(put("/v2/"), false).unwrap().is(200));
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn only_loopback_and_allowed_hosts_are_written_to() {
    let parse = |text: &str| Address::parse(text).map_err(|error| error.to_string());
    for loopback in ["http://127.0.0.1:5000/a", "http://localhost/a/b", "http://[::1]:5000/a", "http://127.9.9.9/a"] {
        assert!(check_allowed(&parse(loopback).unwrap(), &[]).is_ok(), "{loopback}");
    }
    let other = parse("https://registry.invalid:443/a").unwrap();
    let refused = check_allowed(&other, &[]).unwrap_err().to_string();
    assert!(refused.contains("registry.invalid must be allowed") && !refused.contains("--"), "{refused}");
    assert!(check_allowed(&other, &["registry.invalid".to_owned()]).is_ok());
    for (text, why) in [
        ("http://127.0.0.1:5000", "no repository"),
        ("ftp://127.0.0.1/a", "scheme"),
        ("http://127.0.0.1/A", "grammar"),
        ("http://127.0.0.1/a//b", "grammar"),
        ("127.0.0.1/a", "no scheme"),
    ] {
        assert!(parse(text).unwrap_err().contains(why), "{text}");
    }
    let secret = parse("http://user:hunter2@127.0.0.1/a").unwrap_err();
    assert!(secret.contains("credentials") && !secret.contains("hunter2"), "{secret}");
}

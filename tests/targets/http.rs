//! The HTTP transport on loopback sockets: exactness, bounds in time, and what is trouble and what is not.

use std::io::Write as _;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::serving::{Act, Served, answer, exact, managed, measuring, put, raw, read_request, transport};
use manifuzz::error::{Trouble, TroubleKind};
use manifuzz::exchange::{Reply, sha256};
use manifuzz::transport::http::{Address, HttpOptions, Rate, check_allowed};
use manifuzz::transport::{CaseContext, Owed, Request, Transport as _};

/// The header that names us.
const AGENT: &str =
    concat!("user-agent: manifuzz/", env!("CARGO_PKG_VERSION"), " (+", env!("CARGO_PKG_REPOSITORY"), ")\r\n");

#[test]
fn the_tested_request_is_sent_byte_for_byte() {
    let server =
        Served::new(|_| Act::Close(b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".into()));
    let (transport, address) = (server.transport(HttpOptions::default()), &server.address);
    for path in ["/v2/a/b/manifests/../../%2e%2e//x", "/v2/a/b/manifests/sha256:../x", "/v2/a/b/manifests/t\\x"] {
        assert!(exact(&transport, path).unwrap().reply.is(201));
        let asked = server.asked().pop().unwrap();
        let expected =
            format!("PUT {path} HTTP/1.1\r\ncontent-type: a/b\r\ncontent-length: 7\r\nhost: {address}\r\n{AGENT}\r\n");
        assert_eq!((asked.head, asked.body), (expected, b"{\"x\":1}".to_vec()));
    }
    transport.exact(put("/v2/"), true, &CaseContext::default()).unwrap();
    let asked = server.asked().pop().unwrap();
    let expected = format!(
        "PUT /v2/ HTTP/1.1\r\ncontent-type: a/b\r\nhost: {address}\r\n{AGENT}transfer-encoding: chunked\r\n\r\n"
    );
    assert_eq!((asked.head, asked.body), (expected, b"7\r\n{\"x\":1}\r\n0\r\n\r\n".to_vec()));
    assert_eq!(transport.requests(), 4);
}

#[test]
fn a_redirect_of_the_tested_request_is_its_answer() {
    let server = Served::new(|_| answer(307, &[("Location", "/x")], ""));
    assert!(exact(&server.transport(HttpOptions::default()), "/v2/").unwrap().reply.is(307));
    assert_eq!(server.asked().len(), 1);
}

#[test]
fn a_closed_connection_is_dropped_and_a_refused_one_is_trouble() {
    let closes = Served::new(|_| Act::Close(Vec::new()));
    let to_closing = closes.transport(HttpOptions::default());
    assert!(matches!(exact(&to_closing, "/v2/").unwrap().reply, Reply::Dropped(_)));
    assert!(matches!(managed(&to_closing, "GET", "/v2/").unwrap().reply, Reply::Dropped(_)));
    assert_eq!(closes.asked().len(), 2, "on a new connection nothing is sent twice");
    let half = Served::new(|_| Act::Close(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf".into()));
    let reply = exact(&half.transport(HttpOptions::default()), "/v2/").unwrap().reply;
    assert!(matches!(reply, Reply::Dropped(why) if why.contains("middle")));
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let trouble = exact(&transport(&free, HttpOptions::default()), "/v2/").unwrap_err();
    assert_eq!(trouble.kind, TroubleKind::Unreachable);
    assert!(std::error::Error::source(&trouble).is_some());
    let said = trouble.to_string();
    assert!(said.contains("PUT /v2/") && said.contains(&free) && said.contains("refused"), "{said}");
}

#[test]
fn answers_are_bounded_in_time_and_size() {
    let silent = Served::new(|_| Act::Hang);
    let options = HttpOptions { deadline: Duration::from_millis(200), ..HttpOptions::default() };
    assert_eq!(exact(&silent.transport(options), "/v2/").unwrap().reply, Reply::Hang);
    let long = Served::new(|_| answer(200, &[], [b'x'; 1000]));
    let options = HttpOptions { body_bound: 10, ..HttpOptions::default() };
    let reply = exact(&long.transport(options.clone()), "/v2/").unwrap().reply;
    assert!(reply.answer().is_some_and(|answer| answer.cut && answer.body.len() == 10), "{reply:?}");
    // What is owed is read beyond the bound, as far as it is.
    for (owed, length, is_cut) in [
        (Owed::Bytes(vec![b'x'; 1000].into()), 1000, false),
        (Owed::Bytes(vec![b'y'; 1000].into()), 1000, false),
        (Owed::Length(985), 995, true),
        (Owed::Length(990), 1000, false),
    ] {
        let (transport, context) = (long.transport(options.clone()), CaseContext::default());
        let request = Request { owed, ..Request::new(http::Method::GET, "/v2/", &context) };
        let reply = transport.managed(&request).unwrap().reply;
        let answer = reply.answer().unwrap();
        assert_eq!((answer.body.len(), answer.cut), (length, is_cut));
        assert!(answer.body.iter().all(|byte| *byte == b'x'));
    }
}

#[test]
fn a_slow_answer_is_given_up_at_the_deadline() {
    let _measuring = measuring();
    let drips = raw(|mut stream| {
        read_request(&mut stream);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
        while stream.write_all(b"x").is_ok() {
            std::thread::sleep(Duration::from_millis(20));
        }
    });
    let continues = raw(|mut stream| {
        read_request(&mut stream);
        while stream.write_all(b"HTTP/1.1 103 Early Hints\r\n\r\n").is_ok() {}
    });
    for address in [drips, continues] {
        let options = HttpOptions { deadline: Duration::from_millis(300), ..HttpOptions::default() };
        let started = Instant::now();
        assert_eq!(exact(&transport(&address, options), "/v2/").unwrap().reply, Reply::Hang);
        assert!(started.elapsed() < Duration::from_secs(3));
    }
}

#[test]
fn every_wait_ends_when_the_run_is_interrupted() {
    let _measuring = measuring();
    let silent = Served::new(|_| Act::Hang);
    let quick = Served::new(|_| answer(200, &[], ""));
    type Waits = fn(&Served) -> (HttpOptions, fn(&manifuzz::transport::http::HttpTransport) -> Trouble);
    let a_request: Waits = |_| (HttpOptions::default(), |transport| exact(transport, "/v2/").unwrap_err());
    let a_pause: Waits = |_| (HttpOptions::default(), |transport| transport.wait(Duration::from_secs(60)).unwrap_err());
    let a_token: Waits = |_| {
        let rate = Some("1/m".parse::<Rate>().unwrap());
        (HttpOptions { rate, ..HttpOptions::default() }, |transport| {
            let _ = exact(transport, "/v2/");
            exact(transport, "/v2/").unwrap_err()
        })
    };
    for (server, waits) in [(&silent, a_request), (&quick, a_pause), (&quick, a_token)] {
        let (options, act) = waits(server);
        let stop = Arc::new(AtomicBool::new(false));
        let transport = server.transport(HttpOptions { stop: Arc::clone(&stop), ..options });
        let setter = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(300));
            stop.store(true, Ordering::Relaxed);
            Instant::now()
        });
        let trouble = act(&transport);
        let since = setter.join().unwrap().elapsed();
        assert_eq!(trouble.kind, TroubleKind::Interrupted);
        assert!(since < Duration::from_millis(200), "{since:?}");
    }
}

#[test]
fn a_pause_is_counted() {
    let server = Served::new(|_| answer(200, &[], ""));
    let transport = server.transport(HttpOptions::default());
    transport.wait(Duration::from_millis(30)).unwrap();
    assert_eq!(transport.waited(), Duration::from_millis(30));
}

#[test]
fn only_loopback_and_allowed_hosts_are_written_to() {
    let parse = |text: &str| Address::parse(text).map_err(|error| error.to_string());
    for loopback in ["http://127.0.0.1:5000/a", "http://localhost/a/b", "http://[::1]:5000/a", "http://127.9.9.9/a"] {
        assert!(check_allowed(&parse(loopback).unwrap(), &[]).is_ok(), "{loopback}");
    }
    let other = parse("https://registry.invalid:443/a").unwrap();
    let refused = check_allowed(&other, &[]).unwrap_err().to_string();
    assert!(
        refused.contains("registry.invalid is neither loopback nor allowed") && !refused.contains("--"),
        "{refused}"
    );
    assert!(check_allowed(&other, &["registry.invalid".to_owned()]).is_ok());
    for (text, why) in [
        ("http://127.0.0.1:5000", "missing repository"),
        ("ftp://127.0.0.1/a", "scheme"),
        ("http://127.0.0.1/A", "invalid repository name"),
        ("http://127.0.0.1/a//b", "invalid repository name"),
        ("http://127.0.0.1:99999/a", "malformed"),
        ("127.0.0.1/a", "missing scheme"),
    ] {
        assert!(parse(text).unwrap_err().contains(why), "{text}");
    }
    for secret in [
        "http://user:hunter2@127.0.0.1/a",
        "http:/user:hunter2@127.0.0.1/a",
        "user:hunter2@127.0.0.1/a",
        "ftp://hunter2@127.0.0.1/a",
        "https://127.0.0.1/a?access_token=hunter2",
        "https://127.0.0.1?sig=hunter2",
    ] {
        let said = parse(secret).unwrap_err();
        assert!(!said.contains("hunter2") && said.contains("127.0.0.1"), "{said}");
    }
    assert!(parse("http://user:hunter2@127.0.0.1/a").unwrap_err().contains("credentials"));
}

#[test]
fn an_expected_body_is_compared_without_a_copy() {
    let body = vec![b'x'; 2 << 20];
    let digest = sha256(&body);
    let sent = body.clone();
    let server = Served::new(move |_| answer(200, &[], &sent));
    let (transport, expected) = (server.transport(HttpOptions::default()), bytes::Bytes::from(body));
    let context = CaseContext::new("", transport.allowance(), None);
    let owed = Owed::Bytes(expected.clone());
    let request = Request { owed, ..Request::new(http::Method::GET, "/v2/", &context) };
    let reply = transport.managed(&request).unwrap().reply;
    let answer = reply.answer().unwrap();
    assert_eq!((sha256(&answer.body), answer.cut), (digest, false));
    assert_eq!(answer.body.as_ptr(), expected.as_ptr());
}

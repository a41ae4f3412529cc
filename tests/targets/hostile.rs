//! Servers that break HTTP, or stop in the middle: each ends as documented, within the deadline, and none is believed.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::guarded::{PASSWORD, user, with};
use crate::serving::{Act, Served, answer, exact, managed, measuring, raw, read_request, transport};
use manifuzz::error::{Trouble, TroubleKind};
use manifuzz::exchange::Reply;
use manifuzz::transport::Sent;
use manifuzz::transport::http::HttpOptions;

const PUT: &str = "/v2/a/b/manifests/t";
const DEADLINE: Duration = Duration::from_millis(400);

/// How a request ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// An answer with this status and body.
    Answer(u16, &'static str),
    /// A dropped connection.
    Dropped,
    /// No answer within the deadline.
    Hang,
    /// Trouble of this kind.
    Trouble(TroubleKind),
}

fn is_end(end: End, ended: &Result<Sent, Trouble>) -> bool {
    match (end, ended.as_ref().map(|sent| &sent.reply)) {
        (End::Answer(status, body), Ok(Reply::Answer(answer))) => answer.status == status && answer.body == body,
        (End::Dropped, Ok(Reply::Dropped(_))) | (End::Hang, Ok(Reply::Hang)) => true,
        (End::Trouble(kind), Err(trouble)) => trouble.kind == kind,
        _ => false,
    }
}

/// What a server writes after reading a request, before it closes the connection.
const WRITTEN: &[(&str, &[u8], End)] = &[
    ("nothing", b"", End::Dropped),
    ("garbage", b"\x00\xff\xfe\x01garbage", End::Dropped),
    ("HTTP/0.9", b"<html>it works</html>", End::Dropped),
    ("a version from the future", b"HTTP/9.9 200 OK\r\n\r\n", End::Dropped),
    ("frames of HTTP/2", b"\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x64", End::Dropped),
    ("an alert of TLS", b"\x15\x03\x01\x00\x02\x02\x46", End::Trouble(TroubleKind::Protocol)),
    ("another protocol", b"SSH-2.0-OpenSSH_9.6\r\n", End::Dropped),
    ("half a status line", b"HTTP/1.1 20", End::Dropped),
    ("half of the headers", b"HTTP/1.1 200 OK\r\nContent-Le", End::Dropped),
    ("half of the body", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", End::Dropped),
    ("a status of four digits", b"HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n", End::Dropped),
    ("a status below 100", b"HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n", End::Dropped),
    ("a status of letters", b"HTTP/1.1 abc OK\r\nContent-Length: 0\r\n\r\n", End::Dropped),
    ("no reason", b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok", End::Answer(200, "ok")),
    ("a negative length", b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", End::Dropped),
    ("a length of letters", b"HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\nok", End::Dropped),
    ("an overflowing length", b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nok", End::Dropped),
    (
        "the greatest length",
        b"HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\nok",
        End::Trouble(TroubleKind::TooLarge),
    ),
    ("two lengths", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok", End::Dropped),
    (
        "the same length twice",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok",
        End::Answer(200, "ok"),
    ),
    ("more than the length", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok, and more", End::Answer(200, "ok")),
    ("no length", b"HTTP/1.1 200 OK\r\n\r\nok", End::Answer(200, "ok")),
    (
        "chunks",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nok\r\n0\r\n\r\n",
        End::Answer(200, "ok"),
    ),
    (
        "a chunk size of letters",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nok\r\n0\r\n\r\n",
        End::Dropped,
    ),
    (
        "an overflowing chunk size",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nok",
        End::Dropped,
    ),
    (
        "a negative chunk size",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-2\r\nok\r\n0\r\n\r\n",
        End::Dropped,
    ),
    (
        "a chunk that is too long",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok!\r\n0\r\n\r\n",
        End::Dropped,
    ),
    ("no last chunk", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n", End::Dropped),
    ("a header with NUL", b"HTTP/1.1 200 OK\r\nX-A: a\x00b\r\nContent-Length: 0\r\n\r\n", End::Dropped),
    ("a header name with a blank", b"HTTP/1.1 200 OK\r\nX A: b\r\nContent-Length: 0\r\n\r\n", End::Dropped),
    (
        "a switch of protocols",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n",
        End::Answer(101, ""),
    ),
    ("103 alone", b"HTTP/1.1 103 Early Hints\r\n\r\n", End::Dropped),
    ("204 with a body", b"HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nok", End::Answer(204, "")),
];

#[test]
fn what_is_not_http_is_a_drop_and_never_an_answer() {
    for (name, bytes, end) in WRITTEN {
        let server = Served::new(|_| Act::Close(bytes.to_vec()));
        let options = HttpOptions { deadline: DEADLINE, ..HttpOptions::default() };
        let transport = server.transport(options);
        for ended in [exact(&transport, PUT), managed(&transport, "GET", PUT)] {
            assert!(is_end(*end, &ended), "{name}: {ended:?}");
        }
        assert_eq!(server.asked().len(), 2, "{name}: nothing is sent twice");
    }
}

#[test]
fn silence_at_each_stage_ends_at_the_deadline() {
    let _measuring = measuring();
    for (name, bytes) in [
        ("at once", &b""[..]),
        ("in the status line", b"HTTP/1.1 2"),
        ("in the headers", b"HTTP/1.1 200 OK\r\nX-A: b"),
        ("before the body", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"),
        ("in the body", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"),
        ("in a chunk", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf"),
        ("before the last chunk", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n"),
        ("in the trailers", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-A: b"),
        ("after 100", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ] {
        let address = raw(move |mut stream| {
            read_request(&mut stream);
            stream.write_all(bytes).unwrap();
            let _ = stream.read(&mut [0]);
        });
        let started = Instant::now();
        let ended = exact(&transport(&address, HttpOptions { deadline: DEADLINE, ..HttpOptions::default() }), PUT);
        assert!(is_end(End::Hang, &ended), "{name}: {ended:?}");
        assert!(started.elapsed() >= DEADLINE && started.elapsed() < DEADLINE * 5, "{name}: {:?}", started.elapsed());
    }
}

/// Closes a connection whose data was not read, so that the client gets a reset.
fn reset(stream: TcpStream) {
    let _ = stream.peek(&mut [0]);
}

#[test]
fn resets_are_drops() {
    type Resets = fn(TcpStream);
    let rows: [(&str, Resets); 4] = [
        ("at accept", drop),
        ("before the answer", reset),
        ("after the headers", |mut stream| {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n");
            reset(stream);
        }),
        ("in the body", |mut stream| {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
            reset(stream);
        }),
    ];
    for (name, act) in rows {
        let ended = exact(&transport(&raw(act), HttpOptions::default()), PUT);
        assert!(is_end(End::Dropped, &ended), "{name}: {ended:?}");
    }
    // While a body is written that is too long for the buffers.
    let address = raw(|mut stream| {
        let _ = stream.read(&mut [0; 1000]);
    });
    let long = crate::serving::put(PUT).map(|_| bytes::Bytes::from(vec![b'x'; 8 << 20]));
    let transport = transport(&address, HttpOptions::default());
    let ended =
        manifuzz::transport::Transport::exact(&transport, long, false, &manifuzz::transport::CaseContext::default());
    assert!(is_end(End::Dropped, &ended), "{ended:?}");
}

#[test]
fn bytes_after_an_answer_are_not_taken_for_the_next_answer() {
    let forged =
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 201 Created\r\nContent-Length: 6\r\n\r\nforged";
    let server = Served::new(|asked| match asked.target.ends_with("first") {
        true => Act::Write(forged.to_vec()),
        false => answer(404, &[], ""),
    });
    let transport = server.transport(HttpOptions::default());
    for _ in 0..20 {
        assert!(is_end(End::Answer(200, "ok"), &managed(&transport, "GET", "/v2/first")));
        let ended = exact(&transport, PUT);
        assert!(is_end(End::Answer(404, ""), &ended), "{ended:?}");
    }
}

#[test]
fn a_redirect_to_another_scheme_is_not_followed() {
    for to in ["file:///etc/passwd", "gopher://127.0.0.1/", "https://127.0.0.1:1/", "http://[::1", "javascript:1", ""] {
        let server = Served::new(move |_| answer(302, &[("Location", to)], ""));
        let sent = managed(&server.transport(with(user())), "GET", PUT).unwrap();
        let is_kept = matches!(&sent.reply, Reply::NotFollowed(_)) || sent.reply.is(302);
        assert!(is_kept && server.asked().len() <= 6, "{to}: {sent:?}");
    }
}

#[test]
fn a_401_in_any_form_is_answered_once_at_most() {
    for challenge in [
        "",
        ",,,",
        "Basic",
        "Basic realm=x, Basic realm=y",
        "Bearer",
        "Bearer realm=",
        "Bearer realm=\"\"",
        "Bearer realm=\"unclosed",
        "Bearer realm=\"http://127.0.0.1:1/token\"",
        "Digest realm=x, nonce=y",
        "Negotiate YII=",
        "\u{e9}",
        "Bearer realm=\"http://auth.invalid/\u{e9}\"",
    ] {
        let server = Served::new(move |_| answer(401, &[("WWW-Authenticate", challenge)], "<html>no</html>"));
        for options in [HttpOptions::default(), with(user())] {
            let before = server.asked().len();
            match exact(&server.transport(options), PUT) {
                Ok(sent) => assert!(sent.reply.is(401), "{challenge}"),
                Err(trouble) => assert!(!trouble.to_string().contains(PASSWORD), "{trouble}"),
            }
            assert!(server.asked().len() - before <= 2, "{challenge}");
        }
    }
}

#[test]
fn a_server_that_repeats_credentials_without_end_costs_no_more_than_another() {
    let secrets = format!("{PASSWORD} ").repeat(1 << 20);
    let server = Served::new(move |asked| match asked.head.contains("authorization") {
        true => answer(403, &[("X-Password", PASSWORD)], &secrets),
        false => answer(401, &[("WWW-Authenticate", "Basic realm=x")], ""),
    });
    let reply = exact(&server.transport(with(user())), PUT).unwrap().reply;
    let answer = reply.answer().unwrap();
    let text = format!("{answer:?}");
    assert!(answer.cut && text.contains("***") && !text.contains(PASSWORD));
}

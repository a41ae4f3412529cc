//! What hostile answers cost: memory stays within bounds whatever a server sends, at the usual number of jobs.

use crate::command;
use std::io::Write as _;
use std::net::TcpStream;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::serving::{Act, Asked, Served, busy, exact, raw, read_request};
use manifuzz::error::TroubleKind;
use manifuzz::transport::http::HttpOptions;

/// How much more memory a run may take on a hostile server than on a clean one, in KiB.
const MORE: u64 = 128 << 10;

/// The most memory that a run on this registry takes, in KiB, and how it ended.
fn peak(url: &str, time: &str) -> (u64, Option<i32>) {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["run", url, "--seed", "1", "--cases", "48", "--time", time, "--no-shrink", "--jobs", "8"];
    let mut run = command::manifuzz()
        .args(arguments)
        .current_dir(folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let (status, mut most, started) = (format!("/proc/{}/status", run.id()), 0, Instant::now());
    loop {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let now = text.lines().find_map(|line| line.strip_prefix("VmHWM:")?.split_whitespace().next()?.parse().ok());
        most = most.max(now.unwrap_or(0));
        if let Some(ended) = run.try_wait().unwrap() {
            return (most, ended.code());
        }
        assert!(started.elapsed() < Duration::from_secs(120), "the run does not end");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Writes a part again and again, for as long as somebody reads.
fn endless(stream: &mut TcpStream, head: &str, part: &[u8]) {
    let part = part.repeat((64 << 10) / part.len() + 1);
    let _ = stream.write_all(head.as_bytes());
    while stream.write_all(&part).is_ok() {}
}

/// How many pushes it takes to find out what a registry can do.
const PROBING: usize = 8;

/// A registry that answers reading back, and each third push, in this way, once it has been probed.
fn hostile(act: fn(&mut TcpStream, &Asked)) -> String {
    let registry = Served::registry(|_| None);
    let upstream = registry.address.clone();
    let pushed = AtomicUsize::new(0);
    raw(move |mut stream| {
        while let Some(asked) = read_request(&mut stream) {
            let is_push = asked.method == "PUT" && asked.target.contains("/manifests/mf-");
            let is_read = asked.method == "GET" && asked.target != "/v2/";
            let pushes = pushed.fetch_add(usize::from(is_push), Ordering::SeqCst);
            if pushes >= PROBING && (is_read || is_push && pushes.is_multiple_of(3)) {
                act(&mut stream, &asked);
                return;
            }
            // Passed on, and the answer back.
            let mut to = TcpStream::connect(&upstream).unwrap();
            to.write_all(asked.head.as_bytes()).unwrap();
            to.write_all(&asked.body).unwrap();
            to.shutdown(std::net::Shutdown::Write).unwrap();
            std::io::copy(&mut to, &mut stream).unwrap();
        }
    })
}

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.oci.image.index.v1+json\r\n\r\n";
const BAD: &str = "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\n\r\n";

type Hostile = (&'static str, fn(&mut TcpStream, &Asked));

const HOSTILE: &[Hostile] = &[
    ("an endless body", |stream, _| endless(stream, OK, b"x")),
    ("an endless list", |stream, _| endless(stream, &format!("{OK}{{\"name\":\"a\",\"tags\":[1"), b",1")),
    ("a list of 4 MiB", |stream, _| {
        let tags = "\"a\",".repeat(1_000_000);
        let _ = write!(stream, "{OK}{{\"schemaVersion\":2,\"manifests\":[],\"name\":\"a\",\"tags\":[{tags}\"b\"]}}");
    }),
    ("endless depth", |stream, _| endless(stream, OK, b"[")),
    ("an endless error message", |stream, _| {
        endless(stream, &format!("{BAD}{{\"errors\":[{{\"code\":\"DENIED\",\"message\":\""), b"x");
    }),
    ("an error message of 500 MB", |stream, _| {
        let head = format!("{}Content-Length: 500000000\r\n\r\n{{\"errors\":[{{\"code\":\"", &BAD[..BAD.len() - 2]);
        let _ = stream.write_all(head.as_bytes());
        let part = [b'x'; 100_000];
        for _ in 0..5000 {
            if stream.write_all(&part).is_err() {
                return;
            }
        }
    }),
    ("endless headers", |stream, _| endless(stream, "HTTP/1.1 200 OK\r\n", b"X-A: b\r\n")),
    ("an endless header", |stream, _| endless(stream, "HTTP/1.1 200 OK\r\nX-A: ", b"b")),
    ("headers just short enough", |stream, _| {
        let headers = format!("X-A: {}\r\n", "b".repeat(1000)).repeat(60);
        let _ = write!(stream, "HTTP/1.1 200 OK\r\n{headers}Content-Length: 2\r\n\r\n[]");
    }),
    ("endless 1xx", |stream, _| endless(stream, "", b"HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n")),
    ("an endless chain of pages", |stream, asked| {
        let next = format!("{}?n=1&last={}", asked.target.split('?').next().unwrap(), asked.target.len());
        let body = "{\"schemaVersion\":2,\"manifests\":[],\"name\":\"a\",\"tags\":[\"a\"]}";
        let length = body.len();
        let link = format!("Link: <{next}>; rel=\"next\"\r\nContent-Length: {length}");
        let _ = write!(stream, "HTTP/1.1 200 OK\r\n{link}\r\n\r\n{body}");
    }),
    ("an endless chunk header", |stream, _| {
        endless(stream, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", b"x")
    }),
    ("endless trailers", |stream, _| {
        endless(stream, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"X-A: b\r\n");
    }),
    ("a slow drip", |stream, _| {
        let _ = stream.write_all(OK.as_bytes());
        while stream.write_all(b"x").is_ok() {
            std::thread::sleep(Duration::from_millis(50));
        }
    }),
];

#[test]
fn hostile_answers_cost_a_short_run_at_most_128_mib() {
    take_at_most_128_mib_more("1s");
}

#[test]
#[ignore = "slow: five seconds on each server"]
fn hostile_answers_cost_a_run_at_most_128_mib() {
    take_at_most_128_mib_more("5s");
}

fn take_at_most_128_mib_more(time: &str) {
    let _busy = busy();
    let (clean, ended) = peak(&Served::registry(|_| None).url(), time);
    assert!(clean > 0 && ended.is_some(), "{ended:?}");
    println!("a clean server: {} MiB", clean >> 10);
    for (name, act) in HOSTILE {
        let (most, ended) = peak(&format!("http://{}/a/b", hostile(*act)), time);
        println!("{name}: {} MiB, exit {ended:?}", most >> 10);
        assert!(ended.is_some(), "{name}");
        assert!(most < clean + MORE, "{name}: {} MiB beside {}", most >> 10, clean >> 10);
    }
}

#[test]
fn headers_beyond_their_bound_are_trouble() {
    for headers in ["X-A: b\r\n".repeat(20_000), format!("X-A: {}\r\n", "b".repeat(70_000)), "A: b\r\n".repeat(1500)] {
        let server = Served::new(move |_| {
            Act::Close(format!("HTTP/1.1 200 OK\r\n{headers}Content-Length: 0\r\n\r\n").into_bytes())
        });
        let trouble = exact(&server.transport(HttpOptions::default()), "/v2/").unwrap_err();
        assert_eq!(trouble.kind, TroubleKind::TooLarge, "{trouble}");
    }
}

//! The tested request on the wire is what the exchange says, for each entry of the slots that concern the request.

use crate::guarded::{BASIC, user, with};
use crate::registry::opening;
use crate::serving::{Asked, Served, answer};
use manifuzz::exchange::{Exchange, Put, Questions, Reference, Transfer};
use manifuzz::render::render;
use manifuzz::shape::{Shape, space};
use manifuzz::transport::http::HttpOptions;
use manifuzz::transport::{Opening, Repository, open};

/// The headers that are added to what the exchange says.
const ADDED: [&str; 4] = ["host", "authorization", "user-agent", "manifuzz-case"];

/// The shapes in which one entry of these slots deviates.
fn shapes() -> Vec<Shape> {
    let mut shapes = vec![Shape::base()];
    for name in ["reference", "content-type", "transfer", "content-encoding"] {
        let slot = space().find(name).unwrap();
        let before = shapes.len();
        shapes.extend(space().choices(slot).map(|choice| Shape::base().with_ancestors(slot, choice)));
        assert!(shapes.len() > before, "{name}");
    }
    shapes
}

/// The head without what is added, and what is added.
fn split(head: &str) -> (Vec<&str>, Vec<&str>) {
    let lines = head.strip_suffix("\r\n\r\n").unwrap().split("\r\n");
    let is_added = |line: &&str| line.split_once(": ").is_some_and(|(name, _)| ADDED.contains(&name));
    let (added, said): (Vec<&str>, Vec<&str>) = lines.partition(is_added);
    (said, added)
}

/// The head and the body that an exchange says.
fn expected(put: &Put, tag: &str) -> (Vec<String>, Vec<u8>) {
    let reference = match &put.reference {
        Reference::Text(text) => text,
        Reference::Tag | Reference::FreshTag(_) => tag,
    };
    let mut head = vec![format!("PUT /v2/a/b/manifests/{reference} HTTP/1.1")];
    head.extend(put.content_type.as_ref().map(|value| format!("content-type: {value}")));
    head.extend(put.content_encoding.map(|value| format!("content-encoding: {value}")));
    match put.transfer {
        Transfer::ContentLength => {
            head.push(format!("content-length: {}", put.body.len()));
            (head, put.body.to_vec())
        }
        Transfer::Chunked => {
            head.push("transfer-encoding: chunked".to_owned());
            let chunk = [format!("{:X}\r\n", put.body.len()).as_bytes(), &put.body[..], b"\r\n0\r\n\r\n"].concat();
            (head, chunk)
        }
    }
}

/// Fires a shape at a server that wants credentials; returns the tested request as it came, and its tag.
fn fired(shape: &Shape, http: HttpOptions) -> (Exchange, Asked, String) {
    let is_known = |asked: &Asked| asked.head.contains(BASIC);
    let server = Served::registry(move |asked| {
        (!is_known(asked)).then(|| answer(401, &[("WWW-Authenticate", "Basic realm=x")], ""))
    });
    let target = open(&server.url(), &Opening { http, allow_escape: true, ..opening() }).unwrap();
    let exchange = render(shape);
    let seen = target.fire(&exchange, Repository::Main, Questions::NONE).unwrap();
    let mut pushes =
        server.asked().into_iter().filter(|asked| asked.method == "PUT" && asked.target.contains("/manifests/"));
    (exchange, pushes.next_back().unwrap(), seen.tag)
}

#[test]
fn the_tested_request_has_the_bytes_of_its_exchange_for_every_entry() {
    for shape in shapes() {
        let (exchange, asked, tag) = fired(&shape, with(user()));
        let (mut said, mut added) = split(&asked.head);
        let (mut head, body) = expected(&exchange.tested, &tag);
        assert_eq!(said[0], head[0], "{shape}");
        said.sort_unstable();
        head.sort_unstable();
        added.sort_unstable();
        assert_eq!(said, head, "{shape}");
        assert_eq!(asked.body, body, "{shape}");
        let agent = format!("user-agent: manifuzz/{} (+{})", env!("CARGO_PKG_VERSION"), env!("CARGO_PKG_REPOSITORY"));
        let host = asked.head.lines().find(|line| line.starts_with("host: 127.0.0.1:")).unwrap();
        let case = format!("manifuzz-case: {}", exchange.id);
        assert!(!exchange.id.is_empty());
        assert_eq!(added, [&format!("authorization: {BASIC}"), host, &case, &agent], "{shape}");
    }
}

#[test]
fn the_case_is_left_out_on_request() {
    let (_, asked, _) = fired(&Shape::base(), HttpOptions { case_header: false, ..with(user()) });
    assert!(!asked.head.contains("manifuzz-case") && asked.head.contains("user-agent: manifuzz/"), "{}", asked.head);
}

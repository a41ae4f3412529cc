//! The HTTP server passes requests and responses through unchanged.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;

use super::{Client, with};
use crate::exchange::IMAGE_INDEX;
use crate::registry::serve::Serving;
use crate::registry::{Params, Profile, Registry};

fn exchange(serving: &Serving, request: &str) -> String {
    let mut stream = TcpStream::connect(serving.address).expect("a connection");
    stream.write_all(request.as_bytes()).expect("the request is sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("the response is read");
    answer.to_ascii_lowercase()
}

#[test]
fn a_served_registry_answers_head_with_the_length_of_get_and_stops_when_dropped() {
    let client = Client::clean();
    client.push(&client.image());
    let length = client.get("/v2/r/manifests/t").body().len();
    let serving = Serving::start(Arc::new(client.0)).expect("a server");
    let head = exchange(&serving, "HEAD /v2/r/manifests/t HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    assert!(head.starts_with("http/1.1 200") && head.contains(&format!("content-length: {length}\r\n")), "{head}");
    assert!(head.ends_with("\r\n\r\n"), "{head}");
    // The path is not normalised.
    let dotted = exchange(&serving, "GET /v2/r/manifests/../t HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    assert!(dotted.starts_with("http/1.1 400"), "{dotted}");
    let address = serving.address;
    drop(serving);
    assert!(TcpStream::connect(address).is_err());
}

#[test]
fn a_dropped_connection_and_a_head_without_length_reach_the_socket() {
    let profile = Profile::clean()
        .plant("drops-child-without-platform", Params::default())
        .and_then(|profile| profile.plant("head-lacks-content-length", Params::default()))
        .expect("known quirks");
    let client = Client(Registry::new(&profile));
    client.push(&client.image());
    let index = with(&client.index(), "/manifests/0/platform", serde_json::Value::Null).to_string();
    let serving = Serving::start(Arc::new(client.0)).expect("a server");
    let head = exchange(&serving, "HEAD /v2/r/manifests/t HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    assert!(head.starts_with("http/1.1 200") && !head.contains("content-length"), "{head}");
    let push = format!(
        "PUT /v2/r/manifests/t HTTP/1.1\r\nhost: a\r\ncontent-type: {IMAGE_INDEX}\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{index}\r\n0\r\n\r\n",
        index.len()
    );
    assert_eq!(exchange(&serving, &push), "");
}

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use super::super::{Addresses, CaseServer};
use super::client::{Connection, ask, basic};
use super::{exchange, serve};
use crate::exchange::client::At;

#[test]
fn a_connection_is_kept_and_many_follow_each_other() {
    let server = serve("");
    let mut kept = Connection::to(server.registry());
    for _ in 0..20 {
        assert_eq!(kept.send("GET", "/v2/manifuzz/case/manifests/case", &[], b"").status, 200);
        assert_eq!(kept.send("HEAD", "/v2/manifuzz/case/manifests/case", &[], b"").status, 200);
        assert_eq!(ask(&server, "GET", "/v2/").status, 200);
    }
    assert_eq!(server.requests(), 60);
    assert!(server.arrived().iter().all(|one| one.at == At::Registry && one.status == 200));
}

#[test]
fn a_client_that_speaks_tls_is_told_that_this_is_http() {
    let server = serve("");
    let mut stream = TcpStream::connect(server.registry()).unwrap();
    stream.write_all(b"\x16\x03\x01\x02\x00\x01").unwrap();
    let mut read = Vec::new();
    // The rest of what was sent may not have been read, so the end may be a reset.
    let _ = stream.read_to_end(&mut read);
    assert!(read.starts_with(b"HTTP/1.1 400 ") && server.requests() == 0);
}

#[test]
fn the_proxy_port_records_and_refuses() {
    let server = serve("");
    let mut connection = Connection::to(server.proxy());
    assert_eq!(connection.send("GET", "http://example.com/", &[("Authorization", &basic())], b"").status, 403);
    assert_eq!(connection.send("CONNECT", "example.com:443", &[], b"").status, 403);
    let arrived = server.arrived();
    assert!(arrived.iter().all(|one| one.at == At::Proxy && one.status == 403));
    assert_eq!(arrived.iter().map(|one| one.has_credentials).collect::<Vec<_>>(), [true, false]);
}

#[test]
fn the_host_of_urls_asks_for_a_password_and_has_the_layer() {
    let mut case = exchange("layers.0.urls=one");
    let document = String::from_utf8(case.tested.body.to_vec()).unwrap();
    let document = document.replace("https://example.com/content", "http://127.0.0.3:5099/manifuzz/layer");
    case.tested.body = bytes::Bytes::from(document).into();
    let layer = case.needs.iter().find(|need| need.path == "layers.0").unwrap().bytes.to_vec();
    let server = CaseServer::start(&case, Addresses::Loopback).unwrap();
    if let Some(lack) = server.lacks() {
        println!("skipped: {lack}");
        assert!(lack.contains("127.0.0.3:5099") && std::env::var_os("MANIFUZZ_REQUIRE_SERVERS").is_none(), "{lack}");
        return;
    }
    assert_eq!(ask(&server, "GET", "/v2/").status, 401);
    let mut connection = Connection::to("127.0.0.3:5099");
    let first = connection.send("GET", "/manifuzz/layer", &[], b"");
    assert_eq!((first.status, first.header("www-authenticate")), (401, Some("Basic realm=\"manifuzz\"")));
    let second = connection.send("GET", "/manifuzz/layer", &[("Authorization", &basic())], b"");
    assert_eq!((second.status, second.body), (200, layer));
    let urls: Vec<_> = server.arrived().into_iter().filter(|one| one.at == At::Urls).collect();
    assert_eq!(urls.iter().map(|one| one.has_credentials).collect::<Vec<_>>(), [false, true]);
}

#[test]
fn a_case_waits_for_a_fixed_port_that_another_case_has() {
    let start = || CaseServer::start(&exchange("layers.0.urls=ours"), Addresses::Loopback).unwrap();
    let first = start();
    std::thread::scope(|scope| {
        let second = scope.spawn(move || start().lacks());
        std::thread::sleep(std::time::Duration::from_millis(50));
        assert!(!second.is_finished());
        let lack = first.lacks();
        drop(first);
        // Another program may have the port.
        assert_eq!(second.join().unwrap().is_some(), lack.is_some());
    });
}

#[test]
fn nothing_is_left_when_a_server_is_dropped_in_the_middle_of_an_endless_body() {
    let server = serve("answer.blob.body=endless");
    let (registry, proxy) = (server.registry().to_owned(), server.proxy().to_owned());
    let layer = exchange("").needs[0].digest.clone();
    let mut reading = TcpStream::connect(&registry).unwrap();
    write!(reading, "GET /v2/manifuzz/case/blobs/{layer} HTTP/1.1\r\n\r\n").unwrap();
    let mut start = [0; 1024];
    reading.read_exact(&mut start).unwrap();
    let mut waiting = Connection::to(&registry);
    assert_eq!(waiting.send("GET", "/v2/", &[], b"").status, 200);
    // Joins every thread.
    drop(server);
    assert!([registry, proxy].iter().all(|address| TcpStream::connect(address).is_err()));
    assert!(waiting.rest().is_empty());
}

//! No entry of the menu is ignored: each changes something that a client sees.

use super::super::{Addresses, CaseServer};
use super::client::{Connection, basic};
use super::exchange;
use crate::exchange::client::Answers;
use crate::render::render;
use crate::shape::{Choice, Shape, space};

/// Everything that a client sees that asks for all that there is, as user and with a token.
fn seen(server: &CaseServer) -> String {
    let names = server.names();
    let blob = exchange("").needs[0].digest.clone();
    let targets = [
        ("GET", "/v2/".to_owned()),
        ("GET", "/token".to_owned()),
        ("HEAD", "/v2/manifuzz/case/manifests/case".to_owned()),
        ("GET", "/v2/manifuzz/case/manifests/case".to_owned()),
        ("GET", format!("/v2/manifuzz/case/manifests/{}", names.digest)),
        ("HEAD", format!("/v2/manifuzz/case/blobs/{blob}")),
        ("GET", format!("/v2/manifuzz/case/blobs/{blob}")),
        ("GET", "/v2/manifuzz/case/tags/list".to_owned()),
        ("GET", format!("/v2/manifuzz/case/referrers/{}", names.subject)),
        ("POST", "/v2/manifuzz/copy/blobs/uploads/".to_owned()),
    ];
    let mut seen = String::new();
    for authorization in [None, Some(basic()), Some("Bearer manifuzz-token-b83a5f-1".to_owned())] {
        for (method, target) in &targets {
            let headers = authorization.as_deref().map(|value| ("Authorization", value));
            let headers: Vec<_> = headers.into_iter().collect();
            let mut got = Connection::to(server.registry()).send(method, target, &headers, b"");
            got.body.truncate(4096);
            seen += &format!("{method} {target}: {got:?}\n");
        }
    }
    // Ports are fresh.
    seen.replace(server.registry(), "REGISTRY")
}

#[test]
fn every_entry_of_the_menu_changes_what_a_client_sees_and_is_the_same_every_time() {
    let base = CaseServer::start(&render(&Shape::base()), Addresses::Loopback).unwrap();
    let right = seen(&base);
    assert_eq!(right, seen(&CaseServer::start(&render(&Shape::base()), Addresses::Loopback).unwrap()));
    let mut tried = 0;
    for (slot, row) in space().slots().filter(|(_, row)| row.is_for_clients()) {
        for entry in 1..row.menu.len() {
            let case = render(&Shape::base().with_ancestors(slot, Choice { entry, number: 0 }));
            assert_ne!(case.answers, Answers::default());
            let server = CaseServer::start(&case, Addresses::Loopback).unwrap();
            let name = format!("{}={}", row.name, row.menu[entry].name);
            assert!(server.lacks().is_some() || seen(&server) != right, "{name} is ignored");
            tried += 1;
        }
    }
    assert!(tried > 40, "{tried}");
}

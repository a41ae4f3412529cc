use std::io::Read as _;

use bytes::Bytes;

use super::super::{Addresses, CaseServer};
use super::client::{Connection, Got, ask, ask_as_user, follow};
use super::{exchange, serve};

/// The layer of a case, and where it is served.
fn layer(text: &str) -> (Bytes, String) {
    let need = exchange(text).needs.iter().find(|need| need.path == "layers.0").unwrap().clone();
    (need.bytes.clone(), format!("/v2/manifuzz/case/blobs/{}", need.digest))
}

/// The layer, and the answers to HEAD and GET.
fn both(text: &str) -> (Vec<u8>, [Got; 2]) {
    let (server, (content, path)) = (serve(text), layer(text));
    (content.to_vec(), ["HEAD", "GET"].map(|method| ask(&server, method, &path)))
}

#[test]
fn blobs_are_served_byte_for_byte_under_every_digest_that_the_document_gives_them() {
    let (content, [head, got]) = both("");
    assert_eq!((got.status, &got.body), (200, &content));
    assert_eq!((head.length(), head.body.len()), (Some(content.len()), 0));
    let entries = [
        "upper-hex",
        "short",
        "no-algorithm",
        "upper-algorithm",
        "traversal",
        "long",
        "no-hex",
        "nothing-encoded",
        "blank-before",
        "sha512",
        "unknown-algorithm",
        "other",
        "short-sha512",
        "pushed-sha512",
        "short-blake3",
    ];
    for entry in entries {
        let text = format!("layers.0.digest={entry}");
        let document: serde_json::Value = serde_json::from_slice(&exchange(&text).tested.body).unwrap();
        let digest = document["layers"][0]["digest"].as_str().unwrap().to_owned();
        let (server, content) = (serve(&text), layer(&text).0);
        let encoded = digest.replace(':', "%3A").replace('/', "%2F").replace('.', "%2e").replace(' ', "%20");
        for digest in [&encoded, &digest].into_iter().filter(|digest| !digest.contains(' ')) {
            let got = ask(&server, "GET", &format!("/v2/manifuzz/case/blobs/{digest}"));
            assert!(got.status == 200 && got.body == content, "{entry} {digest}: {}", got.status);
        }
    }
    let resolved = format!("/v2/manifuzz/case/blobs/{}", &layer("").1.rsplit_once(':').unwrap().1);
    assert_eq!(ask(&serve("layers.0.digest=traversal"), "GET", &resolved).body, content, "{resolved}");
}

#[test]
fn a_digest_of_other_content_of_the_case_leads_to_that_content() {
    let mut case = exchange("kind=index;manifests=two");
    let of = |path: &str| case.needs.iter().find(|need| need.path == path).unwrap().clone();
    let (first, second) = (of("manifests.0"), of("manifests.1"));
    let document = String::from_utf8(case.tested.body.to_vec()).unwrap().replace(&first.digest, &second.digest);
    case.tested.body = Bytes::from(document).into();
    let server = CaseServer::start(&case, Addresses::Loopback).unwrap();
    for need in [first, second] {
        let got = ask(&server, "GET", &format!("/v2/manifuzz/case/manifests/{}", need.digest));
        assert_eq!(got.body, need.bytes.to_vec());
    }
}

#[test]
fn a_body_is_other_cut_longer_or_endless() {
    let (right, [_, other]) = both("answer.blob.body=other");
    assert!(other.body != right && other.body.len() == right.len() && other.is_whole);
    let (_, [_, cut]) = both("answer.blob.body=truncated");
    assert_eq!((&cut.body[..], cut.length()), (&right[..right.len() / 2], Some(right.len() / 2)));
    let (_, [_, longer]) = both("answer.blob.body=longer");
    assert_eq!((longer.body, longer.is_whole), ([&right[..], b"\0"].concat(), true));
    let (_, [head, endless]) = both("answer.blob.body=endless");
    assert_eq!(head.length(), Some(right.len()));
    assert!(!endless.is_whole && endless.body.len() >= 8 << 20 && endless.body.starts_with(&right));
}

#[test]
fn the_length_is_what_the_entry_says() {
    let (right, [head, absent]) = both("answer.blob.length=absent");
    assert_eq!((head.length(), absent.length(), &absent.body), (None, None, &right));
    let (_, [_, larger]) = both("answer.blob.length=larger");
    assert_eq!((larger.length(), &larger.body, larger.is_whole), (Some(right.len() + 100), &right, false));
    let (_, [head, zero]) = both("answer.blob.length=zero-in-head");
    assert_eq!((head.length(), zero.length(), &zero.body), (Some(0), Some(right.len()), &right));
    let (server, (_, path)) = (serve("answer.blob.length=smaller"), layer(""));
    let mut connection = Connection::to(server.registry());
    let smaller = connection.send("GET", &path, &[], b"");
    assert_eq!(smaller.length(), Some(right.len() / 2));
    assert_eq!([smaller.body, connection.rest()].concat(), right);
}

#[test]
fn a_coding_is_gzip_of_the_content_and_of_a_gigabyte_more() {
    let (right, [_, gzip]) = both("answer.blob.coding=gzip");
    assert_eq!(gzip.header("content-encoding"), Some("gzip"));
    let mut read = Vec::new();
    flate2::read::GzDecoder::new(&gzip.body[..]).read_to_end(&mut read).unwrap();
    assert_eq!(read, right);
    let (_, [_, bomb]) = both("answer.blob.coding=bomb");
    assert!(bomb.is_whole && bomb.body.len() < 4 << 20 && bomb.header("content-encoding") == Some("gzip"));
    let unpacked = std::io::copy(&mut flate2::read::GzDecoder::new(&bomb.body[..]), &mut std::io::sink()).unwrap();
    assert_eq!(unpacked, right.len() as u64 + (1 << 30));
}

#[test]
fn a_get_is_redirected_to_where_the_entry_says_and_other_hosts_have_the_content() {
    let (content, path) = layer("");
    for (entry, host) in [("other-host", "http://127.0.0.2:"), ("other-port", "http://127.0.0.1:")] {
        let server = serve(&format!("answer.redirect={entry}"));
        assert_eq!(ask_as_user(&server, "HEAD", &path).status, 200);
        let got = ask_as_user(&server, "GET", &path);
        let location = got.header("location").unwrap();
        assert!(got.status == 307 && location.starts_with(host) && !location.contains(server.registry()), "{location}");
        assert_eq!(follow("GET", location).body, content.to_vec());
    }
    let server = serve("answer.redirect=other-port");
    for method in ["HEAD", "GET"] {
        let got = ask_as_user(&server, method, "/v2/manifuzz/case/manifests/case");
        assert_eq!(got.status, 307);
        let followed = follow(method, got.header("location").unwrap());
        assert_eq!(followed.header("docker-content-digest"), Some(exchange("").tested.digest()));
    }
    let server = serve("answer.redirect=loop");
    let got = ask(&server, "GET", &path);
    assert_eq!((got.status, got.header("location")), (307, Some(&*format!("http://{}{path}", server.registry()))));
    let got = ask(&serve("answer.redirect=file"), "GET", &path);
    assert_eq!((got.status, got.header("location")), (307, Some("file:///etc/hostname")));
}

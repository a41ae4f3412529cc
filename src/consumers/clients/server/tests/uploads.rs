use super::super::CaseServer;
use super::client::{Connection, Got, basic, follow};
use super::{exchange, serve};
use crate::exchange::client::At;
use crate::exchange::sha256;

const OPEN: &str = "/v2/manifuzz/copy/blobs/uploads/";

fn send(server: &CaseServer, method: &str, target: &str, body: &[u8]) -> Got {
    Connection::to(server.registry()).send(method, target, &[("Authorization", &basic())], body)
}

#[test]
fn a_case_is_copied_and_what_is_kept_is_its_manifest_until_the_next_operation() {
    let (case, server) = (exchange(""), serve(""));
    assert_eq!(server.kept(), None);
    for need in &case.needs {
        let location = send(&server, "POST", OPEN, b"").header("location").unwrap().to_owned();
        let path = location.strip_prefix(&format!("http://{}", server.registry())).unwrap();
        assert_eq!(send(&server, "PUT", &format!("{path}?digest={}", need.digest), &need.bytes).status, 201);
    }
    let target = "/v2/manifuzz/copy/manifests/case";
    let headers = [("Content-Type", "application/vnd.oci.image.manifest.v1+json")];
    let got = Connection::to(server.registry()).send("PUT", target, &headers, &case.tested.body);
    assert_eq!(got.status, 201, "{}", String::from_utf8_lossy(&got.body));
    let kept = server.kept().unwrap();
    assert_eq!((kept.bytes, &*kept.media_type), (case.tested.body.bytes().clone(), headers[0].1));
    server.reset();
    assert_eq!((server.kept(), server.requests(), server.arrived()), (None, 0, Vec::new()));
}

#[test]
fn blobs_are_mounted_from_the_repository_of_the_case() {
    let (case, server) = (exchange(""), serve(""));
    let target = format!("{OPEN}?mount={}&from=manifuzz/case", case.needs[0].digest);
    assert_eq!(send(&server, "POST", &target, b"").status, 201);
}

#[test]
fn an_upload_is_at_the_location_that_the_entry_says() {
    let location = |text: &str| {
        let server = serve(text);
        let got = send(&server, "POST", OPEN, b"");
        assert_eq!(got.status, 202);
        got.header("location").unwrap().to_owned()
    };
    assert!(location("answer.location=relative").starts_with("/v2/manifuzz/copy/blobs/uploads/"));
    assert!(location("answer.location=file").starts_with("file:///"));
    assert!(location("answer.location=other-host").starts_with("http://127.0.0.2:"));
}

#[test]
fn another_host_takes_the_upload_and_the_registry_has_the_blob() {
    for entry in ["other-host", "redirected"] {
        let server = serve(&format!("answer.location={entry}"));
        let mut got = send(&server, "POST", OPEN, b"");
        if entry == "redirected" {
            assert_eq!(got.status, 307);
            got = follow("POST", got.header("location").unwrap());
        }
        let location = got.header("location").unwrap().to_owned();
        assert!(got.status == 202 && location.starts_with("http://127.0.0.2:"), "{location}");
        let (host, path) = location.strip_prefix("http://").unwrap().split_once('/').unwrap();
        let patched = Connection::to(host).send("PATCH", &format!("/{path}"), &[], b"content");
        assert_eq!((patched.status, patched.header("location")), (202, Some(&*location)));
        let closing = format!("/{path}?digest={}", sha256(b"content"));
        let put = Connection::to(host).send("PUT", &closing, &[("Authorization", &basic())], b"");
        assert_eq!(put.status, 201);
        let blob = format!("/v2/manifuzz/copy/blobs/{}", sha256(b"content"));
        assert_eq!(send(&server, "GET", &blob, b"").body, b"content");
        let foreign: Vec<_> = server.arrived().into_iter().filter(|one| one.at == At::Foreign).collect();
        let last = foreign.last().unwrap();
        assert!(last.has_credentials && last.method == "PUT" && !foreign[foreign.len() - 2].has_credentials);
    }
}

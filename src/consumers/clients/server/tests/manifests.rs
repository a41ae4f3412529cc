use super::super::CaseServer;
use super::client::{Connection, Got, ask};
use super::{exchange, serve};
use crate::exchange::{IMAGE_INDEX, IMAGE_MANIFEST, sha256, sha512};

const BY_TAG: &str = "/v2/manifuzz/case/manifests/case";

fn by_digest(server: &CaseServer) -> String {
    format!("/v2/manifuzz/case/manifests/{}", server.names().digest)
}

/// Both HEAD and GET by tag.
fn both(text: &str) -> [Got; 2] {
    let server = serve(text);
    ["HEAD", "GET"].map(|method| ask(&server, method, BY_TAG))
}

#[test]
fn the_case_is_served_under_its_tag_and_digests_byte_for_byte_whatever_it_is() {
    for text in
        ["", "kind=index", "layers=absent", "schemaVersion=text", "kind=docker-image", "kind=not-json", "kind=artifact"]
    {
        let (case, server) = (exchange(text), serve(text));
        let references = ["case".to_owned(), case.tested.digest().to_owned(), sha512(&case.tested.body)];
        for reference in references {
            let got = ask(&server, "GET", &format!("/v2/manifuzz/case/manifests/{reference}"));
            assert_eq!((got.status, &got.body[..]), (200, &case.tested.body[..]), "{text} {reference}");
            assert_eq!(got.header("content-type"), case.tested.content_type.as_deref(), "{text}");
            let digest = if reference.starts_with("sha512:") { reference } else { case.tested.digest().to_owned() };
            assert_eq!(got.header("docker-content-digest"), Some(&*digest));
            let head = ask(&server, "HEAD", BY_TAG);
            assert_eq!((head.length(), head.body.len()), (Some(case.tested.body.len()), 0));
        }
        assert_eq!(server.lacks(), None);
    }
}

#[test]
fn the_content_type_is_what_the_entry_says() {
    let types = |text: &str| both(text).map(|got| got.header("content-type").map(str::to_owned));
    assert_eq!(types("answer.manifest.content-type=absent"), [None, None]);
    assert_eq!(types("answer.manifest.content-type=absent-in-head"), [None, Some(IMAGE_MANIFEST.to_owned())]);
    assert_eq!(types("answer.manifest.content-type=other"), [(); 2].map(|()| Some(IMAGE_INDEX.to_owned())));
    let of_index = types("kind=index;answer.manifest.content-type=other");
    assert_eq!(of_index, [(); 2].map(|()| Some(IMAGE_MANIFEST.to_owned())));
    assert_eq!(types("answer.manifest.content-type=html"), [(); 2].map(|()| Some("text/html".to_owned())));
}

#[test]
fn the_digest_header_is_what_the_entry_says() {
    let digests = |text: &str| both(text).map(|got| got.header("docker-content-digest").map(str::to_owned));
    assert_eq!(digests("answer.manifest.digest=absent"), [None, None]);
    assert_eq!(digests("answer.manifest.digest=malformed"), [(); 2].map(|()| Some("sha256:0".to_owned())));
    let [traversal, _] = digests("answer.manifest.digest=traversal").map(Option::unwrap);
    assert!(traversal.starts_with("sha256:../"));
    let [other, again] = digests("answer.manifest.digest=other").map(Option::unwrap);
    assert!(other == again && other.len() == 71 && other != *exchange("").tested.digest());
}

#[test]
fn another_manifest_comes_by_digest_alone_and_all_its_parts_are_there() {
    for text in
        ["answer.manifest.body=other", "layers=two;answer.manifest.body=other", "kind=index;answer.manifest.body=other"]
    {
        let (case, server) = (exchange(text), serve(text));
        assert_eq!(ask(&server, "GET", BY_TAG).body, case.tested.body.to_vec());
        let got = ask(&server, "GET", &by_digest(&server));
        assert_ne!(got.body, case.tested.body.to_vec());
        assert_eq!(got.header("docker-content-digest"), Some(&*sha256(&got.body)));
        let document = got.json();
        assert_eq!(document["mediaType"].as_str(), got.header("content-type"));
        let parts = ["config", "layers", "manifests"].map(|name| document[name].clone());
        let parts: Vec<_> =
            parts.iter().flat_map(|part| part.as_array().cloned().unwrap_or(vec![part.clone()])).collect();
        for part in parts.iter().filter(|part| !part.is_null()) {
            let endpoint = if document["manifests"].is_array() { "manifests" } else { "blobs" };
            let path = format!("/v2/manifuzz/case/{endpoint}/{}", part["digest"].as_str().unwrap());
            assert_eq!(ask(&server, "GET", &path).status, 200, "{part}");
        }
    }
    let text = "kind=index;answer.manifest.body=other";
    let child = exchange(text).needs.iter().find(|need| need.path == "manifests.0").unwrap().clone();
    let got = ask(&serve(text), "GET", &format!("/v2/manifuzz/case/manifests/{}", child.digest));
    assert!(got.status == 200 && got.body != child.bytes, "a child, too");
}

#[test]
fn a_body_is_cut_longer_or_endless_and_its_headers_are_those_of_the_manifest() {
    let right = exchange("").tested.body.to_vec();
    let [_, cut] = both("answer.manifest.body=truncated");
    assert_eq!((&cut.body[..], cut.length(), cut.is_whole), (&right[..right.len() / 2], Some(right.len() / 2), true));
    let [head, longer] = both("answer.manifest.body=longer");
    assert_eq!(longer.body, [&right[..], b" "].concat());
    assert_eq!((head.length(), longer.length()), (Some(right.len() + 1), Some(right.len() + 1)));
    let [head, endless] = both("answer.manifest.body=endless");
    assert_eq!(head.length(), Some(right.len()));
    assert!(!endless.is_whole && endless.body.len() >= 8 << 20 && endless.body.starts_with(&right));
    assert!(endless.body[right.len()..].iter().all(|byte| *byte == b' '));
    assert_eq!(endless.header("docker-content-digest"), Some(exchange("").tested.digest()));
}

#[test]
fn the_length_is_what_the_entry_says_and_where_it_lies_the_connection_ends() {
    let right = exchange("").tested.body.to_vec();
    let [head, absent] = both("answer.manifest.length=absent");
    assert_eq!((head.length(), absent.length(), absent.is_whole, &absent.body), (None, None, true, &right));
    let [head, larger] = both("answer.manifest.length=larger");
    assert_eq!((head.length(), larger.length()), (Some(right.len() + 100), Some(right.len() + 100)));
    assert_eq!((&larger.body, larger.is_whole), (&right, false));
    let [head, zero] = both("answer.manifest.length=zero-in-head");
    assert_eq!((head.length(), zero.length(), &zero.body), (Some(0), Some(right.len()), &right));
    let server = serve("answer.manifest.length=smaller");
    let mut connection = Connection::to(server.registry());
    let smaller = connection.send("GET", BY_TAG, &[], b"");
    assert_eq!(smaller.length(), Some(right.len() / 2));
    assert_eq!([smaller.body, connection.rest()].concat(), right);
}

#[test]
fn content_that_is_absent_or_elsewhere_is_not_served() {
    for text in ["facts.layers.0=missing", "facts.layers.0=elsewhere"] {
        let Ok(shape) = text.parse::<crate::shape::Shape>() else { panic!("{text}") };
        let case = crate::render::render(&shape);
        let missing = case.needs.iter().find(|need| need.path == "layers.0").unwrap();
        let path = format!("/v2/manifuzz/case/blobs/{}", missing.digest);
        assert_eq!(ask(&serve(text), "GET", &path).status, 404);
    }
}

//! The profile `clean` conforms to distribution-spec's sections on pulling, pushing blobs, deletion and listing.

use http::Method;
use serde_json::json;

use super::{Client, body, code, header, subject, with, without};
use crate::exchange::{IMAGE_INDEX, IMAGE_MANIFEST, sha256};
use crate::registry::digest::sha512;

#[test]
fn every_request_has_the_status_and_code_of_the_specification() {
    let client = Client::clean();
    let image = client.image();
    assert_eq!(client.push(&image).status(), 201);
    let digest = sha256(b"absent");
    let rows = [
        (Method::GET, "/v2/".to_owned(), 200, ""),
        (Method::POST, "/v2/".to_owned(), 405, "UNSUPPORTED"),
        (Method::GET, "/v3/".to_owned(), 404, "UNSUPPORTED"),
        (Method::GET, "/v2/none/manifests/t".to_owned(), 404, "NAME_UNKNOWN"),
        (Method::GET, "/v2/none/tags/list".to_owned(), 404, "NAME_UNKNOWN"),
        (Method::GET, "/v2/NONE/tags/list".to_owned(), 404, "NAME_INVALID"),
        (Method::GET, "/v2/r/manifests/none".to_owned(), 404, "MANIFEST_UNKNOWN"),
        (Method::GET, format!("/v2/r/manifests/{digest}"), 404, "MANIFEST_UNKNOWN"),
        (Method::GET, "/v2/r/manifests/sha256:ab".to_owned(), 400, "DIGEST_INVALID"),
        (Method::GET, "/v2/r/manifests/../t".to_owned(), 400, "MANIFEST_INVALID"),
        (Method::GET, "/v2/r/manifests/%74".to_owned(), 400, "MANIFEST_INVALID"),
        (Method::GET, format!("/v2/r/blobs/{digest}"), 404, "BLOB_UNKNOWN"),
        (Method::GET, "/v2/r/blobs/sha256:ab".to_owned(), 400, "DIGEST_INVALID"),
        (Method::DELETE, format!("/v2/r/blobs/{digest}"), 404, "BLOB_UNKNOWN"),
        (Method::DELETE, "/v2/r/manifests/none".to_owned(), 404, "MANIFEST_UNKNOWN"),
        (Method::DELETE, "/v2/none/manifests/none".to_owned(), 404, "NAME_UNKNOWN"),
        (Method::PATCH, "/v2/r/blobs/uploads/none".to_owned(), 404, "BLOB_UPLOAD_UNKNOWN"),
        (Method::PATCH, "/v2/r/manifests/t".to_owned(), 405, "UNSUPPORTED"),
        (Method::GET, "/v2/r/referrers/ab".to_owned(), 400, "DIGEST_INVALID"),
        (Method::GET, format!("/v2/r/referrers/{digest}"), 200, ""),
        (Method::GET, format!("/v2/none/referrers/{digest}"), 200, ""),
        (Method::GET, "/v2/r/tags/list?n=x".to_owned(), 400, "UNSUPPORTED"),
    ];
    for (method, path, status, wanted) in rows {
        let response = client.send(method.clone(), &path, &[], b"");
        assert_eq!((response.status().as_u16(), code(&response).as_str()), (status, wanted), "{method} {path}");
        assert_eq!(header(&response, "content-length"), response.body().len().to_string(), "{method} {path}");
    }
}

#[test]
fn a_manifest_comes_back_as_it_was_pushed_by_tag_digest_and_location() {
    let client = Client::clean();
    let bytes = format!(" {}\n", client.image());
    let digest = sha256(bytes.as_bytes());
    let pushed = client.put("t", IMAGE_MANIFEST, bytes.as_bytes());
    assert_eq!((pushed.status().as_u16(), header(&pushed, "docker-content-digest")), (201, digest.as_str()));
    let location = header(&pushed, "location");
    for path in ["/v2/r/manifests/t", &format!("/v2/r/manifests/{digest}"), location] {
        let (got, head) = (client.get(path), client.head(path));
        assert_eq!((got.status().as_u16(), got.body().as_ref()), (200, bytes.as_bytes()), "{path}");
        assert_eq!((head.status().as_u16(), head.body().len()), (200, 0), "{path}");
        assert_eq!(got.headers(), head.headers(), "{path}");
        assert_eq!(header(&got, "content-type"), IMAGE_MANIFEST);
        assert_eq!(header(&got, "docker-content-digest"), digest);
        assert_eq!(header(&got, "content-length"), bytes.len().to_string());
    }
}

#[test]
fn a_manifest_pushed_by_sha512_is_stored_under_both_digests() {
    let client = Client::clean();
    let bytes = client.image().to_string();
    let long = sha512(bytes.as_bytes());
    let pushed = client.put(&long, IMAGE_MANIFEST, bytes.as_bytes());
    assert_eq!((pushed.status().as_u16(), header(&pushed, "docker-content-digest")), (201, long.as_str()));
    let short = sha256(bytes.as_bytes());
    for digest in [&long, &short] {
        let got = client.get(&format!("/v2/r/manifests/{digest}"));
        assert_eq!((got.status().as_u16(), header(&got, "docker-content-digest")), (200, digest.as_str()));
    }
    assert_eq!(client.send(Method::DELETE, &format!("/v2/r/manifests/{short}"), &[], b"").status(), 202);
    assert_eq!(client.get(&format!("/v2/r/manifests/{long}")).status(), 404);
}

#[test]
fn deleting_a_manifest_also_removes_its_tags_and_referrers() {
    let client = Client::clean();
    let document = with(&client.image(), "/subject", subject());
    let digest = sha256(document.to_string().as_bytes());
    let referrers = format!("/v2/r/referrers/{}", sha256(b"nowhere"));
    let listed = || body(&client.get(&referrers))["manifests"].as_array().map(Vec::len);
    assert_eq!(client.push(&document).status(), 201);
    assert_eq!(client.send(Method::DELETE, "/v2/r/manifests/t", &[], b"").status(), 202);
    assert_eq!(client.get("/v2/r/manifests/t").status(), 404);
    assert_eq!((client.get(&format!("/v2/r/manifests/{digest}")).status().as_u16(), listed()), (200, Some(1)));
    assert_eq!(client.push(&document).status(), 201);
    assert_eq!(client.send(Method::DELETE, &format!("/v2/r/manifests/{digest}"), &[], b"").status(), 202);
    assert_eq!((client.get("/v2/r/manifests/t").status().as_u16(), listed()), (404, Some(0)));
    assert_eq!(body(&client.get("/v2/r/tags/list")), json!({"name": "r", "tags": []}));
    let layer = document["layers"][0]["digest"].as_str().unwrap_or_default();
    assert_eq!(client.send(Method::DELETE, &format!("/v2/r/blobs/{layer}"), &[], b"").status(), 202);
    assert_eq!(client.get(&format!("/v2/r/blobs/{layer}")).status(), 404);
}

#[test]
fn a_blob_can_be_uploaded_in_one_request_in_two_in_chunks_and_by_mounting() {
    let client = Client::clean();
    let begin = |repository: &str| {
        let begun = client.send(Method::POST, &format!("/v2/{repository}/blobs/uploads/"), &[], b"");
        assert_eq!(begun.status(), 202);
        header(&begun, "location").to_owned()
    };
    let digest = sha256(b"abcdef");
    let blob = |repository: &str| client.get(&format!("/v2/{repository}/blobs/{digest}"));

    let done = client.send(Method::PUT, &format!("{}?digest={digest}", begin("two")), &[], b"abcdef");
    assert_eq!((done.status().as_u16(), header(&done, "location")), (201, &*format!("/v2/two/blobs/{digest}")));
    assert_eq!(blob("two").body().as_ref(), b"abcdef");

    let at = begin("chunks");
    let patch = |range: &str, body: &[u8]| client.send(Method::PATCH, &at, &[("content-range", range)], body);
    let first = patch("0-1", b"ab");
    assert_eq!((first.status().as_u16(), header(&first, "range")), (202, "0-1"));
    assert_eq!(patch("3-4", b"de").status(), 416);
    assert_eq!(patch("2-9", b"cd").status(), 400);
    assert_eq!(patch("2", b"cd").status(), 400);
    let progress = client.get(&at);
    assert_eq!((progress.status().as_u16(), header(&progress, "range")), (204, "0-1"));
    assert_eq!(patch("2-4", b"cde").status(), 202);
    let end = client.send(Method::PUT, &format!("{at}?digest={}", digest.replace(':', "%3A")), &[], b"f");
    assert_eq!((end.status().as_u16(), blob("chunks").body().as_ref()), (201, b"abcdef".as_slice()));
    assert_eq!(client.get(&at).status(), 404, "the session is closed");

    let mount =
        |from: &str| client.send(Method::POST, &format!("/v2/m/blobs/uploads/?mount={digest}&from={from}"), &[], b"");
    assert_eq!(mount("none").status(), 202);
    assert_eq!(blob("m").status(), 404);
    assert_eq!((mount("two").status().as_u16(), blob("m").status().as_u16()), (201, 200));
}

#[test]
fn a_blob_that_does_not_match_its_digest_is_refused_and_not_stored() {
    let client = Client::clean();
    for digest in [sha256(b"other"), "sha256:ab".to_owned(), "md5:900150983cd24fb0d6963f7d28e17f72".to_owned()] {
        let response = client.send(Method::POST, &format!("/v2/r/blobs/uploads/?digest={digest}"), &[], b"abc");
        assert_eq!((response.status().as_u16(), code(&response).as_str()), (400, "DIGEST_INVALID"), "{digest}");
    }
    assert_eq!(code(&client.get("/v2/r/tags/list")), "NAME_UNKNOWN");
}

#[test]
fn part_of_a_blob_can_be_pulled_by_range() {
    let client = Client::clean();
    let digest = client.blob("a/b", b"abcdef")["digest"].as_str().unwrap_or_default().to_owned();
    let part = |range| client.send(Method::GET, &format!("/v2/r/blobs/{digest}"), &[("range", range)], b"");
    let (some, none) = (part("bytes=1-2"), part("bytes=9-"));
    assert_eq!((some.status().as_u16(), some.body().as_ref()), (206, b"bc".as_slice()));
    assert_eq!(header(&some, "content-range"), "bytes 1-2/6");
    assert_eq!((none.status().as_u16(), header(&none, "content-range")), (416, "bytes */6"));
}

#[test]
fn tags_are_listed_in_order_and_in_pages() {
    let client = Client::clean();
    let bytes = client.image().to_string();
    for tag in ["b", "C", "a", "B", "0"] {
        assert_eq!(client.put(tag, IMAGE_MANIFEST, bytes.as_bytes()).status(), 201);
    }
    let list = |query: &str| {
        let response = client.get(&format!("/v2/r/tags/list{query}"));
        (body(&response)["tags"].clone(), header(&response, "link").to_owned())
    };
    assert_eq!(list(""), (json!(["0", "a", "B", "b", "C"]), String::new()));
    assert_eq!(list("?n=2"), (json!(["0", "a"]), "</v2/r/tags/list?n=2&last=a>; rel=\"next\"".to_owned()));
    assert_eq!(list("?n=2&last=B"), (json!(["b", "C"]), String::new()));
    assert_eq!(list("?last=aa"), (json!(["B", "b", "C"]), String::new()));
    assert_eq!(list("?n=0"), (json!([]), String::new()));
}

#[test]
fn referrers_lists_repeat_the_members_of_manifests_and_can_be_filtered() {
    let client = Client::clean();
    let image = with(&with(&client.image(), "/subject", subject()), "/annotations", json!({"k": "v"}));
    let typed = with(&image, "/artifactType", json!("application/vnd.example+json"));
    let index = without(&with(&client.index(), "/subject", subject()), "artifactType");
    for document in [&image, &typed, &index] {
        let pushed = client.push(document);
        assert_eq!((pushed.status().as_u16(), header(&pushed, "oci-subject")), (201, &*sha256(b"nowhere")));
    }
    let path = format!("/v2/r/referrers/{}", sha256(b"nowhere"));
    let all = client.get(&path);
    assert_eq!((header(&all, "content-type"), header(&all, "oci-filters-applied")), (IMAGE_INDEX, ""));
    let described = |document: &serde_json::Value| {
        let bytes = document.to_string();
        json!({"mediaType": document["mediaType"], "digest": sha256(bytes.as_bytes()), "size": bytes.len()})
    };
    let config_type = image["config"]["mediaType"].clone();
    let mut wanted = vec![
        with(&with(&described(&image), "/artifactType", config_type), "/annotations", json!({"k": "v"})),
        with(
            &with(&described(&typed), "/artifactType", typed["artifactType"].clone()),
            "/annotations",
            json!({"k": "v"}),
        ),
        described(&index),
    ];
    wanted.sort_by_key(|descriptor| descriptor["digest"].to_string());
    assert_eq!(body(&all)["manifests"], json!(wanted));
    let some = client.get(&format!("{path}?artifactType=application/vnd.example%2Bjson"));
    assert_eq!(header(&some, "oci-filters-applied"), "artifactType");
    assert_eq!(body(&some)["manifests"].as_array().map(Vec::len), Some(1));
}

#[test]
fn content_that_the_client_has_is_answered_with_304_and_its_etag() {
    let client = Client::clean();
    assert_eq!(client.push(&client.image()).status(), 201);
    let layer = client.blob("application/vnd.oci.image.layer.v1.tar", b"layer");
    for path in ["/v2/r/manifests/t".to_owned(), format!("/v2/r/blobs/{}", layer["digest"].as_str().expect("a digest"))]
    {
        let etag = header(&client.get(&path), "etag").to_owned();
        for method in [Method::GET, Method::HEAD] {
            let ask = |condition: &str| client.send(method.clone(), &path, &[("if-none-match", condition)], b"");
            let same = ask(&etag);
            assert_eq!((same.status().as_u16(), header(&same, "etag"), same.body().len()), (304, &*etag, 0), "{path}");
            assert_eq!(ask("\"other\"").status(), 200, "{path}");
        }
    }
    let missing = client.send(Method::GET, "/v2/r/manifests/none", &[("if-none-match", "*")], b"");
    assert_eq!(missing.status(), 404);
}

#[test]
fn each_tag_keeps_the_type_that_it_was_pushed_with() {
    let client = Client::clean();
    let mut image = client.image();
    image.as_object_mut().expect("an object").remove("mediaType");
    let bytes = image.to_string();
    for (tag, media_type) in [("a", IMAGE_MANIFEST), ("b", crate::exchange::DOCKER_MANIFEST)] {
        assert_eq!(client.put(tag, media_type, bytes.as_bytes()).status(), 201);
    }
    for (tag, media_type) in [("a", IMAGE_MANIFEST), ("b", crate::exchange::DOCKER_MANIFEST)] {
        assert_eq!(header(&client.get(&format!("/v2/r/manifests/{tag}")), "content-type"), media_type);
    }
}

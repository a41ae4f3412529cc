//! Which manifests the profile `clean` accepts, and how it refuses the others.

use serde_json::{Value, json};

use super::{Client, code, header, subject, with, without};
use crate::exchange::{ARTIFACT_MANIFEST, DOCKER_LIST, DOCKER_MANIFEST, IMAGE_INDEX, IMAGE_MANIFEST, sha256};

#[test]
fn valid_and_unknown_content_is_accepted() {
    let client = Client::clean();
    let (image, index) = (client.image(), client.index());
    let zero = client.blob("application/octet-stream", b"");
    let urls = json!({"mediaType": "a/b", "digest": sha256(b"far"), "size": 3, "urls": ["https://a.example/b"]});
    let unknown = json!({"mediaType": "a/b", "digest": "multihash+base58:QmRZ", "size": 3});
    let layer_child = with(&image["layers"][0], "/mediaType", json!("a/b"));
    let manifests = [
        image.clone(),
        with(&image, "/config/mediaType", json!("image/gif")),
        with(&image, "/layers/0/mediaType", json!("image/gif")),
        with(&image, "/layers", json!([])),
        with(&image, "/layers", Value::Null),
        with(&image, "/manifests", Value::Null),
        without(&image, "layers"),
        without(&image, "mediaType"),
        with(&image, "/layers", json!([zero, zero])),
        with(&image, "/layers", json!([urls])),
        with(&image, "/layers", json!([unknown])),
        with(&image, "/layers/0/data", json!("bGF5ZXI=")),
        with(&image, "/subject", subject()),
        with(&image, "/artifactType", json!("application/vnd.example")),
        with(&image, "/annotations", json!({"a": ""})),
        with(&image, "/unknown", json!({"a": [1, 2.5]})),
        with(&image, "/config/unknown", json!(true)),
        index.clone(),
        with(&index, "/manifests", json!([])),
        with(&index, "/manifests/0/platform", Value::Null),
        with(&index, "/manifests/0", layer_child),
        without(&index, "manifests"),
        with(&image, "/mediaType", json!(DOCKER_MANIFEST)),
        with(&with(&image, "/mediaType", json!(DOCKER_MANIFEST)), "/subject", json!(1)),
        with(&index, "/mediaType", json!(DOCKER_LIST)),
        json!({"mediaType": ARTIFACT_MANIFEST, "artifactType": "a/b", "blobs": [image["layers"][0]]}),
    ];
    for document in manifests {
        let own = document["mediaType"].as_str().filter(|own| own.starts_with("application/vnd.")).unwrap_or("");
        let response = client.put("t", own, document.to_string().as_bytes());
        assert_eq!(response.status(), 201, "{document}: {response:?}");
    }
}

#[test]
fn the_kind_is_determined_by_content_type_media_type_or_members() {
    let client = Client::clean();
    let image = client.image().to_string();
    let bare = without(&client.image(), "mediaType").to_string();
    let upper = IMAGE_MANIFEST.to_uppercase();
    let rows = [
        (IMAGE_MANIFEST, &image, IMAGE_MANIFEST),
        (&*format!("{IMAGE_MANIFEST}; charset=utf-8"), &image, IMAGE_MANIFEST),
        (&upper, &image, IMAGE_MANIFEST),
        ("", &image, IMAGE_MANIFEST),
        ("", &bare, IMAGE_MANIFEST),
        ("garbage", &bare, IMAGE_MANIFEST),
        ("application/json", &bare, "application/json"),
    ];
    for (sent, document, back) in rows {
        assert_eq!(client.put("t", sent, document.as_bytes()).status(), 201, "{sent}");
        assert_eq!(header(&client.get("/v2/r/manifests/t"), "content-type"), back, "{sent}");
    }
}

#[test]
fn an_invalid_manifest_is_refused_with_manifest_invalid_and_not_stored() {
    let client = Client::clean();
    let (image, index) = (client.image(), client.index());
    let text = image.to_string();
    let at = |pointer: &str, value: Value| with(&image, pointer, value).to_string();
    let child_size = with(&index, "/manifests/0/size", json!(1));
    let rows: Vec<(String, Vec<u8>)> = [
        ("empty", String::new()),
        ("not JSON", "{".to_owned()),
        ("unrelated mediaType", at("/mediaType", json!("application/vnd.example+json"))),
        ("not an object", "[]".to_owned()),
        ("two values", format!("{text}{text}")),
        ("byte order mark", format!("\u{feff}{text}")),
        ("no kind", "{\"schemaVersion\":2,\"mediaType\":\"a/b\"}".to_owned()),
        ("schemaVersion", at("/schemaVersion", json!(1))),
        ("schemaVersion 2.0", text.replace("\"schemaVersion\":2", "\"schemaVersion\":2.0")),
        ("mediaType", at("/mediaType", json!(1))),
        ("other mediaType", at("/mediaType", json!(IMAGE_INDEX))),
        ("no config", without(&image, "config").to_string()),
        ("config", at("/config", json!([]))),
        ("layers", at("/layers", json!({}))),
        ("layer", at("/layers", json!([null]))),
        ("manifests", at("/manifests", json!([]))),
        ("config in an index", with(&index, "/config", image["config"].clone()).to_string()),
        ("subject", at("/subject", json!({}))),
        ("annotations", at("/annotations", json!([]))),
        ("annotation", at("/annotations", json!({"a": 1}))),
        ("artifactType", at("/artifactType", json!("not a type"))),
        ("descriptor mediaType", at("/config/mediaType", json!("config"))),
        ("descriptor digest", at("/config/digest", json!("sha256:ab"))),
        ("descriptor size", at("/config/size", json!(-1))),
        ("descriptor size 5.0", at("/layers/0/size", json!(5.0))),
        ("wrong size", at("/layers/0/size", json!(6))),
        ("child's size", child_size.to_string()),
        ("urls", at("/layers/0/urls", json!("a"))),
        ("not base64", at("/layers/0/data", json!("bGF5ZXI"))),
        ("wrong data", at("/layers/0/data", json!("YmFzZXI="))),
        ("duplicate key", text.replacen('{', "{\"schemaVersion\":2,", 1)),
        ("duplicate key, escaped", text.replacen('{', "{\"schemaVersio\\u006e\":2,", 1)),
        ("duplicate key in a descriptor", text.replacen("\"size\"", "\"size\":1,\"size\"", 1)),
    ]
    .into_iter()
    .map(|(name, text)| (name.to_owned(), text.into_bytes()))
    .chain([(
        "not UTF-8".to_owned(),
        at("/unknown", json!("@")).bytes().map(|b| if b == b'@' { 0xff } else { b }).collect(),
    )])
    .collect();
    for (name, bytes) in rows {
        let of_index = name == "child's size" || name == "config in an index";
        let kind = if of_index { IMAGE_INDEX } else { IMAGE_MANIFEST };
        let kind = if name == "no kind" { "" } else { kind };
        let response = client.put("new", kind, &bytes);
        assert_eq!((response.status().as_u16(), code(&response).as_str()), (400, "MANIFEST_INVALID"), "{name}");
        assert_eq!(client.get("/v2/r/manifests/new").status(), 404, "{name}");
        assert_eq!(client.get(&format!("/v2/r/manifests/{}", sha256(&bytes))).status(), 404, "{name}");
    }
}

#[test]
fn each_missing_blob_has_its_own_error() {
    let client = Client::clean();
    let absent = json!({"mediaType": "a/b", "digest": sha256(b"absent"), "size": 6});
    let image = with(&client.image(), "/layers", json!([absent, absent]));
    let response = client.push(&image);
    assert_eq!((response.status().as_u16(), code(&response).as_str()), (400, "MANIFEST_BLOB_UNKNOWN"));
    assert_eq!(super::body(&response)["errors"].as_array().map(Vec::len), Some(2));
    // A blob is not a manifest: a child with a manifest's media type is missing even if a blob has its digest.
    let layer = client.image()["layers"][0].clone();
    let child = with(&layer, "/mediaType", json!(IMAGE_MANIFEST));
    assert_eq!(code(&client.push(&with(&client.index(), "/manifests/0", child))), "MANIFEST_BLOB_UNKNOWN");
}

#[test]
fn a_reference_is_a_tag_or_the_digest_of_the_body() {
    let client = Client::clean();
    let bytes = client.image().to_string();
    let long = "a".repeat(129);
    let own = sha256(bytes.as_bytes());
    let rows = [
        ("_t.A-0", 201, ""),
        (&*own, 201, ""),
        (&*sha256(b"other"), 400, "DIGEST_INVALID"),
        ("sha256:", 400, "DIGEST_INVALID"),
        ("md5:ab", 400, "DIGEST_INVALID"),
        (".t", 400, "MANIFEST_INVALID"),
        (&*long, 400, "MANIFEST_INVALID"),
        ("a/b", 400, "MANIFEST_INVALID"),
        ("", 400, "MANIFEST_INVALID"),
    ];
    for (reference, status, wanted) in rows {
        let response = client.put(reference, IMAGE_MANIFEST, bytes.as_bytes());
        assert_eq!((response.status().as_u16(), code(&response).as_str()), (status, wanted), "{reference}");
    }
}

#[test]
fn a_manifest_of_8_mib_is_accepted_and_a_larger_one_answered_with_413() {
    let client = Client::clean();
    let mut bytes = client.image().to_string().into_bytes();
    bytes.resize(8 * 1024 * 1024, b' ');
    assert_eq!(client.put("t", IMAGE_MANIFEST, &bytes).status(), 201);
    bytes.push(b' ');
    assert_eq!(client.put("t", IMAGE_MANIFEST, &bytes).status(), 413);
}

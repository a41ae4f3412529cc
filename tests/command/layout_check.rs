//! `check` of an OCI image layout: its documents, and whether content is what its descriptors say.

use crate::command;
use std::path::{Path, PathBuf};

use crate::checking::check;
use manifuzz::exchange::{IMAGE_INDEX, IMAGE_MANIFEST, sha256};
use serde_json::{Value, json};

#[test]
fn a_layout_is_compared_with_its_content() {
    let folder = tempfile::tempdir().unwrap();
    let layout = folder.path().to_str().unwrap();
    let generated = command::manifuzz()
        .args(["gen", "--deviations", "1", "--filter", "layers.0.size", "--layout", "--out", layout])
        .output()
        .unwrap();
    assert!(generated.status.success());
    let (code, rows, _) = check(&[layout], b"");
    assert_eq!(code, Some(1));
    assert!(rows[0]["file"].as_str().unwrap().ends_with("index.json") && rows[0]["valid"] == true, "{}", rows[0]);
    let wrong = rows.iter().flat_map(|row| row["findings"].as_array().unwrap());
    assert!(
        wrong
            .clone()
            .any(|f| f["message"].as_str().unwrap().contains("\"size\" is not the content's length; write 1536"))
    );
}

/// A config is content, whatever its type is called.
#[test]
fn only_manifest_descriptors_of_a_layout_are_read_as_manifests() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = folder.path().join("blobs/sha256");
    std::fs::create_dir_all(&blobs).unwrap();
    let put = |bytes: &str| {
        let digest = sha256(bytes.as_bytes());
        std::fs::write(blobs.join(digest.trim_start_matches("sha256:")), bytes).unwrap();
        format!(r#""digest":"{digest}","size":{}"#, bytes.len())
    };
    let content = put("not JSON");
    let manifest = put(&format!(
        r#"{{"schemaVersion":2,"mediaType":"{IMAGE_MANIFEST}","artifactType":"a/b",
            "config":{{"mediaType":"application/vnd.acme.index.v1+json",{content}}},"layers":[{{"mediaType":"a/b",{content}}}]}}"#
    ));
    let index = format!(
        r#"{{"schemaVersion":2,"mediaType":"{IMAGE_INDEX}","manifests":[{{"mediaType":"{IMAGE_MANIFEST}","artifactType":"a/b",{manifest}}}]}}"#
    );
    std::fs::write(folder.path().join("index.json"), index).unwrap();
    std::fs::write(folder.path().join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
    let (code, rows, _) = check(&[folder.path().to_str().unwrap()], b"");
    assert_eq!((code, rows.len()), (Some(0), 2), "{rows:#?}");
    assert_eq!(rows[1]["expect"], "must-accept");
}

/// A layout with one manifest whose layer has this content, and this size as its descriptor says; the layer's file.
fn layout_with(folder: &Path, content: &[u8], size: usize) -> PathBuf {
    let blobs = folder.join("blobs/sha256");
    std::fs::create_dir_all(&blobs).unwrap();
    std::fs::write(folder.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
    let file = |digest: &str| blobs.join(digest.trim_start_matches("sha256:"));
    let put = |bytes: &[u8]| {
        let digest = sha256(bytes);
        std::fs::write(file(&digest), bytes).unwrap();
        digest
    };
    let (layer, config) = (put(content), put(b"{}"));
    let manifest = put(format!(
        r#"{{"schemaVersion":2,"mediaType":"{IMAGE_MANIFEST}","config":{{"mediaType":"a/b","digest":"{config}","size":2}},
            "layers":[{{"mediaType":"a/b","digest":"{layer}","size":{size}}}]}}"#
    )
    .as_bytes());
    let length = std::fs::metadata(file(&manifest)).unwrap().len();
    let child =
        format!(r#"{{"mediaType":"{IMAGE_MANIFEST}","artifactType":"a/b","digest":"{manifest}","size":{length}}}"#);
    let index = format!(r#"{{"schemaVersion":2,"mediaType":"{IMAGE_INDEX}","manifests":[{child}]}}"#);
    std::fs::write(folder.join("index.json"), index).unwrap();
    file(&layer)
}

/// What `check` says of a layout whose layer was changed: its exit code, the manifest's row and standard error. What it says of the
/// layout itself is also a row.
fn checked(content: &[u8], size: usize, change: impl FnOnce(&Path)) -> (Option<i32>, Value, String) {
    let folder = tempfile::tempdir().unwrap();
    change(&layout_with(folder.path(), content, size));
    let (code, mut rows, err) = check(&[folder.path().to_str().unwrap()], b"");
    for row in rows.split_off(2) {
        assert_eq!((&row["kind"], &row["valid"]), (&json!("layout"), &json!(false)), "{row}");
        let messages = row["findings"].as_array().unwrap().iter().map(|finding| finding["message"].as_str().unwrap());
        assert!(code == Some(1) && err.lines().eq(messages), "{row}: {err}");
    }
    (code, rows.remove(1), err)
}

#[test]
fn content_that_does_not_match_its_descriptor_is_reported() {
    let (code, row, err) = checked(b"layer", 5, |_| {});
    assert_eq!((code, row["expect"].as_str(), &*err), (Some(0), Some("must-accept"), ""));

    let (code, row, err) = checked(b"layer", 5, |file| std::fs::remove_file(file).unwrap());
    assert_eq!((code, row["expect"].as_str()), (Some(0), Some("may-reject(MANIFEST_BLOB_UNKNOWN)")));
    assert!(err.contains("/layers/0: sha256:") && err.contains("is not in the layout"), "{err}");

    let mark = |file: &Path| file.ancestors().nth(3).unwrap().join("oci-layout");
    for (marker, flaw) in [
        ("{}", "has no imageLayoutVersion"),
        (r#"{"imageLayoutVersion":1}"#, "is not a string"),
        (r#"{"imageLayoutVersion":"2.0.0"}"#, "no other version of layouts than 1.0.0 is defined"),
        ("[]", "is not a JSON object"),
        ("1.0.0", "is not JSON"),
    ] {
        let (code, _, err) = checked(b"layer", 5, |file| std::fs::write(mark(file), marker).unwrap());
        assert!(code == Some(1) && err.contains(flaw) && err.contains("; write {"), "{marker}: {err}");
    }
    let (code, _, err) = checked(b"layer", 5, |file| std::fs::remove_file(mark(file)).unwrap());
    assert!(code == Some(1) && err.contains("the file oci-layout is missing"), "{err}");

    // Nothing refers to these files.
    let unnamed = |file: &Path| file.with_file_name("ingest");
    assert_eq!(checked(b"layer", 5, |file| std::fs::write(unnamed(file), "rayel").unwrap()).0, Some(0));
    let misnamed = |file: &Path| file.with_file_name("0".repeat(64));
    let (code, _, err) = checked(b"layer", 5, |file| std::fs::write(misnamed(file), "rayel").unwrap());
    assert!(code == Some(1) && err.contains("0000 has other content"), "{err}");

    let upper = |file: &Path| file.with_file_name("A".repeat(64));
    let (code, _, err) = checked(b"layer", 5, |file| std::fs::write(upper(file), "rayel").unwrap());
    assert!(code == Some(1) && err.contains("is not named by an sha256 digest"), "{err}");

    let (code, _, err) = checked(b"layer", 5, |file| std::fs::write(file, "rayel").unwrap());
    assert!(code == Some(1) && err.contains("has other content"), "{err}");

    let (code, _, err) = checked(b"layer", 5, |file| {
        std::fs::remove_file(file).unwrap();
        std::fs::create_dir(file).unwrap();
    });
    assert!(code == Some(2) && err.contains("cannot be read: not a regular file"), "{err}");

    let (code, row, _) = checked(b"layer", 6, |_| {});
    assert_eq!((code, row["findings"][0]["pointer"].as_str()), (Some(1), Some("/layers/0/size")));

    let long = vec![b'a'; 5 << 20];
    let (code, row, err) = checked(&long, 6, |_| {});
    assert_eq!((code, row["findings"][0]["pointer"].as_str(), &*err), (Some(1), Some("/layers/0/size"), ""));
    assert!(row["findings"][0]["message"].as_str().unwrap().contains("write 5242880"), "{row}");
    assert_eq!(checked(&long, 5 << 20, |_| {}).0, Some(0));
}

/// Only what is marked as a layout can lack an index; pipes are not waited for.
#[test]
fn a_layout_without_an_index_is_invalid_and_another_folder_is_no_input() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    layout_with(folder.path(), b"layer", 5);
    std::fs::remove_file(folder.path().join("index.json")).unwrap();
    let (code, rows, err) = check(&[path], b"");
    assert!(code == Some(1) && err.contains("index.json is missing"), "{err}");
    assert_eq!((rows.len(), &rows[0]["findings"][0]["rule"]), (1, &json!("layout-has-an-index")));

    let made = std::process::Command::new("mkfifo").arg(folder.path().join("index.json")).status().unwrap();
    assert!(made.success());
    let (code, _, err) = check(&[path], b"");
    assert!(code == Some(1) && err.contains("index.json is not a regular file"), "{err}");

    std::fs::remove_file(folder.path().join("oci-layout")).unwrap();
    let (code, rows, err) = check(&[path], b"");
    assert!(code == Some(2) && rows.is_empty() && err.contains("name a file, or a directory"), "{err}");
}

//! `check`: documents found in the wild.
#![cfg(feature = "cli")]

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

/// Runs `check` with these arguments and this on standard input; its exit code and the lines it printed.
fn check(arguments: &[&str], input: &[u8]) -> (Option<i32>, Vec<Value>, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_manifuzz"))
        .arg("check")
        .args(arguments)
        .args(["--format", "json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It may end before it has read all.
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    let lines = String::from_utf8(output.stdout).unwrap();
    let rows = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    (output.status.code(), rows, String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn any_bytes_get_a_verdict() {
    let table: &[(&[u8], &str, bool, &str)] = &[
        (b"{\"schemaVersion\":2,\"manifests\":[]}", "index", true, "should-accept"),
        (
            b"{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\"}",
            "index",
            false,
            "unspecified",
        ),
        (b"", "not-json", false, "unspecified"),
        (b"\xff\xfe{\0}\0", "not-json", false, "unspecified"),
        (b"[]", "json", false, "unspecified"),
        (b"{\"manifests\":[],\"layers\":[]}", "unknown", true, "ambiguous("),
    ];
    for (bytes, kind, valid, expect) in table {
        let (code, rows, _) = check(&["-"], bytes);
        let row = &rows[0];
        assert_eq!((row["kind"].as_str(), row["valid"].as_bool()), (Some(*kind), Some(*valid)), "{row}");
        assert!(row["expect"].as_str().unwrap().starts_with(expect), "{row}");
        assert_eq!(code, Some(i32::from(!valid)), "{row}");
    }
    let open = vec![b'['; 8 << 20];
    let (code, rows, _) = check(&["-"], &open);
    assert_eq!((code, rows[0]["findings"][0]["rule"].as_str()), (Some(1), Some("document-is-json")));
}

#[test]
fn a_finding_says_where_and_what_to_write() {
    let document = br#"{"schemaVersion":1,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"a/b","digest":"sha256:00","size":1.5},"layers":[{}]}"#;
    let (_, rows, _) = check(&["-"], document);
    let findings = rows[0]["findings"].as_array().unwrap();
    let at = |pointer: &str| findings.iter().find(|finding| finding["pointer"] == pointer).expect(pointer);
    assert_eq!(at("/schemaVersion")["rule"], "manifest-schema-version-is-2");
    assert!(at("/config/digest")["message"].as_str().unwrap().contains("64 hex digits"));
    assert!(at("/config/size")["message"].as_str().unwrap().contains("write the content's length"));
    assert!(at("/layers/0")["level"] == "must");
    let (_, rows, _) = check(&["-", "--content-type", "application/vnd.oci.image.index.v1+json"], document);
    assert_eq!(rows[0]["kind"], "index");
}

#[test]
fn what_is_open_is_said_beside_what_is_broken() {
    let open = |row: &Value| row["open"].as_array().unwrap().iter().map(|why| why.to_string()).collect::<Vec<_>>();
    let (_, rows, _) = check(&["-"], br#"{"schemaVersion":1,"manifests":[],"manifests":[],"subject":null}"#);
    let (valid, found) = (&rows[0]["valid"], open(&rows[0]));
    assert_eq!((valid, found.len()), (&Value::Bool(false), 2), "{found:?}");
    assert!(found[0].contains("null for an optional member") && found[1].contains("a repeated member"), "{found:?}");
    let (_, rows, _) = check(&["-"], br#"{"schemaVersion":2,"manifests":[]}"#);
    assert!(open(&rows[0]).is_empty(), "{}", rows[0]);
}

#[test]
fn a_layout_is_compared_with_its_content() {
    let folder = tempfile::tempdir().unwrap();
    let layout = folder.path().to_str().unwrap();
    let generated = Command::new(env!("CARGO_BIN_EXE_manifuzz"))
        .args(["gen", "--deviations", "1", "--filter", "layers.0.size", "--layout", "--out", layout])
        .output()
        .unwrap();
    assert!(generated.status.success());
    let (code, rows, _) = check(&[layout], b"");
    assert_eq!(code, Some(1));
    assert!(rows[0]["file"].as_str().unwrap().ends_with("index.json") && rows[0]["valid"] == true, "{}", rows[0]);
    let wrong = rows.iter().flat_map(|row| row["findings"].as_array().unwrap());
    assert!(
        wrong.clone().any(|f| f["message"].as_str().unwrap().contains("size is not the content's length: write 1536"))
    );
}

#[test]
fn what_cannot_be_read_is_an_error_that_names_it() {
    let (code, rows, err) = check(&["/none/such.json"], b"");
    assert_eq!((code, rows.len()), (Some(2), 0));
    assert!(err.contains("/none/such.json") && err.contains("standard input"), "{err}");
    let (code, _, err) = check(&["/tmp"], b"");
    assert!(code == Some(2) && err.contains("index.json") && err.contains("layout"), "{err}");
}

#[test]
fn the_documents_of_the_seed_break_a_must_only_without_config() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/seed/manifests");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        println!("skipped: there are no manifests at {}", folder.display());
        return;
    };
    for entry in entries {
        let path = entry.unwrap().path();
        let (_, rows, _) = check(&[path.to_str().unwrap()], b"");
        assert_eq!(rows[0]["valid"], !path.ends_with("no-config.json"), "{}", rows[0]);
    }
}

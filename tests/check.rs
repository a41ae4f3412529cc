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

/// Findings of a document with this in the place of `$`, as `level pointer`.
fn findings(document: &str, part: &str, arguments: &[&str]) -> Vec<String> {
    let (_, rows, _) = check(&[&["-"], arguments].concat(), document.replace('$', part).as_bytes());
    let findings = rows[0]["findings"].as_array().unwrap();
    let said = |finding: &Value, key: &str| finding[key].as_str().unwrap().to_owned();
    findings.iter().map(|finding| format!("{} {}", said(finding, "level"), said(finding, "pointer"))).collect()
}

const INDEX: &str = r#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[
    {"mediaType":"application/vnd.oci.image.manifest.v1+json","size":2,
     "digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",$}]}"#;

#[test]
fn an_author_is_told_of_nothing_that_the_pages_leave_open() {
    let platform = r#""platform":{"architecture":"arm","os":"linux","variant":"v5"}"#;
    let table: &[(&str, &[&str])] = &[
        (platform, &[]),
        (r#""artifactType":"application/vnd.example.sbom.v1""#, &[]),
        (r#""annotations":{}"#, &["should /manifests/0"]),
        // Content that the digest does not name says nothing of the size.
        (r#""artifactType":"a/b","data":"aGVsbG8=""#, &["must /manifests/0/data"]),
        (r#""artifactType":"a/b","data":"e30=""#, &[]),
        (r#""artifactType":"a/b","urls":["blobs/layer"]"#, &["must /manifests/0/urls/0"]),
        (r#""artifactType":"a/b","urls":["http://[x"]"#, &["must /manifests/0/urls/0"]),
        (r#""artifactType":"a/b","urls":["http://[::1]/a%20b?c#d"]"#, &[]),
        (r#""artifactType":"a/b","urls":["ftp://example.com/"]"#, &["should /manifests/0/urls/0"]),
    ];
    for (part, expected) in table {
        assert_eq!(findings(INDEX, part, &[]), *expected, "{part}");
    }
    // Version 1.0 only reserves `data`.
    let data = r#""platform":{"architecture":"arm","os":"linux"},"data":"aGVsbG8=""#;
    assert!(findings(INDEX, data, &["--spec", "1.0"]).is_empty());
    let name =
        |name: &str| format!(r#""artifactType":"a/b","annotations":{{"org.opencontainers.image.base.name":"{name}"}}"#);
    for full in ["registry.example.com/my-org/my-image:tag", "localhost/a", "a:5000/b__c/d@sha256:00", "[::1]:5000/a"] {
        assert!(findings(INDEX, &name(full), &[]).is_empty(), "{full}");
    }
    for short in ["my-org/my-image:tag", "registry.example.com/My App:a b", "a.b/", "a.b/c:", "-.b/c", "a.b:x/c"] {
        assert_eq!(findings(INDEX, &name(short), &[]).len(), 1, "{short}");
    }
}

#[test]
fn a_document_of_another_type_breaks_nothing_by_it() {
    for more in [r#""x":1"#, r#""schemaVersion":2,"config":{},"layers":[]"#, r#""manifests":[{}]"#] {
        let document = format!(r#"{{"mediaType":"application/vnd.acme.sbom+json",{more}}}"#);
        let (code, rows, _) = check(&["-"], document.as_bytes());
        assert_eq!((code, rows[0]["findings"].as_array().map(Vec::len)), (Some(0), Some(0)), "{}", rows[0]);
    }
}

/// What version 1.0 does not know it passes over, whatever it is.
#[test]
fn version_1_0_must_take_what_it_does_not_know() {
    let expect = |part: &str| {
        let own = "application/vnd.oci.image.index.v1+json";
        let document = format!(r#"{{"schemaVersion":2,"mediaType":"{own}","manifests":[],{part}"#);
        let (_, rows, _) = check(&["-", "--spec", "1.0"], document.as_bytes());
        rows[0]["expect"].as_str().unwrap().to_owned()
    };
    for part in [r#""subject":null}"#, r#""artifactType":""}"#, r#""x":1}"#] {
        assert_eq!(expect(part), "must-accept", "{part}");
    }
    assert!(expect(r#""annotations":null}"#).starts_with("ambiguous(null for annotations"));
    assert!(expect(r#""config":{}}"#).starts_with("ambiguous(members of a manifest and of an index"));
    let platform = r#""platform":{"architecture":"arm","os":"linux"},"x":1"#;
    let (_, rows, _) = check(&["-", "--spec", "1.0"], INDEX.replace('$', platform).as_bytes());
    assert_eq!(rows[0]["expect"], "must-accept");
    let platform = r#""platform":{"architecture":"arm","os":"linux","variant":null}"#;
    let (_, rows, _) = check(&["-"], INDEX.replace('$', platform).as_bytes());
    assert!(rows[0]["expect"].as_str().unwrap().starts_with("ambiguous(null for an optional member"), "{}", rows[0]);
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

/// A config is content, whatever its type is called.
#[test]
fn a_layouts_manifests_are_those_that_stand_as_such() {
    use manifuzz::exchange::{IMAGE_INDEX, IMAGE_MANIFEST, sha256};
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
    let (code, rows, _) = check(&[folder.path().to_str().unwrap()], b"");
    assert_eq!((code, rows.len()), (Some(0), 2), "{rows:#?}");
    assert_eq!(rows[1]["expect"], "must-accept");
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

//! `check`: documents found in the wild.

use crate::command;
use std::path::Path;

use crate::checking::check;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use manifuzz::exchange::IMAGE_INDEX;
use serde_json::{Value, json};

#[test]
fn any_bytes_get_a_verdict() {
    let table: &[(&[u8], &str, Option<bool>, &str)] = &[
        (b"{\"schemaVersion\":2,\"manifests\":[]}", "index", Some(true), "should-accept"),
        (
            b"{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\"}",
            "index",
            Some(false),
            "unspecified",
        ),
        (b"", "not-json", Some(false), "unspecified"),
        (b"\xff\xfe{\0}\0", "not-json", Some(false), "unspecified"),
        (b"[]", "json", Some(false), "unspecified"),
        (b"{\"manifests\":[],\"layers\":[]}", "unknown", None, "ambiguous("),
    ];
    for (bytes, kind, valid, expect) in table {
        let (code, rows, _) = check(&["-"], bytes);
        let row = &rows[0];
        assert_eq!((row["kind"].as_str(), row["valid"].as_bool()), (Some(*kind), *valid), "{row}");
        assert!(row["expect"].as_str().unwrap().starts_with(expect), "{row}");
        assert_eq!(code, Some(i32::from(*valid == Some(false))), "{row}");
    }
    let tar = [&[0; 257][..], b"ustar\0", &[0; 249]].concat();
    let (_, rows, _) = check(&["-"], &tar);
    assert!(rows[0]["findings"][0]["message"].as_str().unwrap().contains("; unpack the archive"), "{}", rows[0]);
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
fn undecided_points_are_not_findings_for_authors() {
    let platform = r#""platform":{"architecture":"arm","os":"linux","variant":"v5"}"#;
    let table: &[(&str, &[&str])] = &[
        (platform, &[]),
        (r#""artifactType":"application/vnd.example.sbom.v1""#, &[]),
        (r#""annotations":{}"#, &["should /manifests/0"]),
        // Content that the digest does not name says nothing of the size.
        (r#""artifactType":"a/b","data":"aGVsbG8=""#, &["must /manifests/0/data"]),
        (r#""artifactType":"a/b","data":"e30=""#, &[]),
        (r#""artifactType":"a/b","size":3"#, &["must /manifests/0/size"]),
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

/// Only images need a platform; a descriptor or the manifest itself tells an artifact from an image.
#[test]
fn an_artifact_in_an_index_need_not_name_a_platform() {
    let embedded = |manifest: &str| {
        let (data, size) = (STANDARD.encode(manifest), manifest.len());
        let digest = manifuzz::exchange::sha256(manifest.as_bytes());
        let own = "application/vnd.oci.image.manifest.v1+json";
        let child = format!(r#"{{"mediaType":"{own}","digest":"{digest}","size":{size},"data":"{data}"}}"#);
        let own = "application/vnd.oci.image.index.v1+json";
        format!(r#"{{"schemaVersion":2,"mediaType":"{own}","manifests":[{child}]}}"#)
    };
    let config = |media_type: &str| format!(r#"{{"config":{{"mediaType":"{media_type}"}}}}"#);
    for (manifest, is_image) in [
        (config("application/vnd.oci.image.config.v1+json"), true),
        (config("application/vnd.docker.container.image.v1+json"), true),
        ("{}".to_owned(), true),
        ("[]".to_owned(), true),
        ("no JSON".to_owned(), true),
        (config("application/vnd.cncf.helm.config.v1+json"), false),
        (config("application/vnd.oci.empty.v1+json"), false),
        (
            r#"{"artifactType":"a/b","config":{"mediaType":"application/vnd.oci.image.config.v1+json"}}"#.to_owned(),
            false,
        ),
    ] {
        let expected: &[&str] = if is_image { &["should /manifests/0"] } else { &[] };
        assert_eq!(findings(&embedded(&manifest), "", &[]), expected, "{manifest}");
    }
    assert_eq!(findings(INDEX, r#""artifactType":null"#, &[]), ["should /manifests/0"]);
    // In versions without the member too.
    assert!(findings(INDEX, r#""artifactType":"a/b""#, &["--spec", "1.0"]).is_empty());
}

/// Whether a media type may have parameters or another letter case is contested, but the message names the parameter.
#[test]
fn a_media_type_with_parameters_or_in_another_case_is_open() {
    let named = |part: &str| {
        let (code, rows, _) = check(&["-"], INDEX.replace('$', part).as_bytes());
        let messages = rows[0]["findings"].as_array().unwrap().iter();
        let messages: Vec<_> = messages.map(|finding| finding["message"].as_str().unwrap().to_owned()).collect();
        (code, messages, rows[0]["expect"].as_str().unwrap().to_owned())
    };
    for (value, shown) in
        [("a/b;c=d", "the parameter `c=d`"), ("a/b ; c=d; e", "the parameter `c=d; e`"), ("a/b;", "ends with `;`")]
    {
        let (code, messages, expect) = named(&format!(r#""artifactType":"{value}""#));
        assert_eq!((code, messages.len()), (Some(0), 1), "{value}: {messages:?}");
        assert!(messages[0].contains(shown), "{messages:?}");
        assert!(expect.starts_with("ambiguous(a media type with parameters"), "{expect}");
    }
    // Parameters do not make a malformed type valid.
    for value in ["b;c=d", ";c=d", " a/b;c=d"] {
        assert_eq!(named(&format!(r#""artifactType":"{value}""#)).0, Some(1), "{value}");
    }
    let own = |media_type: &str, rest: &str| {
        let (code, rows, _) =
            check(&["-"], format!(r#"{{"schemaVersion":2,"mediaType":"{media_type}",{rest}}}"#).as_bytes());
        (code, rows[0]["kind"].as_str().unwrap().to_owned(), rows[0]["expect"].as_str().unwrap().to_owned())
    };
    for media_type in
        ["Application/vnd.OCI.image.index.v1+json", "application/vnd.oci.image.index.v1+json; charset=utf-8"]
    {
        let (code, kind, expect) = own(media_type, r#""manifests":[]"#);
        assert_eq!((code, &*kind), (Some(0), "index"), "{media_type}");
        assert!(expect.starts_with("ambiguous("), "{expect}");
    }
    // The type of another kind is wrong in any letter case.
    let (code, rows, _) = check(
        &["-", "--content-type", "application/vnd.oci.image.index.v1+json"],
        br#"{"schemaVersion":2,"mediaType":"Application/vnd.OCI.image.manifest.v1+json","manifests":[]}"#,
    );
    assert_eq!(code, Some(1), "{}", rows[0]);
}

#[test]
fn rules_of_one_media_type_do_not_apply_to_another() {
    for more in [r#""x":1"#, r#""schemaVersion":2,"config":{},"layers":[]"#, r#""manifests":[{}]"#] {
        let document = format!(r#"{{"mediaType":"application/vnd.acme.sbom+json",{more}}}"#);
        let (code, rows, _) = check(&["-"], document.as_bytes());
        assert_eq!((code, rows[0]["findings"].as_array().map(Vec::len)), (Some(0), Some(0)), "{}", rows[0]);
    }
}

/// What version 1.0 does not know it passes over, whatever it is.
#[test]
fn version_1_0_must_accept_unknown_members() {
    let expect = |part: &str| {
        let own = "application/vnd.oci.image.index.v1+json";
        let document = format!(r#"{{"schemaVersion":2,"mediaType":"{own}","manifests":[],{part}"#);
        let (_, rows, _) = check(&["-", "--spec", "1.0"], document.as_bytes());
        rows[0]["expect"].as_str().unwrap().to_owned()
    };
    for part in [r#""subject":null}"#, r#""artifactType":""}"#, r#""x":1}"#] {
        assert_eq!(expect(part), "must-accept", "{part}");
    }
    assert_eq!(expect(r#""annotations":null}"#), "unspecified");
    assert!(expect(r#""config":{}}"#).starts_with("ambiguous(members of a manifest and of an index"));
    let platform = r#""platform":{"architecture":"arm","os":"linux"},"x":1"#;
    let (_, rows, _) = check(&["-", "--spec", "1.0"], INDEX.replace('$', platform).as_bytes());
    assert_eq!(rows[0]["expect"], "must-accept");
    let platform = r#""platform":{"architecture":"arm","os":"linux","variant":null}"#;
    let (_, rows, _) = check(&["-"], INDEX.replace('$', platform).as_bytes());
    assert!(rows[0]["expect"].as_str().unwrap().starts_with("ambiguous(null for an optional member"), "{}", rows[0]);
}

#[test]
fn invalid_json_is_reported_with_advice() {
    let table: &[(&[u8], &str)] = &[
        (b"\xef\xbb\xbf{}", "remove the byte order mark"),
        (b"\xff\xfe{\0}\0", "save it in UTF-8"),
        (b"\0{\0}", "save it in UTF-8"),
        (b"\x1f\x8b\x08", "decompress it"),
        (b"", "the body is empty, so write a manifest"),
        (b"{\n \"a\": 1,\n}", "line 3, column 1 (byte 11); remove the comma"),
        (b"{\"a\":[1,]}", "remove the comma"),
        (b"{\"a\":1}}", "remove what follows"),
        (b"{}\n{}", "remove what follows"),
        (br#"{"a":"it\'s"}"#, "remove the backslash"),
        (b"// a\n{}", "remove the comment"),
        (b"{\"a\":1", "the document is truncated, so complete it"),
        (b"<html>", "this is another kind of file"),
    ];
    for (bytes, advice) in table {
        let (_, rows, _) = check(&["-"], bytes);
        let message = rows[0]["findings"][0]["message"].as_str().unwrap();
        assert!(message.contains(advice), "{message}");
        assert_eq!(rows[0]["open"].as_array().map(Vec::len), Some(0), "{}", rows[0]);
    }
}

/// Many places are named in part: each costs, and nobody reads more.
#[test]
fn a_rule_broken_in_many_places_lists_the_first_and_counts_the_rest() {
    let layers = vec!["{}"; 5000].join(",");
    let (_, rows, _) = check(&["-"], format!(r#"{{"schemaVersion":2,"config":{{}},"layers":[{layers}]}}"#).as_bytes());
    let findings = rows[0]["findings"].as_array().unwrap();
    let of_digest = findings.iter().filter(|finding| finding["rule"] == "descriptor-digest-is-a-digest");
    let of_digest: Vec<_> = of_digest.collect();
    assert_eq!(of_digest.len(), 100);
    assert!(of_digest[99]["message"].as_str().unwrap().ends_with("(and 4901 more places)"), "{}", of_digest[99]);
}

#[test]
fn control_characters_of_a_document_are_escaped() {
    let document = br#"{"schemaVersion":2,"manifests":[],"annotations":{"x\n\u001b[2Jfile: valid":5}}"#;
    let mut child = command::manifuzz();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), document).unwrap();
    let output = child.arg("check").arg(file.path()).args(["--format", "pretty"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains(r"/annotations/x\n\u{1b}[2Jfile"), "{text}");
    assert!(!text.contains('\u{1b}') && !text.lines().any(|line| line.starts_with('\u{1b}')), "{text}");
}

/// Nobody sends a header here, so none is wrong.
#[test]
fn offline_documents_have_no_header_findings() {
    let own =
        r#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json; charset=utf-8","manifests":[]}"#;
    let (_, rows, _) = check(&["-"], own.as_bytes());
    let findings = rows[0]["findings"].as_array().unwrap();
    assert!(
        findings.iter().all(|finding| !finding["pointer"].as_str().unwrap().starts_with("header:")),
        "{findings:?}"
    );
    assert_eq!(findings[0]["pointer"], "/mediaType");
    let headers = |content_type: &str| {
        let (_, rows, _) = check(&["-", "--content-type", content_type], own.as_bytes());
        let findings = rows[0]["findings"].as_array().unwrap();
        findings.iter().filter(|finding| finding["pointer"] == "header:Content-Type").count()
    };
    assert_eq!(headers("application/vnd.oci.image.manifest.v1+json"), 1);
    // Whether a mediaType may have parameters is contested, so the header need not repeat them.
    assert_eq!(headers("application/vnd.oci.image.index.v1+json"), 0);
}

#[test]
fn contradictions_are_listed_along_with_findings() {
    let open = |row: &Value| row["open"].as_array().unwrap().iter().map(|why| why.to_string()).collect::<Vec<_>>();
    let (_, rows, _) = check(&["-"], br#"{"schemaVersion":1,"manifests":[],"manifests":[],"subject":null}"#);
    let (valid, found) = (&rows[0]["valid"], open(&rows[0]));
    assert_eq!((valid, found.len()), (&Value::Bool(false), 2), "{found:?}");
    assert!(found[0].contains("null for an optional member") && found[1].contains("a repeated member"), "{found:?}");
    let (_, rows, _) = check(&["-"], br#"{"schemaVersion":2,"manifests":[]}"#);
    assert!(open(&rows[0]).is_empty(), "{}", rows[0]);
}

#[test]
fn unreadable_files_are_errors_that_name_them() {
    let (code, rows, err) = check(&["/none/such.json"], b"");
    assert_eq!((code, rows.len()), (Some(2), 0));
    assert!(err.contains("/none/such.json") && err.contains("`-` for stdin"), "{err}");
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

/// The output for people of `check` on a file with this content.
fn pretty(document: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.json"), document).unwrap();
    let mut child = command::manifuzz();
    let output = child.current_dir(folder.path()).args(["check", "a.json", "--format", "pretty"]).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_finding_is_shown_at_its_place() {
    let index = "{\n  \"schemaVersion\": 1,\n  \"mediaType\": \"application/vnd.oci.image.index.v1+json\",\n  \"manifests\": []\n}";
    assert_eq!(
        pretty(index),
        r#"a.json: index, invalid; expected of a registry: unspecified
error[index-schema-version-is-2]: "schemaVersion" is not the integer 2
 --> a.json:2:20
  |
2 |   "schemaVersion": 1,
  |                    ^ set it to 2
  |
  = at: /schemaVersion
"#
    );
    let text = pretty(
        &index.replace("1,\n", "2,\n").replace("  \"mediaType\": \"application/vnd.oci.image.index.v1+json\",\n", ""),
    );
    assert!(text.contains("\n --> a.json\n") && text.contains("= help: add \"application/vnd.oci"), "{text}");
    let text = pretty("{\n  \"a\": 1,\n}");
    assert!(text.contains(" --> a.json:3:1\n") && text.contains("^ remove the comma before it"), "{text}");
    let text = pretty(r#"{"mediaType":"application/vnd.acme.sbom+json"}"#);
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(text.starts_with("a.json: application/vnd.acme.sbom+json, not judged: "), "{text}");
}

#[test]
fn a_document_of_one_line_stays_readable() {
    let padding = "x".repeat(20_000);
    let index = format!(
        r#"{{"a":"{padding}","schemaVersion":1,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[],"z":"{padding}"}}"#
    );
    let text = pretty(&index);
    let column = index.find("1,").unwrap() + 1;
    assert!(text.contains(&format!(" --> a.json:1:{column}\n")), "{text}");
    assert!(text.lines().all(|line| line.chars().count() < 200), "{text}");
    assert!(text.contains(r#""schemaVersion":1,"mediaType""#), "{text}");
}

/// The members tell the kind where `mediaType` cannot be right.
#[test]
fn a_document_with_the_media_type_of_another_kind_is_told_its_own() {
    for (document, own) in [
        (r#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","manifests":[]}"#, IMAGE_INDEX),
        (r#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v2+json","manifests":[]}"#, IMAGE_INDEX),
    ] {
        let (code, rows, _) = check(&["-"], document.as_bytes());
        let findings = rows[0]["findings"].as_array().unwrap();
        assert_eq!((code, findings.len(), &rows[0]["kind"]), (Some(1), 1, &json!("index")), "{}", rows[0]);
        assert!(findings[0]["message"].as_str().unwrap().ends_with(&format!("set it to \"{own}\"")), "{}", rows[0]);
    }
    for (document, note) in [
        (
            r#"{"schemaVersion":2,"mediaType":"application/json","manifests":[]}"#,
            "if it is one, set \"mediaType\" to \"",
        ),
        ("{}", "add \"mediaType\""),
        (r#"{"mediaType":"application/vnd.oci.artifact.manifest.v1+json"}"#, "--spec 1.1.0-rc2"),
        (r#"{"mediaType":"a/b"}"#, "do not define this kind of document"),
    ] {
        let (code, rows, _) = check(&["-"], document.as_bytes());
        assert_eq!((code, &rows[0]["valid"]), (Some(0), &Value::Null), "{}", rows[0]);
        assert!(rows[0]["notes"][0]["message"].as_str().unwrap().contains(note), "{}", rows[0]);
    }
}

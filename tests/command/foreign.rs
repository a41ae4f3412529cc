//! Text of others on the command line: whatever a document, a file or an argument holds, nothing invisible is printed.

use crate::command::run;
use std::ffi::OsStr;

use manifuzz::exchange::case_id;
use manifuzz::findings::COLUMNS;

/// What a terminal obeys, what turns the text round, what is not seen.
const EVIL: &str = "x\u{1b}[31m\u{202e}\u{200b}\u{85}\u{e0041}y";
const SEEN: &str = r"x\u{1b}[31m\u{202e}\u{200b}\u{85}\u{e0041}y";

/// The text, which must hold nothing that is not seen.
fn seen(bytes: &[u8]) -> String {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let invisible = |c: char| (c.is_control() && c != '\n') || "\u{202e}\u{200b}\u{e0041}".contains(c);
    assert!(!text.contains(invisible), "{text:?}");
    text
}

#[test]
fn arguments_are_quoted_with_escapes() {
    let not_there = format!("/{EVIL}/x.csv");
    for (arguments, code) in [
        (vec!["run", EVIL], 2),
        (vec!["run", "--spec", EVIL], 2),
        (vec!["run", "--cases", EVIL], 2),
        (vec!["run", "--corpus", &not_there, "embedded:clean"], 2),
        (vec![EVIL], 2),
        (vec!["check", EVIL], 2),
        (vec!["shrink", EVIL, "--target", "embedded:clean"], 2),
        (vec!["gen", "--filter", EVIL], 2),
        (vec!["rules", EVIL], 2),
    ] {
        let (output, _folder) = run(&arguments);
        let err = seen(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {err}");
        assert!(err.contains(SEEN), "{arguments:?}: {err}");
    }
}

#[test]
fn target_names_are_escaped_wherever_they_are_printed() {
    for format in ["pretty", "json"] {
        let arguments = ["run", "embedded:distribution", "--cases", "60", "--seed", "1", "--results", "out"];
        let more = ["--fail-on", "note", "--name", EVIL, "--format", format];
        let (output, folder) = run(arguments.iter().chain(&more));
        assert_eq!(output.status.code(), Some(1));
        assert!(seen(&output.stderr).contains(SEEN));
        // The table of one target does not name it.
        let out = seen(&output.stdout);
        assert!(out.contains(if format == "json" { r"x\\u{1b}" } else { "note " }), "{out}");
        for file in ["manifuzz-cases.csv", "out/findings.jsonl", "out/run.json"] {
            let text = seen(&std::fs::read(folder.path().join(file)).unwrap());
            assert!(text.contains("u{202e}"), "{file}: {text}");
        }
    }
}

#[test]
fn strings_of_a_document_are_escaped_and_json_keeps_their_value() {
    let document = serde_json::json!({
        "schemaVersion": 2, "mediaType": EVIL, "config": {}, "layers": [], "annotations": { EVIL: 5 },
    });
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), document.to_string()).unwrap();
    let path = file.path().to_str().unwrap();
    let (output, _folder) = run(["check", path, "--format", "pretty", "--content-type", EVIL]);
    assert!(seen(&output.stdout).contains(SEEN));
    let (output, _folder) = run(["check", path, "--format", "json"]);
    let line: serde_json::Value = serde_json::from_str(&seen(&output.stdout)).unwrap();
    let findings = line["findings"].as_array().unwrap();
    // A pointer is for programs: it leads to the member.
    assert!(findings.iter().any(|finding| finding["pointer"] == format!("/annotations/{EVIL}")), "{line}");
    for finding in findings {
        seen(finding["message"].as_str().unwrap().as_bytes());
    }
}

#[test]
fn damaged_rows_are_reported_with_escapes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cases.csv");
    let cells = COLUMNS.map(|column| match column {
        "id" => case_id("base"),
        "shape" => "base".to_owned(),
        "class" => format!("{EVIL}{}", "z".repeat(5000)),
        _ => String::new(),
    });
    std::fs::write(&path, format!("{}\n{}\n", COLUMNS.join(","), cells.join(","))).unwrap();
    let path = path.to_str().unwrap();
    let (output, _folder) = run(["run", "embedded:clean", "--cases", "1", "--seed", "1", "--corpus", path]);
    let err = seen(&output.stderr);
    let told = err.lines().find(|line| line.contains("line 2: unknown class")).unwrap_or_else(|| panic!("{err}"));
    assert!(told.contains(SEEN) && told.chars().count() < 400, "{told}");
}

/// An argument need not be Unicode.
#[cfg(target_os = "linux")]
#[test]
fn a_non_unicode_argument_does_not_panic() {
    use std::os::unix::ffi::OsStrExt as _;
    let name = OsStr::from_bytes(b"\xff\x1b.csv");
    let arguments = ["run", "embedded:clean", "--cases", "1", "--seed", "1", "--results", "out", "--corpus"];
    let (output, folder) = run(arguments.iter().map(OsStr::new).chain([name]));
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    seen(&output.stderr);
    seen(&std::fs::read(folder.path().join("out/run.json")).unwrap());
}

//! `replay`: rows of a corpus are fired again, and told apart by what they show now.

use std::collections::BTreeMap;
use std::path::Path;

use crate::command::{manifuzz, stderr};

use serde_json::Value;

const BROKEN: &str = "embedded:clean+refuses-annotations";

/// Runs in this directory; the exit code, the lines of stdout as JSON, and stderr.
fn lines_in(directory: &Path, arguments: &[&str]) -> (i32, Vec<Value>, String) {
    let output = manifuzz().args(arguments).current_dir(directory).output().unwrap();
    let lines = String::from_utf8(output.stdout.clone()).unwrap();
    let lines = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    (output.status.code().unwrap(), lines, stderr(&output))
}

/// A directory with the corpus of a run on the broken registry, and the id of the row that refuses annotations.
fn corpus() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let (code, found, err) = lines_in(folder.path(), &["run", BROKEN, "--seed", "1", "--cases", "300"]);
    assert_eq!(code, 1, "{err}");
    let row = found.iter().find(|row| row["class"] == "rejects-valid").expect("annotations are refused");
    assert_eq!(row["shape"], "annotations=one");
    (folder, row["id"].as_str().unwrap().to_owned())
}

#[test]
fn rows_fail_on_the_registry_that_has_the_defect_and_are_fixed_on_one_that_has_not() {
    let (folder, id) = corpus();
    let (code, lines, err) = lines_in(folder.path(), &["replay", "--target", BROKEN]);
    assert_eq!(code, 1, "{err}");
    let mut results: BTreeMap<&str, usize> = BTreeMap::new();
    lines.iter().for_each(|line| *results.entry(line["result"].as_str().unwrap()).or_default() += 1);
    assert!(lines.len() > 10 && results.keys().eq(["failing"].iter()), "{results:?} {err}");
    let (code, lines, err) = lines_in(folder.path(), &["replay", &id, "--target", "embedded:clean"]);
    assert_eq!((code, lines.len()), (0, 1), "{err}");
    assert_eq!((&lines[0]["result"], &lines[0]["id"]), (&"fixed".into(), &id.as_str().into()));
    assert!(err.contains("1 rows: 1 fixed"), "{err}");
}

#[test]
fn another_status_is_a_change_and_an_unreadable_shape_is_not_tested() {
    let (folder, id) = corpus();
    let path = folder.path().join("manifuzz-cases.csv");
    let text = std::fs::read_to_string(&path).unwrap();
    let key = "manifest-put rejects-valid 400 MANIFEST_INVALID - annotations";
    assert!(text.contains(key));
    let newer = "no-such-slot=x";
    let row = format!("{},{newer},hang,warning,{BROKEN},,1.1,,,manifest-put", manifuzz::exchange::case_id(newer));
    let row = format!("{row}{}k,,,,,,,,,\n", ",".repeat(13));
    std::fs::write(&path, text.replace(key, &key.replace("400", "422")) + &row).unwrap();
    let (code, lines, err) = lines_in(folder.path(), &["replay", "--target", BROKEN]);
    assert_eq!(code, 1, "{err}");
    let changed = lines.iter().find(|line| line["result"] == "changed").expect("one changed");
    assert_eq!(changed["id"], id.as_str());
    assert!(changed["detail"].as_str().unwrap().starts_with("manifest-put rejects-valid 400 MANIFEST_INVALID"));
    let unread = lines.iter().find(|line| line["result"] == "not-tested").expect("one not tested");
    assert_eq!((&unread["shape"], &unread["detail"]), (&newer.into(), &"this version cannot read the shape".into()));
    assert!(err.contains("1 not-tested"), "{err}");
}

#[test]
fn unknown_ids_and_dead_targets_are_told() {
    let (folder, id) = corpus();
    let (code, _, err) = lines_in(folder.path(), &["replay", "0123456789abcdef", "--target", BROKEN]);
    assert!(code == 2 && err.contains("no row of manifuzz-cases.csv has it"), "{err}");
    // Nothing listens on the port of discard.
    let (code, _, err) = lines_in(folder.path(), &["replay", &id, "--target", "http://127.0.0.1:9/x"]);
    assert!(code == 3 && err.contains("127.0.0.1:9"), "{err}");
    let (code, lines, err) = lines_in(folder.path(), &["replay", "--target", "embedded:clean"]);
    assert!(code == 3 && lines.is_empty() && err.contains("has no row of embedded:clean"), "{err}");
    assert!(err.contains(&format!("it has rows of {BROKEN}")), "{err}");
}

#[test]
fn rows_that_the_time_leaves_out_are_not_tested() {
    let (folder, _) = corpus();
    let all = manifuzz::findings::Corpus::read_only(&folder.path().join("manifuzz-cases.csv")).unwrap();
    let ids: Vec<&str> = all.records().iter().map(|row| row.shape.id()).collect();
    let arguments = [&["replay", "--target", "embedded:clean", "--time", "1ms"], &ids[..]].concat();
    let (code, lines, err) = lines_in(folder.path(), &arguments);
    // A note may be shown by any registry.
    let is_found = lines.iter().any(|line| !["fixed", "not-tested"].contains(&line["result"].as_str().unwrap()));
    assert_eq!((code, lines.len()), (if is_found { 1 } else { 3 }, ids.len()), "{err}");
    let left_out = lines.iter().filter(|line| line["detail"] == "the time was over").count();
    assert!(left_out > 0 && err.contains(&format!("{left_out} not-tested")), "{err}");
}

//! `diff`, the file `cases.jsonl`, and where several targets of a run disagree.

use std::collections::BTreeSet;
use std::path::Path;

use crate::command::{manifuzz, stderr};

use serde_json::Value;

fn lines_in(directory: &Path, arguments: &[&str]) -> (i32, Vec<Value>, String) {
    let output = manifuzz().args(arguments).current_dir(directory).output().unwrap();
    let lines = String::from_utf8(output.stdout.clone()).unwrap();
    let lines = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    (output.status.code().unwrap(), lines, stderr(&output))
}

fn run(directory: &Path, target: &str, results: &str) {
    let corpus = format!("{results}.csv");
    let arguments = ["run", target, "--seed", "1", "--cases", "300", "--results", results, "--corpus", &corpus];
    let (code, _, err) = lines_in(directory, &arguments);
    assert!(code <= 1, "{err}");
}

#[test]
fn two_versions_of_a_registry_differ_in_the_cases_that_one_refuses() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    run(at, "embedded:clean", "old");
    run(at, "embedded:clean+refuses-annotations", "new");
    let (code, lines, err) = lines_in(at, &["diff", "old", "new"]);
    assert!(code == 1 && !lines.is_empty(), "{err}");
    // Of what was refused before, only the message changes.
    let (newly, rest): (Vec<&Value>, Vec<&Value>) = lines.iter().partition(|line| line["change"] == "newly-refused");
    assert!(rest.iter().all(|line| line["before"]["outcome"] == "refused"), "{rest:?}");
    for line in &newly {
        assert!(line["shape"].as_str().unwrap().contains("annotations="), "{line}");
        assert_eq!((&line["before"]["status"], &line["after"]["status"]), (&201.into(), &400.into()));
    }
    assert_eq!(lines[0]["shape"], "annotations=one", "the smallest case comes first");
    let (code, back, _) = lines_in(at, &["diff", "new", "old"]);
    assert!(code == 1 && back.len() == lines.len());
    assert_eq!(back.iter().filter(|line| line["change"] == "newly-accepted").count(), newly.len());
    let (code, same, err) = lines_in(at, &["diff", "old", "old"]);
    assert!(code == 0 && same.is_empty() && err.contains("0 of 300 cases differ"), "{err}");
}

#[test]
fn cases_jsonl_has_a_line_for_each_case_of_each_target() {
    let folder = tempfile::tempdir().unwrap();
    let targets = ["embedded:clean", "embedded:distribution"];
    let arguments = [&["run"], &targets[..], &["--seed", "5", "--cases", "200", "--results", "out"]].concat();
    lines_in(folder.path(), &arguments);
    let text = std::fs::read_to_string(folder.path().join("out/cases.jsonl")).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let names: Vec<&str> = lines.iter().map(|line| line["target"].as_str().unwrap()).collect();
    assert!(names[..200].iter().all(|name| *name == targets[0]) && names[200..].iter().all(|name| *name == targets[1]));
    assert_eq!(lines.len(), 400);
    let ends: BTreeSet<&str> = lines.iter().map(|line| line["outcome"].as_str().unwrap()).collect();
    assert!(ends.contains("accepted") && ends.contains("refused"), "{ends:?}");
    let refused = lines.iter().find(|line| line["outcome"] == "refused" && line["code"] != "").unwrap();
    assert_eq!(refused["id"], manifuzz::exchange::case_id(refused["shape"].as_str().unwrap()));
    assert!(refused["status"].as_u64().is_some_and(|status| status >= 400) && refused["message"] != "", "{refused}");
}

#[test]
fn corpora_differ_in_rows_that_are_gone_new_or_changed() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    run(at, "embedded:clean+refuses-annotations", "one");
    let text = std::fs::read_to_string(at.join("one.csv")).unwrap();
    assert_eq!(lines_in(at, &["diff", "one.csv", "one.csv"]).0, 0);
    // Without one row, and with another grade in the row of the defect.
    let gone = text.lines().skip(1).find(|line| !line.contains(",rejects-valid,")).unwrap();
    let other = text.replace(&format!("{gone}\n"), "").replace(",rejects-valid,warning,", ",rejects-valid,violation,");
    std::fs::write(at.join("two.csv"), &other).unwrap();
    let (code, lines, err) = lines_in(at, &["diff", "one.csv", "two.csv"]);
    let count = |change: &str| lines.iter().filter(|line| line["change"] == change).count();
    assert_eq!((code, count("gone"), count("new"), count("changed")), (1, 1, 0, 1), "{err}");
    let changed = lines.iter().find(|line| line["change"] == "changed").unwrap();
    assert_eq!((&changed["columns"][0], &changed["row"]["grade"]), (&"grade".into(), &"violation".into()));
    let (_, lines, _) = lines_in(at, &["diff", "two.csv", "one.csv"]);
    assert_eq!(lines.iter().filter(|line| line["change"] == "new").count(), 1);
}

#[test]
fn what_cannot_be_compared_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    run(at, "embedded:clean", "r");
    for (arguments, why) in [
        (["diff", "r", "r.csv"], "one is a directory, the other a file"),
        (["diff", "r", "."], "cases.jsonl"),
        (["diff", "r.csv", "missing.csv"], "missing.csv"),
    ] {
        let (code, _, err) = lines_in(at, &arguments);
        assert!(code == 2 && err.contains(why), "{arguments:?}: {err}");
    }
}

#[test]
fn the_smallest_case_on_which_targets_disagree_is_a_note_and_the_same_each_time() {
    let targets = ["embedded:clean", "embedded:distribution", "embedded:quay"];
    let found = |jobs: &str| {
        let folder = tempfile::tempdir().unwrap();
        let arguments = [&["run"], &targets[..], &["--seed", "5", "--cases", "900", "--jobs", jobs]].concat();
        let (_, lines, err) = lines_in(folder.path(), &arguments);
        let rows: Vec<Value> = lines.into_iter().filter(|line| line["class"] == "disagrees").collect();
        assert!(!rows.is_empty(), "{err}");
        rows
    };
    let rows = found("2");
    assert_eq!(rows, found("1"));
    for row in &rows {
        assert_eq!(row["grade"], "note");
        let (note, own) = (row["note"].as_str().unwrap(), row["target"].as_str().unwrap());
        let (own_side, others) = note.split_once("; ").unwrap();
        assert!(others.starts_with("accepted by ") || others.starts_with("refused by "), "{note}");
        assert!(!others.contains(own) && targets.iter().all(|one| *one == own || note.contains(one)), "{note}");
        // It stands alone among three.
        assert!(!own_side.contains("as by"), "{note}");
    }
    let shapes: BTreeSet<&str> = rows.iter().map(|row| row["shape"].as_str().unwrap()).collect();
    assert_eq!(shapes.len(), rows.len(), "one row for each shape");
}

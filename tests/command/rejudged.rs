//! A corpus of an earlier version: a run renames no key, and names the rows that this version judges otherwise.

use std::path::Path;

use crate::command::{manifuzz, stderr};

/// What the first release wrote with `run embedded:harbor --seed 7 --cases 300`.
const HARBOR: &str = include_str!("data/harbor-cases.csv");

/// A run of a few cases on the registry of the corpus. Returns stderr.
fn run_on(corpus: &Path, cases: &str) -> String {
    let arguments = ["run", "embedded:harbor", "--seed", "7", "--cases", cases, "--format", "json", "--corpus"];
    let output = manifuzz().args(arguments).arg(corpus).output().unwrap();
    assert!(output.status.code().is_some_and(|code| code <= 1), "{}", stderr(&output));
    stderr(&output)
}

/// The rows, without the columns of dates.
fn rows(corpus: &str) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_reader(corpus.as_bytes());
    let headers = reader.headers().unwrap().clone();
    let kept: Vec<usize> = (0..headers.len()).filter(|at| !headers[*at].ends_with("_seen")).collect();
    reader.records().map(|row| row.unwrap()).map(|row| kept.iter().map(|at| row[*at].to_owned()).collect()).collect()
}

#[test]
fn a_run_renames_no_row_of_an_earlier_version_and_judges_as_it_did() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = folder.path().join("cases.csv");
    std::fs::write(&corpus, HARBOR).unwrap();
    let err = run_on(&corpus, "300");
    assert_eq!(rows(&std::fs::read_to_string(&corpus).unwrap()), rows(HARBOR));
    assert!(!err.contains("recorded as"), "{err}");
}

/// The fixture with another expectation in each row, recorded by another version.
fn judged_otherwise() -> String {
    let mut reader = csv::Reader::from_reader(HARBOR.as_bytes());
    let headers = reader.headers().unwrap().clone();
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&headers).unwrap();
    for row in reader.records() {
        let row = row.unwrap();
        writer
            .write_record(headers.iter().zip(&row).map(|(name, cell)| match name {
                "expect" => "must-reject(TAG_INVALID)",
                "tool_version" => "0.0.9",
                _ => cell,
            }))
            .unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

#[test]
fn rows_that_are_judged_otherwise_are_named_whether_seen_again_or_not() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = folder.path().join("cases.csv");
    let (older, count) = (judged_otherwise(), rows(HARBOR).len());
    assert!(count > 10);
    for cases in ["7", "300"] {
        std::fs::write(&corpus, &older).unwrap();
        let err = run_on(&corpus, cases);
        let named: Vec<&str> = err.lines().filter(|line| line.contains("recorded as")).collect();
        assert_eq!(named.len(), 10, "{err}");
        for line in named {
            let id = line.split(' ').next().unwrap();
            let was = rows(HARBOR).into_iter().find(|row| row[0] == id).unwrap();
            let expected = format!(
                "{id} (embedded:harbor): recorded as must-reject(TAG_INVALID) by manifuzz 0.0.9, this version says {}; \
                 replay it with `manifuzz shrink {id} --target embedded:harbor`",
                was[7]
            );
            assert_eq!(line, expected);
        }
        let more = format!("{} more rows were recorded with another expectation", count - 10);
        assert!(err.contains(&more), "{err}");
    }
    // Rows of other targets are not of this run.
    std::fs::write(&corpus, older.replace("embedded:harbor", "embedded:other")).unwrap();
    let err = run_on(&corpus, "7");
    assert!(!err.contains("recorded as"), "{err}");
}

#[test]
fn a_corpus_of_this_version_is_judged_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let run = |cases: &str| {
        let arguments = ["run", "--seed", "7", "--cases", cases, "--format", "json"];
        stderr(&manifuzz().args(arguments).current_dir(&folder).output().unwrap())
    };
    // The ten profiles of the table, and then few cases, so that most rows are not seen again.
    for err in [run("700"), run("7")] {
        assert!(err.contains("cases judged") && !err.contains("recorded as"), "{err}");
    }
}

//! `run --shard` and `merge`: the parts of a run merge into what the whole run reports.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::command::{manifuzz, stderr};

use serde_json::Value;

/// The columns in which a merged row may differ: how the case was found, and which other cases were seen.
const DIFFERING: [&str; 3] = ["probes", "shrunk_from", "also"];
/// The members of a target in `run.json` in which a merged run differs: shards fire the bases and hunt separately.
const OF_WORK: [&str; 7] = ["requests", "requests_by_purpose", "found", "whole", "spread", "rules", "points"];

/// Runs in this directory, and returns the exit code and stderr.
fn run_in(directory: &Path, arguments: &[&str]) -> (i32, String) {
    let output = manifuzz().args(arguments).current_dir(directory).output().unwrap();
    (output.status.code().unwrap(), stderr(&output))
}

/// The rows of a results directory by target and key, without the columns that may differ.
fn rows(directory: &Path) -> BTreeMap<(String, String), Value> {
    let text = std::fs::read_to_string(directory.join("findings.jsonl")).unwrap();
    let row = |line: &str| {
        let mut row: Value = serde_json::from_str(line).unwrap();
        DIFFERING.iter().for_each(|column| drop(row.as_object_mut().unwrap().remove(*column).unwrap()));
        ((row["target"].to_string(), row["key"].to_string()), row)
    };
    text.lines().map(row).collect()
}

/// The lines of `cases.jsonl`, which a merged run has in another order.
fn cases(directory: &Path) -> BTreeSet<String> {
    let text = std::fs::read_to_string(directory.join("cases.jsonl")).unwrap();
    let lines: BTreeSet<String> = text.lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), text.lines().count(), "each case is there once");
    lines
}

/// The targets of a run, without what differs.
fn targets(directory: &Path) -> Vec<Value> {
    let mut run: Value = serde_json::from_slice(&std::fs::read(directory.join("run.json")).unwrap()).unwrap();
    let targets = run["targets"].as_array_mut().unwrap();
    for target in &mut *targets {
        OF_WORK.iter().for_each(|member| drop(target.as_object_mut().unwrap().remove(*member).unwrap()));
    }
    targets.clone()
}

fn results<'a>(name: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["run", "--seed", "8", "--results", name, "--corpus", "cases.csv"], more].concat()
}

/// Runs whole and in shards, merges in reverse order and compares.
fn merge_equals_the_whole(options: &[&str], shards: &[usize]) {
    let folder = tempfile::tempdir().unwrap();
    run_in(folder.path(), &results("whole", options));
    let (whole, counts) = (rows(&folder.path().join("whole")), targets(&folder.path().join("whole")));
    assert!(whole.len() > 10, "{} rows", whole.len());
    for n in shards {
        let parts: Vec<String> = (1..=*n).map(|i| format!("{i}of{n}")).collect();
        for (part, i) in parts.iter().zip(1..) {
            let (code, err) =
                run_in(folder.path(), &results(part, &[options, &["--shard", &format!("{i}/{n}")]].concat()));
            assert!(code <= 1, "{err}");
        }
        let out = format!("merged{n}");
        let arguments = ["merge", &out].into_iter().chain(parts.iter().rev().map(String::as_str)).collect::<Vec<_>>();
        let (code, err) = run_in(folder.path(), &arguments);
        assert_eq!(code, 0, "{err}");
        assert_eq!(targets(&folder.path().join(&out)), counts, "{n} shards");
        assert_eq!(cases(&folder.path().join(&out)), cases(&folder.path().join("whole")), "{n} shards");
        let merged = rows(&folder.path().join(&out));
        assert_eq!(merged.keys().collect::<Vec<_>>(), whole.keys().collect::<Vec<_>>(), "{n} shards");
        for (key, row) in &merged {
            assert_eq!(row, &whole[key], "{n} shards");
        }
    }
}

#[test]
fn merged_shards_equal_the_run_on_two_profiles() {
    merge_equals_the_whole(&["embedded:distribution", "embedded:ecr"], &[2, 3, 5]);
}

#[test]
fn merged_shards_equal_the_run_on_planted_quirks_whichever_every_answer_shows() {
    // Each body without an object, and each refusal, has a defect, which one shard alone cannot know.
    let planted = "embedded:gitea+refuses-annotations+refuses-subject+tag-list-ignores-n";
    merge_equals_the_whole(&[planted, "embedded:clean+push-answers-202", "--cases", "1300"], &[2, 3, 5]);
}

#[test]
fn every_shard_fires_the_bases_and_the_shards_have_each_other_case_once() {
    let folder = tempfile::tempdir().unwrap();
    let case_counts: Vec<(u64, u64)> = (1..=3)
        .map(|i| {
            let name = format!("part{i}");
            let shard = format!("{i}/3");
            run_in(folder.path(), &results(&name, &["embedded:clean", "--cases", "100", "--shard", &shard]));
            let target = &targets(&folder.path().join(name))[0];
            let judged = |value: &Value| value["judged"].as_u64().unwrap() + value["unsupported"].as_u64().unwrap();
            assert_eq!(target["cases"].as_u64(), Some(judged(target)));
            (judged(&target["bases"]), judged(target))
        })
        .collect();
    // One base for each of the eight kinds.
    assert_eq!(case_counts, [(8, 39), (8, 39), (8, 38)]);
}

#[test]
fn a_bad_shard_is_rejected_and_so_is_one_without_a_seed() {
    let folder = tempfile::tempdir().unwrap();
    for bad in ["0/2", "3/2", "1", "1/0", "x/y", ""] {
        let (code, err) = run_in(folder.path(), &["run", "embedded:clean", "--seed", "1", "--shard", bad]);
        assert!(code == 2 && err.contains("--shard"), "{bad}: {err}");
    }
    let (code, err) = run_in(folder.path(), &["run", "embedded:clean", "--shard", "1/2"]);
    assert!(code == 2 && err.contains("--seed"), "{err}");
}

#[test]
fn merge_rejects_what_does_not_belong_together_and_overwrites_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let small = |name, more: &[&'static str]| {
        let arguments = [&results(name, &["embedded:clean", "--cases", "60"])[..], more].concat();
        assert!(run_in(folder.path(), &arguments).0 <= 1);
    };
    small("a", &["--shard", "1/2"]);
    small("b", &["--shard", "2/2", "--depth", "put"]);
    small("c", &["--shard", "2/3"]);
    for (parts, why) in [
        (&["a", "b"][..], "options or versions differ"),
        (&["a", "c"], "number of shards"),
        (&["a", "a"], "shard 1/2 on embedded:clean is there twice"),
        (&["a", "cases.csv"], "pass either results or corpora"),
        (&["a", "."], "run.json"),
        (&["missing.csv"], "missing.csv"),
    ] {
        let (code, err) = run_in(folder.path(), &[&["merge", "out"], parts].concat());
        assert!(code == 2 && err.contains(why), "{parts:?}: {err}");
        assert!(!folder.path().join("out").exists());
    }
    for (arguments, why) in [
        (["merge", "b", "a"], "not empty"),
        (["merge", "cases.csv", "a"], "it is a file"),
        (["merge", "cases.csv", "cases.csv"], "not empty"),
        (["merge", "a", "cases.csv"], "it is a directory"),
    ] {
        let (code, err) = run_in(folder.path(), &arguments);
        assert!(code == 2 && err.contains(why), "{arguments:?}: {err}");
    }
    // A part of the shards is merged with a warning.
    let (code, err) = run_in(folder.path(), &["merge", "out", "a"]);
    assert!(code == 0 && err.contains("the cases of shard 2/2 are not included"), "{err}");
}

#[test]
fn merged_corpora_hold_the_rows_of_both() {
    let folder = tempfile::tempdir().unwrap();
    for (corpus, target) in [("a.csv", "embedded:harbor"), ("b.csv", "embedded:harbor"), ("c.csv", "embedded:ecr")] {
        let arguments = ["run", target, "--seed", "7", "--cases", "120", "--corpus", corpus];
        assert_eq!(run_in(folder.path(), &arguments).0, 1);
    }
    assert_eq!(run_in(folder.path(), &["merge", "ab.csv", "a.csv", "b.csv"]).0, 0);
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    assert_eq!(read("ab.csv"), read("a.csv"), "equal rows are merged");
    assert_eq!(run_in(folder.path(), &["merge", "all.csv", "c.csv", "ab.csv"]).0, 0);
    let mut lines: Vec<String> =
        read("ab.csv").lines().chain(read("c.csv").lines().skip(1)).map(str::to_owned).collect();
    let merged = read("all.csv");
    let mut all: Vec<&str> = merged.lines().collect();
    lines.sort_unstable();
    all.sort_unstable();
    assert_eq!(all, lines);
}

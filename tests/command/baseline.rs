//! `run --baseline`: known findings pass, new ones, stale rows and expired ones do not.

use std::path::Path;

use crate::command::{manifuzz, stderr};

const BROKEN: &str = "embedded:clean+refuses-annotations";
/// As the registry is called in the output.
const NAMED: [&str; 2] = ["--name", "ours"];

fn run_in(directory: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = manifuzz().args(arguments).current_dir(directory).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stdout.clone()).unwrap(), stderr(&output))
}

fn run(directory: &Path, target: &str, more: &[&str]) -> (i32, String, String) {
    run_in(directory, &[&["run", target, "--seed", "1", "--cases", "300"], &NAMED[..], more].concat())
}

/// The id of the only row above a note.
fn id(found: &str) -> String {
    let rows = found.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let ids: Vec<String> =
        rows.filter(|row| row["grade"] != "note").map(|row| row["id"].as_str().unwrap().into()).collect();
    assert_eq!(ids.len(), 1);
    ids[0].clone()
}

#[test]
fn known_findings_pass_and_new_stale_and_expired_ones_fail() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let (code, found, err) = run(at, BROKEN, &[]);
    assert_eq!(code, 1, "{err}");
    let id = id(&found);
    let (code, _, err) = run_in(at, &["baseline", "add", &id, "--reason", "reported", "--owner", "ann"]);
    assert_eq!(code, 0, "{err}");
    let baseline = ["--baseline", "manifuzz-baseline.csv"];

    let (code, again, err) = run(at, BROKEN, &baseline);
    assert_eq!(code, 0, "{err}");
    assert!(err.contains("1 findings known, 0 new; 1 rows reproduced, 0 stale, 0 expired"), "{err}");
    assert_eq!(again, found, "a baseline changes no finding");

    let (code, _, err) = run(at, &format!("{BROKEN}+refuses-several-layers"), &baseline);
    assert!(code == 1 && err.contains("1 findings known, 1 new"), "{err}");
    assert!(err.lines().any(|line| line.starts_with("new: ours") && line.contains("layers=two")), "{err}");

    let (code, _, err) = run(at, "embedded:clean", &baseline);
    assert!(code == 1 && err.contains("0 new; 0 rows reproduced, 1 stale"), "{err}");
    let stale = err.lines().find(|line| line.starts_with("stale: ours")).expect("it is named");
    assert!(stale.contains(&id) && stale.contains("reported, ann"), "{stale}");

    let path = at.join("manifuzz-baseline.csv");
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.ends_with(",reported,ann,\n"), "{text}");
    std::fs::write(&path, text.replace(",ann,\n", ",ann,2020-01-31\n")).unwrap();
    let (code, _, err) = run(at, BROKEN, &baseline);
    assert!(code == 1 && err.contains("0 findings known, 1 new; 1 rows reproduced, 0 stale, 1 expired"), "{err}");
    assert!(err.contains("acceptable until 2020-01-31"), "{err}");
}

#[test]
fn a_corpus_is_a_baseline_and_what_cannot_be_tested_is_not_stale() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), BROKEN, &[]);
    let known = ["--baseline", "manifuzz-cases.csv", "--corpus", "other.csv"];
    let (code, _, err) = run(folder.path(), BROKEN, &known);
    assert!(code == 0 && err.contains("1 findings known, 0 new") && err.contains(" 0 stale"), "{err}");
    let (code, _, err) = run(folder.path(), "http://127.0.0.1:9/x", &known);
    assert!(code == 3 && err.contains("0 rows reproduced, 0 stale"), "{err}");
}

#[test]
fn a_reason_is_mandatory_and_damaged_baselines_are_rejected_before_anything_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let (_, found, _) = run(folder.path(), BROKEN, &[]);
    let id = id(&found);
    for (arguments, why) in [
        (&["baseline", "add", &*id][..], "--reason"),
        (&["baseline", "add", &*id, "--reason", " "], "say why"),
        (&["baseline", "add", &*id, "--reason", "x", "--until", "2020-01-01"], "that day is over"),
        (&["baseline", "add", "0123456789abcdef", "--reason", "x"], "no row of"),
        (&["baseline", "add", &*id, "--reason", "x", "--key", "other"], "and this key"),
        (&["baseline", "add", &*id, "--reason", "x", "--baseline", "manifuzz-cases.csv"], "it is a corpus"),
    ] {
        let (code, _, err) = run_in(folder.path(), arguments);
        assert!(code == 2 && err.contains(why), "{arguments:?}: {err}");
    }
    std::fs::write(folder.path().join("b.csv"), "target,spec,key,shape,reason,owner,until\nours,1.1,k,base,,,\n")
        .unwrap();
    let (code, _, err) = run(folder.path(), BROKEN, &["--baseline", "b.csv"]);
    assert!(code == 2 && err.contains("b.csv, line 2: the column reason is empty"), "{err}");
    assert!(!err.contains("seed 1"), "nothing was begun: {err}");
}

//! The command line: exit codes, streams, and what bad input is told.

use crate::command::{self, run, stderr};
use manifuzz::model::{Rule, Source};
use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

#[test]
fn a_run_without_anything_finds_something_and_exits_1() {
    let (output, folder) = run(["run", "--cases", "100", "--seed", "42", "--format", "pretty"]);
    let (out, err) = (String::from_utf8_lossy(&output.stdout), stderr(&output));
    assert_eq!(output.status.code(), Some(1), "{err}");
    assert_eq!(err.lines().next(), Some("seed 42"));
    assert!(out.contains("embedded:distribution: ") && out.contains("warning    "), "{out}");
    // What needs a capability that a target lacks is not judged, and counted apart.
    let counts = err.lines().find(|line| line.contains(" cases judged, ")).unwrap();
    let numbers = counts.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse::<u32>().ok());
    let numbers: Vec<_> = numbers.collect();
    assert_eq!(numbers[0] + numbers[1], 1000, "{err}");
    assert!(numbers[0] > 930 && numbers[2..] == [0, 0, 0], "{err}");
    assert!(folder.path().join("manifuzz-cases.csv").is_file());
}

/// As `| head -1` does: without an end, the enumeration would go on for hours.
#[test]
fn broken_pipe_exits_141_silently() {
    let mut gen_all = command::manifuzz()
        .args(["gen", "--deviations", "9"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = String::new();
    BufReader::new(gen_all.stdout.take().unwrap()).read_line(&mut first).unwrap();
    assert!(first.contains("\"shape\":\"base\""), "{first}");
    let output = gen_all.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(141));
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(err.lines().count() == 1 && err.starts_with("seed "), "{err}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_stdout_is_an_error() {
    let full = std::fs::File::create("/dev/full").unwrap();
    let output = command::manifuzz().arg("slots").stdout(full).output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{err}");
    assert!(err.contains("standard output") && err.contains("free disk space"), "{err}");
}

#[test]
fn a_clean_target_exits_0_and_prints_only_notes() {
    let (output, _folder) = run(["run", "embedded:clean", "--cases", "200", "--seed", "1", "--format", "json"]);
    assert_eq!(output.status.code(), Some(0));
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(row["grade"], "note");
    }
}

#[test]
fn a_run_without_findings_writes_no_corpus() {
    let (output, folder) = run(["run", "embedded:clean", "--cases", "1", "--seed", "1"]);
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(err.contains("0 notes; nothing to write to manifuzz-cases.csv"), "{err}");
    assert!(!folder.path().join("manifuzz-cases.csv").exists());
}

#[test]
fn rules_explains_a_rule_by_what_keeps_and_what_breaks_it() {
    let explained = |id: &str| {
        let (output, _folder) = run(["rules", id, "--format", "json"]);
        serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap()["examples"].clone()
    };
    let of_author = explained("manifest-media-type-is-its-own");
    assert_eq!(of_author["content"]["speaks_of"]["shape"], "mediaType=number");
    assert_eq!(of_author["content"]["speaks_of"]["pointer"], "/mediaType");
    assert_eq!(of_author["answers"], serde_json::Value::Null);
    let of_registry = explained("push-keeps-exact-bytes");
    let [target, shape] = ["broken_by", "shape"].map(|key| of_registry["answers"][key].as_str().unwrap());
    // What is said to break it does, and what is said to keep it does.
    for (target, code) in [(target, 1), (of_registry["answers"]["kept_by"].as_str().unwrap(), 0)] {
        let (output, _folder) = run(["shrink", shape, "--target", target]);
        assert_eq!(output.status.code(), Some(code), "{}", stderr(&output));
    }
}

#[test]
#[ignore = "slow: runs every quirk on the examples of every rule"]
fn coverage_names_every_rule_and_none_is_vacuous() {
    let (output, _folder) = run(["rules", "--coverage", "--format", "json"]);
    assert_eq!(output.status.code(), Some(0));
    let mut ids = std::collections::HashSet::new();
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let some = |name: &str| row[name].as_u64().is_some_and(|count| count > 0);
        let is_broken = row["broken_by"].as_array().is_none_or(|quirks| !quirks.is_empty());
        assert!(is_broken, "no quirk breaks it: {row}");
        assert!(some("kept") || (some("speaks") && some("silent")), "{row}");
        assert!(ids.insert(row["rule"].as_str().unwrap().to_owned()), "{row} stands twice");
    }
    // The others are for `check` alone.
    let is_for_runs = |rule: &Rule| rule.clause.document != Source::Docker && !matches!(rule, Rule::Layout(_));
    assert_eq!(ids.len(), manifuzz::model::rules().filter(is_for_runs).count());
}

#[test]
fn bad_input_exits_2_or_3_and_says_what_to_do() {
    let long: &[(&[&str], i32, &[&str])] = &[
        (&["run", "embedded:none"], 2, &["`none`", "clean", "distribution", "ecr"]),
        (&["run", "127.0.0.1:5000/x"], 2, &["127.0.0.1:5000/x", "http://HOST:PORT/REPOSITORY"]),
        (&["run", "http://127.0.0.1:5000"], 2, &["missing repository"]),
        (&["run", "https://registry.invalid/x"], 2, &["--allow-host registry.invalid"]),
        (&["run", "http://127.0.0.1:9/x", "--cases", "1"], 3, &["127.0.0.1:9", "is the registry running"]),
        (&["run", "--corpus", "/proc/none/x.csv"], 2, &["/proc/none/x.csv", "--corpus"]),
        (&["run", "http://127.0.0.1:5000/v2/fuzz"], 2, &["`http://127.0.0.1:5000/fuzz`"]),
        (&["run", "embedded:distributon"], 2, &["'embedded:distribution'"]),
        (&["run", "--preset", "wild"], 2, &["wild", "mostly-valid"]),
        (&["run", "--spec", "1.2"], 2, &["'1.2'", "1.1.0-rc2"]),
        (&["run", "--depth", "ful"], 2, &["'full'"]),
        (&["run", "--rate", "5"], 2, &["`5/s`", "`100/m`"]),
        (&["run", "--time", "abc"], 2, &["`60s`"]),
        (&["run", "--cover", "3"], 2, &["--filter"]),
        (&["gen", "--filter", "nosuch.*"], 2, &["nosuch.*", "manifuzz slots"]),
        (&["matrix", "--flavours", "sead"], 2, &["'seed'", "manifuzz flavours"]),
        (&["run", "--fail-on", "never"], 2, &["never", "violation, warning, note"]),
        (&["shrink", "colour=red", "--target", "embedded:clean"], 2, &["no slot `colour`", "manifuzz slots"]),
        (&["shrink", "schemaVersion=9", "--target", "embedded:clean"], 2, &["no entry `9`", "absent"]),
        (&["shrink", "layers=emtpy", "--target", "embedded:clean"], 2, &["'layers=empty'"]),
        (&["serve", "--quirk", "none"], 2, &["`none`", "manifuzz quirks"]),
        (&["serve", "--profile", "nosuch"], 2, &["`nosuch`", "clean", "zot"]),
        (&["rules", "none"], 2, &["`none`", "manifuzz rules"]),
        (&["rules", "push-keeps-exact-byte"], 2, &["'push-keeps-exact-bytes'"]),
    ];
    for (arguments, code, words) in long {
        let (output, folder) = run(*arguments);
        let err = stderr(&output);
        assert_eq!(output.status.code(), Some(*code), "{arguments:?}: {err}");
        for word in *words {
            assert!(err.contains(word), "{arguments:?} does not say {word}: {err}");
        }
        assert!(output.stdout.is_empty(), "{arguments:?}");
        assert!(*code != 2 || err.starts_with("error: "), "{arguments:?} prints before it checks: {err}");
        assert!(!folder.path().join("manifuzz-cases.csv").exists(), "{arguments:?} leaves nothing");
    }
}

#[test]
fn a_case_shrinks_to_its_smallest_form() {
    let case = "artifactType=present;layers=empty;text.space=indented;reference=short-digest";
    let (output, _folder) = run(["shrink", case, "--target", "embedded:distribution", "--format", "json"]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let shapes: Vec<String> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["shape"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(shapes, ["reference=short-digest"]);
}

#[test]
fn results_are_written_and_a_dry_run_sends_nothing() {
    let (output, folder) = run(["run", "--cases", "100", "--seed", "1", "--results", "out"]);
    assert!(output.status.code().is_some());
    let json: serde_json::Value =
        serde_json::from_slice(&std::fs::read(folder.path().join("out/run.json")).unwrap()).unwrap();
    let told = ["judged", "unsupported", "trouble"].map(|name| json[name].as_u64().unwrap());
    // A hundred cases for each registry of the table.
    assert_eq!((json["seed"].as_u64(), told.iter().sum::<u64>(), told[2]), (Some(1), 1000, 0));
    assert!(folder.path().join("out/findings.jsonl").is_file());
    let (output, folder) = run(["run", "--dry-run", "--cases", "50"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(stderr(&output).contains("50 cases, about"));
    assert!(!folder.path().join("manifuzz-cases.csv").exists());
}

//! Real programs through the command line: what they take, a known crash in its smallest form, and what is recorded of it.
//!
//! Debian's skopeo 1.9.3 is the program, because it crashes at a digest without an algorithm (CVE-2024-3727). Where it is missing
//! the tests are skipped with a word; with `MANIFUZZ_REQUIRE_SERVERS` that is a failure.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// The version of skopeo, which must be the one with the crash; `None` if there is none.
fn has_skopeo() -> bool {
    let version = Command::new("skopeo").arg("--version").output();
    let text = version.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    let is_there = text.contains("1.9.3");
    assert!(
        is_there || std::env::var_os("MANIFUZZ_REQUIRE_SERVERS").is_none(),
        "skopeo 1.9.3 is not installed: {text}"
    );
    if !is_there {
        eprintln!("skipped: skopeo 1.9.3 is not installed");
    }
    is_there
}

fn manifuzz(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_manifuzz"));
    command.args(arguments).current_dir(folder).env("NO_COLOR", "1").output().unwrap()
}

fn lines(output: &Output) -> Vec<Value> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn skopeo_takes_the_base_and_refuses_other_bytes_without_a_finding() {
    if !has_skopeo() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let shapes = ["--shape", "base", "--shape", "answer.blob.body=other", "--shape", "answer.redirect=other-host"];
    let output = manifuzz(folder.path(), &[&["clients", "skopeo", "--format", "json"], &shapes[..]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let runs = lines(&output);
    let outcome = |shape: &str, operation: &str| {
        let run = runs.iter().find(|run| run["shape"] == shape && run["operation"] == operation);
        run.map(|run| run["outcome"].as_str().unwrap().to_owned()).unwrap()
    };
    for operation in ["pull", "copy", "push"] {
        assert_eq!(outcome("base", operation), "stored");
    }
    assert_eq!(outcome("answer.blob.body=other", "pull"), "refused");
    assert_eq!(outcome("answer.redirect=other-host", "copy"), "stored");
    assert!(runs.iter().all(|run| run["version"] == "1.9.3" && run["findings"].as_array().unwrap().is_empty()));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "something was written");
}

#[test]
fn a_crash_is_shrunk_recorded_and_replayed() {
    if !has_skopeo() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let shape = "annotations=one;config.digest=no-algorithm;layers=two";
    let arguments = ["run", "client:skopeo", "--filter", "config.digest", "--seed", "1", "--corpus", "c.csv"];
    let output = manifuzz(folder.path(), &arguments);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let shrunk = manifuzz(folder.path(), &["shrink", shape, "--target", "client:skopeo", "--format", "json"]);
    assert_eq!(shrunk.status.code(), Some(1), "{}", stderr(&shrunk));
    let rows = lines(&shrunk);
    let row = rows.iter().find(|row| row["stage"] == "pull" && row["class"] == "client-crash").expect("a crash");
    assert_eq!(row["shape"], "config.digest=no-algorithm");
    assert_eq!((&row["error_code"], &row["target_version"]), (&Value::from("exit:2"), &Value::from("1.9.3")));
    assert!(row["status"].is_null() || row["status"] == "", "{row}");
    let id = row["id"].as_str().unwrap();
    let replayed =
        manifuzz(folder.path(), &["replay", id, "--target", "client:skopeo", "--corpus", "c.csv", "--format", "json"]);
    assert_eq!(replayed.status.code(), Some(1), "{}", stderr(&replayed));
    assert!(lines(&replayed).iter().all(|row| row["result"] == "failing"), "{:?}", lines(&replayed));
    let packets = manifuzz(folder.path(), &["repro", id, "--corpus", "c.csv", "--out", "packets"]);
    assert_eq!(packets.status.code(), Some(0), "{}", stderr(&packets));
    assert!(std::fs::read_dir(folder.path().join("packets")).unwrap().count() > 0);
    // A registry cannot show whether a client's finding is fixed.
    let at_registry = ["replay", id, "--target", "embedded:clean", "--corpus", "c.csv", "--format", "json"];
    let at_registry = manifuzz(folder.path(), &at_registry);
    assert_eq!(at_registry.status.code(), Some(3), "{}", stderr(&at_registry));
    assert!(lines(&at_registry).iter().all(|row| row["result"] == "not-tested"), "{:?}", lines(&at_registry));
}

#[test]
fn cases_with_a_fixed_port_are_tested_one_after_another_in_any_run() {
    if !has_skopeo() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    // Both runs have one corpus: the second judges the rows of the first as they were judged.
    let arguments = ["run", "client:skopeo", "--filter", "answer.realm", "--seed", "1", "--corpus", "c.csv", "--jobs"];
    for jobs in ["1", "8"] {
        let output = manifuzz(folder.path(), &[&arguments[..], &[jobs, "--format", "json"]].concat());
        let text = stderr(&output);
        assert!(text.contains(" 0 findings not reproduced"), "--jobs {jobs}: {text}");
        assert!(!text.contains("recorded as"), "--jobs {jobs}: {text}");
        let private = lines(&output).into_iter().filter(|row| row["shape"] == "answer.realm=private-address").count();
        let expected = if text.contains("network not isolated") { 0 } else { 4 };
        assert_eq!(private, expected, "--jobs {jobs}: {text}");
    }
}

#[test]
fn a_packet_of_the_users_own_adapter_runs_its_commands() {
    if !has_skopeo() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    // Without --preserve-digests, skopeo writes another manifest.
    let adapter = "program = \"skopeo\"\nversion = [\"{program}\", \"--version\"]\n\n[pull]\nkeeps = \"image\"\nrun = [\"{program}\", \
                   \"--insecure-policy\", \"copy\", \"--src-tls-verify=false\", \"docker://{registry}/{repository}:{tag}\", \
                   \"oci:{out}/image:{tag}\"]\n";
    std::fs::write(folder.path().join("own.toml"), adapter).unwrap();
    let run =
        ["run", "client:./own.toml", "--cases", "1", "--corpus", "c.csv", "--repro", "packets", "--format", "json"];
    let output = manifuzz(folder.path(), &run);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let id = lines(&output)[0]["id"].as_str().unwrap().to_owned();
    let repro = ["repro", &id, "--target", "client:./own.toml", "--corpus", "c.csv", "--out", "again"];
    let repro = manifuzz(folder.path(), &repro);
    assert_eq!(repro.status.code(), Some(0), "{}", stderr(&repro));
    for packets in ["packets", "again"] {
        let script = folder.path().join(packets).join(format!("{id}-1/repro.sh"));
        let shown = Command::new("sh").arg(script).env("MANIFUZZ", env!("CARGO_BIN_EXE_manifuzz")).output().unwrap();
        assert_eq!(shown.status.code(), Some(0), "{packets}: {}", stderr(&shown));
    }
}

#[test]
fn the_table_has_a_row_for_pulls_and_one_for_pushes() {
    if !has_skopeo() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let output = manifuzz(folder.path(), &["matrix", "client:skopeo", "--flavours", "seed", "--format", "json"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let cells = lines(&output);
    assert_eq!(cells.len(), 14);
    // The registry that a manifest without a config is pushed to refuses it.
    let is_accepted = |cell: &&Value| cell["flavour"] != "no-config" || cell["stage"] == "pull";
    assert!(cells.iter().filter(is_accepted).all(|cell| cell["outcome"] == "accepted"), "{cells:?}");
}

#[test]
fn a_program_that_is_not_installed_has_not_passed() {
    let folder = tempfile::tempdir().unwrap();
    let adapter = "program = \"manifuzz-no-such-program\"\nversion = [\"{program}\"]\n[pull]\nrun = [\"{program}\"]\n";
    std::fs::write(folder.path().join("absent.toml"), adapter).unwrap();
    let output = manifuzz(folder.path(), &["clients", "./absent.toml", "--format", "json"]);
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    assert_eq!(lines(&output)[0]["outcome"], "not tested");
    let matrix = manifuzz(folder.path(), &["matrix", "client:./absent.toml", "--format", "csv"]);
    assert_eq!(matrix.status.code(), Some(3), "{}", stderr(&matrix));
    let mixed = manifuzz(folder.path(), &["matrix", "client:./absent.toml", "http://127.0.0.1:9/x"]);
    assert!(mixed.status.code() == Some(2) && stderr(&mixed).contains("separate commands"), "{}", stderr(&mixed));
}

//! Targets with names, their policies and commands, and the doctor.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::command::{manifuzz, stderr};
use crate::serving::{Served, answer};

/// A folder with a `targets.toml` that names the server `dev`.
fn folder(server: &Served, more: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let text = format!("[dev]\nurl = \"{}\"\n{more}", server.url());
    std::fs::write(folder.path().join("targets.toml"), text).unwrap();
    folder
}

fn run(folder: &tempfile::TempDir, more: &[&str]) -> std::process::Output {
    manifuzz().args(["run", "dev", "--seed", "7", "--depth", "put"]).args(more).current_dir(folder).output().unwrap()
}

#[test]
fn what_is_refused_on_purpose_is_a_note_until_the_policy_is_over() {
    let refusing = || {
        Served::registry(|one| {
            let has_annotation = String::from_utf8_lossy(&one.body).contains("com.example.key");
            let refusal = r#"{"errors":[{"code":"MANIFEST_INVALID"}]}"#;
            (one.method == "PUT" && one.target.contains("/manifests/") && has_annotation)
                .then(|| answer(400, &[], refusal))
        })
    };
    let arguments = ["--filter", "annotations", "--format", "json"];
    let policy = |until: &str| {
        format!(
            "[[dev.policy]]\nshape = \"annotations*\"\nclass = \"rejects-valid\"\nreason = \"closed schema\"\nuntil = {until}\n"
        )
    };
    let server = refusing();
    let output = run(&folder(&server, ""), &arguments);
    let found = String::from_utf8_lossy(&output.stdout).into_owned();
    if !found.contains("rejects-valid") {
        panic!("the planted refusal is not found: {found}\n{}", stderr(&output));
    }
    assert_eq!(output.status.code(), Some(1));
    let output = run(&folder(&server, &policy("2999-01-01")), &arguments);
    let excused = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0), "{excused}\n{}", stderr(&output));
    assert!(excused.contains("closed schema") && excused.contains("\"target\":\"dev\""), "{excused}");
    let output = run(&folder(&server, &policy("2020-01-01")), &arguments);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("this policy is over"), "{}", stderr(&output));
}

#[test]
fn an_unknown_name_or_key_is_a_usage_error() {
    let server = Served::registry(|_| None);
    for (more, target, why) in [
        ("colour = \"red\"", "dev", "colour"),
        ("", "other", "no target of this name"),
        ("rate = \"x\"", "dev", "rate"),
    ] {
        let folder = folder(&server, more);
        let output = manifuzz().args(["run", target]).current_dir(&folder).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
        assert!(stderr(&output).contains(why), "{}", stderr(&output));
    }
    assert!(server.asked().is_empty());
}

#[test]
fn a_server_that_dies_on_one_shape_is_restarted_and_the_run_goes_on() {
    // It is down from the shape that it does not survive until the command has made a file.
    let marks = tempfile::tempdir().unwrap();
    let (up, deaths) = (marks.path().join("up"), Arc::new(AtomicUsize::new(0)));
    std::fs::write(&up, "").unwrap();
    let (path, died) = (up.clone(), Arc::clone(&deaths));
    let server = Served::registry(move |one| {
        let is_fatal = one.method == "PUT" && String::from_utf8_lossy(&one.body).contains("\"schemaVersion\":1");
        if is_fatal && path.exists() {
            std::fs::remove_file(&path).unwrap();
            died.fetch_add(1, Ordering::SeqCst);
        }
        (!path.exists()).then(|| crate::serving::Act::Close(Vec::new()))
    });
    let folder = folder(&server, &format!("restart = \"touch {}\"\n", up.display()));
    let output = run(&folder, &["--filter", "schemaVersion", "--format", "json"]);
    let said = stderr(&output);
    let found = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(deaths.load(Ordering::SeqCst) > 1, "it was restarted: {said}");
    assert!(found.lines().any(|row| row.contains("\"dropped\"") && row.contains("schemaVersion=")), "{found}\n{said}");
    assert!(said.lines().last().unwrap().contains(" 0 cases not run"), "{said}");
}

#[test]
fn the_doctor_has_a_line_for_each_step_with_what_to_do() {
    let folder_of = |server: &Served| folder(server, "");
    let doctor = |server: &Served| {
        let folder = folder_of(server);
        let output =
            manifuzz().args(["targets", "doctor", "dev", "--format", "pretty"]).current_dir(&folder).output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned(), stderr(&output))
    };
    let (code, lines, said) = doctor(&Served::registry(|_| None));
    assert_eq!(code, Some(0), "{lines}\n{said}");
    for step in [
        "name resolution",
        "connection",
        "challenge",
        "rate",
        "authentication",
        "push",
        "pull",
        "deletion",
        "referrers",
    ] {
        assert!(lines.lines().any(|line| line.starts_with(step) && line.contains(" ok ")), "{step}: {lines}");
    }
    let (code, lines, _) = doctor(&Served::registry(|one| (one.method == "DELETE").then(|| answer(405, &[], ""))));
    assert_eq!(code, Some(0));
    assert!(lines.lines().any(|line| line.starts_with("deletion") && line.contains("stays")), "{lines}");
    let basic = [("WWW-Authenticate", "Basic realm=\"x\"")];
    let (code, lines, _) = doctor(&Served::new(move |_| answer(401, &basic, "")));
    assert_eq!(code, Some(3), "{lines}");
    assert!(lines.contains("Basic realm") && lines.contains("--password-stdin"), "{lines}");
}

//! What a run shows: groups, what to do next, and the files of GitHub Actions.

use std::collections::HashSet;
use std::process::Command;

use crate::command::{if_installed, manifuzz, run, stderr};

const RUN: [&str; 6] = ["run", "embedded:distribution", "--cases", "120", "--seed", "1"];

/// The rows of a run as JSON, without those of this grade.
fn rows(stdout: &[u8], without: &str) -> Vec<serde_json::Value> {
    let lines = std::str::from_utf8(stdout).unwrap().lines();
    let rows = lines.map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    rows.filter(|row| row["grade"] != without).collect()
}

/// The words that begin the headings of groups.
fn headings<'o>(out: &'o str, grade: &str) -> Vec<&'o str> {
    out.lines().filter(|line| line.starts_with(grade)).collect()
}

#[test]
fn notes_are_shown_on_demand_and_json_lines_hold_every_row() {
    let shown = |more: &[&str]| {
        let (output, _folder) = run([&RUN[..], more].concat());
        (String::from_utf8(output.stdout.clone()).unwrap(), stderr(&output))
    };
    let (json, _) = shown(&["--format", "json"]);
    let notes = rows(json.as_bytes(), "").len() - rows(json.as_bytes(), "note").len();
    assert!(notes > 0);
    let (out, err) = shown(&["--format", "pretty"]);
    assert!(!headings(&out, "warning ").is_empty() && headings(&out, "note ").is_empty(), "{out}");
    assert!(err.contains(&format!("{notes} notes (--notes shows them)")), "{err}");
    let (out, err) = shown(&["--format", "pretty", "--notes"]);
    assert!(!headings(&out, "note ").is_empty() && !err.contains("--notes"), "{out}{err}");
    let (with_notes, _) = shown(&["--format", "json", "--notes"]);
    assert_eq!(with_notes, json);
}

#[test]
fn every_violation_and_warning_is_counted_in_a_group_of_the_table() {
    let (json, _folder) = run([&RUN[..], &["--format", "json"]].concat());
    let (pretty, _folder) = run([&RUN[..], &["--format", "pretty"]].concat());
    let out = String::from_utf8(pretty.stdout).unwrap();
    let places = |heading: &&str| {
        let count = heading.strip_suffix(" places)").and_then(|rest| rest.rsplit_once(" ("));
        count.map_or(1, |(_, count)| count.parse::<usize>().unwrap())
    };
    let headings = [headings(&out, "violation "), headings(&out, "warning ")].concat();
    let rows = rows(&json.stdout, "note");
    assert_eq!(headings.iter().map(places).sum::<usize>(), rows.len(), "{out}");
    // Below each heading is a case of the run.
    let shapes: HashSet<&str> = rows.iter().map(|row| row["shape"].as_str().unwrap()).collect();
    for (heading, case) in out.lines().zip(out.lines().skip(1)).filter(|(heading, _)| headings.contains(heading)) {
        let shape = case.trim_start().split("  ").next().unwrap();
        assert!(shapes.contains(shape), "{heading}\n{case}");
    }
}

#[test]
fn the_end_of_a_run_says_what_to_do_with_its_findings() {
    let (output, folder) = run([&RUN[..], &["--format", "pretty", "--corpus", "my cases.csv"]].concat());
    let err = stderr(&output);
    let last: Vec<&str> = err.lines().rev().skip(1).take(3).collect();
    assert!(err.lines().last().unwrap().ends_with("cases not run"), "{err}");
    let id = last[0].split_whitespace().find(|word| word.len() == 16).unwrap_or_else(|| panic!("{err}"));
    assert!(last[0].contains(&format!("manifuzz baseline add {id} --corpus 'my cases.csv' --reason")), "{err}");
    assert!(last[1].ends_with("manifuzz report 'my cases.csv' --report html=report.html"), "{err}");
    assert!(last[2].ends_with(&format!("manifuzz repro {id} --corpus 'my cases.csv' --out packets")), "{err}");
    // The id is that of a row with the highest grade of the corpus.
    let corpus = std::fs::read_to_string(folder.path().join("my cases.csv")).unwrap();
    let row = corpus.lines().find(|line| line.starts_with(id)).unwrap_or_else(|| panic!("{id}"));
    let highest = if corpus.contains(",violation,") { ",violation," } else { ",warning," };
    assert!(row.contains(highest), "{row}");
    // Notes and JSON need no advice.
    for quiet in [&["run", "embedded:clean", "--cases", "120", "--seed", "1", "--format", "pretty"][..], &RUN] {
        let (output, _folder) = run(quiet);
        assert!(stderr(&output).lines().last().unwrap().ends_with("cases not run"));
    }
}

#[test]
fn github_actions_gets_a_summary_and_outputs() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("summary.md"), "# An earlier step\n").unwrap();
    let output = manifuzz()
        .args([&RUN[..], &["--results", "out"]].concat())
        .current_dir(&folder)
        .env("GITHUB_STEP_SUMMARY", at("summary.md"))
        .env("GITHUB_OUTPUT", at("outputs"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let rows = rows(&output.stdout, "");
    let of_grade = |grade: &str| rows.iter().filter(|row| row["grade"] == grade).count();
    let [violations, warnings, notes] = ["violation", "warning", "note"].map(of_grade);
    let outputs = std::fs::read_to_string(at("outputs")).unwrap();
    for line in [
        format!("violations={violations}"),
        format!("warnings={warnings}"),
        format!("notes={notes}"),
        "judged=".to_owned(),
        "corpus=manifuzz-cases.csv".to_owned(),
        "results=out".to_owned(),
    ] {
        assert!(outputs.lines().any(|one| one.starts_with(&line)), "{line} is not in\n{outputs}");
    }
    let summary = std::fs::read_to_string(at("summary.md")).unwrap();
    assert!(summary.starts_with("# An earlier step\n## manifuzz\n"), "{summary}");
    assert!(summary.contains(&format!("{violations} violations, {warnings} warnings, {notes} notes")), "{summary}");
    let groups = summary.lines().filter(|line| line.starts_with("| violation |") || line.starts_with("| warning |"));
    let groups: Vec<&str> = groups.collect();
    assert!(outputs.contains(&format!("groups={}\n", groups.len())) && !groups.is_empty(), "{summary}");
    // All rows of a Markdown table have as many cells.
    let cells = |line: &str| line.replace("\\|", "").matches('|').count();
    assert!(summary.lines().filter(|line| line.starts_with('|')).all(|line| cells(line) == 7), "{summary}");
}

#[test]
fn a_run_does_not_fail_because_a_file_of_github_actions_cannot_be_written() {
    let folder = tempfile::tempdir().unwrap();
    let output = manifuzz()
        .args(["run", "embedded:clean", "--cases", "20", "--seed", "1"])
        .current_dir(&folder)
        .env("GITHUB_STEP_SUMMARY", folder.path())
        .env("GITHUB_OUTPUT", folder.path().join("none/outputs"))
        .output()
        .unwrap();
    let err = stderr(&output);
    assert_eq!(output.status.code(), Some(0), "{err}");
    for variable in ["GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"] {
        let warning = err.lines().find(|line| line.contains(variable)).unwrap_or_else(|| panic!("{err}"));
        assert!(warning.starts_with("warning: cannot append to "), "{warning}");
    }
}

/// What a run prints to the stdout that is a terminal with so many columns, by `script` of util-linux.
fn on_a_terminal(columns: usize, variables: &[(&str, &str)]) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let program = env!("CARGO_BIN_EXE_manifuzz");
    let line = format!("stty rows 24 cols {columns}; '{program}' {} 2>err", RUN.join(" "));
    let mut script = Command::new("script");
    script.args(["-qec", &line, "/dev/null"]).current_dir(&folder);
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"] {
        script.env_remove(name);
    }
    script.env("TERM", "xterm").envs(variables.iter().copied()).stdin(std::process::Stdio::null());
    let output = if_installed("script", script.output())?;
    Some(String::from_utf8(output.stdout).unwrap().replace('\r', ""))
}

#[cfg(target_os = "linux")]
#[test]
fn a_table_fits_the_terminal_and_has_colours_only_there() {
    let Some(coloured) = on_a_terminal(80, &[]) else { return };
    assert!(coloured.contains("\u{1b}[") && coloured.contains("warning"), "{coloured}");
    let plain = on_a_terminal(80, &[("NO_COLOR", "1")]).unwrap();
    assert!(!plain.contains('\u{1b}') && plain.contains("warning    "), "{plain}");
    plain.lines().for_each(|line| assert!(line.chars().count() <= 80, "{line}"));
    let narrow = on_a_terminal(50, &[("NO_COLOR", "1")]).unwrap();
    narrow.lines().for_each(|line| assert!(line.chars().count() <= 50, "{line}"));
    let groups = |out: &str| [headings(out, "violation "), headings(out, "warning ")].map(|found| found.len());
    assert_eq!(groups(&plain), groups(&narrow));
    let (output, _folder) = run([&RUN[..], &["--format", "pretty"]].concat());
    assert!(!output.stdout.contains(&0x1b));
}

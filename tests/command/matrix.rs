//! The table of image-spec#1025 (data/image-spec-1025.csv) from one command: every certain cell of 2023, guesses marked, live beside embedded.

use crate::command;
use std::collections::HashMap;
use std::path::PathBuf;
use std::process::Output;
use std::sync::Arc;

use manifuzz::registry::serve::Serving;
use manifuzz::registry::{Profile, Registry, profiles};
use manifuzz::report::matrix_html;

fn matrix(arguments: &[&str]) -> Output {
    command::manifuzz().arg("matrix").args(arguments).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The cells of a CSV table by target and flavour.
fn cells(output: &Output) -> HashMap<(String, String), csv::StringRecord> {
    let mut reader = csv::Reader::from_reader(output.stdout.as_slice());
    let columns = ["target", "flavour", "outcome", "stage", "status", "error_code", "message"];
    assert_eq!(reader.headers().unwrap(), &csv::StringRecord::from(columns.to_vec()));
    let rows = reader.records().map(Result::unwrap);
    rows.map(|row| ((row[0].trim_start_matches("embedded:").to_owned(), row[1].to_owned()), row)).collect()
}

/// The server's words, without what we say in brackets after them.
fn words(message: &str) -> &str {
    message.split(" [").next().filter(|words| !words.starts_with('[')).unwrap_or_default()
}

#[test]
fn every_certain_cell_of_the_seed_comes_out_and_every_guess_is_marked() {
    let mut table = csv::Reader::from_reader(&include_bytes!("data/image-spec-1025.csv")[..]);
    let got = cells(&matrix(&["--flavours", "seed", "--format", "csv"]));
    assert_eq!(got.len(), 70);
    let (mut certain, mut uncertain) = (0, 0);
    for row in table.records().map(Result::unwrap) {
        let cell = &got[&(row[0].to_owned(), row[1].to_owned())];
        if row[5] != *"certain" {
            assert!(cell[6].contains("[uncertain: "), "{cell:?}");
            uncertain += 1;
            continue;
        }
        certain += 1;
        assert!(!cell[6].contains("[uncertain: "), "{cell:?}");
        assert_eq!((&cell[2], &cell[3]), (&row[2], &row[3]), "{cell:?}");
        // Clients print the code in lower case before the message; of an upload, the status.
        let printed = row[4].strip_prefix("unsupported: ").unwrap_or(&row[4]);
        let printed = printed.strip_prefix(&format!("{} ", &cell[4])).unwrap_or(printed);
        assert_eq!(words(&cell[6]), printed, "{cell:?}");
        let changed = row[6] == *"subject";
        assert_eq!(
            cell[6].contains("[changed: without subject]"),
            changed || (&row[0], &row[1]) == ("docker-hub", "no-config")
        );
    }
    assert_eq!((certain, uncertain), (60, 10));
}

#[test]
fn dated_variants_and_the_other_profiles_answer_the_base() {
    let names: Vec<String> = profiles().map(|profile| format!("embedded:{}", profile.name)).collect();
    let arguments: Vec<&str> =
        names.iter().map(String::as_str).chain(["--format", "csv", "--flavours", "all"]).collect();
    let got = cells(&matrix(&arguments));
    let outcome = |target: &str, flavour: &str| got[&(target.to_owned(), flavour.to_owned())][2].to_owned();
    for (target, flavour, wanted) in [
        ("quay", "arbitrary-config-media-type", "accepted"),
        ("quay@2023-02-15", "arbitrary-config-media-type", "rejected"),
        ("artifact-registry", "zero-layer", "accepted"),
        ("artifact-registry@2020", "zero-layer", "rejected"),
        ("docker-hub@2020", "no-subject", "rejected"),
        ("docker-hub", "missing-subject", "accepted"),
        ("gitlab", "missing-subject", "rejected"),
        ("gitea", "trailing-garbage", "accepted"),
        ("pulp", "wrong-digest", "accepted"),
        ("cloudflare-serverless", "absent-media-type", "rejected"),
        ("ecr", "typed-referrer", "rejected"),
        ("clean", "wrong-digest", "rejected"),
    ] {
        assert_eq!(outcome(target, flavour), wanted, "{target} {flavour}");
    }
    assert!(got.values().all(|cell| &cell[2] != "not-tested"));
}

#[test]
fn the_markdown_table_matches_its_snapshot() {
    let shown = stdout(&matrix(&["embedded:quay", "embedded:docker-hub", "embedded:harbor"]));
    let snapshot = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/command/snapshots/matrix.md");
    if std::env::var_os("MANIFUZZ_RENEW_SNAPSHOTS").is_some() {
        std::fs::write(&snapshot, &shown).unwrap();
    }
    assert_eq!(shown, std::fs::read_to_string(&snapshot).unwrap(), "renew it with MANIFUZZ_RENEW_SNAPSHOTS=1");
}

#[test]
fn a_live_target_has_the_same_cells_as_an_embedded_one() {
    let serving = Serving::start(Arc::new(Registry::new(&Profile::named("gcr").unwrap()))).unwrap();
    let address = format!("http://{}/some/repo", serving.address);
    let output = matrix(&["embedded:gcr", &address, "--format", "json", "--flavours", "all"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let rows: Vec<serde_json::Value> =
        stdout(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (embedded, live): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row["target"] == "embedded:gcr");
    assert_eq!(embedded.len(), live.len());
    for (embedded, live) in embedded.iter().zip(live) {
        for member in ["flavour", "shape", "outcome", "stage", "status", "error_code", "message"] {
            assert_eq!(embedded[member], live[member], "{embedded} {live}");
        }
        assert_eq!(live["source"], "tested");
    }
}

#[test]
fn unreachable_targets_are_not_tested() {
    let output = matrix(&["http://127.0.0.1:9/x", "--format", "csv"]);
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    assert!(cells(&output).values().all(|cell| &cell[2] == "not-tested" && !cell[6].is_empty()));
    assert!(String::from_utf8_lossy(&output.stderr).contains("127.0.0.1:9"));
    let beside = matrix(&["embedded:clean", "http://127.0.0.1:9/x", "--format", "csv"]);
    assert_eq!(beside.status.code(), Some(0), "{beside:?}");
    let footed = matrix(&["http://127.0.0.1:9/x", "--format", "markdown"]);
    assert!(stdout(&footed).lines().last().unwrap().ends_with(", not tested"), "{footed:?}");
}

#[test]
fn messages_of_a_server_are_escaped_in_markup() {
    use manifuzz::report::{Cell, CellOutcome, Line, Matrix};
    let cell = Cell {
        flavour: "a".to_owned(),
        shape: "base".to_owned(),
        outcome: CellOutcome::Rejected,
        stage: None,
        status: Some(400),
        error_code: "=1+1".to_owned(),
        message: "<script>|`\n".to_owned(),
        changed: None,
        uncertain: None,
        note: None,
    };
    let line =
        Line { target: "t".to_owned(), operation: None, date: String::new(), source: String::new(), cells: vec![cell] };
    let table = Matrix { flavours: vec!["a".to_owned()], lines: vec![line] };
    assert!(!matrix_html(&table).contains("<script>"));
    let markdown = manifuzz::report::matrix_markdown(&table);
    assert!(markdown.contains("&lt;script&gt;\\|\\`") && markdown.contains("\n- t: "), "{markdown}");
    assert!(manifuzz::report::matrix_csv(&table).contains(",'=1+1,"));
}

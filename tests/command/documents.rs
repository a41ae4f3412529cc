//! `--manifest` on `shrink`, `run` and `matrix`, and `limits`: what is printed, recorded and answered in the exit code.

use crate::command::{self, stderr};
use std::path::{Path, PathBuf};
use std::process::Output;

use manifuzz::exchange::sha256;
use manifuzz::findings::{Corpus, read_body};
use serde_json::{Value, json};

/// A chart as `helm push` writes it, with its two blobs.
fn chart(file: &str) -> String {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests", "command", "data", "helm", file].iter().collect();
    path.display().to_string()
}

fn manifuzz(directory: &Path, arguments: &[&str]) -> Output {
    command::manifuzz().args(arguments).current_dir(directory).output().unwrap()
}

fn with_chart<'a>(arguments: &[&'a str], files: &'a [String; 3]) -> Vec<&'a str> {
    let [manifest, config, blob] = files;
    [arguments, &["--manifest", manifest, "--blob", config, "--blob", blob]].concat()
}

fn files() -> [String; 3] {
    ["manifest.json", "config.json", "chart.tgz"].map(chart)
}

fn lines(output: &Output) -> Vec<Value> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn shrink_says_first_whether_a_manifest_is_accepted_and_then_why_not() {
    let (folder, files) = (tempfile::tempdir().unwrap(), files());
    let accepted =
        manifuzz(folder.path(), &with_chart(&["shrink", "--target", "embedded:clean", "--format", "pretty"], &files));
    assert_eq!(accepted.status.code(), Some(0), "{}", stderr(&accepted));
    let out = String::from_utf8(accepted.stdout).unwrap();
    assert!(out.lines().next().unwrap().ends_with("manifest.json: accepted"), "{out}");

    let refused =
        manifuzz(folder.path(), &with_chart(&["shrink", "--target", "embedded:gitlab", "--format", "pretty"], &files));
    let out = String::from_utf8(refused.stdout).unwrap();
    assert_eq!(refused.status.code(), Some(1), "{out}");
    assert!(out.lines().next().unwrap().contains("manifest.json: refused at manifest-put with 4"), "{out}");
    assert!(out.contains("the reason is /config/mediaType") && out.contains("accepted with: {"), "{out}");
}

#[test]
fn shrink_answers_programs_with_one_line_and_the_rows() {
    let (folder, files) = (tempfile::tempdir().unwrap(), files());
    let output =
        manifuzz(folder.path(), &with_chart(&["shrink", "--target", "embedded:gitlab", "--format", "json"], &files));
    let lines = lines(&output);
    let (verdict, rows) = lines.split_first().unwrap();
    assert_eq!((&verdict["outcome"], &verdict["target"]), (&json!("rejected"), &json!("embedded:gitlab")));
    assert_eq!(verdict["reason"]["place"], "/config/mediaType", "{verdict}");
    assert_eq!(verdict["reason"]["is_minimal"], true);
    let smallest: Value = serde_json::from_str(verdict["reason"]["smallest"]["body"].as_str().unwrap()).unwrap();
    assert!(smallest.get("annotations").is_none(), "{smallest}");
    let row = rows.iter().find(|row| row["class"] == "rejects-valid").unwrap();
    assert_eq!(row["shape"], verdict["reason"]["smallest"]["case"]);
    assert_eq!(row["pointer"], "/config/mediaType");
}

#[test]
fn a_layout_is_pushed_with_what_it_holds_and_what_is_missing_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = folder.path().join("layout/blobs/sha256");
    std::fs::create_dir_all(&blobs).unwrap();
    let add = |bytes: &[u8]| {
        let digest = sha256(bytes);
        std::fs::write(blobs.join(digest.trim_start_matches("sha256:")), bytes).unwrap();
        digest
    };
    let manifest = std::fs::read(chart("manifest.json")).unwrap();
    let digest = add(&manifest);
    add(&std::fs::read(chart("config.json")).unwrap());
    let index = json!({ "schemaVersion": 2, "manifests": [
        { "mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": digest, "size": manifest.len() },
    ] });
    std::fs::write(folder.path().join("layout/index.json"), index.to_string()).unwrap();
    let arguments = ["shrink", "--manifest", "layout", "--target", "embedded:clean", "--format", "json"];
    let verdict = &lines(&manifuzz(folder.path(), &arguments))[0];
    assert_eq!((&verdict["outcome"], &verdict["manifest"]), (&json!("rejected"), &json!("layout")));
    assert_eq!(verdict["not_given"][0]["path"], "layers.0", "{verdict}");
    assert_eq!(verdict["not_given"][0]["held"], false);
    assert_eq!(verdict["reason"]["place"], "/layers/0", "{verdict}");
    let chart = chart("chart.tgz");
    let whole = manifuzz(folder.path(), &[&arguments[..], &["--blob", &chart]].concat());
    assert_eq!((whole.status.code(), &lines(&whole)[0]["outcome"]), (Some(0), &json!("accepted")));
}

#[test]
fn a_run_pushes_the_manifest_first_and_records_it_with_its_bytes() {
    let (folder, files) = (tempfile::tempdir().unwrap(), files());
    let arguments = ["run", "embedded:gitlab", "--cases", "20", "--seed", "1", "--corpus", "cases.csv"];
    let output = manifuzz(folder.path(), &with_chart(&arguments, &files));
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(stderr(&output).contains("manifest.json: refused at manifest-put"), "{}", stderr(&output));
    let path = folder.path().join("cases.csv");
    let corpus = Corpus::read_only(&path).unwrap();
    let rows = corpus.records();
    let row = rows.iter().find(|row| row.shape.as_str().starts_with("body=sha256:")).unwrap();
    assert!(row.key.ends_with(" body:/config/mediaType"), "{}", row.key);
    let from = row.shrunk_from.trim_start_matches("body=").to_owned();
    assert_eq!(read_body(&path, &from).unwrap(), std::fs::read(&files[0]).unwrap());
    assert_eq!(sha256(&read_body(&path, &row.body_sha256).unwrap()), row.body_sha256);
    // A second run finds the same row.
    let before = rows.len();
    manifuzz(folder.path(), &with_chart(&arguments, &files));
    assert_eq!(Corpus::read_only(&path).unwrap().records().len(), before);
}

/// The rows of a run on a registry that refuses the chart, by id.
fn refused_chart() -> (tempfile::TempDir, String) {
    let (folder, files) = (tempfile::tempdir().unwrap(), files());
    let arguments = ["run", "embedded:gitlab", "--cases", "20", "--seed", "1", "--corpus", "cases.csv"];
    manifuzz(folder.path(), &with_chart(&arguments, &files));
    let corpus = Corpus::read_only(&folder.path().join("cases.csv")).unwrap();
    let rows = corpus.records();
    let row = rows.iter().find(|row| row.shape.as_str().starts_with("body=sha256:")).unwrap();
    (folder, row.shape.id().to_owned())
}

#[test]
fn a_recorded_document_is_replayed_and_shrunk() {
    let (folder, id) = refused_chart();
    for (target, result, code) in [("embedded:gitlab", "failing", 1), ("embedded:clean", "fixed", 0)] {
        let output = manifuzz(folder.path(), &["replay", &id, "--corpus", "cases.csv", "--target", target]);
        assert_eq!(output.status.code(), Some(code), "{}", stderr(&output));
        assert_eq!(lines(&output)[0]["result"], result, "{}", stderr(&output));
    }
    let output = manifuzz(folder.path(), &["shrink", &id, "--corpus", "cases.csv", "--target", "embedded:gitlab"]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert_eq!(lines(&output)[0]["reason"]["place"], "/config/mediaType");
}

#[test]
fn a_document_of_the_baseline_is_stale_where_it_is_accepted() {
    let (folder, id) = refused_chart();
    let add = ["baseline", "add", &id, "--corpus", "cases.csv", "--reason", "reported"];
    assert_eq!(manifuzz(folder.path(), &add).status.code(), Some(0));
    let run = |target: &str, more: &[&str]| {
        let run = ["run", target, "--name", "embedded:gitlab", "--cases", "20", "--seed", "1", "--corpus", "cases.csv"];
        let known = ["--baseline", "manifuzz-baseline.csv"];
        stderr(&manifuzz(folder.path(), &[&run[..], &known, more].concat()))
    };
    let counted = "1 rows reproduced, 0 stale, 0 expired, 0 not tested";
    assert!(run("embedded:gitlab", &[]).contains(counted), "it is fired with its content");
    assert!(run("embedded:clean", &[]).contains("0 rows reproduced, 1 stale, 0 expired, 0 not tested"));
}

#[test]
fn documents_and_known_findings_are_not_fired_beyond_the_budget() {
    let (folder, _) = refused_chart();
    let arguments = ["run", "embedded:gitlab", "--max-requests", "1", "--corpus", "other.csv"];
    let known = ["--baseline", "cases.csv"];
    let output = manifuzz(folder.path(), &with_chart(&[&arguments[..], &known].concat(), &files()));
    let err = stderr(&output);
    assert!(err.contains("shrinking stopped early, after 1 pushes"), "{err}");
    assert!(err.contains("0 rows reproduced, 0 stale, 0 expired"), "{err}");
}

#[test]
fn a_document_of_a_fixed_case_is_handled_as_its_shape() {
    let folder = tempfile::tempdir().unwrap();
    let shape: manifuzz::shape::Shape = "annotations=one".parse().unwrap();
    let exchange = manifuzz::render::render(&shape);
    std::fs::write(folder.path().join("mine.json"), &exchange.tested.body[..]).unwrap();
    let mut arguments = vec!["shrink".to_owned(), "--manifest".to_owned(), "mine.json".to_owned()];
    for (i, need) in exchange.needs.iter().enumerate() {
        std::fs::write(folder.path().join(format!("{i}")), &need.bytes).unwrap();
        arguments.extend(["--blob".to_owned(), i.to_string()]);
    }
    arguments.extend(["--target", "embedded:clean", "--format", "json"].map(str::to_owned));
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let verdict = &lines(&manifuzz(folder.path(), &arguments))[0];
    assert_eq!((&verdict["shape"], &verdict["outcome"]), (&json!("annotations=one"), &json!("accepted")));
}

#[test]
fn a_manifest_is_a_further_column_of_the_matrix() {
    let (folder, files) = (tempfile::tempdir().unwrap(), files());
    let arguments = ["matrix", "embedded:gitlab", "embedded:clean", "--flavours", "empty-layers", "--format", "csv"];
    let output = manifuzz(folder.path(), &with_chart(&arguments, &files));
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let mut reader = csv::Reader::from_reader(output.stdout.as_slice());
    let rows: Vec<_> = reader.records().map(Result::unwrap).filter(|row| row[1].ends_with("manifest.json")).collect();
    let outcomes: Vec<_> = rows.iter().map(|row| (&row[0], &row[2])).collect();
    assert_eq!(outcomes, [("embedded:gitlab", "rejected"), ("embedded:clean", "accepted")]);
}

#[test]
fn wrong_arguments_are_refused_before_anything_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = chart("manifest.json");
    for (arguments, why) in [
        (&["shrink", "--target", "embedded:clean"][..], "<CASE>"),
        (&["shrink", "base", "--manifest", &manifest, "--target", "embedded:clean"], "cannot be used with"),
        (&["shrink", "--manifest", "absent.json", "--target", "embedded:clean"], "absent.json"),
        (&["run", "embedded:clean", "--blob", &manifest], "--manifest"),
        (&["run", "embedded:clean", "--read-only", "--manifest", &manifest], "--read-only"),
        (&["matrix", "embedded:clean", "--manifest", "."], "index.json"),
    ] {
        let output = manifuzz(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", stderr(&output));
        assert!(stderr(&output).contains(why), "{arguments:?}: {}", stderr(&output));
    }
}

#[test]
fn limits_are_lines_for_programs() {
    let folder = tempfile::tempdir().unwrap();
    let output = manifuzz(folder.path(), &["limits", "--target", "embedded:harbor", "--format", "json"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let lines = lines(&output);
    let names: Vec<&str> = lines.iter().map(|line| line["limit"].as_str().unwrap()).collect();
    let all = ["manifest-size", "layers", "annotation-length", "annotations", "tag-length", "nesting", "index-depth"];
    assert_eq!(names, all);
    let requests: u64 = lines.iter().map(|line| line["requests"].as_u64().unwrap()).sum();
    assert!(requests < 300, "{requests}");
    let size = json!({
        "target": "embedded:harbor",
        "limit": "manifest-size",
        "unit": "bytes",
        "largest_accepted": 4_194_304,
        "smallest_refused": 4_194_305,
        "refusal": {
            "stage": "manifest-put",
            "status": 413,
            "error_code": "MANIFEST_INVALID",
            "message": "manifest is too large",
        },
        "served": null,
        "end": "exact",
        "why": null,
        "requests": lines[0]["requests"],
    });
    assert_eq!(lines[0], size);
}

#[test]
fn limits_are_a_table_for_people() {
    let folder = tempfile::tempdir().unwrap();
    let output = manifuzz(folder.path(), &["limits", "--target", "embedded:harbor", "--format", "pretty"]);
    let out = String::from_utf8(output.stdout.clone()).unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(out.contains("largest accepted") && out.contains("4194304") && out.contains("no limit up to"), "{out}");
}

//! What a row holds, whatever a target answered and whatever was sent: bounded, and visible on a terminal.

use std::path::Path;

use crate::registry::{planted_with, target};
use manifuzz::compare::{Finding, Grade, Symptom};
use manifuzz::engine::{CaseRunner, MinimalFinding};
use manifuzz::exchange::{Depth, Stage};
use manifuzz::findings::{Also, Context, Corpus, Record, Sighting, merge};
use manifuzz::generate::{Preset, draw_nth, exhaustive};
use manifuzz::model::{Class, Versions};
use manifuzz::registry::Params;
use manifuzz::report::json_line;
use manifuzz::shape::Shape;

/// The longest row, in bytes.
const ROW: usize = 128 * 1024;

fn record(shape: &Shape, witness: Option<&Shape>, from: &Shape, finding: &Finding) -> Record {
    let sighting = Sighting {
        target: &"🦀\"".repeat(9000),
        target_version: &"\u{202e}\"".repeat(9000),
        spec: "1.1",
        shape,
        finding,
        witness,
        from,
        reproduced: 3,
        is_smallest: true,
        probes: 9,
        extent: &"\u{202e}\"".repeat(9000),
    };
    sighting.record(&Context { seed: 7, day: "2026-01-02".parse().unwrap(), tool_version: "0.1.0" })
}

/// A finding whose texts are as long as a server likes.
fn long_finding() -> Finding {
    Finding {
        symptom: Symptom {
            stage: Stage::ManifestPut,
            class: Class::WrongCode,
            status: Some(400),
            code: "C\"".repeat(50_000),
            duty: Some("error-code-is-specified"),
        },
        grade: Grade::Violation,
        message: "世\"\n".repeat(50_000),
        rules: vec!["error-code-is-specified"],
        expect: "may-reject(MANIFEST_BLOB_UNKNOWN)".into(),
        note: "\u{202e}\"".repeat(50_000),
        rules_due: Vec::new(),
        rules_recommending: Vec::new(),
    }
}

/// Merges a record into a file.
fn write(path: &Path, record: &Record) {
    let mut corpus = Corpus::open(path).unwrap();
    corpus.merge(record.clone());
    corpus.save().unwrap();
}

/// What the record takes as a line of CSV.
fn csv_length(record: &Record) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cases.csv");
    write(&path, record);
    std::fs::read(&path).unwrap().len()
}

#[test]
fn every_row_stays_below_128_kib() {
    let mut finding = long_finding();
    // As `compare` makes it; the key holds the code.
    finding.symptom.code = finding.symptom.code.chars().take(128).collect();
    let many: Also = (0..500).map(|i| format!("annotations=one;layers=count({i});{}", "x".repeat(600))).collect();
    let hostile = (0..400).map(|i| draw_nth(5, Preset::Hostile, i));
    let counts = ["layers=count(2000)", "kind=index;manifests=count(1000)"].map(|text| text.parse::<Shape>().unwrap());
    let (mut longest, mut cases) = (0, 0);
    let mut before = Shape::base();
    for shape in exhaustive(1).chain(hostile).chain(counts) {
        let record = Record { also: many.clone(), ..record(&shape, Some(&before), &shape, &finding) };
        let row = json_line(&record).len();
        // Writing a file for each would take the most of the time.
        let row = if row > ROW / 4 { row.max(csv_length(&record)) } else { row };
        assert!(row < ROW, "{shape}: {row} bytes");
        longest = longest.max(row);
        cases += 1;
        before = shape;
    }
    assert!(cases > 1500 && longest > ROW / 2, "{cases} cases, {longest} bytes");
}

#[test]
fn texts_of_a_server_are_bounded_and_marked_as_cut() {
    let base = Shape::base();
    let record = record(&base, None, &base, &long_finding());
    let length = |text: &str| text.chars().count();
    assert_eq!([&record.error_code, &record.error_message].map(|text| length(text)), [128, 499], "no escape is cut");
    assert!(length(&record.note) <= 500 && record.note.starts_with(r#"\u{202e}"\u{202e}""#), "{}", record.note);
    for text in [&record.error_code, &record.error_message, &record.note] {
        assert!(text.ends_with('…'), "{text}");
    }
}

#[test]
fn the_body_of_a_witness_is_in_it_up_to_8_kib() {
    let base = Shape::base();
    let finding = long_finding();
    // A number of layers is about the length of the body.
    let layers = |count: u64| format!("layers=count({count})").parse::<Shape>().unwrap();
    let (mut with, mut without) = (0, 0);
    for count in [3, 20, 40, 60, 80] {
        let record = record(&base, Some(&layers(count)), &base, &finding);
        let witness: serde_json::Value = serde_json::from_str(&record.witness).unwrap();
        let length = manifuzz::render::render(&layers(count)).tested.body.len();
        assert_eq!(witness.get("body_base64").is_some(), length <= 8 * 1024, "{count} layers, {length} bytes");
        *if length <= 8 * 1024 { &mut with } else { &mut without } += 1;
    }
    assert!(with > 1 && without > 1);
}

#[test]
fn needs_hold_content_up_to_a_limit_and_count_the_rest() {
    let base = Shape::base();
    let finding = long_finding();
    let needs = |text: &str| {
        let record = record(&text.parse().unwrap(), None, &base, &finding);
        serde_json::from_str::<Vec<serde_json::Value>>(&record.needs).unwrap()
    };
    let few = needs("layers=two");
    assert!(few.len() == 3 && few.iter().all(|need| need["content_base64"].is_string()), "{few:?}");
    let some = needs("layers=count(40)");
    let with_content = some.iter().filter(|need| need["content_base64"].is_string()).count();
    assert!(some.len() == 41 && with_content > 3 && with_content < 41, "{with_content} of {}", some.len());
    let many = needs("layers=count(1024)");
    let (last, listed) = many.split_last().unwrap();
    assert!(listed.iter().all(|need| need["digest"].is_string()) && listed.len() > 50);
    assert_eq!(last["more"].as_u64().unwrap() as usize + listed.len(), 1025);
}

#[test]
fn also_lists_32_texts_and_says_how_many_more() {
    let text = |i: usize| format!("annotations=n{i:03}");
    let some: Also = (0..40).map(text).collect();
    let written = some.to_string();
    let words: Vec<&str> = written.split(' ').collect();
    assert_eq!((words.len(), words[0], words[31], words[32]), (33, "annotations=n000", "annotations=n031", "+8"));
    let read: Also = written.parse().unwrap();
    assert_eq!((read.count(), read.to_string()), (40, written));
    // What was left out is found again, and is no more than before.
    assert_eq!(read.union(&some).to_string(), some.to_string());
    assert_eq!(some.union(&read).to_string(), some.to_string());
    // A new one is counted as soon as more are known than before.
    let larger: Also = (0..45).map(text).collect();
    assert!(read.union(&larger).to_string().ends_with(" +13"));
    assert_eq!(Also::from_iter([text(1)]).to_string(), text(1));
    let word: Also = "+7".parse().unwrap();
    assert_eq!((word.count(), word.to_string().as_str(), "+7".parse::<Shape>().is_err()), (7, "+7", true));
}

#[test]
fn merging_is_idempotent_where_also_is_cut() {
    let base = Shape::base();
    let finding = long_finding();
    let seen = |i: u64| {
        let shape: Shape = format!("layers=count({})", 40 + i).parse().unwrap();
        record(&shape, None, &base, &finding)
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cases.csv");
    // Twice the same run, each with what the other one left; the second one the other way round.
    let mut files = Vec::new();
    for order in [(0..60).collect::<Vec<_>>(), (0..60).rev().collect(), (0..60).collect()] {
        let mut of_run: Option<Record> = None;
        for i in order {
            let new = seen(i);
            let merged = of_run.as_ref().map_or_else(|| new.clone(), |old| merge(old, &new));
            write(&path, &merged);
            of_run = Some(merged);
        }
        files.push(std::fs::read_to_string(&path).unwrap());
    }
    assert!(files[0].contains("layers=count(41)") && files[0].contains(" +27,"), "{}", files[0]);
    assert_eq!(files[0], files[1]);
    assert_eq!(files[1], files[2]);
}

/// What is found on a registry that refuses annotations with this code and message.
fn found_with(code: &str, message: &str) -> Vec<MinimalFinding> {
    let params = Params { status: Some(400), code: Some(code.to_owned()), message: Some(message.to_owned()) };
    let target = target(&planted_with(&["refuses-annotations"], &params));
    let mut single = CaseRunner::new(target.as_ref(), Versions::V1_1, Depth::Full).unwrap();
    single.case(&"annotations=one".parse().unwrap()).unwrap()
}

/// The code is part of the symptom, and so of every key that is kept and compared while a run is on.
#[test]
fn texts_of_a_server_are_bounded_as_soon_as_they_are_in_a_finding() {
    let found = found_with(&"C".repeat(9000), &"m".repeat(9000));
    let length = |text: &str| text.chars().count();
    assert!(!found.is_empty());
    for MinimalFinding { finding, .. } in &found {
        assert_eq!((length(&finding.symptom.code), length(&finding.message)), (128, 500), "{finding:?}");
        assert!(length(&finding.note) <= 500, "{finding:?}");
    }
    assert!(found.iter().any(|one| one.finding.note.ends_with('…')), "a note quotes the code");
}

/// A registry that answers with what a terminal obeys, or shows otherwise than it is.
#[test]
fn texts_of_a_server_are_escaped_in_every_field_of_a_finding() {
    let code = "MANI\u{202e}FEST\u{1b}[2J";
    let found = found_with(code, "no\u{200b}\u{feff}\u{2028}\u{e0041}\u{9b}31m\r\n\u{7f}");
    let records: Vec<Record> =
        found.iter().map(|one| record(&one.shape, one.witness.as_ref(), &one.from, &one.finding)).collect();
    let refused = records.iter().find(|record| record.class == Class::RejectsValid).unwrap();
    assert_eq!(refused.error_code, r"MANI\u{202e}FEST\u{1b}[2J");
    assert_eq!(refused.error_message, r"no\u{200b}\u{feff}\u{2028}\u{e0041}\u{9b}31m\r\n\u{7f}");
    // The code is quoted by the note of another finding, and by every key.
    let quoted = records.iter().find(|record| record.note.contains("the error code")).unwrap();
    assert!(quoted.note.contains(r"MANI\u{202e}FEST\u{1b}[2J"), "{}", quoted.note);
    for record in &records {
        let line = json_line(record);
        let invisible = |c: char| c.is_control() || "\u{202e}\u{200b}\u{feff}\u{2028}\u{e0041}".contains(c);
        assert!(!line.contains(invisible), "{line:?}");
    }
}

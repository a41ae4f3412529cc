//! A small report that the tests of formats share, made from `data/report-cases.csv`.

use std::path::PathBuf;

use manifuzz::compare::Grade;
use manifuzz::findings::{CaseText, Corpus, row_lines};
use manifuzz::report::{Document, Ended, FlavourEnd, ReportFormat, RowPlaces, RuleTally, RunReport, TargetReport};

/// A path below `tests/command`.
pub fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/command").join(name)
}

/// The rows of the file and where they are, under the name that a repository would have for it.
pub fn places() -> RowPlaces {
    RowPlaces::new("corpus/my cases.csv", row_lines(&path("data/report-cases.csv")).unwrap())
}

fn target(name: &str, rules: &[(&str, usize, usize)], flavours: &[(&str, Option<bool>, Option<u16>)]) -> TargetReport {
    let rule = |(rule, kept, broken): &(&str, usize, usize)| RuleTally {
        rule: (*rule).to_owned(),
        kept: *kept,
        broken: *broken,
    };
    let flavour = |(flavour, accepted, status): &(&str, Option<bool>, Option<u16>)| FlavourEnd {
        flavour: (*flavour).to_owned(),
        accepted: *accepted,
        status: *status,
    };
    TargetReport {
        name: name.to_owned(),
        version: "3".to_owned(),
        ended: Ended { judged: 120, unsupported: 3, ..Ended::default() },
        rules: rules.iter().map(rule).collect(),
        flavours: flavours.iter().map(flavour).collect(),
        points: vec![(64, 1), (123, 2)],
        ..TargetReport::default()
    }
}

/// A run of four targets, one of which could not be tested.
pub fn run() -> RunReport {
    let corpus = Corpus::read_only(&path("data/report-cases.csv")).unwrap();
    assert!(corpus.damaged().is_empty(), "{:?}", corpus.damaged());
    let flavours = [("no-layers", Some(true), Some(201)), ("nested-index", Some(false), Some(400))];
    let rules = [("tag-list-is-in-order", 118, 2), ("push-answers-201", 120, 0), ("blob-pull-answers-200", 0, 0)];
    let mut lost = target("lost", &[], &[("no-layers", None, None)]);
    lost.error = Some("cannot connect to <lost>".to_owned());
    RunReport {
        tool_version: "1.2.3".to_owned(),
        arguments: vec!["run".to_owned(), "embedded:gitea".to_owned()],
        day: "2026-01-02".parse().unwrap(),
        seed: 7,
        spec: "1.1".to_owned(),
        plan: "plan".to_owned(),
        shard: None,
        targets: vec![
            target("embedded:distribution", &rules, &flavours),
            target("embedded:gitea", &[], &flavours),
            lost,
        ],
        findings: corpus.records().into_iter().cloned().collect(),
    }
}

/// A run with so many findings.
pub fn large_run(findings: usize) -> RunReport {
    let run = run();
    let copy = |at: usize| {
        let mut record = run.findings[at % run.findings.len()].clone();
        record.shape = CaseText::new(format!("{};text.padding=spaces({at})", record.shape));
        record.key = format!("{},number-{}", record.key, at % 50);
        record
    };
    RunReport { findings: (0..findings).map(copy).collect(), ..run }
}

/// A report in this format.
pub fn written(format: &str, run: &RunReport, is_run: bool) -> String {
    let document = Document { run, is_run, fail_on: Grade::Warning, places: &places() };
    (ReportFormat::named(format).unwrap().write)(&document)
}

//! `junit`: one suite per target, with a test case for each finding and for each rule without findings.

use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite};

use super::clauses::{link, main_rule, rule_id};
use super::document::Document;
use crate::findings::Record;
use crate::report::run_report::TargetReport;

/// The report as JUnit XML. A finding at or above `fail_on` is a failure, a rule that was never asked is skipped.
pub(super) fn junit(document: &Document<'_>) -> String {
    let mut report = Report::new("manifuzz");
    for (name, version) in document.targets() {
        let mut suite = TestSuite::new(name);
        let mut property = |name: &str, value: &str| {
            if !value.is_empty() {
                suite.add_property(Property::new(name, value));
            }
        };
        property("tool_version", &document.run.tool_version);
        property("target_version", version);
        property("rows", &document.places.file);
        if document.is_run {
            property("seed", &document.run.seed.to_string());
            property("spec", &document.run.spec);
        }
        let mut findings: Vec<&Record> = document.findings_on(name).collect();
        findings.sort_by_key(|record| std::cmp::Reverse(record.grade));
        suite.add_test_cases(findings.iter().map(|record| of_finding(record, document)));
        if let Some(target) = document.target(name) {
            suite.add_test_cases(of_rules(target, &findings));
            suite.add_test_cases(target.error.iter().map(|error| of_error(error)));
        }
        report.add_test_suite(suite);
    }
    // Writing to memory does not fail.
    without_skipped_at_root(&report.to_string().unwrap_or_default(), report.skipped)
}

/// Jenkins' schema has the attribute `skipped` for suites, but not for all of them together.
fn without_skipped_at_root(xml: &str, skipped: usize) -> String {
    let root_end = xml.find("<testsuite ").unwrap_or(xml.len());
    let (root, suites) = xml.split_at(root_end);
    root.replacen(&format!(" skipped=\"{skipped}\""), "", 1) + suites
}

fn of_finding(record: &Record, document: &Document<'_>) -> TestCase {
    let is_failure = record.grade >= document.fail_on;
    let mut status =
        if is_failure { TestCaseStatus::non_success(NonSuccessKind::Failure) } else { TestCaseStatus::success() };
    let text = description(record, document);
    if is_failure {
        status.set_message(record.note.as_str()).set_type(format!("{} {}", record.grade, record.class.as_str()));
        status.set_description(text.as_str());
    }
    let mut case = TestCase::new(format!("{} {}", record.shape.id(), record.shape), status);
    case.set_classname(rule_id(record));
    if !is_failure {
        case.set_system_out(format!("{}: {}\n{text}", record.grade, record.note));
    }
    case
}

fn description(record: &Record, document: &Document<'_>) -> String {
    let status = record.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
    let came = match record.ending() {
        Some(ending) => format!("{} ended with {ending}: {}", record.stage, record.error_message),
        None => format!("answer at {}: {status} {} {}", record.stage, record.error_code, record.error_message),
    };
    let mut lines = vec![format!("expected: {}", record.expect), came];
    if !record.extent.is_empty() {
        lines.push(format!("how far it goes: {}", record.extent));
    }
    if let Some(rule) = main_rule(record) {
        let info = rule.info();
        lines.push(format!("rule: {}\n  {}", info.clause.summary, link(info)));
        lines.extend([format!("why: {}", info.why), format!("fix: {}", info.fix)]);
    }
    if let Some(line) = document.places.line(record) {
        lines.push(format!("row: {}:{line}", document.places.file));
    }
    lines.join("\n")
}

/// The rules without findings: kept, never asked, or broken in cases whose findings name another rule.
fn of_rules(target: &TargetReport, findings: &[&Record]) -> Vec<TestCase> {
    let is_found = |rule: &str| findings.iter().any(|record| rule_id(record) == rule);
    let of_rule = |count: &crate::report::tally::RuleTally| {
        let was_asked = count.kept + count.broken > 0;
        let mut status = if was_asked { TestCaseStatus::success() } else { TestCaseStatus::skipped() };
        if !was_asked {
            status.set_message("no case of this run asked it");
        } else if count.broken > 0 {
            // Findings of another rule explain it, or it did not reproduce.
            status = TestCaseStatus::skipped();
            status.set_message(format!(
                "broken in {} of {} cases, without a separate finding",
                count.broken,
                count.kept + count.broken
            ));
        }
        let mut case = TestCase::new(count.rule.as_str(), status);
        case.set_classname("rule");
        case
    };
    target.rules.iter().filter(|count| !is_found(&count.rule)).map(of_rule).collect()
}

fn of_error(error: &str) -> TestCase {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_message(error).set_type("not tested");
    let mut case = TestCase::new("target", status);
    case.set_classname("run");
    case
}

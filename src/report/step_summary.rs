//! A run for GitHub Actions: a summary in Markdown for the page of the job, and outputs for its later steps.

use std::fmt::Write as _;
use std::path::Path;

use super::markdown_text::escape;
use super::{Group, RunReport};
use crate::compare::Grade;
use crate::foreign::escaped;

/// How many groups are listed: GitHub accepts summaries of at most 1 MiB.
const MOST: usize = 200;

/// The counts and the groups above a note, in Markdown.
pub fn step_summary(report: &RunReport, groups: &[Group<'_>]) -> String {
    let [violations, warnings, notes] =
        [Grade::Violation, Grade::Warning, Grade::Note].map(|grade| report.count(grade));
    let mut out = format!("## manifuzz\n\n{violations} violations, {warnings} warnings, {notes} notes\n\n");
    for target in &report.targets {
        let name = escape(&target.name);
        let end = match &target.error {
            Some(error) => format!("not tested: {}", escape(error)),
            None => format!("{} of {} cases judged", target.ended.judged, target.cases),
        };
        let _ = writeln!(out, "- {name}: {end}");
    }
    let shown: Vec<&Group<'_>> = groups.iter().filter(|group| group.grade() > Grade::Note).collect();
    if !shown.is_empty() {
        out.push_str("\n| grade | target | finding | places | smallest case | answer |\n|---|---|---|---|---|---|\n");
    }
    for group in shown.iter().take(MOST) {
        let (first, places) = (group.first(), group.places());
        let answer = match (first.status, first.ending()) {
            (_, Some(ending)) => ending.to_owned(),
            (Some(status), None) => format!("{status} {}", first.error_code),
            (None, None) => "none".to_owned(),
        };
        let cells = [&*first.target, &*group.title, &*places.to_string(), first.shape.as_str(), answer.trim_end()];
        let _ = writeln!(out, "| {} | {} |", group.grade(), cells.map(escape).join(" | "));
    }
    if shown.len() > MOST {
        let _ = writeln!(out, "\n{} more groups are in the corpus.", shown.len() - MOST);
    }
    let _ = writeln!(out, "\n{}", report.last_line());
    out
}

/// The outputs of the step, a line `name=value` for each.
pub fn step_outputs(report: &RunReport, groups: &[Group<'_>], corpus: &Path, results: Option<&Path>) -> String {
    let of_grade = |grade| groups.iter().filter(|group| group.grade() >= grade).count();
    let mut out = String::new();
    for (name, count) in [
        ("violations", report.count(Grade::Violation)),
        ("warnings", report.count(Grade::Warning)),
        ("notes", report.count(Grade::Note)),
        ("groups", of_grade(Grade::Warning)),
        ("judged", report.ended().judged),
        ("not_reproduced", report.not_reproduced()),
    ] {
        let _ = writeln!(out, "{name}={count}");
    }
    // A newline in a path would begin another output.
    let mut path = |name: &str, path: &Path| {
        let _ = writeln!(out, "{name}={}", escaped(&path.to_string_lossy()));
    };
    path("corpus", corpus);
    if let Some(results) = results {
        path("results", results);
    }
    out
}

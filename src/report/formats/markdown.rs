//! `markdown`: counts, the groups as a table, and details of each group, for a comment on a pull request.

use std::fmt::Write as _;

use super::clauses::{link, main_rule, place};
use super::document::Document;
use crate::compare::Grade;
use crate::findings::Record;
use crate::report::groups::Group;
use crate::report::markdown_text::{code, escape};

/// GitHub accepts comments of at most 65 536 characters.
const MOST: usize = 60_000;
/// How many cases of a group are listed.
const CASES: usize = 8;

/// The report as Markdown.
pub(super) fn markdown(document: &Document<'_>) -> String {
    let run = document.run;
    let count = |grade, one: &str| match run.count(grade) {
        1 => format!("1 {one}"),
        n => format!("{n} {one}s"),
    };
    let grades = [(Grade::Violation, "violation"), (Grade::Warning, "warning"), (Grade::Note, "note")];
    let counts: Vec<String> = grades.into_iter().map(|(grade, one)| count(grade, one)).collect();
    let mut out = format!("## manifuzz: {}\n\n", counts.join(", "));
    if document.is_run {
        let (seed, spec) = (run.seed, &run.spec);
        let _ = writeln!(out, "manifuzz {}, seed {seed}, specifications {spec}, {}\n", run.tool_version, run.day);
    }
    targets(document, &mut out);
    let (notes, shown): (Vec<Group<'_>>, Vec<Group<'_>>) =
        document.groups().into_iter().partition(|group| group.first().grade == Grade::Note);
    if !shown.is_empty() {
        out.push_str("\n| grade | target | finding | smallest case | rows |\n|---|---|---|---|---:|\n");
        for group in &shown {
            let (first, title) = (group.first(), escape(&group.title));
            let (grade, target, case) = (first.grade, escape(&first.target), in_cell(&code(first.shape.as_str())));
            let _ = writeln!(out, "| {grade} | {target} | {title} | {case} | {} |", group.records.len());
        }
    }
    if !notes.is_empty() {
        let rows: usize = notes.iter().map(|group| group.records.len()).sum();
        let _ = writeln!(out, "\n{rows} notes in {} groups are not listed here.", notes.len());
    }
    for (at, group) in shown.iter().enumerate() {
        let text = details(group);
        if out.len() + text.len() > MOST {
            let _ = writeln!(out, "\nDetails of {} more groups do not fit into a comment.", shown.len() - at);
            break;
        }
        out.push_str(&text);
    }
    out
}

fn targets(document: &Document<'_>, out: &mut String) {
    out.push_str(
        "| target | version | cases judged | violations | warnings | notes |\n|---|---|---:|---:|---:|---:|\n",
    );
    for (name, version) in document.targets() {
        let judged = match document.target(name) {
            Some(target) if target.error.is_some() => "not tested".to_owned(),
            Some(target) => target.ended.judged.to_string(),
            None => String::new(),
        };
        let [violations, warnings, notes] =
            [Grade::Violation, Grade::Warning, Grade::Note].map(|grade| document.count(name, grade));
        let (name, version) = (escape(name), escape(version));
        let _ = writeln!(out, "| {name} | {version} | {judged} | {violations} | {warnings} | {notes} |");
    }
}

fn details(group: &Group<'_>) -> String {
    let first = group.first();
    let mut out = format!(
        "\n<details><summary>{}: {} ({})</summary>\n\n",
        first.grade,
        escape(&group.title),
        escape(&first.target)
    );
    let mut line = |label: &str, text: &str| {
        if !text.is_empty() {
            let _ = writeln!(out, "- {label}: {text}");
        }
    };
    line("observed", &escape(&first.note));
    line("expected", &escape(&first.expect));
    line("how far it goes", &escape(&first.extent));
    line("answer", &answer(first));
    if let Some(rule) = main_rule(first) {
        let info = rule.info();
        line("rule", &format!("{}: {} ([{}]({}))", code(info.id), info.clause.summary, place(info), link(info)));
        line("why it matters", info.why);
        line("fix", info.fix);
    }
    let cases = group.records.iter().take(CASES);
    for record in cases {
        line("case", &format!("{}, id {}", code(record.shape.as_str()), code(record.shape.id())));
    }
    if group.records.len() > CASES {
        line("more cases", &(group.records.len() - CASES).to_string());
    }
    out.push_str("\n</details>\n");
    out
}

fn answer(record: &Record) -> String {
    if let Some(ending) = record.ending() {
        let message = escape(&record.error_message);
        let said = if message.is_empty() { String::new() } else { format!(": {message}") };
        return format!("{} at {}{said}", escape(ending), record.stage);
    }
    let status = record.status.map_or_else(|| "none".to_owned(), |status| status.to_string());
    let words = [&record.error_code, &record.error_message].map(|text| escape(text));
    let words = words.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(": ");
    format!("{status} at {} {words}", record.stage).trim_end().to_owned()
}

/// A pipe ends a cell even in a code span.
fn in_cell(code: &str) -> String {
    code.replace('|', "\\|")
}

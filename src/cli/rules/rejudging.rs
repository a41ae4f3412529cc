//! `manifuzz rules --between OLD NEW --target TARGET`: which answers of a registry two versions judge differently.

use std::path::Path;

use serde_json::{Value, json};

use crate::cli::cleanup::Written;
use crate::cli::interrupt::Interrupt;
use crate::cli::targets::{TargetArgument, TargetFlags};
use crate::cli::{FOUND, INTERRUPTED, Output, UNTESTABLE, tell};
use crate::compare::Finding;
use crate::engine::{Schedule, VersionChange, VersionComparison, compare_versions};
use crate::error::Error;
use crate::foreign::{escaped, json_escaped};
use crate::generate::flavours;
use crate::model::Versions;
use crate::shape::Shape;

/// Fires the fixed cases of a run at the target once, judges the answers by both versions, and prints the differences. Returns
/// exit code 1 if an answer becomes a violation.
pub(super) fn rejudge(
    sets: [Versions; 2],
    at: &TargetArgument,
    flags: &TargetFlags,
    keep: bool,
    interrupt: &Interrupt,
    output: &Output,
) -> Result<u8, Error> {
    let mut opener = flags.opener(interrupt)?;
    let targets = [at.clone()];
    let written = Written::record(&mut opener, &targets, Path::new("manifuzz-rules"), keep)?;
    let target = opener.open(&targets[0])?;
    let flavours = flavours().iter().map(|flavour| flavour.shape.clone()).collect();
    let mut shapes: Vec<Shape> = Schedule { flavours, ..Schedule::default() }.fixed().collect();
    let mut seen = std::collections::HashSet::new();
    shapes.retain(|shape| seen.insert(shape.clone()));
    let compared = compare_versions(target.as_ref(), sets, &shapes, interrupt.stop());
    if let Ok(compared) = &compared {
        print(target.name(), compared, output)?;
        let VersionComparison { changes, judged, unsupported, troubled } = compared;
        let worse = changes.iter().filter(|change| change.becomes_a_violation()).count();
        tell(format_args!(
            "{}: {worse} violations by {} that are none by {}; {judged} of {} cases judged, {unsupported} unsupported, \
             {troubled} in trouble; {} requests",
            target.name(),
            sets[1],
            sets[0],
            shapes.len(),
            target.requests()
        ));
    }
    written.end(&opener, &targets, &[], interrupt, None)?;
    let compared = compared?;
    Ok(match () {
        () if interrupt.came() => INTERRUPTED,
        () if compared.changes.iter().any(VersionChange::becomes_a_violation) => FOUND,
        () if compared.judged == 0 => UNTESTABLE,
        () => 0,
    })
}

fn print(target: &str, compared: &VersionComparison, output: &Output) -> Result<(), Error> {
    for change in &compared.changes {
        Output::print(&if output.is_pretty() { pretty(change) } else { line(target, change) })?;
    }
    Ok(())
}

/// What one version says of the answer.
fn verdict(finding: Option<&Finding>) -> String {
    match finding {
        None => "nothing".to_owned(),
        Some(finding) => match rule(finding) {
            Some(rule) => format!("{} ({rule})", finding.grade),
            None => format!("{} ({})", finding.grade, finding.symptom.class.as_str()),
        },
    }
}

/// The rule that the answer breaks.
fn rule(finding: &Finding) -> Option<&'static str> {
    finding.breaks().next()
}

fn pretty(change: &VersionChange) -> String {
    let VersionChange { before, after, shape, cases } = change;
    let Some(finding) = after.as_ref().or(before.as_ref()) else { return String::new() };
    let cases = if *cases == 1 { format!("`{shape}`") } else { format!("{cases} cases, the first `{shape}`") };
    format!(
        "{}, was {}\n    {} at {}: {}\n    {cases}",
        verdict(after.as_ref()),
        verdict(before.as_ref()),
        finding.symptom.class.as_str(),
        finding.symptom.stage,
        escaped(&finding.note)
    )
}

fn line(target: &str, change: &VersionChange) -> String {
    let of = |finding: &Option<Finding>| match finding {
        None => Value::Null,
        Some(finding) => json!({
            "grade": finding.grade.to_string(),
            "class": finding.symptom.class.as_str(),
            "rule": rule(finding),
            "expect": finding.expect,
            "note": finding.note,
        }),
    };
    let symptom = change.after.as_ref().or(change.before.as_ref()).map(|finding| &finding.symptom);
    let line = json!({
        "target": target,
        "becomes_a_violation": change.becomes_a_violation(),
        "stage": symptom.map(|symptom| symptom.stage.to_string()),
        "status": symptom.and_then(|symptom| symptom.status),
        "error_code": symptom.map(|symptom| &symptom.code),
        "before": of(&change.before),
        "after": of(&change.after),
        "cases": change.cases,
        "shape": change.shape.to_string(),
    });
    json_escaped(&line.to_string()).into_owned()
}

//! Where the targets of a run disagree: one accepts what another refuses.

use std::collections::{HashMap, HashSet};

use jiff::civil::Date;

use crate::compare::{Class, Finding, Grade, Symptom};
use crate::exchange::{Facts, Stage};
use crate::findings::{CaseEnd, CaseLine, CaseText, Context, Record, Sighting};
use crate::model::{Party, Versions, judge};
use crate::render::render;

/// A target and how its cases ended that every target gets.
#[derive(Clone, Copy, Debug)]
pub(in crate::cli) struct Compared<'c> {
    pub name: &'c str,
    pub version: &'c str,
    pub fixed: &'c [CaseLine],
}

/// What the records of a run have in common.
#[derive(Clone, Copy, Debug)]
pub(in crate::cli) struct OfRun {
    pub spec: Versions,
    pub seed: u64,
    pub day: Date,
}

/// The two sides of a disagreement, each in the order of the targets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Sides {
    accepting: Vec<usize>,
    refusing: Vec<usize>,
}

/// A record for each way in which the targets part into those that accept and those that refuse: the smallest case on which they
/// do. It belongs to the smaller side, or in a tie to the target that comes later. Cases that a violation or warning already
/// covers are left out.
pub(in crate::cli) fn disagreements(targets: &[Compared<'_>], findings: &[&Record], run: OfRun) -> Vec<Record> {
    let mut of_shape: HashMap<&str, Vec<Option<&CaseLine>>> = HashMap::new();
    for (number, target) in targets.iter().enumerate() {
        for line in target.fixed {
            of_shape.entry(&line.shape).or_insert_with(|| vec![None; targets.len()])[number] = Some(line);
        }
    }
    let mut cases: Vec<(CaseText, Vec<Option<&CaseLine>>)> =
        of_shape.into_iter().map(|(shape, lines)| (CaseText::new(shape), lines)).collect();
    cases.sort_by(|(a, _), (b, _)| a.size().cmp(&b.size()));
    let mut seen: HashSet<Sides> = HashSet::new();
    let mut records = Vec::new();
    for (case, lines) in &cases {
        let sides = sides(lines);
        let is_split = !sides.accepting.is_empty() && !sides.refusing.is_empty();
        if !is_split || is_said(case.as_str(), &sides, targets, findings) || !seen.insert(sides.clone()) {
            continue;
        }
        records.extend(record(case, lines, &sides, targets, run));
    }
    records
}

fn sides(lines: &[Option<&CaseLine>]) -> Sides {
    let on = |is_on: fn(&CaseLine) -> bool| (0..lines.len()).filter(|at| lines[*at].is_some_and(is_on)).collect();
    Sides { accepting: on(|line| line.outcome == CaseEnd::Accepted), refusing: on(refuses) }
}

/// Whether the target refused the case. Each case was pushed once, so a missing answer or a server error may have passed since; one that
/// comes again is a separate finding.
fn refuses(line: &CaseLine) -> bool {
    line.outcome == CaseEnd::Refused && line.status.is_some_and(|status| status < 500)
}

/// Whether a finding above a note blames one of the sides for this case or for a part of it.
fn is_said(shape: &str, sides: &Sides, targets: &[Compared<'_>], findings: &[&Record]) -> bool {
    let parts: HashSet<&str> = shape.split(';').collect();
    let blamed = |record: &Record| match record.class {
        Class::RejectsValid | Class::ServerError | Class::Dropped | Class::Hang => &*sides.refusing,
        Class::AcceptsForbidden => &*sides.accepting,
        _ => &[],
    };
    findings.iter().filter(|record| record.grade > Grade::Note && !record.stage.depends_on_state()).any(|record| {
        let smallest = record.shape.as_str();
        let is_of_side = blamed(record).iter().any(|at| targets[*at].name == record.target);
        is_of_side && (smallest == "base" || smallest.split(';').all(|part| parts.contains(part)))
    })
}

fn record(
    case: &CaseText,
    lines: &[Option<&CaseLine>],
    sides: &Sides,
    targets: &[Compared<'_>],
    run: OfRun,
) -> Option<Record> {
    let Sides { accepting, refusing } = sides;
    let is_later = |one: &[usize], other: &[usize]| one.first() > other.first();
    let refuses = match refusing.len().cmp(&accepting.len()) {
        std::cmp::Ordering::Less => true,
        std::cmp::Ordering::Greater => false,
        std::cmp::Ordering::Equal => is_later(refusing, accepting),
    };
    let (own, others) = if refuses { (refusing, accepting) } else { (accepting, refusing) };
    let (verb, other) = if refuses { ("refused", "accepted") } else { ("accepted", "refused") };
    let at = *own.first()?;
    let line = lines[at]?;
    let names = |side: &[usize]| side.iter().map(|at| targets[*at].name).collect::<Vec<_>>().join(", ");
    let with = if own.len() > 1 { format!(", as by {}", names(&own[1..])) } else { String::new() };
    let note = format!("{verb} with {}{with}; {other} by {}", line.answer(), names(others));
    let shape = case.shape()?;
    let exchange = render(shape);
    let judgement = judge(&exchange, &Facts::as_meant(&exchange), Party::Registry, run.spec);
    let finding = Finding {
        symptom: Symptom {
            stage: line.stage.as_deref().and_then(Stage::named).unwrap_or(Stage::ManifestPut),
            class: Class::Disagrees,
            status: line.status,
            code: line.code.clone(),
            duty: None,
        },
        grade: Grade::Note,
        message: line.message.clone(),
        rules: judgement.rules.iter().map(|rule| rule.id).collect(),
        expect: judgement.to_string(),
        note,
        rules_due: Vec::new(),
        rules_recommending: Vec::new(),
    };
    let sighting = Sighting {
        target: targets[at].name,
        target_version: targets[at].version,
        spec: run.spec.name,
        shape,
        finding: &finding,
        witness: None,
        from: shape,
        // It was seen once.
        reproduced: 0,
        is_smallest: true,
        probes: 1,
        extent: "",
    };
    Some(sighting.record(&Context { seed: run.seed, day: run.day, tool_version: env!("CARGO_PKG_VERSION") }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(target: &str, shape: &str, is_accepted: bool) -> CaseLine {
        let end = if is_accepted { CaseEnd::Accepted } else { CaseEnd::Refused };
        let status = Some(if is_accepted { 201 } else { 400 });
        CaseLine { status, ..CaseLine::new(target, shape.to_owned(), end) }
    }

    fn compared(accepted: &[(&str, [bool; 2])], findings: &[&Record]) -> Vec<Record> {
        let shapes = ["layers=empty", "layers=empty;text.space=indented"];
        let lines: Vec<Vec<CaseLine>> = (accepted.iter())
            .map(|(name, answers)| shapes.iter().zip(answers).map(|(shape, yes)| line(name, shape, *yes)).collect())
            .collect();
        let targets: Vec<Compared<'_>> =
            accepted.iter().zip(&lines).map(|((name, _), fixed)| Compared { name, version: "", fixed }).collect();
        let day = "2026-01-02".parse().expect("a day");
        disagreements(&targets, findings, OfRun { spec: Versions::V1_1, seed: 1, day })
    }

    #[test]
    fn the_smallest_case_of_each_split_is_a_row_of_the_only_target_on_its_side() {
        let rows = compared(&[("a", [true, true]), ("b", [false, false]), ("c", [true, true])], &[]);
        assert_eq!(rows.len(), 1);
        assert_eq!((&*rows[0].target, rows[0].shape.as_str()), ("b", "layers=empty"));
        assert_eq!(rows[0].note, "refused with 400; accepted by a, c");
        assert_eq!((rows[0].class, rows[0].grade), (Class::Disagrees, Grade::Note));
        assert_eq!(rows[0].key, "manifest-put disagrees 400 - - layers");
    }

    #[test]
    fn a_push_without_an_answer_and_a_server_error_are_no_refusals() {
        let accepted = [line("a", "layers=empty", true)];
        for status in [None, Some(500), Some(503)] {
            let failed = [CaseLine { status, ..line("b", "layers=empty", false) }];
            let targets = [("a", &accepted), ("b", &failed)];
            let targets = targets.map(|(name, fixed)| Compared { name, version: "", fixed });
            let day = "2026-01-02".parse().expect("a day");
            assert_eq!(disagreements(&targets, &[], OfRun { spec: Versions::V1_1, seed: 1, day }), [], "{status:?}");
        }
    }

    #[test]
    fn in_a_tie_the_later_target_has_the_row() {
        let rows = compared(&[("a", [false, true]), ("b", [true, true])], &[]);
        assert_eq!((&*rows[0].target, &*rows[0].note), ("b", "accepted with 201; refused by a"));
        assert!(compared(&[("a", [true, true]), ("b", [true, true])], &[]).is_empty());
    }

    #[test]
    fn what_a_finding_above_a_note_says_is_not_said_again() {
        let said = &compared(&[("a", [true, true]), ("b", [false, false])], &[])[0];
        let blames = Record { class: Class::RejectsValid, grade: Grade::Warning, ..said.clone() };
        assert!(compared(&[("a", [true, true]), ("b", [false, false])], &[&blames]).is_empty());
        let of_other = Record { target: "a".to_owned(), ..blames };
        assert_eq!(compared(&[("a", [true, true]), ("b", [false, false])], &[&of_other]).len(), 1);
    }
}

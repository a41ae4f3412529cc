//! The table of what the official conformance program fails: what it names exists, and the page shows all of it.

use std::collections::HashSet;

use manifuzz::model::rule;
use manifuzz::shape::Shape;

use crate::conformance_table::{Group, Verdict, table};

const PAGE: &str = include_str!("../../docs/conformance.md");

#[test]
fn rules_and_shapes_of_the_conformance_table_exist() {
    for group in table() {
        for id in group.rules() {
            assert!(rule(id).is_some(), "no rule `{id}`: {group:?}");
        }
        let is_shape = group.shape.is_empty() || group.shape.parse::<Shape>().is_ok();
        assert!(is_shape, "no shape `{}`: {group:?}", group.shape);
    }
}

#[test]
fn each_failure_has_a_rule_or_a_reason() {
    let groups = table();
    for group in &groups {
        assert!(group.verdict != Verdict::Found || !group.shape.is_empty(), "what is found has a case: {group:?}");
        assert!(group.verdict == Verdict::Found || !group.reason.is_empty(), "{group:?}");
        assert_eq!(group.class.is_empty(), group.shape.is_empty(), "a case shows a class: {group:?}");
        assert!(group.failures_1_1 + group.failures_dev > 0, "{group:?}");
    }
    let patterns: HashSet<_> = groups.iter().map(|group| (&group.registry, &group.test, &group.message)).collect();
    assert_eq!(patterns.len(), groups.len());
}

/// A row of the page's table.
fn line(group: &Group) -> String {
    let case = Some(format!("{} in `{}`", group.class, group.shape)).filter(|_| !group.shape.is_empty());
    let found: Vec<_> = group.rules().map(|id| format!("`{id}`")).chain(case).collect();
    let found = if found.is_empty() { String::new() } else { format!(": {}", found.join(", ")) };
    let verdict = group.verdict.word();
    let reason = if group.reason.is_empty() { String::new() } else { format!(". {}", group.reason) };
    let message = group.message.replace('|', "\\|");
    format!(
        "| `{}`: `{message}` | {} | {} | {verdict}{found}{reason} |",
        group.test, group.failures_1_1, group.failures_dev
    )
}

#[test]
fn the_page_has_the_conformance_table() {
    let groups = table();
    let missing: Vec<_> = groups.iter().map(line).filter(|line| !PAGE.lines().any(|row| row == line)).collect();
    assert!(missing.is_empty(), "docs/conformance.md lacks these rows:\n{}", missing.join("\n"));
    let rows = PAGE.lines().filter(|row| row.starts_with("| `")).count();
    assert_eq!(rows, groups.len(), "docs/conformance.md has rows that docs/conformance.csv lacks");
    for registry in groups.iter().map(|group| &group.registry).collect::<HashSet<_>>() {
        let sum = |of: fn(&Group) -> usize| groups.iter().filter(|g| g.registry == *registry).map(of).sum::<usize>();
        let totals = format!("{} failures with 1.1, {} with dev", sum(|g| g.failures_1_1), sum(|g| g.failures_dev));
        assert!(PAGE.contains(&totals), "docs/conformance.md lacks `{totals}` ({registry})");
    }
}

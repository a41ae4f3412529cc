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
        let (has_case, has_rule) = (!group.shape.is_empty(), group.rules().next().is_some());
        if group.verdict == Verdict::Found {
            assert!(has_case && has_rule, "what is found has a case and a rule: {group:?}");
        } else {
            assert!(!group.reason.is_empty(), "{group:?}");
            assert!(!has_case || has_rule, "a case shows a rule: {group:?}");
        }
        assert!(group.failures_1_1 + group.failures_dev > 0, "{group:?}");
    }
    let patterns: HashSet<_> = groups.iter().map(|group| (&group.registry, &group.test, &group.message)).collect();
    assert_eq!(patterns.len(), groups.len());
}

/// A row of the page's table.
fn line(group: &Group) -> String {
    let rules: Vec<_> = group.rules().map(|id| format!("`{id}`")).collect();
    let shape = if group.shape.is_empty() { String::new() } else { format!(" (`{}`)", group.shape) };
    let reason = if group.reason.is_empty() { String::new() } else { format!(". {}", group.reason) };
    let verdict = match rules.len() {
        0 => group.verdict.word().to_owned(),
        _ => format!("{}: {}{shape}", group.verdict.word(), rules.join(", ")),
    };
    let message = group.message.replace('|', "\\|");
    format!("| `{}`: `{message}` | {} | {} | {verdict}{reason} |", group.test, group.failures_1_1, group.failures_dev)
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

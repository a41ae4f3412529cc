//! Coverage by rule (kept, broken, never asked) and by slot.

use std::collections::BTreeMap;

use maud::{Markup, html};

use crate::generate::{Covered, SlotCoverage};
use crate::model::rule;
use crate::report::formats::clauses::link;
use crate::report::run_report::TargetReport;

/// What the targets of a run made of one rule.
#[derive(Default)]
struct OfRule<'t> {
    kept: usize,
    broken: usize,
    /// The targets that broke it.
    broken_by: Vec<&'t str>,
}

/// Every rule that a registry can break: those that were broken first, then those never asked, then those that were kept.
pub(super) fn rules(targets: &[TargetReport]) -> Markup {
    let mut all: BTreeMap<&str, OfRule<'_>> = BTreeMap::new();
    for target in targets {
        for count in &target.rules {
            let of_rule = all.entry(&count.rule).or_default();
            of_rule.kept += count.kept;
            of_rule.broken += count.broken;
            if count.broken > 0 {
                of_rule.broken_by.push(&target.name);
            }
        }
    }
    let verdict = |one: &OfRule<'_>| match (one.broken, one.kept) {
        (0, 0) => (1, "unasked", "? never asked"),
        (0, _) => (2, "kept", "✓ kept"),
        _ => (0, "broken", "✕ broken"),
    };
    let mut rows: Vec<(&str, &OfRule<'_>)> = all.iter().map(|(id, one)| (*id, one)).collect();
    rows.sort_by_key(|(_, one)| verdict(one).0);
    let number = |wanted: u8| rows.iter().filter(|(_, one)| verdict(one).0 == wanted).count();
    html! {
        p {
            (number(2)) " rules kept, " (number(0)) " broken, " (number(1)) " never asked. "
            span class="muted" {
                "A rule on answers counts as asked in each case in which a request of its section was answered; a rule on "
                "content, in each case to which it applies."
            }
        }
        details open[number(0) > 0] {
            summary { "All " (rows.len()) " rules" }
            div class="scroll" tabindex="0" role="region" aria-label="Coverage by rule" {
                table {
                    thead { tr { th { "rule" } th { "level" } th { "verdict" } th class="number" { "kept" } th class="number" { "broken" } th { "broken by" } } }
                    tbody {
                        @for (id, one) in &rows {
                            @let (_, class, words) = verdict(one);
                            tr {
                                td { (clause(id)) }
                                td { (rule(id).map_or("", |rule| rule.info().level.as_str())) }
                                td class=(format!("cell {class}")) { (words) }
                                td class="number" { (one.kept) }
                                td class="number" { (one.broken) }
                                td { (one.broken_by.join(", ")) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn clause(id: &str) -> Markup {
    match rule(id) {
        Some(rule) => html! {
            a href=(link(rule.info())) rel="noreferrer" { (id) }
            div class="muted" { (rule.info().clause.summary) }
        },
        None => html! { (id) },
    }
}

/// Every slot, with the entries that no judged case has.
pub(super) fn slots(targets: &[TargetReport]) -> Markup {
    let mut covered = Covered::default();
    // What is counted are the slots of cases for registries.
    let registries: Vec<&TargetReport> = targets.iter().filter(|target| !target.name.starts_with("client:")).collect();
    if registries.is_empty() {
        return html! { p { "Not counted for client programs." } };
    }
    registries.iter().for_each(|target| covered.unite(&target.covered));
    let slots = covered.by_slot();
    let sum = covered.count().entries;
    let is_whole = |slot: &SlotCoverage| slot.missing.is_empty();
    let (whole, part): (Vec<&SlotCoverage>, Vec<&SlotCoverage>) = slots.iter().partition(|slot| is_whole(slot));
    html! {
        p {
            (sum.covered) " of " (sum.of) " entries covered; " (whole.len()) " of " (slots.len()) " slots completely."
            @if registries.len() > 1 { span class="muted" { " An entry counts if a case with it was judged on any target." } }
        }
        details {
            summary { "All " (slots.len()) " slots" }
            div class="scroll" tabindex="0" role="region" aria-label="Coverage by slot" {
                table {
                    thead { tr { th { "slot" } th { "group" } th { "covered" } th { "missing" } } }
                    tbody {
                        @for slot in part.iter().chain(&whole) {
                            tr {
                                td { code { (slot.slot) } }
                                td { (slot.group) }
                                td class="number" {
                                    (slot.entries.covered) " / " (slot.entries.of) " "
                                    meter value=(slot.entries.covered) max=(slot.entries.of) {}
                                }
                                td class="missing" { (slot.missing.join(", ")) }
                            }
                        }
                    }
                }
            }
        }
    }
}

//! The kill table: each quirk planted alone into the profile `clean`, and an ordinary run that is told nothing. It finds
//! the quirk in its class and shrinks it to the shape in the quirk's row.
//!
//! The slow tier runs every quirk; the fast one runs a sample and fires the smallest case of each.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::LazyLock;

use crate::planting::{Row, Seen, each, seen, smaller_with_the_symptom, symptoms};
use crate::registry::planted;
use manifuzz::compare::Grade;
use manifuzz::model::{Versions, rules};
use manifuzz::registry::{Quirk, Shows, quirks};
use manifuzz::shape::Shape;

/// The fast tier runs one quirk in this many.
const SAMPLED: usize = 20;
/// How many cases may be fired or looked up to bring one finding down.
const PROBES: usize = 100;
/// How many rows above a note an ordinary run may write for one defect.
const ROWS: usize = 8;

static CLEAN: LazyLock<Seen> = LazyLock::new(|| seen(&planted(&[]), 1, None));

type Shown = Vec<(&'static Quirk, Seen)>;

static ALL: LazyLock<Shown> = LazyLock::new(|| alone(quirks().collect()));
static SAMPLE: LazyLock<Shown> = LazyLock::new(|| alone(quirks().step_by(SAMPLED).collect()));

/// What a run shows of each quirk alone, beyond what it shows of `clean`.
fn alone(quirks: Vec<&'static Quirk>) -> Shown {
    let shown = each(&quirks, |quirk| {
        let mut seen = seen(&planted(&[quirk.name]), 1, None);
        seen.findings.retain(|one| !CLEAN.holds(one));
        seen
    });
    quirks.into_iter().zip(shown).collect()
}

/// The finding in the quirk's row, if it was found.
fn expected<'s>(quirk: &Quirk, seen: &'s Seen) -> Option<&'s Row> {
    let Shows::Finding(class, shape) = quirk.shows else { return None };
    seen.findings.iter().find(|one| one.class == class && one.shape == shape)
}

/// What is wrong with what a run shows of a quirk.
fn flaw(quirk: &Quirk, seen: &Seen) -> Option<String> {
    let list = || seen.findings.iter().fold(String::new(), |list, one| list + &format!("\n    {one}"));
    let has_verdict = seen.findings.iter().any(|one| one.grade > Grade::Note);
    match quirk.shows {
        Shows::Finding(class, text) => match expected(quirk, seen) {
            None => Some(format!("is not found as {class} {text}, but as{}", list())),
            Some(one) if one.probes > PROBES => Some(format!("took {} probes", one.probes)),
            Some(_) => None,
        },
        Shows::Lack(what) if !seen.lacking.contains(&what) => Some(format!("is not said to lack {what}")),
        Shows::Lack(_) | Shows::Nothing(_) if has_verdict => Some(format!("shows what it should not:{}", list())),
        Shows::Lack(_) | Shows::Nothing(_) => None,
    }
}

fn are_found(shown: &Shown) {
    let mut wrong = String::new();
    println!("| quirk | grade | class | smallest push | probes, at most {PROBES} |\n| --- | --- | --- | --- | --- |");
    for (quirk, seen) in shown {
        match (quirk.shows, expected(quirk, seen)) {
            (_, Some(Row { grade, class, shape, probes, .. })) => {
                println!("| {} | {grade} | {class} | `{shape}` | {probes} |", quirk.name);
            }
            (shows, None) => println!("| {} | | {shows:?} | | |", quirk.name),
        }
        if let Some(flaw) = flaw(quirk, seen) {
            let _ = writeln!(wrong, "{} {flaw}", quirk.name);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn a_sample_of_quirks_is_found_in_their_class_and_shrunk_to_their_shape() {
    are_found(&SAMPLE);
}

#[test]
#[ignore = "slow: a whole run for each quirk"]
fn every_quirk_is_found_in_its_class_and_shrunk_to_its_shape() {
    are_found(&ALL);
}

/// Cheap enough for all of them: the case that a run must find, without the run.
#[test]
fn the_smallest_case_of_each_quirk_shows_its_class() {
    let hidden = quirks().filter(|quirk| match quirk.shows {
        // A single case cannot tell late from lost.
        Shows::Finding("late", _) => false,
        Shows::Finding(class, shape) => symptoms(&[quirk.name], class, shape).is_empty(),
        Shows::Lack(_) | Shows::Nothing(_) => false,
    });
    let hidden: Vec<_> = hidden.map(|quirk| (quirk.name, quirk.shows)).collect();
    assert!(hidden.is_empty(), "{hidden:#?}");
}

/// Fires every candidate of the smallest cases, whatever the run fired.
fn are_1_minimal(shown: &Shown) {
    let mut wrong = String::new();
    let mut fired = 0;
    for (quirk, one) in shown.iter().filter_map(|(quirk, seen)| Some((quirk, expected(quirk, seen)?))) {
        fired += one.shape.parse::<Shape>().unwrap().simpler().len();
        for smaller in smaller_with_the_symptom(&[quirk.name], &one.shape, &one.symptom) {
            let _ = writeln!(wrong, "{} shows {} in {smaller}, too, not only in {}", quirk.name, one.class, one.shape);
        }
    }
    assert!(fired >= shown.len(), "{fired} candidates");
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn the_smallest_cases_of_a_sample_of_quirks_are_1_minimal() {
    are_1_minimal(&SAMPLE);
}

#[test]
#[ignore = "slow: a whole run for each quirk"]
fn the_smallest_case_of_every_quirk_is_1_minimal() {
    are_1_minimal(&ALL);
}

fn have_at_most_eight_rows(shown: &Shown) {
    let mut wrong = String::new();
    for (quirk, seen) in shown {
        let rows: BTreeSet<&str> =
            seen.findings.iter().filter(|one| one.grade > Grade::Note).map(|one| one.key.as_str()).collect();
        if rows.len() > ROWS {
            let _ = writeln!(
                wrong,
                "{} gives {} rows:\n    {}",
                quirk.name,
                rows.len(),
                Vec::from_iter(rows).join("\n    ")
            );
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Quirks whose symptoms depend on what other cases push.
const DEPEND_ON_OTHERS: &[(&str, &str)] = &[
    ("fails-on-missing-subject", "other cases push the subject that a case lacks"),
    ("refuses-missing-subject", "other cases push the subject that a case lacks"),
    ("referrers-pages-end-early", "a list has a second page only if other cases made it long enough"),
];

/// A registry that answers the same each time shows the same each time.
fn show_again_what_they_showed(shown: &Shown) {
    let depends = |quirk: &Quirk| DEPEND_ON_OTHERS.iter().any(|(name, _)| *name == quirk.name);
    let wrong = shown.iter().filter(|(quirk, seen)| !seen.unreproduced.is_empty() && !depends(quirk));
    let wrong: Vec<_> = wrong.map(|(quirk, seen)| (quirk.name, &seen.unreproduced)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_a_sample_of_quirks_shows_is_reproduced() {
    show_again_what_they_showed(&SAMPLE);
}

#[test]
#[ignore = "slow: a whole run for each quirk"]
fn what_each_quirk_shows_is_reproduced() {
    show_again_what_they_showed(&ALL);
}

#[test]
fn a_sample_of_quirks_gives_at_most_eight_rows_above_a_note_each() {
    have_at_most_eight_rows(&SAMPLE);
}

#[test]
#[ignore = "slow: a whole run for each quirk"]
fn no_quirk_gives_more_than_eight_rows_above_a_note() {
    have_at_most_eight_rows(&ALL);
}

#[test]
#[ignore = "slow: a whole run for each quirk"]
fn eighty_quirks_that_were_reported_are_found() {
    let found = ALL.iter().filter(|(quirk, seen)| quirk.is_reported() && expected(quirk, seen).is_some()).count();
    assert!(found >= 80, "{found}");
}

#[test]
#[ignore = "slow: a whole run for each quirk"]
fn every_rule_that_binds_a_registry_is_broken_by_some_quirk() {
    let broken: BTreeSet<&str> =
        ALL.iter().flat_map(|(_, seen)| &seen.findings).flat_map(|one| one.breaks.iter().copied()).collect();
    let of_a_registry = rules().filter(|rule| rule.a_registry_can_break());
    let unbroken: Vec<_> = of_a_registry
        .filter(|rule| rule.holds_in(Versions::V1_1) && !broken.contains(rule.id))
        .map(|rule| rule.id)
        .collect();
    assert!(unbroken.is_empty(), "no quirk breaks {unbroken:#?}");
}

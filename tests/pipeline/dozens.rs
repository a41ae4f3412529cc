//! Quirks planted a dozen at a time: a run of 5000 cases still finds each of them once, shrunk to its own shape.

use std::collections::BTreeSet;

use crate::planting::{Row, each, seen, symptoms};
use crate::registry::planted;
use manifuzz::generate::{Choices as _, Seeded};
use manifuzz::registry::{Quirk, Shows, quirks};
use manifuzz::shape::Shape;

/// How many dozens are drawn in the slow tier.
const DRAWS: u64 = 12;
/// How many cases a run has: what refuses half of the documents leaves few that can show another quirk.
const CASES: usize = 5000;

/// A quirk and what stands beside it.
#[derive(Clone, Debug)]
struct Fault {
    quirk: &'static Quirk,
    class: &'static str,
    shape: &'static str,
    /// The symptoms that its smallest case shows where it is planted alone.
    alone: Vec<String>,
}

fn faults() -> Vec<Fault> {
    let fault = |quirk: &'static Quirk| match quirk.shows {
        // A single case shows what is late as what is lost.
        Shows::Finding("late", _) => None,
        Shows::Finding(class, shape) => {
            Some(Fault { quirk, class, shape, alone: symptoms(&[quirk.name], class, shape) })
        }
        _ => None,
    };
    quirks().filter_map(fault).collect()
}

/// The slots of the smallest case: what shows itself alike in the same slots comes down to the lower entry.
fn slots(fault: &Fault) -> BTreeSet<&'static str> {
    fault.shape.split(';').filter_map(|part| Some(part.split_once('=')?.0)).collect()
}

/// Whether each of the two shows in its smallest case what it shows alone, and neither can be taken for the other.
fn do_not_hide_each_other(one: &Fault, other: &Fault) -> bool {
    let both = [one.quirk.name, other.quirk.name];
    let still_shows = |fault: &Fault| symptoms(&both, fault.class, fault.shape) == fault.alone;
    let (slots_one, slots_other) = (slots(one), slots(other));
    let may_be_taken = slots_one.is_subset(&slots_other) || slots_other.is_subset(&slots_one);
    let alike = one.alone.iter().any(|symptom| other.alone.contains(symptom));
    // With the other one, a lower entry may show the same, and then it comes down to that.
    let comes_down = |fault: &Fault| {
        let simpler = fault.shape.parse::<Shape>().unwrap().simpler();
        simpler.iter().any(|shape| {
            let shown = symptoms(&both, fault.class, &shape.to_string());
            shown.iter().any(|symptom| fault.alone.contains(symptom))
        })
    };
    !(may_be_taken && alike) && [one, other].into_iter().all(|fault| still_shows(fault) && !comes_down(fault))
}

/// Twelve that do not hide each other, drawn by a seed.
fn dozen(faults: &[Fault], seed: u64) -> Vec<Fault> {
    let mut choices = Seeded::new(&["dozen", &seed.to_string()]);
    let mut left = faults.to_vec();
    let mut chosen: Vec<Fault> = Vec::new();
    while chosen.len() < 12 && !left.is_empty() {
        let next = left.swap_remove(choices.below(left.len()));
        if chosen.iter().all(|one| do_not_hide_each_other(one, &next)) {
            chosen.push(next);
        }
    }
    chosen
}

#[test]
#[ignore = "slow: a hundred pairs of quirks to choose from and 5000 cases, for each dozen"]
fn twelve_dozens_of_quirks_are_each_found_once() {
    are_all_found(1..=DRAWS, CASES);
}

#[test]
fn a_dozen_quirks_at_once_are_each_found_once() {
    are_all_found(1..=1, CASES / 3);
}

fn are_all_found(seeds: std::ops::RangeInclusive<u64>, cases: usize) {
    let seeds: Vec<u64> = seeds.collect();
    let faults = faults();
    let flaws = each(&seeds, |seed| {
        let dozen = dozen(&faults, *seed);
        let names: Vec<&str> = dozen.iter().map(|fault| fault.quirk.name).collect();
        assert_eq!(names.len(), 12, "too few that do not hide each other");
        let found = seen(&planted(&names), *seed, Some(cases));
        let mut flaws = Vec::new();
        for fault in &dozen {
            let is_it = |one: &&Row| one.class == fault.class && one.shape == fault.shape;
            let keys: BTreeSet<&str> = found
                .findings
                .iter()
                .filter(is_it)
                .filter(|one| fault.alone.contains(&one.symptom.to_string()))
                .map(|one| one.key.as_str())
                .collect();
            // One row for each symptom that the quirk has alone: reading back by HEAD and by GET are two.
            if keys.len() != fault.alone.len().max(1) {
                flaws.push(format!("{seed}: {} is found {} times among {names:?}", fault.quirk.name, keys.len()));
            }
        }
        flaws
    });
    let flaws: Vec<String> = flaws.into_iter().flatten().collect();
    assert!(flaws.is_empty(), "{flaws:#?}");
}

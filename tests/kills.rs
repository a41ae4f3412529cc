//! The kill table: each quirk planted alone into the registry that keeps everything, and the ordinary run, to which
//! nothing is told. It finds the quirk in its class and brings it down to the text that stands beside the quirk.

mod planting;

use std::fmt::Write as _;

use manifuzz::compare::Grade;
use manifuzz::registry::{Quirk, Shows, quirks};
use planting::{Seen, each, planted, seen};

/// How many cases may be fired or looked up to bring one finding down.
const PROBES: usize = 150;

/// What is wrong with what a run shows of a quirk; and its line of the table.
fn check(quirk: &Quirk, clean: &Seen) -> (Option<String>, String) {
    let found = seen(&planted(&[quirk.name]), 1);
    let own: Vec<_> = found.findings.iter().filter(|one| !clean.holds(one)).collect();
    let verdicts: Vec<_> = own.iter().filter(|one| one.grade > Grade::Note).collect();
    let list = || own.iter().fold(String::new(), |list, one| list + &format!("\n    {one}"));
    match quirk.shows {
        Shows::Finding(class, text) => {
            let hit = own.iter().find(|one| one.class == class && one.shape == text);
            let line = hit.map_or_else(String::new, |one| {
                format!("| {} | {} | {} | `{}` | {} |", quirk.name, one.grade, class, text, one.probes)
            });
            let wrong = match hit {
                None => Some(format!("is not found as {class} {text}, but as{}", list())),
                Some(one) if one.probes > PROBES => Some(format!("took {} probes", one.probes)),
                Some(_) => None,
            };
            (wrong, line)
        }
        Shows::Lack(what) => {
            let right = found.lacking.contains(&what) && verdicts.is_empty();
            (
                (!right).then(|| format!("is not said to lack {what}, but {:?}{}", found.lacking, list())),
                format!("| {} | | lacks {what} | | |", quirk.name),
            )
        }
        Shows::Nothing(_) => (
            (!verdicts.is_empty()).then(|| format!("shows what it should not:{}", list())),
            format!("| {} | | nothing | | |", quirk.name),
        ),
    }
}

#[test]
fn every_quirk_is_found_in_its_class_and_brought_down_to_its_text() {
    let clean = seen(&planted(&[]), 1);
    let all: Vec<&Quirk> = quirks().collect();
    let checked = each(&all, |quirk| check(quirk, &clean));
    let mut wrong = String::new();
    println!("| quirk | grade | class | smallest push | probes, at most {PROBES} |\n| --- | --- | --- | --- | --- |");
    for (quirk, (why, line)) in all.iter().zip(checked) {
        println!("{line}");
        if let Some(why) = why {
            let _ = writeln!(wrong, "{} {why}", quirk.name);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn eighty_documented_quirks_are_found() {
    let documented = |quirk: &&Quirk| !quirk.source.contains("no report is known");
    let found = quirks().filter(documented).filter(|quirk| matches!(quirk.shows, Shows::Finding(..))).count();
    assert!(found >= 80, "{found}");
}

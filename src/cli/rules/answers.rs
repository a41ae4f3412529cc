//! For each rule on registries: the quirks of the embedded registry that break it, and whether a clean registry keeps it.

use std::collections::{BTreeMap, BTreeSet};

use crate::compare::Finding;
use crate::engine::{CaseRunner, MinimalFinding, Outcome, Prober};
use crate::error::{Bug, Error};
use crate::exchange::Depth;
use crate::generate::flavours;
use crate::generate::{bases, each_alone};
use crate::model::{Rule, Versions};
use crate::registry::{Params, Profile, Quirk, Shows, quirks};
use crate::render::Case;
use crate::shape::{Choice, Kind, Shape, space};
use crate::transport::{Opening, embedded};

/// How the answers of embedded registries cover one rule.
#[derive(Clone, Debug, Default)]
pub(super) struct RuleCoverage {
    /// Number of pushes to a clean registry that keep it.
    pub kept: usize,
    /// The quirks that break it, each added alone to a clean registry.
    pub broken_by: Vec<&'static str>,
}

/// Pushes every base, every flavour and every entry alone to a clean registry and to one per quirk. The latter also gets
/// the smallest case that shows its quirk. What only newer versions require is about uploads and follow-up requests, so a registry
/// with a quirk gets these alone again to be judged by them.
pub(super) fn seen() -> Result<BTreeMap<&'static str, RuleCoverage>, Error> {
    let named = flavours().iter().map(|flavour| flavour.shape.clone());
    let usual: Vec<Shape> = bases().into_iter().chain(named).chain(each_alone()).collect();
    let scripted: Vec<Shape> = bases().into_iter().chain(questions()).chain(uploads()).collect();
    let mut seen: BTreeMap<&'static str, RuleCoverage> = BTreeMap::new();
    for (versions, shapes) in [(Versions::V1_1, &usual), (Versions::DEV, &scripted)] {
        let speaks = |rule: &Rule| match rule.holds_in(Versions::V1_1) {
            true => versions == Versions::V1_1,
            false => rule.holds_in(versions),
        };
        let breakable = crate::model::rules().filter(|rule| rule.a_registry_can_break() && speaks(rule));
        let ids: BTreeSet<&'static str> = breakable.map(|rule| rule.id).collect();
        let clean = broken(&Profile::clean(), &usual, versions)?;
        for id in &ids {
            seen.entry(*id).or_default().kept = usual.len().saturating_sub(clean.get(id).copied().unwrap_or(0));
        }
        for quirk in quirks() {
            let profile = Profile::clean().plant(quirk.name, Params::default())?;
            let all: Vec<Shape> = shapes.iter().cloned().chain(own_case(quirk)?).collect();
            for rule in broken(&profile, &all, versions)?.into_keys().filter(|rule| ids.contains(rule)) {
                seen.entry(rule).or_default().broken_by.push(quirk.name);
            }
        }
    }
    Ok(seen)
}

/// A push to an embedded registry whose answers break a rule.
pub(super) struct BrokenPush {
    /// The shape to push.
    pub shape: Shape,
    /// The registry, as a value of `--target`.
    pub target: String,
    /// The finding on it.
    pub finding: Finding,
}

/// A push that breaks this rule on registries, in the newest versions that have it: the smallest case of the first quirk
/// that breaks it, a neighbour of that case, or a question after the base. A clean registry keeps the rule on the same push.
pub(super) fn example(rule: Rule) -> Result<Option<BrokenPush>, Error> {
    for quirk in quirks() {
        let own = own_case(quirk)?.into_iter().collect();
        if let Some(example) = first_break(quirk.name, own, rule)? {
            return Ok(Some(example));
        }
    }
    for quirk in quirks() {
        let further = own_case(quirk)?.map_or_else(questions, neighbours);
        if let Some(example) = first_break(quirk.name, further, rule)? {
            return Ok(Some(example));
        }
    }
    Ok(None)
}

/// The base followed by each question, for quirks that show nothing in the default versions.
fn questions() -> Vec<Shape> {
    let is_question = |shape: &Shape| shape.deviating().all(|(slot, _)| space().slot(slot).name == "afterwards");
    each_alone().filter(is_question).collect()
}

/// Every entry of uploads.
fn uploads() -> impl Iterator<Item = Shape> {
    each_alone().filter(|shape| shape.kind() == Kind::Blob)
}

/// The smallest case that shows a quirk, if any does.
fn own_case(quirk: &Quirk) -> Result<Option<Shape>, Bug> {
    let Shows::Finding(_, text) = quirk.shows else { return Ok(None) };
    Ok(Some(text.parse().map_err(|error| Bug(format!("the shape of the quirk {}: {error}", quirk.name)))?))
}

/// Shapes that differ from this one in the entry of one deviating slot.
fn neighbours(shape: Shape) -> Vec<Shape> {
    let slots = shape.deviating().map(|(slot, _)| (slot, space().slot(slot)));
    let entries = slots.flat_map(|(slot, of_table)| (1..of_table.menu.len()).map(move |entry| (slot, of_table, entry)));
    entries.map(|(slot, of_table, entry)| shape.with(slot, Choice::of(of_table, entry))).collect()
}

/// The first of these cases on which a registry with this quirk breaks the rule, reduced as a run reduces it. A
/// case that a run excuses because of a simpler one does not count.
fn first_break(quirk: &str, cases: Vec<Shape>, rule: Rule) -> Result<Option<BrokenPush>, Error> {
    let target = format!("clean+{quirk}");
    let registry = embedded(&Profile::named(&target)?, &opening());
    let prober = Prober::new(registry.as_ref(), rule.newest_versions(), Depth::Full)?;
    let breaks = |finding: &Finding| finding.breaks().any(|broken| broken == rule.id);
    for shape in cases {
        if !prober.fire(&Case::of(shape.clone()), prober.usual()).findings().iter().any(breaks) {
            continue;
        }
        let found = CaseRunner::new(registry.as_ref(), prober.versions, Depth::Full)?.case(&shape)?;
        if let Some(MinimalFinding { shape, finding, .. }) = found.into_iter().find(|found| breaks(&found.finding)) {
            return Ok(Some(BrokenPush { shape, target: format!("embedded:{target}"), finding }));
        }
    }
    Ok(None)
}

fn opening() -> Opening {
    Opening { nonce: "rules".to_owned(), ..Opening::default() }
}

/// The rules that this registry breaks, each with the number of pushes that show it.
fn broken(profile: &Profile, shapes: &[Shape], versions: Versions) -> Result<BTreeMap<&'static str, usize>, Error> {
    let target = embedded(profile, &opening());
    let prober = Prober::new(target.as_ref(), versions, Depth::Full)?;
    let mut counts = BTreeMap::new();
    for shape in shapes {
        let case = Case::of(shape.clone());
        let Outcome::Judged { findings, .. } = prober.fire(&case, prober.usual()) else { continue };
        let mut rules = BTreeSet::new();
        for finding in findings {
            if prober.shows_alone(&case, &finding.symptom) {
                rules.extend(prober.excused(&case, &finding).iter().flat_map(Finding::breaks));
            }
        }
        rules.into_iter().for_each(|rule| *counts.entry(rule).or_insert(0) += 1);
    }
    Ok(counts)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::sync::atomic::AtomicBool;

    use super::*;
    use crate::engine::{Event, Plan, Schedule, Sink, run};
    use crate::model::{Level, rules};
    use crate::transport::Target;

    /// The fast tier runs the example of one rule in this many.
    const SAMPLED: usize = 25;

    #[test]
    fn every_rule_that_a_registry_can_break_has_an_example() {
        for rule in rules().filter(|rule| rule.a_registry_can_break()) {
            let example = example(rule).unwrap().unwrap_or_else(|| panic!("{}", rule.id));
            let clean = embedded(&Profile::clean(), &opening());
            let prober = Prober::new(clean.as_ref(), rule.newest_versions(), Depth::Full).unwrap();
            let Outcome::Judged { findings, .. } = prober.fire(&Case::of(example.shape.clone()), prober.usual()) else {
                panic!("{}: {} is not judged", rule.id, example.shape)
            };
            let broken = findings.iter().flat_map(Finding::breaks).find(|broken| *broken == rule.id);
            // A MAY only says which side a registry takes.
            assert!(broken.is_none() || rule.level == Level::May, "clean breaks {broken:?} on {}", example.shape);
        }
    }

    /// The rules that the findings of a run say are broken.
    #[derive(Default)]
    struct Broken(BTreeSet<&'static str>);

    impl Sink for Broken {
        fn take(&mut self, _: &dyn Target, event: Event<'_>) -> Result<(), Error> {
            if let Event::Found(found) = event {
                self.0.extend(found.finding.breaks());
            }
            Ok(())
        }
    }

    /// What an ordinary run at this target says is broken.
    fn broken_in_a_run(target: &str, versions: Versions) -> BTreeSet<&'static str> {
        let profile = Profile::named(target.trim_start_matches("embedded:")).unwrap();
        let flavours = flavours().iter().map(|flavour| flavour.shape.clone()).collect();
        let order = Schedule { seed: 1, flavours, ..Schedule::default() };
        let plan = Plan { order, versions, ..Plan::default() };
        let mut broken = Broken::default();
        run(embedded(&profile, &opening()).as_ref(), &plan, &AtomicBool::new(false), &mut broken).unwrap();
        broken.0
    }

    /// Runs the registry of each example, and checks that the run finds the rule broken.
    fn are_true(chosen: impl Iterator<Item = Rule>) {
        let mut runs: HashMap<(String, &str), BTreeSet<&'static str>> = HashMap::new();
        for rule in chosen {
            let (BrokenPush { target, .. }, versions) = (example(rule).unwrap().unwrap(), rule.newest_versions());
            let broken =
                runs.entry((target.clone(), versions.name)).or_insert_with(|| broken_in_a_run(&target, versions));
            assert!(broken.contains(rule.id), "{} on {target}: {broken:?}", rule.id);
        }
        assert!(!runs.is_empty());
    }

    fn breakable() -> impl Iterator<Item = Rule> {
        rules().filter(|rule| rule.a_registry_can_break())
    }

    #[test]
    fn a_run_finds_the_examples_of_a_sample_of_rules() {
        are_true(breakable().step_by(SAMPLED));
    }

    #[test]
    #[ignore = "slow: a whole run for each example"]
    fn a_run_finds_the_example_of_every_rule() {
        are_true(breakable());
    }
}

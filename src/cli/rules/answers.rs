//! Which quirk of the embedded registry breaks each rule that binds one, and that a clean one keeps it: the lower half
//! of the table of `--coverage`.

use std::collections::{BTreeMap, BTreeSet};

use crate::corpus::flavours;
use crate::engine::{Outcome, Prober};
use crate::error::Error;
use crate::exchange::Depth;
use crate::generate::{bases, each_alone};
use crate::registry::{Params, Profile, quirks};
use crate::shape::Shape;
use crate::spec::Versions;
use crate::target::{Opening, embedded};

/// What was seen of one rule on answers.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    /// How many pushes to a clean registry keep it.
    pub kept: usize,
    /// The quirks that break it, each planted alone.
    pub broken_by: Vec<&'static str>,
}

/// Pushes every base, every flavour and every entry alone to a clean registry, and to one with each quirk.
pub(super) fn seen() -> Result<BTreeMap<&'static str, Seen>, Error> {
    let named = flavours().iter().map(|flavour| flavour.shape.clone());
    let shapes: Vec<Shape> = bases().into_iter().chain(named).chain(each_alone()).collect();
    let mut seen: BTreeMap<&'static str, Seen> = BTreeMap::new();
    let clean = broken(&Profile::clean(), &shapes)?;
    for rule in crate::spec::rules().filter(|rule| rule.a_registry_can_break() && rule.holds_in(Versions::V1_1)) {
        let broken = clean.get(rule.id).copied().unwrap_or(0);
        seen.entry(rule.id).or_default().kept = shapes.len().saturating_sub(broken);
    }
    for quirk in quirks() {
        let profile = Profile::clean().plant(quirk.name, Params::default())?;
        for rule in broken(&profile, &shapes)?.into_keys() {
            seen.entry(rule).or_default().broken_by.push(quirk.name);
        }
    }
    Ok(seen)
}

/// The rules that answers of this registry break, each with how many of the pushes show it.
fn broken(profile: &Profile, shapes: &[Shape]) -> Result<BTreeMap<&'static str, usize>, Error> {
    let target = embedded(profile, &Opening { nonce: "coverage".to_owned(), ..Opening::default() });
    let prober = Prober::new(target.as_ref(), Versions::V1_1, Depth::Full)?;
    let mut counts = BTreeMap::new();
    for shape in shapes {
        let Outcome::Judged { findings, .. } = prober.fire(shape, prober.usual()) else { continue };
        let mut rules = BTreeSet::new();
        for finding in findings {
            if prober.shows_alone(shape, &finding.symptom) {
                rules.extend(finding.breaks());
            }
        }
        rules.into_iter().for_each(|rule| *counts.entry(rule).or_insert(0) += 1);
    }
    Ok(counts)
}

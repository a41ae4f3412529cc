//! Which quirk of the embedded registry breaks each rule on answers, and that a clean one keeps it: the lower half of
//! the table of `--coverage`.

use std::collections::BTreeMap;

use crate::error::Error;
use crate::exchange::{Capabilities, Depth, Exchange};
use crate::generate::{bases, each_alone};
use crate::registry::{Params, Profile, quirks};
use crate::render::render;
use crate::shape::Shape;
use crate::spec::{Party, Versions, judge, obligations};
use crate::target::{Opening, Place, Target, embedded};

/// What was seen of one rule on answers.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    /// How many pushes to a clean registry keep it.
    pub kept: usize,
    /// The quirks that break it, each planted alone.
    pub broken_by: Vec<&'static str>,
}

/// What needs more than one deviation to show itself.
const TOGETHER: &[&str] = &[
    "annotations=one;artifactType=present;subject=present",
    "afterwards=referrers-filtered;annotations=one;artifactType=present;subject=present",
    "facts.config=missing;layers.0.urls=one",
];

/// Pushes every base, every entry alone and what belongs together to a clean registry, and to one with each quirk.
pub(super) fn seen() -> Result<BTreeMap<&'static str, Seen>, Error> {
    let alone = bases().into_iter().chain(each_alone()).filter(|shape| !shape.is_large());
    let together = TOGETHER.iter().filter_map(|text| text.parse::<Shape>().ok());
    let exchanges: Vec<Exchange> = alone.chain(together).map(|shape| render(&shape)).collect();
    let mut seen: BTreeMap<&'static str, Seen> = BTreeMap::new();
    let clean = broken(&Profile::clean(), &exchanges)?;
    for rule in crate::spec::rules().filter(|rule| !super::is_on_content(rule)) {
        let broken = clean.get(rule.id).copied().unwrap_or(0);
        seen.entry(rule.id).or_default().kept = exchanges.len() - broken;
    }
    for quirk in quirks() {
        let profile = Profile::clean().plant(quirk.name, Params::default())?;
        for rule in broken(&profile, &exchanges)?.into_keys() {
            seen.entry(rule).or_default().broken_by.push(quirk.name);
        }
    }
    Ok(seen)
}

/// The rules that answers of this registry break, each with how many of the pushes show it.
fn broken(profile: &Profile, exchanges: &[Exchange]) -> Result<BTreeMap<&'static str, usize>, Error> {
    let target = embedded(profile, &Opening { nonce: "coverage".to_owned(), ..Opening::default() });
    let capabilities = target.capabilities(&render(&Shape::base()))?;
    let mut counts = BTreeMap::new();
    for exchange in exchanges {
        for rule in broken_by_one(target.as_ref(), &capabilities, exchange)? {
            *counts.entry(rule).or_insert(0) += 1;
        }
    }
    Ok(counts)
}

fn broken_by_one(
    target: &dyn Target,
    capabilities: &Capabilities,
    exchange: &Exchange,
) -> Result<Vec<&'static str>, Error> {
    let place = if exchange.afterwards.is_some_and(|ask| ask.changes()) { Place::Fresh } else { Place::Main };
    let observation = target.fire(exchange, place, Depth::Full)?;
    let judgement = judge(exchange, &observation.facts, Party::Registry, Versions::V1_1);
    let departures = obligations(exchange, &judgement, &observation, capabilities, Versions::V1_1);
    Ok(departures.into_iter().map(|departure| departure.rule.id).collect())
}

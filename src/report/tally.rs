//! What a run asked of each rule, and how each flavour ended: members of a target in `run.json`.

use serde::{Deserialize, Serialize};

/// In how many cases a target kept and broke a rule. Both are 0 for a rule that was never asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleTally {
    /// The rule's id.
    pub rule: String,
    /// Cases in which the rule was asked and not broken.
    pub kept: usize,
    /// Cases in which it was broken.
    pub broken: usize,
}

/// How the case of a flavour ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlavourEnd {
    /// The flavour's name.
    pub flavour: String,
    /// Whether the push was accepted; `None` if it was not judged.
    pub accepted: Option<bool>,
    /// The status of the answer to the push, if one arrived.
    pub status: Option<u16>,
}

/// Adds the counts of another shard, rule by rule.
pub(super) fn add_rules(counts: &mut Vec<RuleTally>, more: &[RuleTally]) {
    for one in more {
        match counts.iter_mut().find(|known| known.rule == one.rule) {
            Some(known) => {
                known.kept += one.kept;
                known.broken += one.broken;
            }
            None => counts.push(one.clone()),
        }
    }
}

/// Adds the flavours of another shard. One that only the other shard judged replaces one that was not judged.
pub(super) fn add_flavours(ends: &mut Vec<FlavourEnd>, more: &[FlavourEnd]) {
    for one in more {
        match ends.iter_mut().find(|known| known.flavour == one.flavour) {
            Some(known) if known.accepted.is_none() => known.clone_from(one),
            Some(_) => {}
            None => ends.push(one.clone()),
        }
    }
    ends.sort_by(|a, b| a.flavour.cmp(&b.flavour));
}

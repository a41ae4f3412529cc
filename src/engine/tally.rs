//! What a run asked of each rule, how each flavour ended, and how findings accumulated: the data behind the coverage by rule,
//! the matrix and the curve of a report.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::outcome::Outcome;
use crate::exchange::Stage;
use crate::generate::flavours;
use crate::model::{Family, Rule, RuleInfo, rules};
use crate::shape::Shape;

/// More points than this are thinned, so that long runs need little space.
const MOST_POINTS: usize = 400;

/// In how many cases a target kept and broke a rule. Both are 0 for a rule that was never asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleCount {
    /// The rule's id.
    pub rule: &'static str,
    /// Cases in which the rule was asked and not broken.
    pub kept: usize,
    /// Cases in which it was broken.
    pub broken: usize,
}

/// How the case of a flavour ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlavourOutcome {
    /// The flavour's name.
    pub flavour: String,
    /// Whether the push was accepted; `None` if it was not judged.
    pub accepted: Option<bool>,
    /// The status of the answer to the push, if one arrived.
    pub status: Option<u16>,
}

/// The counts of one run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Cases in which a request of each stage was answered.
    answered: BTreeMap<String, usize>,
    /// Cases whose push was refused.
    refused: usize,
    /// Cases that kept each rule on content.
    kept: BTreeMap<String, usize>,
    /// Cases that broke each rule.
    broken: BTreeMap<String, usize>,
    /// How the flavours ended, in the order of the run.
    pub flavours: Vec<FlavourOutcome>,
    /// Violations and warnings recorded so far. Notes are shrunk at the end of a run, whenever they were seen.
    pub(super) severe: usize,
    /// After some blocks and at the end: cases fired, and violations and warnings recorded so far.
    pub points: Vec<(usize, usize)>,
}

impl Tally {
    /// Counts a case of the run. Drawn cases are not looked up among the flavours.
    pub(super) fn count(&mut self, shape: &Shape, is_drawn: bool, outcome: &Outcome) {
        if !is_drawn {
            self.flavour(shape, outcome);
        }
        let Outcome::Judged { accepted, applicable, refusable, answered, .. } = outcome else { return };
        // GET after a refusal looks for residue. Whether it is sent depends on what else the repository holds.
        for stage in answered.iter().filter(|stage| *accepted || **stage != Stage::ManifestGet) {
            increment(&mut self.answered, stage.as_str());
        }
        self.refused += usize::from(!accepted);
        let broken: BTreeSet<&'static str> =
            outcome.findings().iter().flat_map(|finding| finding.breaks().collect::<Vec<_>>()).collect();
        let asked = if *accepted { applicable } else { refusable };
        for rule in asked.iter().filter(|rule| !broken.contains(*rule)) {
            increment(&mut self.kept, rule);
        }
        broken.into_iter().for_each(|rule| increment(&mut self.broken, rule));
    }

    fn flavour(&mut self, shape: &Shape, outcome: &Outcome) {
        let (accepted, status) = match outcome {
            Outcome::Judged { accepted, answer, .. } => (Some(*accepted), answer.status),
            Outcome::Unsupported | Outcome::Trouble(_) => (None, None),
        };
        let named = flavours().iter().filter(|flavour| flavour.shape == *shape);
        self.flavours.extend(named.map(|flavour| FlavourOutcome { flavour: flavour.name.clone(), accepted, status }));
    }

    /// Keeps how many violations and warnings there are after so many cases.
    pub(super) fn point(&mut self, cases: usize) {
        let findings = self.severe;
        if self.points.last().is_some_and(|last| last.0 == cases) {
            self.points.pop();
        }
        self.points.push((cases, findings));
        if self.points.len() > MOST_POINTS {
            let mut at = 0;
            self.points.retain(|_| {
                at += 1;
                at % 2 == 1
            });
        }
    }

    /// The counts of every rule that a registry can break, in the order of the rules. A rule on answers counts as asked if a
    /// request of its section was answered.
    pub fn rules(&self) -> Vec<RuleCount> {
        let count = |rule: Rule| {
            let of = |counts: &BTreeMap<String, usize>| counts.get(rule.id).copied().unwrap_or_default();
            let broken = of(&self.broken);
            let kept = match rule {
                Rule::Content(_) | Rule::Client(_) | Rule::Layout(_) => of(&self.kept),
                Rule::Answer(answer) => self.asked(&answer.info).saturating_sub(broken),
            };
            RuleCount { rule: rule.info().id, kept, broken }
        };
        rules().filter(|rule| rule.a_registry_can_break()).map(count).collect()
    }

    /// In how many cases a request was answered to which a rule on answers applies.
    fn asked(&self, rule: &RuleInfo) -> usize {
        if rule.family == Family::Errors {
            return self.refused;
        }
        let stage = match rule.clause.section {
            "pulling-manifests" => Stage::ManifestGet,
            "checking-if-content-exists-in-the-registry" => Stage::ManifestHead,
            "pulling-blobs" | "section-15.3.7" | "section-15.3.7.1" | "section-15.5.17" => Stage::BlobGet,
            "listing-tags" => Stage::TagList,
            "listing-referrers" => Stage::Referrers,
            "deleting-blobs" if self.answered.contains_key(Stage::BlobDelete.as_str()) => Stage::BlobDelete,
            "deleting-tags" | "deleting-manifests" | "deleting-blobs" | "section-9.3.5" => Stage::Delete,
            "post-then-put" | "single-post" | "pushing-a-blob-in-chunks" => Stage::BlobUpload,
            "mounting-a-blob-from-another-repository" => Stage::BlobMount,
            "section-15.5" => Stage::Residue,
            _ => Stage::ManifestPut,
        };
        self.answered.get(stage.as_str()).copied().unwrap_or_default()
    }
}

/// Allocates only for a new name.
fn increment(counts: &mut BTreeMap<String, usize>, name: &str) {
    match counts.get_mut(name) {
        Some(count) => *count += 1,
        None => drop(counts.insert(name.to_owned(), 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_thinned_and_the_last_one_is_kept() {
        let mut tally = Tally::default();
        for block in 1..=5000 {
            tally.severe = block / 3;
            tally.point(block * 128);
        }
        assert!(tally.points.len() <= MOST_POINTS && tally.points.len() > MOST_POINTS / 4);
        assert!(tally.points.windows(2).all(|two| two[0].0 < two[1].0 && two[0].1 <= two[1].1));
        tally.severe = 4000;
        tally.point(5000 * 128);
        assert_eq!(tally.points.last(), Some(&(5000 * 128, 4000)));
    }

    #[test]
    fn a_section_of_a_rule_on_answers_has_a_stage_that_a_run_answers() {
        let mut tally = Tally::default();
        assert!(tally.rules().iter().all(|count| count.kept == 0 && count.broken == 0));
        tally.refused = 3;
        tally.answered.insert(Stage::TagList.as_str().to_owned(), 7);
        tally.broken.insert("tag-list-is-in-order".to_owned(), 2);
        let of =
            |rule: &str| tally.rules().into_iter().find(|count| count.rule == rule).map(|one| (one.kept, one.broken));
        assert_eq!(of("tag-list-is-in-order"), Some((5, 2)));
        assert_eq!(of("tag-list-holds-the-tag"), Some((7, 0)));
        assert_eq!(of("error-body-has-the-form"), Some((3, 0)));
        assert_eq!(of("push-keeps-exact-bytes"), Some((0, 0)));
        assert_eq!(of("registry-may-limit-the-size"), None, "a registry cannot break a MAY");
    }
}

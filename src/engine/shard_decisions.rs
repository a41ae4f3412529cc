//! What a shard decides otherwise than a whole run: it reports what all shards together need to decide.

use super::decisions::Decisions;
use super::minimal::Hunted;
use super::pending::Pending;
use super::shard_spread::{ShardDefect, by_kind};
use super::sink::Sink;
use super::widespread::{Defect, Spread};
use crate::compare::Symptom;
use crate::error::Error;
use crate::shape::Shape;

impl Decisions<'_, '_> {
    /// Whether every answer shows a defect is not known before shards are merged. So a shard reproduces it, and also hunts each
    /// of its findings, which this returns.
    pub(super) fn keep_for_merging(&mut self, spread: Spread, sink: &mut dyn Sink) -> Result<Vec<Pending>, Error> {
        let Spread { defect, universal, pending } = spread;
        let mut instead = Vec::new();
        for (kind, everywhere) in universal {
            if self.has_ended() {
                break;
            }
            match self.reproduce(&everywhere, sink)? {
                Hunted::Found(found) => instead.push((kind, *found)),
                Hunted::Lost(found, why) => self.lost_while_hunting(&found, &why, sink)?,
                Hunted::Explained(_) | Hunted::NeedsHistory | Hunted::Gone => {}
            }
        }
        let at = self.summary.spread.defects.len();
        self.defect_of.extend(pending.iter().map(|one| ((one.finding.symptom.clone(), one.shape.clone()), at)));
        let (group, Defect { stage, class, duty, .. }) = (defect.group.label(), defect);
        let (shown, found) = (by_kind(pending.iter().map(|one| &one.shape)), Vec::new());
        self.summary.spread.defects.push(ShardDefect { group, stage, class, duty, shown, found, instead });
        Ok(pending)
    }

    /// In a shard, notes what was found for a defect that every answer may show, unless it has the key of something else.
    pub(super) fn note_defect(&mut self, case: &Shape, symptom: &Symptom, hunted: &Hunted) {
        let Hunted::Found(found) = hunted else { return };
        let at = self.defect_of.get(&(symptom.clone(), case.clone()));
        if let Some(at) = at.filter(|_| !self.known.has_key_of(symptom, &found.shape)) {
            let shown = (case.kind(), found.finding.symptom.clone(), found.shape.clone());
            self.summary.spread.defects[*at].found.push(shown);
        }
    }
}

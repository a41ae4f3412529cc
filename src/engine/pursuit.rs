//! Hunts findings that no known smallest case explains, and remembers the results.

use super::hunter::Hunt;
use super::known::KnownSmallest;
use super::minimal::Hunted;
use super::sink::Sink;
use crate::compare::{Finding, Grade, Symptom};
use crate::error::Error;
use crate::render::Case;
use crate::shape::Shape;

impl KnownSmallest {
    /// Hunts a finding of a case and remembers the smallest case. `None` if a known smallest case explains the finding.
    pub fn pursue(
        &mut self,
        hunt: &Hunt<'_, '_>,
        case: &Case,
        finding: &Finding,
        sink: &mut dyn Sink,
    ) -> Result<Option<Hunted>, Error> {
        if self.covers(&case.shape, finding) {
            return Ok(None);
        }
        let hunted = match self.with_the_same_slots(&case.shape, finding) {
            Some(smallest) => hunt.fold(case, finding, smallest, sink)?,
            None => hunt.down(case, finding, sink)?,
        };
        self.remember(&finding.symptom, &hunted);
        Ok(Some(hunted))
    }

    /// A known smallest case to which a note of this shape would be shrunk or which has the same key: it deviates in the same
    /// slots, one besides those that this one requires.
    fn with_the_same_slots(&self, shape: &Shape, finding: &Finding) -> Option<&Shape> {
        if finding.grade > Grade::Note || shape.deviations() != 1 {
            return None;
        }
        let slots = |shape: &Shape| shape.deviating().map(|(slot, _)| slot).collect::<Vec<_>>();
        let own = slots(shape);
        let is_folded = |smallest: &&Shape| smallest.kind() == shape.kind() && slots(smallest) == own;
        self.of(&finding.symptom).iter().find(is_folded)
    }

    /// Adds the smallest cases found by a hunt for this symptom.
    pub fn remember(&mut self, symptom: &Symptom, hunted: &Hunted) {
        match hunted {
            Hunted::Found(found) if self.of(symptom).contains(&found.shape) => {}
            Hunted::Found(found) => self.add(symptom.clone(), found.shape.clone()),
            Hunted::Explained(smallest) => self.add(symptom.clone(), smallest.clone()),
            Hunted::Lost(found, _) => found.iter().for_each(|one| self.add(symptom.clone(), one.shape.clone())),
            Hunted::NeedsHistory | Hunted::Gone => {}
        }
    }
}

//! Hunts findings that no known smallest case explains, and remembers the results.

use super::hunter::Hunt;
use super::known::KnownSmallest;
use super::minimal::Hunted;
use super::sink::Sink;
use crate::compare::{Finding, Symptom};
use crate::error::Error;
use crate::render::Case;

impl KnownSmallest {
    /// Hunts a finding of a case and remembers the smallest case. `None` if a known smallest case explains the finding.
    pub fn pursue(
        &mut self,
        hunt: &Hunt<'_, '_>,
        case: &Case,
        finding: &Finding,
        sink: &mut dyn Sink,
    ) -> Result<Option<Hunted>, Error> {
        if self.explains(&case.shape, &finding.symptom) {
            return Ok(None);
        }
        let hunted = hunt.down(case, finding, sink)?;
        self.remember(&finding.symptom, &hunted);
        Ok(Some(hunted))
    }

    /// Adds the smallest cases found by a hunt for this symptom.
    pub fn remember(&mut self, symptom: &Symptom, hunted: &Hunted) {
        match hunted {
            Hunted::Found(found) => self.add(symptom.clone(), found.shape.clone()),
            Hunted::Explained(smallest) => self.add(symptom.clone(), smallest.clone()),
            Hunted::Lost(found, _) => found.iter().for_each(|one| self.add(symptom.clone(), one.shape.clone())),
            Hunted::NeedsHistory | Hunted::Gone => {}
        }
    }
}

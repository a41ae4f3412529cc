//! One case at a time: what a fuzzer and `manifuzz shrink` drive.

use std::sync::atomic::AtomicBool;

use super::batch::alone;
use super::hunt::{Found, Hunt, Hunted};
use super::prober::{Outcome, Prober, is_doubtful};
use crate::compare::Symptom;
use crate::error::Trouble;
use crate::exchange::Depth;
use crate::render::Case;
use crate::shape::Shape;
use crate::spec::Versions;
use crate::target::Target;

/// Judges and shrinks single cases on one target, and knows what it found before.
#[derive(Debug)]
pub struct Single<'t> {
    prober: Prober<'t>,
    smallest: Vec<(Symptom, Shape)>,
    stop: AtomicBool,
}

impl<'t> Single<'t> {
    /// Probes the target's capabilities on the base.
    pub fn new(target: &'t dyn Target, versions: Versions, depth: Depth) -> Result<Self, Trouble> {
        Ok(Self { prober: Prober::new(target, versions, depth)?, smallest: Vec::new(), stop: AtomicBool::new(false) })
    }

    /// The target.
    pub fn target(&self) -> &'t dyn Target {
        self.prober.target()
    }

    /// Fires a case and shrinks each of its findings that no known smallest case explains.
    pub fn case(&mut self, shape: &Shape) -> Result<Vec<Found>, Trouble> {
        let case = Case::of(shape.clone());
        let mut outcome = self.prober.ask(&case, self.prober.usual());
        if is_doubtful(&outcome) {
            outcome = alone(&self.prober, &case, self.prober.usual()).outcome;
        }
        let findings = match outcome {
            Outcome::Judged { findings, .. } => findings,
            Outcome::Unsupported => return Ok(Vec::new()),
            Outcome::Trouble(trouble) => return Err(trouble),
        };
        let mut found = Vec::new();
        for finding in findings {
            let symptom = finding.symptom;
            if self.smallest.iter().any(|(known, smallest)| *known == symptom && shape.contains(smallest)) {
                continue;
            }
            let hunt = Hunt { prober: &self.prober, jobs: 1, shrink: true, stop: &self.stop };
            match hunt.down(&case, &symptom) {
                Hunted::Found(one) => {
                    self.smallest.push((symptom, one.shape.clone()));
                    found.push(*one);
                }
                Hunted::Explained(smallest) => self.smallest.push((symptom, smallest)),
                Hunted::Gone => {}
            }
        }
        Ok(found)
    }
}

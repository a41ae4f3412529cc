//! Findings that are not hunted yet.

use std::collections::HashMap;

use super::known::ContainedShapes;
use crate::compare::{Finding, Symptom};
use crate::shape::Shape;

/// A finding of a case that is not hunted yet.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    pub shape: Shape,
    pub finding: Finding,
}

/// Findings that are held back until the end of the cases. One whose case contains an earlier case with the same symptom is
/// left out: the smallest case of the earlier one will explain it.
#[derive(Debug, Default)]
pub(super) struct PendingFindings {
    pending: Vec<Pending>,
    shapes: HashMap<Symptom, ContainedShapes>,
}

impl PendingFindings {
    /// Adds a finding, unless an earlier one will explain it.
    pub fn add(&mut self, pending: Pending) {
        if let Some(shapes) = self.shapes.get_mut(&pending.finding.symptom) {
            if shapes.has_one_in(&pending.shape) {
                return;
            }
            shapes.add(pending.shape.clone());
        } else {
            let mut shapes = ContainedShapes::default();
            shapes.add(pending.shape.clone());
            self.shapes.insert(pending.finding.symptom.clone(), shapes);
        }
        self.pending.push(pending);
    }

    /// The findings, in the order of the cases.
    pub fn all(&self) -> &[Pending] {
        &self.pending
    }

    /// The findings, in the order of the cases.
    pub fn into_pending(self) -> Vec<Pending> {
        self.pending
    }
}

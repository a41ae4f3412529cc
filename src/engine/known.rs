//! The known smallest cases, and the findings they explain.

use std::collections::HashMap;

use crate::compare::Symptom;
use crate::shape::Shape;

/// The smallest cases found so far, by symptom.
#[derive(Debug, Default)]
pub(super) struct KnownSmallest(HashMap<Symptom, Vec<Shape>>);

impl KnownSmallest {
    /// Whether a shape contains a smallest case of this symptom, so that its finding is not new.
    pub fn explains(&self, shape: &Shape, symptom: &Symptom) -> bool {
        self.0.get(symptom).is_some_and(|smallest| smallest.iter().any(|smallest| shape.contains(smallest)))
    }

    /// Adds a smallest case.
    pub fn add(&mut self, symptom: Symptom, smallest: Shape) {
        self.0.entry(symptom).or_default().push(smallest);
    }
}

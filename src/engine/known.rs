//! The known smallest cases, and the findings they explain.

use std::collections::HashMap;

use crate::compare::Symptom;
use crate::shape::{Choice, Shape, SlotId};

/// Shapes, of which it is quickly known whether another shape contains one. A shape without deviations is in every other.
#[derive(Clone, Debug, Default)]
pub(super) struct ContainedShapes {
    shapes: Vec<Shape>,
    /// Positions by first deviation.
    by_first_choice: HashMap<Option<(SlotId, Choice)>, Vec<usize>>,
}

impl ContainedShapes {
    /// Adds a shape.
    pub fn add(&mut self, shape: Shape) {
        let first = shape.deviating().next();
        self.by_first_choice.entry(first).or_default().push(self.shapes.len());
        self.shapes.push(shape);
    }

    /// Whether `shape` contains one of these.
    pub fn has_one_in(&self, shape: &Shape) -> bool {
        let choices = std::iter::once(None).chain(shape.deviating().map(Some));
        let found = choices.filter_map(|choice| self.by_first_choice.get(&choice));
        found.flatten().any(|at| shape.contains(&self.shapes[*at]))
    }
}

/// The smallest cases found so far, by symptom.
#[derive(Debug, Default)]
pub(super) struct KnownSmallest(HashMap<Symptom, ContainedShapes>);

impl KnownSmallest {
    /// Whether a shape contains a smallest case of this symptom, so that its finding is not new.
    pub fn explains(&self, shape: &Shape, symptom: &Symptom) -> bool {
        self.0.get(symptom).is_some_and(|smallest| smallest.has_one_in(shape))
    }

    /// Adds a smallest case.
    pub fn add(&mut self, symptom: Symptom, smallest: Shape) {
        self.0.entry(symptom).or_default().add(smallest);
    }

    /// The smallest cases of this symptom, in the order in which they were found.
    pub fn of(&self, symptom: &Symptom) -> &[Shape] {
        self.0.get(symptom).map_or(&[], |smallest| &smallest.shapes)
    }

    /// What is known of one symptom alone.
    pub fn only(&self, symptom: &Symptom) -> Self {
        Self(self.0.get(symptom).map(|smallest| (symptom.clone(), smallest.clone())).into_iter().collect())
    }
}

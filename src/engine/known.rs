//! The known smallest cases, and the findings they explain.

use std::collections::{BTreeSet, HashMap};

use super::stored_symptom::StoredSymptom;
use crate::compare::{Finding, Grade, Symptom};
use crate::shape::{Choice, Shape, SlotId, space};

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

    /// Whether a finding of a case is not new: the case contains a smallest case of its symptom. A note is not new either if that
    /// holds with its deviations at position 1 of a list moved to position 0, because its key would be the same.
    pub fn covers(&self, shape: &Shape, finding: &Finding) -> bool {
        self.explains(shape, &finding.symptom)
            || finding.grade == Grade::Note
                && at_first_positions(shape).is_some_and(|moved| self.explains(&moved, &finding.symptom))
    }

    /// Adds a smallest case.
    pub fn add(&mut self, symptom: Symptom, smallest: Shape) {
        self.0.entry(symptom).or_default().add(smallest);
    }

    /// The smallest cases of this symptom, in the order in which they were found.
    pub fn of(&self, symptom: &Symptom) -> &[Shape] {
        self.0.get(symptom).map_or(&[], |smallest| &smallest.shapes)
    }

    /// Whether a smallest case of this symptom deviates in the same slots, at any position of their lists: it has the same key.
    pub fn has_key_of(&self, symptom: &Symptom, shape: &Shape) -> bool {
        let slots =
            |shape: &Shape| shape.deviating().map(|(slot, _)| space().name_in_key(slot)).collect::<BTreeSet<_>>();
        let own = slots(shape);
        self.of(symptom).iter().any(|smallest| slots(smallest) == own)
    }

    /// The smallest cases, by symptom.
    pub fn store(&self) -> Vec<(StoredSymptom, Vec<String>)> {
        let mut known: Vec<(&Symptom, &ContainedShapes)> = self.0.iter().collect();
        known.sort_unstable_by_key(|(symptom, _)| *symptom);
        let texts = |contained: &ContainedShapes| contained.shapes.iter().map(Shape::to_string).collect();
        known.into_iter().map(|(symptom, contained)| (symptom.into(), texts(contained))).collect()
    }

    /// Reads [`store`](Self::store).
    pub fn restore(stored: &[(StoredSymptom, Vec<String>)]) -> Option<Self> {
        let mut known = Self::default();
        for (symptom, shapes) in stored {
            let symptom = symptom.read()?;
            for shape in shapes {
                known.add(symptom.clone(), shape.parse().ok()?);
            }
        }
        Some(known)
    }

    /// What is known of one symptom alone.
    pub fn only(&self, symptom: &Symptom) -> Self {
        Self(self.0.get(symptom).map(|smallest| (symptom.clone(), smallest.clone())).into_iter().collect())
    }
}

/// The shape with the deviations at position 1 of lists moved to position 0, where nothing deviates; `None` if there are none.
fn at_first_positions(shape: &Shape) -> Option<Shape> {
    let mut moved = shape.clone();
    for (slot, choice) in shape.deviating() {
        if let Some(first) = space().at_position_0(slot).filter(|first| shape.choice(*first).entry == 0) {
            moved.set(slot, Choice { entry: 0, number: 0 });
            moved.set(first, choice);
        }
    }
    Some(moved).filter(|moved| moved != shape)
}

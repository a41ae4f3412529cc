//! Whether known smallest cases explain a finding: taking their slots out of the shape removes the symptom.

use super::known::KnownSmallest;
use super::outcome::Outcome;
use super::prober::Prober;
use crate::compare::{Finding, Symptom};
use crate::render::Case;
use crate::shape::{Choice, Shape, SlotId, space};

/// How many known smallest cases are taken out of a shape, one probe each.
const MOST: usize = 8;

impl KnownSmallest {
    /// What shows the symptom after the slots of known smallest cases were taken out of the case: itself if it has no such slots.
    /// `None` if known smallest cases explain the finding. Fires at most [`MOST`] cases.
    pub fn remainder(&self, prober: &Prober<'_>, case: &Case, finding: &Finding) -> Option<(Case, Finding)> {
        let symptom = &finding.symptom;
        if self.explains(&case.shape, symptom) {
            return None;
        }
        let (mut left, mut shown) = (case.clone(), finding.clone());
        let mut probes = 0;
        for smallest in self.of(symptom) {
            let Some(without) = without_slots_of(&left.shape, smallest).filter(|_| probes < MOST) else { continue };
            probes += 1;
            let without = prober.case(&without);
            match prober.ask(&without, prober.options(symptom)) {
                Outcome::Trouble(_) | Outcome::Unsupported => {}
                outcome => {
                    shown = outcome.finding(symptom)?.clone();
                    left = without;
                }
            }
        }
        Some((left, shown)).filter(|(left, _)| !self.explains(&left.shape, symptom))
    }

    /// Whether a smallest case of this symptom deviates only in slots that deviate in the shape, too.
    pub fn overlaps(&self, shape: &Shape, symptom: &Symptom) -> bool {
        self.of(symptom).iter().any(|smallest| without_slots_of(shape, smallest).is_some())
    }
}

/// The shape with the slots reset that deviate in `smallest`, at any position of their list. `None` if not all of them deviate in
/// the shape. The kind is kept, and so are slots that other deviations of `smallest` require.
fn without_slots_of(shape: &Shape, smallest: &Shape) -> Option<Shape> {
    let space = space();
    let is_required = |slot: SlotId| smallest.deviating().any(|(other, _)| space.is_ancestor(slot, other));
    let at_first = |slot: SlotId| space.at_position_0(slot).unwrap_or(slot);
    let mut left = shape.clone();
    for (slot, _) in smallest.deviating().filter(|(slot, _)| *slot != SlotId::KIND && !is_required(*slot)) {
        let here: Vec<SlotId> =
            shape.deviating().map(|(here, _)| here).filter(|here| at_first(*here) == at_first(slot)).collect();
        if here.is_empty() {
            return None;
        }
        here.into_iter().for_each(|slot| left.set(slot, Choice { entry: 0, number: 0 }));
    }
    Some(left).filter(|left| left != shape)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_taken_out_at_any_position_with_any_entry_and_the_kind_stays() {
        for (shape, smallest, left) in [
            ("annotations=one;layers=empty", "annotations=empty", Some("layers=empty")),
            ("annotations=one", "layers=empty", None),
            ("annotations=one", "annotations=one;layers=empty", None),
            ("layers=two;layers.1.urls=one", "layers.0.urls=one", Some("layers=two")),
            ("kind=index;manifests.0.platform=absent", "kind=index", None),
        ] {
            let parsed = |text: &str| text.parse::<Shape>().expect("a shape");
            assert_eq!(
                without_slots_of(&parsed(shape), &parsed(smallest)),
                left.map(parsed),
                "{shape} without {smallest}"
            );
        }
    }
}

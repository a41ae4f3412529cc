//! The first part of a descent: which deviations the symptom needs, by bisection over lists of deviations.
//!
//! The deviations are put into a row, and the shortest beginning of the row that shows the symptom is found by bisection. Its
//! last deviation is needed. That one is kept, and the search continues in what comes before it, until those that are kept are
//! enough. If more deviations never hide the symptom, what remains is what dropping one deviation after the other would leave.

use crate::shape::{Shape, SlotId, space};

/// The search in one case.
#[derive(Clone, Debug)]
pub(super) struct Search {
    case: Shape,
    needed: Vec<SlotId>,
    /// Deviations that may be needed, the last of the table first.
    row: Vec<SlotId>,
    /// The needed ones with the first `i` of the row, at index `i`.
    beginnings: Vec<Shape>,
    /// The longest beginning known, or in the first round assumed, not to show the symptom; `None`: not asked yet.
    without: Option<usize>,
    /// The shortest beginning known to show it.
    with: usize,
}

impl Search {
    /// Starts in a case that shows the symptom.
    pub fn new(case: &Shape) -> Self {
        let mut row: Vec<SlotId> =
            case.deviating().map(|(slot, _)| slot).filter(|slot| *slot != SlotId::KIND).collect();
        row.reverse();
        let mut search =
            Self { case: case.clone(), needed: Vec::new(), row, beginnings: Vec::new(), without: Some(0), with: 0 };
        search.line_up();
        search
    }

    /// The next candidate, unless the search is over.
    pub fn candidate(&mut self) -> Option<&Shape> {
        loop {
            let at = match self.without {
                None => 0,
                Some(without) if self.with - without > 1 => between(without, self.with),
                Some(_) if self.with == 0 => return None,
                Some(_) => {
                    // The last one of this beginning is needed.
                    self.row.truncate(self.with);
                    self.needed.extend(self.row.pop());
                    self.line_up();
                    self.without = if self.with == 0 { Some(0) } else { None };
                    continue;
                }
            };
            return self.beginnings.get(at);
        }
    }

    /// The candidate showed the symptom, or did not.
    pub fn answered(&mut self, shows: bool) {
        let at = self.without.map_or(0, |without| between(without, self.with));
        if shows {
            self.with = at;
            self.without = self.without.or(Some(0));
        } else {
            self.without = Some(at);
        }
    }

    /// Makes the beginnings of the row, without deviations that others require anyway.
    fn line_up(&mut self) {
        let mut kept = self.needed.clone();
        self.beginnings = vec![only(&self.case, &kept)];
        let mut row = Vec::new();
        for slot in std::mem::take(&mut self.row) {
            kept.push(slot);
            let longer = only(&self.case, &kept);
            if self.beginnings.last() != Some(&longer) {
                self.beginnings.push(longer);
                row.push(slot);
            }
        }
        self.row = row;
        self.with = self.row.len();
    }
}

/// A number between two that differ by more than one. Of several needed deviations the last is rather late in the row, so it is
/// not the middle.
fn between(without: usize, with: usize) -> usize {
    (without + (with - without) * 2 / 3).max(without + 1)
}

/// The case with these deviations only, its kind, and the ancestors that they require.
fn only(case: &Shape, slots: &[SlotId]) -> Shape {
    let mut shape = case.own_base();
    let mut slots = slots.to_vec();
    slots.sort_unstable();
    for slot in slots {
        activate(&mut shape, case, slot);
        shape.set(slot, case.choice(slot));
    }
    shape
}

/// Sets the ancestors of an inactive slot as in the case.
fn activate(shape: &mut Shape, case: &Shape, slot: SlotId) {
    if let Some((parent, _)) = space().activation(slot)
        && !shape.is_active(slot)
    {
        activate(shape, case, parent);
        shape.set(parent, case.choice(parent));
    }
}

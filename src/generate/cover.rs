//! The arrays of the variant space: all t-tuples of valid entries, and all (t-1)-tuples of valid entries beside
//! each single invalid one. Never two invalid entries in a row: one hides the other from a target that stops at
//! the first.

use super::Filter;
use super::array::{Axis, Forest, Row};
use crate::shape::{Choice, Shape, SlotId, space};

/// The rows of an array, and what their number is to be compared with.
#[derive(Clone, Debug)]
pub struct Cover {
    /// Rows of valid entries alone.
    pub valid: Vec<Shape>,
    /// Rows with one invalid entry.
    pub invalid: Vec<Shape>,
    /// The product of the two largest menus of valid entries that live together.
    pub two_largest: usize,
    /// The sum, over invalid entries, of the largest menu of valid entries that lives beside it.
    pub beside: usize,
}

/// The slots of an array as axes.
struct Axes {
    slots: Vec<SlotId>,
    forest: Forest,
}

/// The array of this strength, 1 to [`MOST_STRENGTH`](super::array::MOST_STRENGTH), over the slots that the filter
/// admits.
pub fn cover(strength: usize, filter: Option<&Filter>) -> Cover {
    let axes = Axes::new(filter);
    let valid: Vec<Shape> = axes.forest.covering(strength).iter().map(|row| axes.shape(row)).collect();
    let (mut invalid, mut beside) = (Vec::new(), 0);
    for (axis, slot) in axes.slots.iter().enumerate() {
        // The mark of the kind itself does not count, and what only gives life is no subject of its own.
        if *slot == SlotId::KIND || filter.is_some_and(|filter| !filter.names(*slot)) {
            continue;
        }
        let invalid_entry = |entry: &usize| {
            let row = &space().slot(*slot).menu[*entry];
            !row.valid && row.has_small()
        };
        // Beside entries that give life to nothing stands the same, so it is worked out once for all of them.
        let mut beside_all: Option<(Vec<Row>, usize)> = None;
        for entry in (0..space().slot(*slot).menu.len()).filter(invalid_entry) {
            let found = || {
                let rows = axes.forest.beside(axis, entry, strength.saturating_sub(1));
                (rows, axes.forest.largest_beside(axis, entry))
            };
            let (rows, largest) = match gives_life(*slot, entry) {
                true => found(),
                false => beside_all.get_or_insert_with(found).clone(),
            };
            beside += largest;
            invalid.extend(rows.into_iter().map(|mut row| {
                row[axis] = Some(entry);
                axes.shape(&row)
            }));
        }
    }
    Cover { valid, invalid, two_largest: axes.forest.product_of_the_two_largest(), beside }
}

/// Whether some slot lives under this entry.
fn gives_life(slot: SlotId, entry: usize) -> bool {
    let mut parents = space().slots().filter_map(|(_, row)| row.parent.as_ref());
    parents.any(|parent| parent.slot == slot && parent.under.contains(&entry))
}

impl Axes {
    fn new(filter: Option<&Filter>) -> Self {
        let admitted = |slot: SlotId| filter.is_none_or(|filter| filter.admits(slot));
        let slots: Vec<SlotId> = space().slots().map(|(slot, _)| slot).filter(|slot| admitted(*slot)).collect();
        let place = |slot: SlotId| slots.iter().position(|other| *other == slot);
        let axis = |slot: &SlotId| {
            let row = space().slot(*slot);
            let parent = row.parent.as_ref().and_then(|parent| Some((place(parent.slot)?, parent.under.clone())));
            Axis { values: row.menu.len(), parent }
        };
        let axes: Vec<Axis> = slots.iter().map(axis).collect();
        let forest = Forest::new(axes, |axis, entry| {
            let slot = slots[axis];
            let row = &space().slot(slot).menu[entry];
            let named = filter.is_none_or(|filter| filter.names(slot));
            (row.valid || slot == SlotId::KIND) && row.has_small() && (named || entry == 0 || gives_life(slot, entry))
        });
        Self { slots, forest }
    }

    fn shape(&self, row: &Row) -> Shape {
        let chosen = self.slots.iter().zip(row).filter_map(|(slot, entry)| Some((*slot, (*entry)?)));
        chosen.filter(|(_, entry)| *entry != 0).enumerate().fold(Shape::base(), |shape, (i, (slot, entry))| {
            let numbers = space().slot(slot).menu[entry].numbers;
            let small: Vec<u64> = numbers.map_or_else(
                || vec![0],
                |numbers| numbers.listed.iter().copied().filter(|number| *number <= numbers.small_to).collect(),
            );
            // Where no listed number is small, the least is.
            let number = small.get(i % small.len().max(1)).copied();
            shape.with(slot, Choice { entry, number: number.or(numbers.map(|n| n.least)).unwrap_or(0) })
        })
    }
}

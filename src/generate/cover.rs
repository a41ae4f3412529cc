//! The arrays of the variant space: all t-tuples of valid entries, and all (t-1)-tuples of valid entries beside
//! each single invalid one. Never two invalid entries in a row: one hides the other from a target that stops at
//! the first.

use super::Filter;
use super::covering_array::{Assignment, Axis, Forest, Stop, never};
use crate::shape::{Choice, Shape, SlotId, space};

/// The rows of an array, built a part at a time as they are asked for: those of valid entries alone, then those beside
/// each invalid entry. Ends early, in the middle of a part, where `stop` says so.
pub struct Rows<'s> {
    axes: Axes,
    strength: usize,
    stop: Stop<'s>,
    parts: std::vec::IntoIter<ArrayPart>,
    /// The rows of the part that was built last, and where its invalid entry goes.
    built: std::vec::IntoIter<Assignment>,
    of: ArrayPart,
    /// The rows beside the invalid entries of one axis that give life to nothing.
    shared: Option<(usize, Vec<Assignment>)>,
}

/// What is built at once: the rows of valid entries alone, or those beside an invalid entry of an axis.
type ArrayPart = Option<(usize, usize)>;

/// The rows of the array of this strength, 1 to [`MOST_STRENGTH`](super::covering_array::MOST_STRENGTH), over the slots that the
/// filter admits.
pub fn rows<'s>(strength: usize, filter: Option<&Filter>, stop: Stop<'s>) -> Rows<'s> {
    let axes = Axes::new(filter);
    let parts: Vec<ArrayPart> = std::iter::once(None).chain(axes.invalid(filter).into_iter().map(Some)).collect();
    let built = Vec::new().into_iter();
    Rows { axes, strength, stop, parts: parts.into_iter(), built, of: None, shared: None }
}

impl Iterator for Rows<'_> {
    type Item = Shape;

    fn next(&mut self) -> Option<Shape> {
        loop {
            if let Some(mut row) = self.built.next() {
                if let Some((axis, entry)) = self.of {
                    row[axis] = Some(entry);
                }
                return Some(self.axes.shape(&row));
            }
            let part = self.parts.next()?;
            if (self.stop)() {
                return None;
            }
            self.built = self.build(part).into_iter();
            self.of = part;
        }
    }
}

impl Rows<'_> {
    fn build(&mut self, part: ArrayPart) -> Vec<Assignment> {
        let forest = &self.axes.forest;
        let Some((axis, entry)) = part else { return forest.covering(self.strength, self.stop) };
        let strength = self.strength.saturating_sub(1);
        if gives_life(self.axes.slots[axis], entry) {
            return forest.beside(axis, entry, strength, self.stop);
        }
        // The same live beside all entries that give life to nothing, so they are worked out once.
        match &self.shared {
            Some((of, rows)) if *of == axis => rows.clone(),
            _ => self.shared.insert((axis, forest.beside(axis, entry, strength, self.stop))).1.clone(),
        }
    }
}

impl std::fmt::Debug for Rows<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Rows").field("strength", &self.strength).finish_non_exhaustive()
    }
}

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

/// The whole array of this strength, with its numbers.
pub fn cover(strength: usize, filter: Option<&Filter>) -> Cover {
    let (valid, invalid) = rows(strength, filter, &never).partition(|shape| shape.invalid() == 0);
    let axes = Axes::new(filter);
    let beside = axes.invalid(filter).iter().map(|(axis, entry)| axes.forest.largest_beside(*axis, *entry)).sum();
    Cover { valid, invalid, two_largest: axes.forest.product_of_the_two_largest(), beside }
}

/// The slots of an array as axes.
struct Axes {
    slots: Vec<SlotId>,
    forest: Forest,
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

    /// The invalid entries, each with its axis, in the order of the table.
    fn invalid(&self, filter: Option<&Filter>) -> Vec<(usize, usize)> {
        // The mark of the kind itself does not count, and what only gives life is not tested for itself.
        let counts = |slot: SlotId| slot != SlotId::KIND && filter.is_none_or(|filter| filter.names(slot));
        let axes = self.slots.iter().enumerate().filter(|(_, slot)| counts(**slot));
        let entries = |(axis, slot): (usize, &SlotId)| {
            let menu = &space().slot(*slot).menu;
            let invalid = (0..menu.len()).filter(|entry| !menu[*entry].valid && menu[*entry].has_small());
            invalid.map(|entry| (axis, entry)).collect::<Vec<_>>()
        };
        axes.flat_map(entries).collect()
    }

    fn shape(&self, row: &Assignment) -> Shape {
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

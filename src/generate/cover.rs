//! Covering arrays of the variant space: all t-tuples of valid entries, and all (t-1)-tuples of valid entries together
//! with each single invalid one. A row never has two invalid entries: a target that stops at the first error would not
//! see the second.

use super::covering_array::{Assignment, Axis, Forest, Stop, never};
use super::{Filter, Tested};
use crate::shape::{Choice, Effect, Group, Kind, Shape, SlotId, space};

/// Iterator over the rows of a covering array: first those of valid entries only, then those of each invalid entry.
/// Parts are built on demand. Ends early, possibly in the middle of a part, once `stop` returns true.
pub struct Rows<'s> {
    axes: Axes,
    strength: usize,
    stop: Stop<'s>,
    parts: std::vec::IntoIter<ArrayPart>,
    /// The remaining rows of the current part; its invalid entry is put in when a row is returned.
    built: std::vec::IntoIter<Assignment>,
    current: ArrayPart,
    /// The rows for the invalid entries of one axis that activate no slot, and that axis.
    shared: Option<(usize, Vec<Assignment>)>,
}

/// A part of a covering array: the rows of valid entries only, or those with one invalid entry, as axis and entry.
type ArrayPart = Option<(usize, usize)>;

/// The rows of the covering array of this strength, from 1 to
/// [`MOST_STRENGTH`](super::covering_array::MOST_STRENGTH), over the slots that the filter admits and that show anything of who
/// is tested.
pub fn rows<'s>(tested: Tested, strength: usize, filter: Option<&Filter>, stop: Stop<'s>) -> Rows<'s> {
    let axes = Axes::new(tested, filter);
    let parts: Vec<ArrayPart> = std::iter::once(None).chain(axes.invalid(filter).into_iter().map(Some)).collect();
    let built = Vec::new().into_iter();
    Rows { axes, strength, stop, parts: parts.into_iter(), built, current: None, shared: None }
}

impl Iterator for Rows<'_> {
    type Item = Shape;

    fn next(&mut self) -> Option<Shape> {
        loop {
            if let Some(mut row) = self.built.next() {
                if let Some((axis, entry)) = self.current {
                    row[axis] = Some(entry);
                }
                return Some(self.axes.shape(&row));
            }
            let part = self.parts.next()?;
            if (self.stop)() {
                return None;
            }
            self.built = self.build(part).into_iter();
            self.current = part;
        }
    }
}

impl Rows<'_> {
    fn build(&mut self, part: ArrayPart) -> Vec<Assignment> {
        let forest = &self.axes.forest;
        let Some((axis, entry)) = part else { return forest.covering(self.strength, self.stop) };
        let strength = self.strength.saturating_sub(1);
        if activates(self.axes.slots[axis], entry) {
            return forest.covering_with(axis, entry, strength, self.stop);
        }
        // The same slots are active with all entries that activate none, so these rows are built once.
        match &self.shared {
            Some((shared_axis, rows)) if *shared_axis == axis => rows.clone(),
            _ => self.shared.insert((axis, forest.covering_with(axis, entry, strength, self.stop))).1.clone(),
        }
    }
}

impl std::fmt::Debug for Rows<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Rows").field("strength", &self.strength).finish_non_exhaustive()
    }
}

/// A covering array, and figures to compare its size with.
#[derive(Clone, Debug)]
pub struct Cover {
    /// Rows of valid entries only.
    pub valid: Vec<Shape>,
    /// Rows with one invalid entry.
    pub invalid: Vec<Shape>,
    /// The product of the sizes of the two largest menus of slots that can be active together, counting valid entries:
    /// a lower bound on the rows of strength 2.
    pub two_largest: usize,
    /// The sum, over invalid entries, of the size of the largest menu of a slot that can be active together with it,
    /// counting valid entries.
    pub beside: usize,
}

/// The covering array for registries, of this strength over the slots that the filter admits: all t-tuples of valid entries that can
/// occur together, and all (t-1)-tuples together with each single invalid entry. Entries that only render to more than
/// 64 KiB are left out.
///
/// Strength is from 1 to [`MOST_STRENGTH`](super::covering_array::MOST_STRENGTH). Deterministic. Strength 2 over all
/// slots takes seconds; use [`rows`] to build it step by step.
pub fn cover(strength: usize, filter: Option<&Filter>) -> Cover {
    let (valid, invalid) = rows(Tested::Registry, strength, filter, &never).partition(|shape| shape.invalid() == 0);
    let axes = Axes::new(Tested::Registry, filter);
    let beside = axes.invalid(filter).iter().map(|(axis, entry)| axes.forest.largest_with(*axis, *entry)).sum();
    Cover { valid, invalid, two_largest: axes.forest.product_of_two_largest(), beside }
}

/// The slots of a covering array, by axis.
struct Axes {
    tested: Tested,
    slots: Vec<SlotId>,
    forest: Forest,
}

/// Whether this entry activates some slot.
fn activates(slot: SlotId, entry: usize) -> bool {
    let mut parents = space().registry_slots().filter_map(|(_, row)| row.parent.as_ref());
    parents.any(|parent| parent.slot == slot && parent.under.contains(&entry))
}

impl Axes {
    fn new(tested: Tested, filter: Option<&Filter>) -> Self {
        let is_upload = |slot: SlotId| space().slot(slot).group == Group::Blob;
        let sees = |slot: SlotId, entry| tested.sees(slot, Choice { entry, number: 0 });
        let alone = |slot: SlotId, choice| Shape::base().with_ancestors(slot, choice);
        let sees_some = |slot: SlotId| space().choices(slot).any(|choice| tested.sees_all_of(&alone(slot, choice)));
        let admitted =
            |slot: SlotId| !is_upload(slot) && sees_some(slot) && filter.is_none_or(|filter| filter.admits(slot));
        let slots: Vec<SlotId> = space().slots().map(|(slot, _)| slot).filter(|slot| admitted(*slot)).collect();
        let axis_of = |slot: SlotId| slots.iter().position(|other| *other == slot);
        let axis = |slot: &SlotId| {
            let row = space().slot(*slot);
            let parent = row.parent.as_ref().and_then(|parent| Some((axis_of(parent.slot)?, parent.under.clone())));
            Axis { values: row.menu.len(), parent }
        };
        let axes: Vec<Axis> = slots.iter().map(axis).collect();
        let forest = Forest::new(axes, |axis, entry| {
            let slot = slots[axis];
            let row = &space().slot(slot).menu[entry];
            let named = filter.is_none_or(|filter| filter.names(slot));
            let is_document = row.effect != Effect::Kind(Kind::Blob);
            (row.valid || slot == SlotId::KIND)
                && is_document
                && sees(slot, entry)
                && row.has_small()
                && (named || entry == 0 || activates(slot, entry))
        });
        Self { tested, slots, forest }
    }

    /// The invalid entries, as axis and entry, in table order.
    fn invalid(&self, filter: Option<&Filter>) -> Vec<(usize, usize)> {
        // The kind's own mark does not count, and slots that the filter only needs as ancestors are not tested.
        let counts = |slot: SlotId| slot != SlotId::KIND && filter.is_none_or(|filter| filter.names(slot));
        let axes = self.slots.iter().enumerate().filter(|(_, slot)| counts(**slot));
        let entries = |(axis, slot): (usize, &SlotId)| {
            let menu = &space().slot(*slot).menu;
            let sees = |entry: usize| self.tested.sees(*slot, Choice { entry, number: 0 });
            let fits = |entry: &usize| !menu[*entry].valid && menu[*entry].has_small() && sees(*entry);
            let invalid = (0..menu.len()).filter(fits);
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
            // If no listed number is small, the least one is.
            let number = small.get(i % small.len().max(1)).copied();
            shape.with(slot, Choice { entry, number: number.or(numbers.map(|n| n.least)).unwrap_or(0) })
        })
    }
}

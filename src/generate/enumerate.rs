//! Enumeration: the bases, each entry alone, and all shapes of up to k deviations.

use std::rc::Rc;

use crate::shape::{Choice, Shape, Slot, SlotId, space};

/// The base of each kind, in menu order.
pub fn bases() -> Vec<Shape> {
    let kinds = space().slot(SlotId::KIND).menu.len();
    (0..kinds).map(|entry| Shape::base().with(SlotId::KIND, Choice { entry, number: 0 })).collect()
}

/// Each entry as the only deviation, under the first kind where its slot is active, in table order; entries with a
/// number once for each listed number.
pub fn each_alone() -> impl Iterator<Item = Shape> {
    let slots = space().registry_slots().skip(1);
    slots.flat_map(|(slot, _)| space().choices(slot).map(move |choice| Shape::base().with_ancestors(slot, choice)))
}

/// Every shape of at most `k` deviations, over all kinds, each once. Inactive ancestors are set to the first entry that
/// activates the slot; entries with a number take each listed number.
///
/// Each kind's base comes first among the shapes of that kind. Memory use depends only on `k`.
///
/// ```
/// use manifuzz::generate::{bases, exhaustive};
///
/// assert_eq!(exhaustive(0).count(), bases().len());
/// assert!(exhaustive(1).any(|shape| shape.to_string() == "layers=empty"));
/// ```
pub fn exhaustive(k: usize) -> impl Iterator<Item = Shape> {
    exhaustive_over(k, |_| true)
}

/// Like [`exhaustive`], over the slots for which `may` returns true; others deviate only as required ancestors.
pub fn exhaustive_over(k: usize, may: impl Fn(&Slot) -> bool) -> impl Iterator<Item = Shape> {
    let slots: Rc<[SlotId]> =
        space().registry_slots().skip(1).filter(|(_, slot)| may(slot)).map(|(slot, _)| slot).collect();
    bases().into_iter().flat_map(move |base| deviate(Path::from(base), Rc::clone(&slots), 0, k))
}

/// A shape, and the choices that lead to it from its base, in table order.
struct Path {
    base: Shape,
    chosen: Vec<(SlotId, Choice)>,
    shape: Shape,
}

impl From<Shape> for Path {
    fn from(base: Shape) -> Self {
        Self { shape: base.clone(), base, chosen: Vec::new() }
    }
}

impl Path {
    /// The shape after one more choice; `None` if an earlier choice is superfluous because this one implies it, since
    /// fewer choices lead to the same shape.
    fn with(&self, slot: SlotId, choice: Choice) -> Option<Shape> {
        let changed = self.shape.with_ancestors(slot, choice);
        let is_superfluous = |superfluous: SlotId| {
            let others = self.chosen.iter().filter(|(other, _)| *other != superfluous);
            let mut steps = others.copied().chain([(slot, choice)]);
            let shape = steps.try_fold(self.base.clone(), |shape, (slot, choice)| {
                reaches(&shape, slot).then(|| shape.with_ancestors(slot, choice))
            });
            shape.is_some_and(|shape| shape == changed)
        };
        let mut before = self.chosen.iter().map(|(before, _)| *before);
        if before.any(|before| space().is_ancestor(before, slot) && is_superfluous(before)) {
            return None;
        }
        Some(changed)
    }
}

/// The path's shape, then its variants with up to `k` more deviations in `slots[from..]`, in table order.
fn deviate(path: Path, slots: Rc<[SlotId]>, from: usize, k: usize) -> Box<dyn Iterator<Item = Shape>> {
    let first = std::iter::once(path.shape.clone());
    if k == 0 {
        return Box::new(first);
    }
    let path = Rc::new(path);
    let (from_here, all_slots) = (Rc::clone(&path), Rc::clone(&slots));
    let reached = (from..slots.len()).filter(move |i| reaches(&from_here.shape, all_slots[*i]));
    let (from_here, all_slots) = (Rc::clone(&path), Rc::clone(&slots));
    let next = reached.flat_map(move |i| {
        let (slot, path) = (all_slots[i], Rc::clone(&from_here));
        space().choices(slot).filter_map(move |choice| Some((i, choice, path.with(slot, choice)?)))
    });
    // Fast path: most shapes are the last of their path.
    if k == 1 {
        return Box::new(first.chain(next.map(|(_, _, shape)| shape)));
    }
    Box::new(first.chain(next.flat_map(move |(i, choice, shape)| {
        let chosen = path.chosen.iter().copied().chain([(slots[i], choice)]).collect();
        deviate(Path { base: path.base.clone(), chosen, shape }, Rc::clone(&slots), i + 1, k - 1)
    })))
}

/// Whether a slot is active in `shape`, or can be activated without changing the kind or a deviation.
fn reaches(shape: &Shape, slot: SlotId) -> bool {
    if shape.choice(slot).entry != 0 {
        return false;
    }
    match &space().slot(slot).parent {
        None => true,
        Some(parent) if parent.under.contains(&shape.choice(parent.slot).entry) => {
            parent.slot == SlotId::KIND || shape.is_active(parent.slot) || reaches(shape, parent.slot)
        }
        Some(parent) => parent.slot != SlotId::KIND && reaches(shape, parent.slot),
    }
}

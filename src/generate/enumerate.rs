//! Enumeration: the bases, each entry alone, and everything up to k deviations.

use std::collections::HashSet;
use std::rc::Rc;

use foldhash::fast::FixedState;

use crate::shape::{Choice, Shape, Slot, SlotId, space};

/// The base of each kind, in the order of the menu.
pub fn bases() -> Vec<Shape> {
    let kinds = space().slot(SlotId::KIND).menu.len();
    (0..kinds).map(|entry| Shape::base().with(SlotId::KIND, Choice { entry, number: 0 })).collect()
}

/// Each entry alone under the first kind where it lives, in the order of the table; listed numbers each.
pub fn each_alone() -> impl Iterator<Item = Shape> {
    let slots = space().slots().skip(1);
    slots.flat_map(|(slot, _)| space().choices(slot).map(move |choice| Shape::base().with_ancestors(slot, choice)))
}

/// Every shape with at most `k` deviations, over all kinds, each once; ancestors at the first entry that
/// gives life. The bases come first.
pub fn exhaustive(k: usize) -> impl Iterator<Item = Shape> {
    exhaustive_over(k, |_| true)
}

/// The same, where only slots that `may` deviate do.
pub fn exhaustive_over(k: usize, may: impl Fn(&Slot) -> bool) -> impl Iterator<Item = Shape> {
    let mut seen = HashSet::<Shape, FixedState>::default();
    let slots: Rc<[SlotId]> = space().slots().skip(1).filter(|(_, slot)| may(slot)).map(|(slot, _)| slot).collect();
    bases().into_iter().flat_map(move |base| deviate(base, Rc::clone(&slots), 0, k)).filter(move |shape| {
        // Two ways of choosing ancestors can lead to one shape.
        shape.deviations() <= k && seen.insert(shape.clone())
    })
}

/// `shape`, and it with up to `k` more deviations in `slots` from one on, in the order of the table.
fn deviate(shape: Shape, slots: Rc<[SlotId]>, from: usize, k: usize) -> Box<dyn Iterator<Item = Shape>> {
    let first = std::iter::once(shape.clone());
    if k == 0 {
        return Box::new(first);
    }
    let more = (from..slots.len()).flat_map(move |i| {
        let (slot, shape, slots) = (slots[i], shape.clone(), Rc::clone(&slots));
        let reachable = reaches(&shape, slot);
        space().choices(slot).filter(move |_| reachable).flat_map(move |choice| {
            let changed = shape.with_ancestors(slot, choice);
            deviate(changed, Rc::clone(&slots), i + 1, k - 1)
        })
    });
    Box::new(first.chain(more))
}

/// Whether a slot lives in `shape` or can be brought to life without changing the kind or what deviates.
fn reaches(shape: &Shape, slot: SlotId) -> bool {
    if shape.choice(slot).entry != 0 {
        return false;
    }
    match &space().slot(slot).parent {
        None => true,
        Some(parent) if parent.under.contains(&shape.choice(parent.slot).entry) => {
            parent.slot == SlotId::KIND || shape.lives(parent.slot) || reaches(shape, parent.slot)
        }
        Some(parent) => parent.slot != SlotId::KIND && reaches(shape, parent.slot),
    }
}

//! How much of the variant space a set of shapes touches.

use std::collections::HashSet;

use crate::shape::{Shape, SlotId, space};

/// Entries that were covered, of all there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// Entries that stood in some shape, entry 0 of a slot that lived among them.
    pub entries: usize,
    /// All entries of all slots.
    pub of: usize,
}

/// Counts what the shapes cover.
pub fn coverage<'s>(shapes: impl IntoIterator<Item = &'s Shape>) -> Coverage {
    let slots: Vec<SlotId> = space().slots().map(|(slot, _)| slot).collect();
    let mut covered: HashSet<(SlotId, usize)> = HashSet::new();
    for shape in shapes {
        let live = slots.iter().filter(|slot| shape.lives(**slot));
        covered.extend(live.map(|slot| (*slot, shape.choice(*slot).entry)));
    }
    Coverage { entries: covered.len(), of: space().slots().map(|(_, slot)| slot.menu.len()).sum() }
}

//! The fuzzer's mutator: changes one slot.

use super::{Bound, Choices, some_number};
use crate::shape::{Choice, Shape, SlotId, space};

/// The shape with one slot changed: an active slot set to another entry, with a number near a limit if it has one, or a
/// deviating slot reset to entry 0.
pub fn mutate(shape: &Shape, choices: &mut dyn Choices) -> Shape {
    let menu = |slot: SlotId| space().slot(slot).menu;
    let deviating: Vec<(SlotId, Choice)> = shape.deviating().collect();
    let invalid: Vec<(SlotId, Choice)> =
        deviating.iter().copied().filter(|(slot, choice)| !menu(*slot)[choice.entry].valid).collect();
    // The more deviations, the likelier a reset, or shapes would only grow. If several entries are invalid, one of them
    // is reset, since a target that stops at the first error does not see the rest.
    if choices.below(deviating.len() + 3) >= 3 {
        let from = if invalid.len() > 1 { &invalid } else { &deviating };
        let (slot, _) = from[choices.below(from.len())];
        return shape.with(slot, Choice { entry: 0, number: 0 });
    }
    let active: Vec<SlotId> =
        space().registry_slots().map(|(slot, _)| slot).filter(|slot| shape.is_active(*slot)).collect();
    let slot = active[choices.below(active.len())];
    let now = shape.choice(slot).entry;
    let others: Vec<usize> = (0..menu(slot).len()).filter(|entry| *entry != now).collect();
    let valid: Vec<usize> = others.iter().copied().filter(|entry| menu(slot)[*entry].valid).collect();
    let from = if valid.is_empty() || choices.below(2) == 0 { &others } else { &valid };
    let entry = from[choices.below(from.len())];
    shape.with(slot, Choice { entry, number: some_number(&menu(slot)[entry], Bound::Hostile, choices) })
}

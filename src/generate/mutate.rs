//! The fuzzer's mutator: one slot changed.

use super::Choices;
use crate::shape::{Choice, Shape, SlotId, space};

/// The shape with one slot changed: a live slot to another choice, a slot back to entry 0, or a number
/// near a listed one.
pub fn mutate(shape: &Shape, choices: &mut dyn Choices) -> Shape {
    let live: Vec<SlotId> = space().slots().map(|(slot, _)| slot).filter(|slot| shape.lives(*slot)).collect();
    let deviating: Vec<SlotId> = shape.deviating().map(|(slot, _)| slot).collect();
    // Going back must be about as likely as going on, or shapes only ever grow.
    if !deviating.is_empty() && choices.below(3) == 0 {
        let slot = deviating[choices.below(deviating.len())];
        return shape.with(slot, Choice { entry: 0, number: 0 });
    }
    let slot = live[choices.below(live.len())];
    let menu = space().slot(slot).menu;
    let others: Vec<usize> = (0..menu.len()).filter(|entry| *entry != shape.choice(slot).entry).collect();
    let entry = others[choices.below(others.len())];
    let number = menu[entry].numbers.map_or(0, |numbers| {
        let listed = numbers.listed[choices.below(numbers.listed.len())];
        (listed + choices.below(3) as u64).saturating_sub(1).clamp(numbers.least, numbers.most)
    });
    shape.with(slot, Choice { entry, number })
}

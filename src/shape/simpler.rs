//! The simpler neighbours of a shape, which shrinking and proptest's value tree walk.

use super::{Choice, Shape, space};

impl Shape {
    /// The simpler neighbours, the largest steps first: each deviation reset to entry 0, the same choice at position 0
    /// of its list, each lower entry of its menu if these are simpler, lower numbers by bisection. No
    /// duplicates.
    ///
    /// Each has a smaller [`weight`](Shape::weight), so every descent terminates.
    pub fn simpler(&self) -> Vec<Self> {
        let space = space();
        let mut found: Vec<Self> = Vec::new();
        let mut add = |candidate: Self| {
            if candidate != *self && !found.contains(&candidate) {
                found.push(candidate);
            }
        };
        for (slot, _) in self.deviating() {
            add(self.with(slot, Choice { entry: 0, number: 0 }));
        }
        for (slot, choice) in self.deviating() {
            if let Some(first) = space.at_position_0(slot)
                && self.choice(first).entry == 0
                && space.slot(first).menu == space.slot(slot).menu
            {
                add(self.with(slot, Choice { entry: 0, number: 0 }).with(first, choice));
            }
        }
        for (slot, choice) in self.deviating() {
            if space.slot(slot).menu[choice.entry].effect.is_unordered() {
                continue;
            }
            for entry in 1..choice.entry {
                add(self.with(slot, Choice::of(space.slot(slot), entry)));
            }
        }
        for (slot, choice) in self.deviating() {
            if let Some(numbers) = space.slot(slot).menu[choice.entry].numbers {
                for number in halving(numbers.least, choice.number) {
                    add(self.with(slot, Choice { entry: choice.entry, number }));
                }
            }
        }
        found
    }
}

/// Numbers from `least` up to `number - 1`, each halving the distance to `number`.
fn halving(least: u64, number: u64) -> Vec<u64> {
    let mut gap = number.saturating_sub(least);
    let mut numbers = Vec::new();
    while gap > 0 {
        numbers.push(number - gap);
        gap /= 2;
    }
    numbers
}

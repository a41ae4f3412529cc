//! The simpler neighbours of a shape: what shrinking, proptest's tree and the laws walk.

use super::{Choice, Shape, space};

impl Shape {
    /// The candidates for something smaller, the boldest first: each deviation at entry 0, each at the lower
    /// entries of its menu, the same choice at position 0 of its list, lower numbers by bisection.
    ///
    /// Each has a smaller [`weight`](Shape::weight), so that any descent ends.
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

/// Numbers below `number`, from `least` on in steps that halve, the last one `number - 1`.
fn halving(least: u64, number: u64) -> Vec<u64> {
    let mut gap = number.saturating_sub(least);
    let mut numbers = Vec::new();
    while gap > 0 {
        numbers.push(number - gap);
        gap /= 2;
    }
    numbers
}

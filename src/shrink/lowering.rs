//! The second part of a descent: the lower choices that are most likely to show the symptom, each tried once.
//!
//! Most defects do not depend on the position in a list, and depend on whether a member is there or on whether its value is
//! valid, more often than on one entry. Of numbers, they depend on a threshold. What is tried here in vain may be worth trying
//! again when the rest of the case is smaller: the last part of the descent does that.

use crate::shape::{Choice, Shape, SlotId, space};

/// What was tried in vain so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Lowering {
    tried: Vec<(SlotId, Choice)>,
    proposed: Option<(SlotId, Choice)>,
}

impl Lowering {
    /// The next candidate, if there is one left.
    pub fn candidate(&mut self, smallest: &Shape) -> Option<Shape> {
        let slots = || smallest.deviating().filter(|(slot, _)| *slot != SlotId::KIND);
        let step = slots().find_map(|(slot, choice)| self.step(smallest, slot, choice))?;
        self.proposed = Some(step);
        let (slot, choice) = step;
        Some(match slots().find(|(at_1, _)| space().at_position_0(*at_1) == Some(slot)) {
            Some((at_1, moved)) if moved == choice => smallest.with(at_1, NONE).with(slot, choice),
            _ => smallest.with(slot, choice),
        })
    }

    /// The candidate did not show the symptom.
    pub fn failed(&mut self) {
        self.tried.extend(self.proposed.take());
    }

    /// A slot and its new choice; at position 0, also the choice of position 1.
    fn step(&self, smallest: &Shape, slot: SlotId, choice: Choice) -> Option<(SlotId, Choice)> {
        let is_new = |step: &(SlotId, Choice)| !self.tried.contains(step);
        let menu = space().slot(slot).menu;
        let first = space()
            .at_position_0(slot)
            .filter(|first| smallest.choice(*first).entry == 0 && space().slot(*first).menu == menu);
        let same = (1..choice.entry).find(|entry| menu[*entry].valid == menu[choice.entry].valid);
        let lower = [1].into_iter().chain(same).filter(|entry| *entry < choice.entry);
        let lower = lower.map(|entry| (slot, Choice::of(space().slot(slot), entry)));
        let number = || Some((slot, Choice { number: self.lower_number(slot, choice)?, ..choice }));
        first.map(|first| (first, choice)).into_iter().chain(lower).find(is_new).or_else(number)
    }

    /// The least number, or the one half way between the largest that did not show the symptom and the smallest that did.
    fn lower_number(&self, slot: SlotId, choice: Choice) -> Option<u64> {
        let least = space().slot(slot).menu[choice.entry].numbers?.least;
        let below = |number: u64| number < choice.number;
        let tried = self.tried.iter().filter(|(other, tried)| *other == slot && tried.entry == choice.entry);
        match tried.map(|(_, tried)| tried.number).filter(|number| below(*number)).max() {
            None => Some(least).filter(|least| below(*least)),
            Some(failed) => Some(u64::midpoint(failed, choice.number)).filter(|middle| *middle > failed),
        }
    }
}

/// The simplest choice of every slot.
const NONE: Choice = Choice { entry: 0, number: 0 };

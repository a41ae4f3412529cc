//! The second part of a descent: the lower choices that are most likely to show the symptom, each tried once.
//!
//! Most defects do not depend on the position in a list, and depend on whether a member is there or on whether its value is
//! valid, more often than on one entry. Of numbers, they depend on a threshold. What is tried here in vain may be worth trying
//! again when the rest of the case is smaller: the last part of the descent does that.

use crate::shape::{Choice, Shape, SlotId, space};

/// What was tried in vain so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Lowering {
    tried: Vec<Step>,
    proposed: Option<Step>,
}

impl Lowering {
    /// The next candidate, if there is one left.
    pub fn candidate(&mut self, smallest: &Shape) -> Option<Shape> {
        let slots = || smallest.deviating().filter(|(slot, _)| *slot != SlotId::KIND);
        let steps = [moved, to_the_first, to_the_first_of_its_mark];
        let mut steps = steps.iter().flat_map(|step| slots().filter_map(|(slot, choice)| step(smallest, slot, choice)));
        let numbers = || slots().find_map(|(slot, choice)| self.lower_number(slot, choice));
        let (slot, choice) = steps.find(|step| !self.tried.contains(step)).or_else(numbers)?;
        self.proposed = Some((slot, choice));
        let from = slots().find(|(from, moved)| space().at_position_0(*from) == Some(slot) && *moved == choice);
        Some(from.map_or(smallest.clone(), |(from, _)| smallest.with(from, NONE)).with(slot, choice))
    }

    /// The candidate did not show the symptom.
    pub fn failed(&mut self) {
        self.tried.extend(self.proposed.take());
    }

    /// The least number, or the one half way between the largest that did not show the symptom and the smallest that did.
    fn lower_number(&self, slot: SlotId, choice: Choice) -> Option<Step> {
        let least = space().slot(slot).menu[choice.entry].numbers?.least;
        let tried = self.tried.iter().filter(|(other, tried)| *other == slot && tried.entry == choice.entry);
        let failed = tried.map(|(_, tried)| tried.number).filter(|number| *number < choice.number).max();
        let number = failed.map_or(least, |failed| u64::midpoint(failed, choice.number));
        let is_new = number < choice.number && failed != Some(number);
        is_new.then_some((slot, Choice { number, ..choice }))
    }
}

/// A slot and its new choice.
type Step = (SlotId, Choice);

/// The simplest choice of every slot.
const NONE: Choice = Choice { entry: 0, number: 0 };

/// The choice at position 1 of a list moves to position 0.
fn moved(smallest: &Shape, slot: SlotId, choice: Choice) -> Option<Step> {
    let first = space().at_position_0(slot)?;
    let fits = smallest.choice(first).entry == 0 && space().slot(first).menu == space().slot(slot).menu;
    fits.then_some((first, choice))
}

/// The simplest deviation of the slot.
fn to_the_first(_: &Shape, slot: SlotId, choice: Choice) -> Option<Step> {
    (choice.entry > 1 && is_ordered(slot, choice)).then(|| (slot, Choice::of(space().slot(slot), 1)))
}

/// The simplest deviation of the slot that is valid if this one is.
fn to_the_first_of_its_mark(_: &Shape, slot: SlotId, choice: Choice) -> Option<Step> {
    let menu = space().slot(slot).menu;
    if !is_ordered(slot, choice) {
        return None;
    }
    let entry = (1..choice.entry).find(|entry| menu[*entry].valid == menu[choice.entry].valid)?;
    Some((slot, Choice::of(space().slot(slot), entry)))
}

/// Whether lower entries of the menu are simpler than this one.
fn is_ordered(slot: SlotId, choice: Choice) -> bool {
    !space().slot(slot).menu[choice.entry].effect.is_unordered()
}

//! WHAT a case is: a sparse map from slot to entry, its text form, and its simpler neighbours.
//!
//! Decides which slots there are and what their menus hold; not what bytes they become (`render`) nor how
//! shapes are drawn (`generate`). Imports nothing of ours; `generate`, `render`, `shrink` and `corpus` may
//! import it. The model never does.

mod effect;
mod menu;
mod set;
mod simpler;
mod slot;
mod space;
mod text;

pub use effect::{Effect, Escapes, Order, WhiteSpace};
pub use set::SlotSet;
pub use slot::{Entry, Group, Kind, Numbers, Role, Slot, SlotId};
pub use space::{Entries, Space, space};
pub use text::ShapeError;

/// An entry of a slot's menu, with its number where it has one (else 0).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Choice {
    /// The entry's place in the menu; 0 is the valid, simplest one.
    pub entry: usize,
    /// The number, for an entry that takes one.
    pub number: u64,
}

impl Choice {
    /// The entry at this place of the menu; its number is the first listed one, if it takes any.
    pub fn of(slot: &Slot, entry: usize) -> Self {
        let number = slot.menu[entry].numbers.map_or(0, |numbers| numbers.listed[0]);
        Self { entry, number }
    }
}

/// A case: the slots that deviate from entry 0. Holds no slot that does not live.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Shape {
    /// In the order of the table.
    deviating: Vec<(SlotId, Choice)>,
    /// The same slots.
    slots: SlotSet,
}

impl Shape {
    /// The shape without any deviation.
    pub fn base() -> Self {
        Self::default()
    }

    /// The base of a kind: no deviation but the kind itself.
    pub fn base_of(kind: Kind) -> Self {
        let kinds = space().slot(SlotId::KIND);
        let entry = kinds.menu.iter().position(|entry| entry.effect == Effect::Kind(kind)).unwrap_or(0);
        Self::base().with(SlotId::KIND, Choice { entry, number: 0 })
    }

    /// The base of this shape's kind.
    pub fn own_base(&self) -> Self {
        Self::base_of(self.kind())
    }

    /// The choice at a slot; entry 0 where it does not deviate or does not live.
    pub fn choice(&self, slot: SlotId) -> Choice {
        // Most do not, and counting what stands before one costs more than asking.
        if !self.slots.contains(slot) {
            return Choice { entry: 0, number: 0 };
        }
        self.deviating[self.slots.rank(slot)].1
    }

    /// Where a slot stands among those that deviate, or where it would.
    fn place(&self, slot: SlotId) -> Result<usize, usize> {
        let at = self.slots.rank(slot);
        if self.slots.contains(slot) { Ok(at) } else { Err(at) }
    }

    /// The entry chosen at a slot.
    pub fn entry(&self, slot: SlotId) -> &'static Entry {
        &space().slot(slot).menu[self.choice(slot).entry]
    }

    /// What deviates at a slot: what its entry says, and [`Effect::Usual`] where entry 0 stands, whatever that says.
    pub fn deviation(&self, slot: SlotId) -> Effect {
        if self.slots.contains(slot) { self.entry(slot).effect } else { Effect::Usual }
    }

    /// The kind of document.
    pub fn kind(&self) -> Kind {
        match self.entry(SlotId::KIND).effect {
            Effect::Kind(kind) => kind,
            _ => Kind::Image,
        }
    }

    /// Whether a slot lives: its parent does, at one of the entries that give it life.
    pub fn is_active(&self, slot: SlotId) -> bool {
        match space().life(slot) {
            None => true,
            Some((parent, under)) => under.contains(self.choice(parent).entry) && self.is_active(parent),
        }
    }

    /// This shape with another choice at one slot; what no longer lives is dropped. Unchanged if the slot
    /// does not live.
    #[must_use]
    pub fn with(&self, slot: SlotId, choice: Choice) -> Self {
        let mut changed = self.clone();
        changed.set(slot, choice);
        changed
    }

    /// Makes another choice at one slot, as [`Shape::with`] does.
    pub fn set(&mut self, slot: SlotId, choice: Choice) {
        if !self.is_active(slot) {
            return;
        }
        match (self.place(slot), choice.entry) {
            (Ok(at), 0) => self.remove(at),
            (Ok(at), _) => self.deviating[at].1 = choice,
            (Err(_), 0) => {}
            (Err(at), _) => {
                self.make_room();
                self.deviating.insert(at, (slot, choice));
                self.slots.insert(slot);
            }
        }
        if space().is_parent(slot) {
            self.drop_what_does_not_live();
        }
    }

    /// Room for as many deviations as most drawn shapes have, before the first one.
    fn make_room(&mut self) {
        if self.deviating.capacity() == 0 {
            self.deviating.reserve(12);
        }
    }

    /// Adds a choice at a slot that lives and stands after all that deviate, as drivers that walk through the table
    /// do; anything else leaves the shape as it is.
    pub fn append(&mut self, slot: SlotId, choice: Choice) {
        let is_next = self.deviating.last().is_none_or(|(last, _)| *last < slot);
        if choice.entry != 0 && is_next && self.is_active(slot) {
            self.make_room();
            self.deviating.push((slot, choice));
            self.slots.insert(slot);
        }
    }

    /// This shape with a choice at a slot, its ancestors brought to the first entries that give it life.
    #[must_use]
    pub fn with_ancestors(&self, slot: SlotId, choice: Choice) -> Self {
        let mut changed = self.clone();
        if let Some(parent) = &space().slot(slot).parent
            && !changed.is_active(slot)
        {
            let entry = parent.under[0];
            changed = changed.with_ancestors(parent.slot, Choice::of(space().slot(parent.slot), entry));
        }
        changed.with(slot, choice)
    }

    fn drop_what_does_not_live(&mut self) {
        // Parents stand before their children in the table, so one pass in order is enough.
        let mut at = 0;
        while let Some((slot, _)) = self.deviating.get(at) {
            if self.is_active(*slot) {
                at += 1;
            } else {
                self.remove(at);
            }
        }
    }

    fn remove(&mut self, at: usize) {
        let (slot, _) = self.deviating.remove(at);
        self.slots.remove(slot);
    }

    /// The slots that deviate, in the order of the table, with their choices.
    pub fn deviating(&self) -> impl Iterator<Item = (SlotId, Choice)> + Clone + '_ {
        self.deviating.iter().copied()
    }

    /// Whether one of these slots deviates.
    pub fn deviates_in(&self, slots: &SlotSet) -> bool {
        self.slots.meets(slots)
    }

    /// The deviations that count: without `kind` and without the ancestors that another one needs to live.
    pub fn deviations(&self) -> usize {
        let space = space();
        let needed = |slot: SlotId| self.deviating.iter().any(|(other, _)| space.is_ancestor(slot, *other));
        self.deviating().filter(|(slot, _)| *slot != SlotId::KIND && !needed(*slot)).count()
    }

    /// Whether every deviation of `smaller` is one of this shape's.
    pub fn contains(&self, smaller: &Self) -> bool {
        smaller.deviating.iter().all(|(slot, choice)| self.choice(*slot) == *choice)
    }

    /// Whether some deviation renders above 64 KiB.
    pub fn is_large(&self) -> bool {
        self.deviating().any(|(slot, choice)| space().slot(slot).menu[choice.entry].is_large(choice.number))
    }

    /// How many deviating entries are marked invalid; the mark of `kind` itself does not count.
    pub fn invalid(&self) -> usize {
        self.deviating()
            .filter(|(slot, choice)| *slot != SlotId::KIND && !space().slot(*slot).menu[choice.entry].valid)
            .count()
    }

    /// The order of simplicity: fewer deviating slots, then lower entries, positions, numbers, then the text.
    pub fn weight(&self) -> (usize, usize, usize, u64, String) {
        let space = space();
        let positions = self.deviating().filter(|(slot, _)| space.at_position_0(*slot).is_some()).count();
        let entries = self.deviating().map(|(_, choice)| choice.entry).sum();
        let numbers = self.deviating().fold(0u64, |sum, (_, choice)| sum.saturating_add(choice.number));
        (self.deviating.len(), entries, positions, numbers, self.to_string())
    }
}

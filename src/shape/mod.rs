//! Test cases as data: a shape is a sparse map from slot to entry, with a text form and simpler neighbours.
//!
//! Decides which slots exist and what their menus contain, not which bytes they render to (`render`) or how shapes
//! are drawn (`generate`). Imports no other module. Must not be imported by the model, so that generator and oracle
//! share no mistakes.

mod effect;
mod kind;
mod menu;
mod set;
mod simpler;
mod slot;
mod space;
mod text;

pub use effect::{Effect, Escapes, ManifestContent, Order, WhiteSpace};
pub use kind::{Kind, Role};
pub use set::SlotSet;
pub use slot::{Entry, Group, Numbers, Slot, SlotId};
pub use space::{Entries, Space, space};
pub use text::ShapeError;

/// An entry of a slot's menu and its number (0 if it has none).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Choice {
    /// The index in the menu. Entry 0 is valid and the simplest one.
    pub entry: usize,
    /// The number, for an entry that has one; else 0.
    pub number: u64,
}

impl Choice {
    /// The entry at this index of the menu, with its first listed number if it has any.
    pub fn of(slot: &Slot, entry: usize) -> Self {
        let number = slot.menu[entry].numbers.map_or(0, |numbers| numbers.listed[0]);
        Self { entry, number }
    }
}

/// A test case: the slots that deviate from entry 0, all of them active.
///
/// The text form (`Display` and `FromStr`) is `base` for the shape without deviations, else `slot=entry` or
/// `slot=entry(number)` for each deviation, sorted by name and joined by `;`. `Debug` prints the text form, too.
///
/// ```
/// use manifuzz::shape::Shape;
///
/// let shape: Shape = "manifests.0.platform=absent;kind=index".parse()?;
/// assert_eq!(shape.to_string(), "kind=index;manifests.0.platform=absent");
/// assert_eq!(shape.deviations(), 1); // the kind is not counted
/// assert_eq!(Shape::base().to_string(), "base");
///
/// // `layers` is not active under `kind=index`.
/// assert!("kind=index;layers=empty".parse::<Shape>().is_err());
/// # Ok::<(), manifuzz::shape::ShapeError>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Shape {
    /// In table order.
    deviating: Vec<(SlotId, Choice)>,
    /// The slots in `deviating`.
    slots: SlotSet,
}

impl Shape {
    /// The shape without deviations: a valid OCI image manifest.
    pub fn base() -> Self {
        Self::default()
    }

    /// The base of a kind: no deviation except the kind itself.
    pub fn base_of(kind: Kind) -> Self {
        let kinds = space().slot(SlotId::KIND);
        let entry = kinds.menu.iter().position(|entry| entry.effect == Effect::Kind(kind));
        let entry = entry.unwrap_or_else(|| panic!("menu table: the slot `kind` has no entry for {kind:?}"));
        Self::base().with(SlotId::KIND, Choice { entry, number: 0 })
    }

    /// The base of this shape's kind.
    pub fn own_base(&self) -> Self {
        Self::base_of(self.kind())
    }

    /// The order in which the simplest of several shapes comes first: by weight, with ties in the order of the slots in the table.
    pub fn simplicity(&self) -> impl Ord + use<> {
        let (deviating, entries, positions, numbers, text) = self.weight();
        let slots: Vec<SlotId> = self.deviating().map(|(slot, _)| slot).collect();
        (deviating, entries, positions, numbers, slots, text)
    }

    /// The choice at a slot; entry 0 if it does not deviate or is not active.
    pub fn choice(&self, slot: SlotId) -> Choice {
        // Fast path: most slots do not deviate, and the bit test is cheaper than `rank`.
        if !self.slots.contains(slot) {
            return Choice { entry: 0, number: 0 };
        }
        self.deviating[self.slots.rank(slot)].1
    }

    /// The slot's index in `deviating`, or the index at which to insert it.
    fn position(&self, slot: SlotId) -> Result<usize, usize> {
        let at = self.slots.rank(slot);
        if self.slots.contains(slot) { Ok(at) } else { Err(at) }
    }

    /// The entry chosen at a slot; entry 0 if it does not deviate or is not active.
    pub fn entry(&self, slot: SlotId) -> &'static Entry {
        &space().slot(slot).menu[self.choice(slot).entry]
    }

    /// The effect of the entry chosen at a slot if it deviates, else [`Effect::Usual`] (whatever the effect of entry
    /// 0).
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

    /// Whether a slot is active: it has no parent, or its parent is active and has one of the entries it requires.
    pub fn is_active(&self, slot: SlotId) -> bool {
        match space().activation(slot) {
            None => true,
            Some((parent, under)) => under.contains(self.choice(parent).entry) && self.is_active(parent),
        }
    }

    /// The deviations that only affect client programs: what the registry answers them.
    pub fn answers(&self) -> impl Iterator<Item = (&'static Slot, &'static Entry)> + '_ {
        let rows = self.deviating().map(|(slot, choice)| (space().slot(slot), choice.entry));
        rows.filter(|(slot, _)| slot.is_for_clients()).map(|(slot, entry)| (slot, &slot.menu[entry]))
    }

    /// This shape with another choice at one slot. Deviations that are no longer active are dropped. Returns the shape
    /// unchanged if the slot is not active.
    #[must_use]
    pub fn with(&self, slot: SlotId, choice: Choice) -> Self {
        let mut changed = self.clone();
        changed.set(slot, choice);
        changed
    }

    /// Changes the choice at one slot in place, as [`Shape::with`] does.
    pub fn set(&mut self, slot: SlotId, choice: Choice) {
        if !self.is_active(slot) {
            return;
        }
        match (self.position(slot), choice.entry) {
            (Ok(at), 0) => self.remove(at),
            (Ok(at), _) => self.deviating[at].1 = choice,
            (Err(_), 0) => {}
            (Err(at), _) => {
                self.reserve();
                self.deviating.insert(at, (slot, choice));
                self.slots.insert(slot);
            }
        }
        if space().is_parent(slot) {
            self.drop_inactive();
        }
    }

    /// Allocates once, for as many deviations as most drawn shapes have.
    fn reserve(&mut self) {
        if self.deviating.capacity() == 0 {
            self.deviating.reserve(12);
        }
    }

    /// Adds a choice at an active slot that comes after every deviating one in the table: cheaper than [`Shape::set`]
    /// for callers that walk the table in order. Otherwise does nothing.
    pub fn append(&mut self, slot: SlotId, choice: Choice) {
        let is_next = self.deviating.last().is_none_or(|(last, _)| *last < slot);
        if choice.entry != 0 && is_next && self.is_active(slot) {
            self.reserve();
            self.deviating.push((slot, choice));
            self.slots.insert(slot);
        }
    }

    /// This shape with a choice at a slot, after setting inactive ancestors to the first entry that activates it.
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

    fn drop_inactive(&mut self) {
        // Parents come before their children in the table, so one pass in order is enough.
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

    /// The deviating slots and their choices, in table order.
    pub fn deviating(&self) -> impl Iterator<Item = (SlotId, Choice)> + Clone + '_ {
        self.deviating.iter().copied()
    }

    /// Whether any of these slots deviates.
    pub fn deviates_in(&self, slots: &SlotSet) -> bool {
        self.slots.intersects(slots)
    }

    /// The number of deviations, not counting `kind` and the ancestors that other deviations require.
    pub fn deviations(&self) -> usize {
        let space = space();
        let needed = |slot: SlotId| self.deviating.iter().any(|(other, _)| space.is_ancestor(slot, *other));
        self.deviating().filter(|(slot, _)| *slot != SlotId::KIND && !needed(*slot)).count()
    }

    /// Whether this shape has every deviation of `smaller`.
    pub fn contains(&self, smaller: &Self) -> bool {
        smaller.deviating.iter().all(|(slot, choice)| self.choice(*slot) == *choice)
    }

    /// Whether some deviation renders to more than 64 KiB.
    pub fn is_large(&self) -> bool {
        self.deviating().any(|(slot, choice)| space().slot(slot).menu[choice.entry].is_large(choice.number))
    }

    /// The number of deviating entries marked invalid, not counting `kind`.
    pub fn invalid(&self) -> usize {
        self.deviating()
            .filter(|(slot, choice)| *slot != SlotId::KIND && !space().slot(*slot).menu[choice.entry].valid)
            .count()
    }

    /// The sort key of simplicity: number of deviating slots, sum of entries, number of slots at position 1, sum of
    /// numbers, text form.
    pub fn weight(&self) -> (usize, usize, usize, u64, String) {
        let space = space();
        let positions = self.deviating().filter(|(slot, _)| space.at_position_0(*slot).is_some()).count();
        let entries = self.deviating().map(|(_, choice)| choice.entry).sum();
        let numbers = self.deviating().fold(0u64, |sum, (_, choice)| sum.saturating_add(choice.number));
        (self.deviating.len(), entries, positions, numbers, self.to_string())
    }
}

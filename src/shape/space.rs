//! The table of all slots, made once from the rows in `menu`: a descriptor's rows once for each place.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Choice;
use super::menu::{CONTENT_ROWS, DESCRIPTOR_ROWS, PLACES, ROWS, Under};
use super::slot::{Parent, Slot, SlotId};

/// The variant space: all slots, parents before children.
#[derive(Debug)]
pub struct Space {
    slots: Vec<Slot>,
    by_name: HashMap<String, Vec<SlotId>>,
    /// Whether some slot lives under an entry of this one.
    parents: Vec<bool>,
    /// What gives each slot life, small and side by side.
    activations: Vec<Activation>,
}

/// Entries of one menu as bits. What is beyond the first 64 is in none.
#[derive(Clone, Copy, Debug)]
pub struct Entries(u64);

impl Entries {
    /// Whether this entry is one of them.
    pub fn contains(self, entry: usize) -> bool {
        entry < 64 && self.0 >> entry & 1 == 1
    }
}

/// A slot's parent, and the entries in its menu that give activation.
#[derive(Clone, Copy, Debug)]
struct Activation {
    parent: Option<SlotId>,
    under: Entries,
}

/// The one space there is.
pub fn space() -> &'static Space {
    static SPACE: LazyLock<Space> = LazyLock::new(Space::build);
    &SPACE
}

impl Space {
    fn build() -> Self {
        let mut space =
            Self { slots: Vec::new(), by_name: HashMap::new(), parents: Vec::new(), activations: Vec::new() };
        for row in ROWS.iter() {
            space.add(row.name.to_owned(), row.group, row.under, row.menu);
        }
        for place in PLACES {
            for row in DESCRIPTOR_ROWS.iter().chain(CONTENT_ROWS).filter(|row| row.roles.contains(&place.role)) {
                let name = row.name.replace('*', place.path);
                space.add(name, row.group, Under::Entries(place.parent, place.under), row.menu);
            }
        }
        space
    }

    fn add(&mut self, name: String, group: super::Group, under: Under, menu: &'static [super::Entry]) {
        let parent = match under {
            Under::Always => None,
            // A row that names an unknown parent or entry never lives; the table's test refuses it.
            Under::Entries(parent, entries) => {
                let slot = self.find(parent).unwrap_or(SlotId(u16::MAX));
                let position = |name: &&str| self.slots.get(slot.index())?.menu.iter().position(|e| e.name == *name);
                Some(Parent { slot, under: entries.iter().filter_map(position).collect() })
            }
        };
        let id = SlotId(u16::try_from(self.slots.len()).unwrap_or(u16::MAX));
        self.by_name.entry(name.clone()).or_default().push(id);
        if let Some(parent) = &parent
            && let Some(is_parent) = self.parents.get_mut(parent.slot.index())
        {
            *is_parent = true;
        }
        self.parents.push(false);
        // A parent's menu has far fewer entries than there are bits.
        let bits =
            |parent: &Parent| parent.under.iter().filter(|entry| **entry < 64).fold(0, |bits, at| bits | 1 << at);
        let under = Entries(parent.as_ref().map_or(0, bits));
        self.activations.push(Activation { parent: parent.as_ref().map(|parent| parent.slot), under });
        self.slots.push(Slot { name, group, parent, menu });
    }

    /// All slots with their ids, in the order of the table.
    pub fn slots(&self) -> impl Iterator<Item = (SlotId, &Slot)> {
        self.slots.iter().enumerate().map(|(i, slot)| (SlotId(u16::try_from(i).unwrap_or(u16::MAX)), slot))
    }

    /// A slot of the table.
    pub fn slot(&self, id: SlotId) -> &Slot {
        &self.slots[id.index()]
    }

    /// The slots of this name: members that kinds share by name alone have a slot each, of which one can live.
    pub fn named(&self, name: &str) -> &[SlotId] {
        self.by_name.get(name).map_or(&[], Vec::as_slice)
    }

    /// The first slot of this name.
    pub fn find(&self, name: &str) -> Option<SlotId> {
        self.named(name).first().copied()
    }

    /// The slot's parent, and the entries of that one that give it activation.
    pub fn life(&self, slot: SlotId) -> Option<(SlotId, Entries)> {
        let activation = self.activations[slot.index()];
        Some((activation.parent?, activation.under))
    }

    /// Whether some slot lives under an entry of this one.
    pub fn is_parent(&self, slot: SlotId) -> bool {
        self.parents[slot.index()]
    }

    /// Whether `slot` needs `ancestor` to live.
    pub fn is_ancestor(&self, ancestor: SlotId, slot: SlotId) -> bool {
        let mut at = slot;
        while let Some(parent) = &self.slot(at).parent {
            if parent.slot == ancestor {
                return true;
            }
            at = parent.slot;
        }
        false
    }

    /// The slot that says the same at position 0 of its list, for one at a later position.
    pub fn at_position_0(&self, slot: SlotId) -> Option<SlotId> {
        let name = &self.slot(slot).name;
        let first = name.split('.').map(|part| if part == "1" { "0" } else { part }).collect::<Vec<_>>().join(".");
        if first == *name { None } else { self.find(&first) }
    }

    /// The slot's name with positions written `*`, as a finding's key has it.
    pub fn name_in_key(&self, slot: SlotId) -> String {
        let starred = |part| if matches!(part, "0" | "1") { "*" } else { part };
        self.slot(slot).name.split('.').map(starred).collect::<Vec<_>>().join(".")
    }

    /// Every choice of a slot but entry 0, a listed number each.
    pub fn choices(&self, slot: SlotId) -> impl Iterator<Item = Choice> + '_ {
        let menu = self.slot(slot).menu;
        menu.iter()
            .enumerate()
            .skip(1)
            .flat_map(|(entry, row)| row.listed().iter().map(move |number| Choice { entry, number: *number }))
    }
}

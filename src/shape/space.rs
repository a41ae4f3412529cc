//! The table of all slots, built once from the rows in `menu`; descriptor rows are repeated for each descriptor site.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Choice;
use super::menu::{ANSWER_ROWS, BLOB_ROWS, CONTENT_ROWS, DESCRIPTOR_ROWS, ROWS, SITES, Under};
use super::slot::{Parent, Slot, SlotId};

/// The variant space: all slots, parents before children.
#[derive(Debug)]
pub struct Space {
    slots: Vec<Slot>,
    by_name: HashMap<String, Vec<SlotId>>,
    /// Whether a slot is another one's parent, by index.
    parents: Vec<bool>,
    /// When each slot is active, by index; a compact copy of what the slots say.
    activations: Vec<Activation>,
}

/// A set of entries of one menu, as bits. Holds only the first 64 entries.
#[derive(Clone, Copy, Debug)]
pub struct Entries(u64);

impl Entries {
    /// Whether the set contains this entry.
    pub fn contains(self, entry: usize) -> bool {
        entry < 64 && self.0 >> entry & 1 == 1
    }
}

/// A slot's parent, and the parent's entries under which the slot is active.
#[derive(Clone, Copy, Debug)]
struct Activation {
    parent: Option<SlotId>,
    under: Entries,
}

/// The variant space.
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
        for site in SITES {
            for row in DESCRIPTOR_ROWS.iter().chain(CONTENT_ROWS).filter(|row| row.roles.contains(&site.role)) {
                let name = row.name.replace('*', site.path);
                space.add(name, row.group, Under::Entries(site.parent, site.under), row.menu);
            }
        }
        for row in BLOB_ROWS.iter().chain(ANSWER_ROWS) {
            space.add(row.name.to_owned(), row.group, row.under, row.menu);
        }
        space
    }

    fn add(&mut self, name: String, group: super::Group, under: Under, menu: &'static [super::Entry]) {
        let parent = match under {
            Under::Always => None,
            Under::Entries(parent, entries) => {
                let slot = self.find(parent);
                let slot =
                    slot.unwrap_or_else(|| panic!("menu table: the parent `{parent}` of `{name}` is not above it"));
                let position = |entry: &&str| {
                    let position = self.slots[slot.index()].menu.iter().position(|known| known.name == *entry);
                    position.unwrap_or_else(|| {
                        panic!("menu table: `{name}` is under `{parent}={entry}`, which does not exist")
                    })
                };
                Some(Parent { slot, under: entries.iter().map(position).collect() })
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
        // A parent's menu has far fewer than 64 entries.
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

    /// The slots that registries are tested with: all but those that only affect clients.
    pub fn registry_slots(&self) -> impl Iterator<Item = (SlotId, &Slot)> {
        self.slots().filter(|(_, slot)| !slot.is_for_clients())
    }

    /// The slot with this id.
    pub fn slot(&self, id: SlotId) -> &Slot {
        &self.slots[id.index()]
    }

    /// The slots with this name, empty if there are none. A member that differs between kinds has a slot for each, of
    /// which at most one is active.
    pub fn named(&self, name: &str) -> &[SlotId] {
        self.by_name.get(name).map_or(&[], Vec::as_slice)
    }

    /// The first slot with this name.
    pub fn find(&self, name: &str) -> Option<SlotId> {
        self.named(name).first().copied()
    }

    /// The slot's parent, and the parent's entries under which the slot is active; `None` if it always is.
    pub fn activation(&self, slot: SlotId) -> Option<(SlotId, Entries)> {
        let activation = self.activations[slot.index()];
        Some((activation.parent?, activation.under))
    }

    /// Whether the slot is another one's parent.
    pub fn is_parent(&self, slot: SlotId) -> bool {
        self.parents[slot.index()]
    }

    /// Whether `ancestor` is an ancestor of `slot`.
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

    /// The corresponding slot at position 0 of the list, for a slot at position 1.
    pub fn at_position_0(&self, slot: SlotId) -> Option<SlotId> {
        let name = &self.slot(slot).name;
        let first = name.split('.').map(|part| if part == "1" { "0" } else { part }).collect::<Vec<_>>().join(".");
        if first == *name { None } else { self.find(&first) }
    }

    /// The slot's name with positions replaced by `*`, as in a finding's key.
    pub fn name_in_key(&self, slot: SlotId) -> String {
        let starred = |part| if matches!(part, "0" | "1") { "*" } else { part };
        self.slot(slot).name.split('.').map(starred).collect::<Vec<_>>().join(".")
    }

    /// Every choice for the slot except entry 0, one for each listed number.
    pub fn choices(&self, slot: SlotId) -> impl Iterator<Item = Choice> + '_ {
        let menu = self.slot(slot).menu;
        menu.iter()
            .enumerate()
            .skip(1)
            .flat_map(|(entry, row)| row.listed().iter().map(move |number| Choice { entry, number: *number }))
    }
}

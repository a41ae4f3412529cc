//! Coverage of each slot's menu, for reports.

use super::coverage::{Count, Covered};
use crate::shape::space;

/// How many entries of a slot are covered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotCoverage {
    /// The slot's name.
    pub slot: &'static str,
    /// The name of its group.
    pub group: &'static str,
    /// Its entries.
    pub entries: Count,
    /// The names of the entries that are not covered.
    pub missing: Vec<&'static str>,
}

impl Covered {
    /// The coverage of every slot, in the order of the table.
    ///
    /// ```
    /// use manifuzz::generate::Covered;
    ///
    /// let mut covered = Covered::default();
    /// covered.add(&"annotations=one".parse()?);
    /// let slots = covered.by_slot();
    /// let annotations = slots.iter().find(|slot| slot.slot == "annotations").expect("a slot");
    /// assert_eq!(annotations.entries.covered, 1);
    /// assert!(!annotations.missing.contains(&"one"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn by_slot(&self) -> Vec<SlotCoverage> {
        let mut bits = self.bits().into_iter();
        let of_slot = |slot: &'static crate::shape::Slot| {
            // Before the first shape there are no bits.
            let missing: Vec<&str> =
                slot.menu.iter().filter(|_| !bits.next().unwrap_or(false)).map(|entry| entry.name).collect();
            let entries = Count { covered: slot.menu.len() - missing.len(), of: slot.menu.len() };
            SlotCoverage { slot: &slot.name, group: slot.group.as_str(), entries, missing }
        };
        space().registry_slots().map(|(_, slot)| slot).map(of_slot).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::{Preset, draw_nth};

    #[test]
    fn the_slots_add_up_to_the_coverage_of_entries() {
        let mut covered = Covered::default();
        assert!(covered.by_slot().iter().all(|slot| slot.entries.covered == 0));
        (0..50).for_each(|i| covered.add(&draw_nth(3, Preset::Hostile, i)));
        let slots = covered.by_slot();
        let sum = |count: fn(&SlotCoverage) -> usize| slots.iter().map(count).sum::<usize>();
        let entries = covered.count().entries;
        assert_eq!((sum(|slot| slot.entries.covered), sum(|slot| slot.entries.of)), (entries.covered, entries.of));
        assert!(slots.iter().all(|slot| slot.missing.len() + slot.entries.covered == slot.entries.of));
    }
}

//! A set of slots as a bit set: rendering asks a shape about dozens of slots, of which only a few deviate.

use super::SlotId;

/// A set of slots.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SlotSet([u64; Self::WORDS]);

impl SlotSet {
    const WORDS: usize = 4;
    /// The capacity; a test checks that the table fits.
    #[cfg(test)]
    const CAPACITY: usize = 64 * Self::WORDS;

    fn bit_of(slot: SlotId) -> (usize, u64) {
        (slot.index() / 64 % Self::WORDS, 1 << (slot.index() % 64))
    }

    /// Whether the set contains this slot.
    pub fn contains(&self, slot: SlotId) -> bool {
        let (word, bit) = Self::bit_of(slot);
        self.0[word] & bit != 0
    }

    /// Adds a slot.
    pub fn insert(&mut self, slot: SlotId) {
        let (word, bit) = Self::bit_of(slot);
        self.0[word] |= bit;
    }

    /// Removes a slot.
    pub fn remove(&mut self, slot: SlotId) {
        let (word, bit) = Self::bit_of(slot);
        self.0[word] &= !bit;
    }

    /// The number of slots in the set that come before this one in the table.
    pub fn rank(&self, slot: SlotId) -> usize {
        let (word, bit) = Self::bit_of(slot);
        let ones = |bits: u64| bits.count_ones() as usize;
        self.0[..word].iter().map(|bits| ones(*bits)).sum::<usize>() + ones(self.0[word] & (bit - 1))
    }

    /// Whether the two sets have a slot in common.
    pub fn intersects(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).fold(0, |common, (one, other)| common | one & other) != 0
    }
}

impl FromIterator<SlotId> for SlotSet {
    fn from_iter<I: IntoIterator<Item = SlotId>>(slots: I) -> Self {
        let mut set = Self::default();
        slots.into_iter().for_each(|slot| set.insert(slot));
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shape::space;

    #[test]
    fn the_table_fits() {
        assert!(space().slots().count() <= SlotSet::CAPACITY);
    }

    #[test]
    fn rank_counts_the_slots_before() {
        let all: Vec<SlotId> = space().slots().map(|(slot, _)| slot).collect();
        let some: Vec<SlotId> = all.iter().copied().step_by(7).collect();
        let mut set: SlotSet = some.iter().copied().collect();
        for slot in &all {
            assert_eq!(set.contains(*slot), some.contains(slot));
            assert_eq!(set.rank(*slot), some.iter().filter(|other| *other < slot).count());
        }
        set.remove(some[3]);
        assert!(!set.contains(some[3]) && !set.intersects(&[some[3]].into_iter().collect()));
        assert!(set.intersects(&all.into_iter().collect()));
    }
}

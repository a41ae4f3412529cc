//! How much of the variant space a set of shapes touches.

use std::fmt;
use std::sync::LazyLock;

use crate::shape::{Entry, Shape, SlotId, space};

/// What was covered, of all there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// What stood in some shape.
    pub covered: usize,
    /// All there is.
    pub of: usize,
}

/// Entries and pairs that were covered. A pair counts where no other entry of the shape is invalid; the mark of
/// `kind` itself does not count. Pairs of entries that render above 64 KiB are left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Entries, entry 0 of a slot that lived among them.
    pub entries: Count,
    /// Pairs of entries of two slots that can live together, at most one of them invalid: what arrays cover.
    pub pairs: Count,
    /// Pairs of two invalid entries.
    pub invalid_pairs: Count,
}

impl fmt::Display for Coverage {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { entries, pairs, invalid_pairs } = self;
        write!(out, "entries {} of {}, pairs {} of {}", entries.covered, entries.of, pairs.covered, pairs.of)?;
        write!(out, ", pairs of two invalid entries {} of {}", invalid_pairs.covered, invalid_pairs.of)
    }
}

/// The entries of all slots, numbered.
struct Numbered {
    first: Vec<usize>,
    /// How many there are.
    count: usize,
    pairs: usize,
    invalid_pairs: usize,
}

static NUMBERED: LazyLock<Numbered> = LazyLock::new(|| {
    let mut first = Vec::new();
    let mut count = 0;
    for (_, slot) in space().slots() {
        first.push(count);
        count += slot.menu.len();
    }
    let mut numbered = Numbered { first, count, pairs: 0, invalid_pairs: 0 };
    for (b, _) in space().slots() {
        for (a, _) in space().slots().take(b.index()) {
            for (entry_a, entry_b) in living_together(a, b) {
                if is_invalid(a, entry_a) && is_invalid(b, entry_b) {
                    numbered.invalid_pairs += 1;
                } else {
                    numbered.pairs += 1;
                }
            }
        }
    }
    numbered
});

fn entry(slot: SlotId, entry: usize) -> &'static Entry {
    &space().slot(slot).menu[entry]
}

fn is_invalid(slot: SlotId, at: usize) -> bool {
    slot != SlotId::KIND && !entry(slot, at).valid
}

/// What a slot needs to live: each of its ancestors with the entries that give life.
fn needs(slot: SlotId) -> impl Iterator<Item = (SlotId, &'static [usize])> {
    let above = |slot: SlotId| space().slot(slot).parent.as_ref().map(|parent| (parent.slot, parent.under.as_slice()));
    std::iter::successors(above(slot), move |(parent, _)| above(*parent))
}

/// The pairs of small entries of two slots that can stand in one shape; `a` stands before `b` in the table.
fn living_together(a: SlotId, b: SlotId) -> Vec<(usize, usize)> {
    let meet = |x: &[usize], y: &[usize]| x.iter().any(|entry| y.contains(entry));
    let can = needs(a).all(|(slot, under)| needs(b).all(|(other, others)| slot != other || meet(under, others)));
    if !can {
        return Vec::new();
    }
    let life: Option<&[usize]> = needs(b).find(|(slot, _)| *slot == a).map(|(_, under)| under);
    let small = |slot: SlotId| (0..space().slot(slot).menu.len()).filter(move |at| entry(slot, *at).has_small());
    let of_a = small(a).filter(|at| life.is_none_or(|life| life.contains(at)));
    of_a.flat_map(|x| small(b).map(move |y| (x, y))).collect()
}

/// What some shapes cover, shape by shape: takes as much memory for a million of them as for one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Covered {
    /// By the entry's number; empty before the first shape, as the others.
    entries: Vec<bool>,
    /// By the lower number times the count of all, and the higher one.
    pairs: Vec<bool>,
    entries_covered: usize,
    pairs_covered: usize,
    invalid_pairs_covered: usize,
}

impl Covered {
    /// Adds what a shape covers.
    pub fn add(&mut self, shape: &Shape) {
        let numbered = &*NUMBERED;
        if self.entries.is_empty() {
            self.entries = vec![false; numbered.count];
            self.pairs = vec![false; numbered.count * numbered.count];
        }
        // The numbers of what stands in the shape, the invalid ones apart.
        let (mut valid, mut invalid) = (Vec::new(), Vec::new());
        for (slot, _) in space().slots().filter(|(slot, _)| shape.is_active(*slot)) {
            let choice = shape.choice(slot);
            let number = numbered.first[slot.index()] + choice.entry;
            self.entries_covered += usize::from(!std::mem::replace(&mut self.entries[number], true));
            if is_invalid(slot, choice.entry) {
                invalid.push(number);
            } else if entry(slot, choice.entry).has_small() {
                valid.push(number);
            }
        }
        if shape.is_large() {
            return;
        }
        let mut meet = |a: usize, b: usize, covered: &mut usize| {
            let at = a.min(b) * numbered.count + a.max(b);
            *covered += usize::from(!std::mem::replace(&mut self.pairs[at], true));
        };
        match invalid.as_slice() {
            [] => {
                for (i, a) in valid.iter().enumerate() {
                    valid[..i].iter().for_each(|b| meet(*a, *b, &mut self.pairs_covered));
                }
            }
            [one] => valid.iter().for_each(|b| meet(*one, *b, &mut self.pairs_covered)),
            [one, two] => meet(*one, *two, &mut self.invalid_pairs_covered),
            _ => {}
        }
    }

    /// How much that is, of all there is.
    pub fn count(&self) -> Coverage {
        Coverage {
            entries: Count { covered: self.entries_covered, of: NUMBERED.count },
            pairs: Count { covered: self.pairs_covered, of: NUMBERED.pairs },
            invalid_pairs: Count { covered: self.invalid_pairs_covered, of: NUMBERED.invalid_pairs },
        }
    }
}

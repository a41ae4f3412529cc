//! Coverage of the variant space by a set of shapes: entries and pairs of entries.

use std::fmt;
use std::sync::LazyLock;

use crate::shape::{Effect, Entry, Group, Kind, Shape, SlotId, space};

/// Covered items out of all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// The number covered by some shape.
    pub covered: usize,
    /// The total number.
    pub of: usize,
}

/// Entries and pairs of entries covered. A pair counts as covered only if every other entry of the shape is valid (not
/// counting `kind`); otherwise the target may have stopped at an earlier error. Pairs with an entry that renders to
/// more than 64 KiB are left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Entries, including entry 0 of active slots.
    pub entries: Count,
    /// Pairs of entries of two slots that can be active together, at most one of them invalid: those that covering
    /// arrays of strength 2 contain.
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

/// A consecutive numbering of the entries of all slots, and the total numbers.
struct Numbered {
    /// The number of each slot's entry 0.
    first: Vec<usize>,
    /// The number of entries.
    count: usize,
    pairs: usize,
    invalid_pairs: usize,
}

static NUMBERED: LazyLock<Numbered> = LazyLock::new(|| {
    let mut first = Vec::new();
    let mut count = 0;
    for (_, slot) in space().registry_slots() {
        first.push(count);
        count += slot.menu.len();
    }
    let mut numbered = Numbered { first, count, pairs: 0, invalid_pairs: 0 };
    for (b, _) in space().registry_slots() {
        for (a, _) in space().registry_slots().take(b.index()) {
            for (entry_a, entry_b) in compatible(a, b) {
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

/// What a slot requires to be active: each of its ancestors, with the entries it must have.
fn needs(slot: SlotId) -> impl Iterator<Item = (SlotId, &'static [usize])> {
    let above = |slot: SlotId| space().slot(slot).parent.as_ref().map(|parent| (parent.slot, parent.under.as_slice()));
    std::iter::successors(above(slot), move |(parent, _)| above(*parent))
}

/// The pairs of small entries of two slots that can occur in one shape. `a` comes before `b` in the table.
fn compatible(a: SlotId, b: SlotId) -> Vec<(usize, usize)> {
    let intersect = |x: &[usize], y: &[usize]| x.iter().any(|entry| y.contains(entry));
    let can = needs(a).all(|(slot, under)| needs(b).all(|(other, others)| slot != other || intersect(under, others)));
    let is_upload = |slot: SlotId| space().slot(slot).group == Group::Blob;
    if !can || is_upload(a) || is_upload(b) {
        return Vec::new();
    }
    let required: Option<&[usize]> = needs(b).find(|(slot, _)| *slot == a).map(|(_, under)| under);
    let counts = |entry: &Entry| entry.has_small() && entry.effect != Effect::Kind(Kind::Blob);
    let small = |slot: SlotId| (0..space().slot(slot).menu.len()).filter(move |at| counts(entry(slot, *at)));
    let of_a = small(a).filter(|at| required.is_none_or(|required| required.contains(at)));
    of_a.flat_map(|x| small(b).map(move |y| (x, y))).collect()
}

/// Accumulates coverage shape by shape, in constant memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Covered {
    /// By entry number. Empty before the first shape, like `pairs`.
    entries: Vec<bool>,
    /// By lower entry number times the number of entries, plus higher entry number.
    pairs: Vec<bool>,
    entries_covered: usize,
    pairs_covered: usize,
    invalid_pairs_covered: usize,
}

impl Covered {
    /// Adds the entries and pairs that a shape covers.
    pub fn add(&mut self, shape: &Shape) {
        let numbered = &*NUMBERED;
        if self.entries.is_empty() {
            self.entries = vec![false; numbered.count];
            self.pairs = vec![false; numbered.count * numbered.count];
        }
        // The numbers of the shape's entries, invalid ones separately.
        let (mut valid, mut invalid) = (Vec::new(), Vec::new());
        for (slot, _) in space().registry_slots().filter(|(slot, _)| shape.is_active(*slot)) {
            let choice = shape.choice(slot);
            let number = numbered.first[slot.index()] + choice.entry;
            self.entries_covered += usize::from(!std::mem::replace(&mut self.entries[number], true));
            if is_invalid(slot, choice.entry) {
                invalid.push(number);
            } else if entry(slot, choice.entry).has_small() {
                valid.push(number);
            }
        }
        if shape.is_large() || shape.kind() == Kind::Blob {
            return;
        }
        let mut mark = |a: usize, b: usize, covered: &mut usize| {
            let at = a.min(b) * numbered.count + a.max(b);
            *covered += usize::from(!std::mem::replace(&mut self.pairs[at], true));
        };
        match invalid.as_slice() {
            [] => {
                for (i, a) in valid.iter().enumerate() {
                    valid[..i].iter().for_each(|b| mark(*a, *b, &mut self.pairs_covered));
                }
            }
            [one] => valid.iter().for_each(|b| mark(*one, *b, &mut self.pairs_covered)),
            [one, two] => mark(*one, *two, &mut self.invalid_pairs_covered),
            _ => {}
        }
    }

    /// Adds what another one covers.
    pub fn unite(&mut self, other: &Self) {
        if self.entries.is_empty() {
            self.clone_from(other);
        } else if !other.entries.is_empty() {
            *self = Self::of_bits(|at| match at.checked_sub(NUMBERED.count) {
                None => self.entries[at] || other.entries[at],
                Some(pair) => self.pairs[pair] || other.pairs[pair],
            });
        }
    }

    /// How many bits there are: entries, then pairs.
    pub(super) fn bit_count() -> usize {
        NUMBERED.count + NUMBERED.count * NUMBERED.count
    }

    /// Whether each entry, then each pair is covered; nothing before the first shape.
    pub(super) fn bits(&self) -> Vec<bool> {
        [&self.entries[..], &self.pairs].concat()
    }

    /// Covered is that for which `bit` returns true.
    pub(super) fn of_bits(bit: impl Fn(usize) -> bool) -> Self {
        let count = NUMBERED.count;
        let entries: Vec<bool> = (0..count).map(&bit).collect();
        let pairs: Vec<bool> = (count..Self::bit_count()).map(&bit).collect();
        let invalid: Vec<bool> = (space().registry_slots())
            .flat_map(|(slot, row)| (0..row.menu.len()).map(move |at| is_invalid(slot, at)))
            .collect();
        let covered = || pairs.iter().enumerate().filter(|(_, covered)| **covered).map(|(at, _)| at);
        let invalid_pairs_covered = covered().filter(|at| invalid[at / count] && invalid[at % count]).count();
        Self {
            entries_covered: entries.iter().filter(|covered| **covered).count(),
            pairs_covered: covered().count() - invalid_pairs_covered,
            invalid_pairs_covered,
            entries,
            pairs,
        }
    }

    /// The coverage so far.
    pub fn count(&self) -> Coverage {
        Coverage {
            entries: Count { covered: self.entries_covered, of: NUMBERED.count },
            pairs: Count { covered: self.pairs_covered, of: NUMBERED.pairs },
            invalid_pairs: Count { covered: self.invalid_pairs_covered, of: NUMBERED.invalid_pairs },
        }
    }
}

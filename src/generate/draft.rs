//! A shape that is drawn slot by slot in the order of the table, and the table as that walks it.

use std::sync::LazyLock;

use super::{Bound, Choices, some_number};
use crate::shape::{Choice, Entries, Entry, Shape, SlotId, space};

/// Slots that stand side by side in the table and live under the same entries of the same parent, so that a draw asks
/// once whether they live.
pub(super) struct SlotRun {
    /// Its place in the table of runs.
    number: usize,
    /// The parent, the number of the run that this is in, and the entries that give life.
    parent: Option<(SlotId, usize, Entries)>,
    rows: Vec<SlotChoices>,
    /// How many entries of these slots stray.
    strays: usize,
}

/// A slot, and which of its entries small draws choose from, in the order of the menu.
pub(super) struct SlotChoices {
    pub slot: SlotId,
    pub valid: Vec<usize>,
    strays: Vec<usize>,
}

/// The slots but for `kind`, in the order of the table.
pub(super) fn runs() -> &'static [SlotRun] {
    static RUNS: LazyLock<Vec<SlotRun>> = LazyLock::new(|| {
        let mut runs: Vec<SlotRun> = Vec::new();
        let mut last = None;
        for (slot, of_table) in space().slots().skip(1) {
            if last != Some(&of_table.parent) {
                let holds = |run: &SlotRun, slot| run.rows.iter().any(|row| row.slot == slot);
                let parent = space().life(slot).map(|(parent, under)| {
                    // What no run holds is `kind`, which always lives.
                    (parent, runs.iter().position(|run| holds(run, parent)).unwrap_or(KIND), under)
                });
                runs.push(SlotRun { number: runs.len(), parent, rows: Vec::new(), strays: 0 });
                last = Some(&of_table.parent);
            }
            let of = |valid| fitting(slot, Bound::Small, move |entry| entry.valid == valid).map(|(entry, _)| entry);
            let row = SlotChoices { slot, valid: of(true).collect(), strays: of(false).collect() };
            if let Some(run) = runs.last_mut() {
                run.strays += row.strays.len();
                run.rows.push(row);
            }
        }
        assert!(runs.len() < KIND, "the runs of the table have a bit each");
        runs
    });
    &RUNS
}

/// The bit that stands for `kind` among those of runs.
const KIND: usize = 63;

/// A shape that is filled in the order of the table, and which runs live in it so far: parents come first, so that
/// each has to be asked for its parent alone.
pub(super) struct Draft {
    pub shape: Shape,
    /// A bit a run; the last one is `kind`.
    alive: u64,
}

impl Draft {
    pub fn new(shape: Shape) -> Self {
        Self { shape, alive: 1 << KIND }
    }

    /// The slots of the next run, if they live; to be asked of each in turn.
    pub fn living(&mut self, run: &'static SlotRun) -> &'static [SlotChoices] {
        let is_active = run.parent.is_none_or(|(parent, its_run, under)| {
            self.alive >> its_run & 1 == 1 && under.contains(self.shape.choice(parent).entry)
        });
        if !is_active {
            return &[];
        }
        self.alive |= 1 << run.number;
        &run.rows
    }

    /// Whether a run that was asked for lives.
    pub fn lived(&self, run: &SlotRun) -> bool {
        self.alive >> run.number & 1 == 1
    }

    /// A choice at a slot of the run that was asked for last.
    pub fn choose(&mut self, slot: SlotId, choice: Choice) {
        self.shape.append(slot, choice);
    }

    /// Another choice at a slot of a draft in which every run was asked for.
    pub fn set(&mut self, slot: SlotId, choice: Choice) {
        self.shape.set(slot, choice);
        if space().is_parent(slot) {
            *self = Self::new(std::mem::take(&mut self.shape));
            for run in runs() {
                self.living(run);
            }
        }
    }

    /// An invalid entry at one slot that lives, or none for a dry source; in a draft in which every run was asked for.
    pub fn stray<C: Choices + ?Sized>(&mut self, choices: &mut C) {
        let living = || runs().iter().filter(|run| self.lived(run));
        let count: usize = living().map(|run| run.strays).sum();
        let Some(mut i) = choices.below(count + 1).checked_sub(1) else { return };
        let Some(run) = living().find(|run| {
            let is_here = i < run.strays;
            i -= if is_here { 0 } else { run.strays };
            is_here
        }) else {
            return;
        };
        for SlotChoices { slot, strays, .. } in &run.rows {
            if let Some(entry) = strays.get(i) {
                let number = some_number(&space().slot(*slot).menu[*entry], Bound::Small, choices);
                return self.set(*slot, Choice { entry: *entry, number });
            }
            i -= strays.len();
        }
    }
}

/// The entries of a slot that fit and can be rendered within the bound, but for entry 0.
pub(super) fn fitting(
    slot: SlotId,
    bound: Bound,
    fits: impl Fn(&Entry) -> bool,
) -> impl Iterator<Item = (usize, &'static Entry)> {
    let within = move |entry: &Entry| {
        bound == Bound::Hostile || entry.numbers.is_none_or(|numbers| numbers.least <= numbers.small_to)
    };
    space().slot(slot).menu.iter().enumerate().skip(1).filter(move |(_, entry)| fits(entry) && within(entry))
}

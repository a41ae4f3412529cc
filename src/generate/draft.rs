//! A shape that is drawn slot by slot in table order, and the table in the form that drawing walks.

use std::sync::LazyLock;

use super::{Bound, Choices, some_number};
use crate::shape::{Choice, Entries, Entry, Shape, SlotId, space};

/// Consecutive slots of the table that are active under the same entries of the same parent, so that a draw checks
/// once for all of them.
pub(super) struct SlotRun {
    /// The index in the table of runs.
    number: usize,
    /// The parent, the index of the run that contains it, and the parent's entries under which these slots are active.
    parent: Option<(SlotId, usize, Entries)>,
    rows: Vec<SlotChoices>,
    /// The number of invalid entries of these slots.
    invalid: usize,
}

/// A slot, and the indices of its valid and invalid entries that can render to at most 64 KiB, without entry 0.
pub(super) struct SlotChoices {
    pub slot: SlotId,
    pub valid: Vec<usize>,
    invalid: Vec<usize>,
}

/// All slots except `kind`, in table order.
pub(super) fn runs() -> &'static [SlotRun] {
    static RUNS: LazyLock<Vec<SlotRun>> = LazyLock::new(|| {
        let mut runs: Vec<SlotRun> = Vec::new();
        let mut last = None;
        for (slot, slot_row) in space().registry_slots().skip(1) {
            if last != Some(&slot_row.parent) {
                let holds = |run: &SlotRun, slot| run.rows.iter().any(|row| row.slot == slot);
                let parent = space().activation(slot).map(|(parent, under)| {
                    // Only `kind` is in no run; it is always active.
                    (parent, runs.iter().position(|run| holds(run, parent)).unwrap_or(KIND), under)
                });
                runs.push(SlotRun { number: runs.len(), parent, rows: Vec::new(), invalid: 0 });
                last = Some(&slot_row.parent);
            }
            let of = |valid| fitting(slot, Bound::Small, move |entry| entry.valid == valid).map(|(entry, _)| entry);
            let row = SlotChoices { slot, valid: of(true).collect(), invalid: of(false).collect() };
            if let Some(run) = runs.last_mut() {
                run.invalid += row.invalid.len();
                run.rows.push(row);
            }
        }
        assert!(runs.len() < KIND, "each run needs a bit in `Draft::active`");
        runs
    });
    &RUNS
}

/// The bit of `kind` in [`Draft::active`].
const KIND: usize = 63;

/// A shape that is filled in table order, and which runs are active in it so far: parents come first, so checking the
/// direct parent is enough.
pub(super) struct Draft {
    pub shape: Shape,
    /// One bit for each run; the last one is for `kind`.
    active: u64,
}

impl Draft {
    pub fn new(shape: Shape) -> Self {
        Self { shape, active: 1 << KIND }
    }

    /// The slots of the next run if they are active, else none. Must be called for each run in turn.
    pub fn enter(&mut self, run: &'static SlotRun) -> &'static [SlotChoices] {
        let is_active = run.parent.is_none_or(|(parent, its_run, under)| {
            self.active >> its_run & 1 == 1 && under.contains(self.shape.choice(parent).entry)
        });
        if !is_active {
            return &[];
        }
        self.active |= 1 << run.number;
        &run.rows
    }

    /// Whether a run that was entered is active.
    pub fn is_active(&self, run: &SlotRun) -> bool {
        self.active >> run.number & 1 == 1
    }

    /// Sets a slot of the run that was entered last.
    pub fn choose(&mut self, slot: SlotId, choice: Choice) {
        self.shape.append(slot, choice);
    }

    /// Changes a slot, once every run was entered.
    pub fn set(&mut self, slot: SlotId, choice: Choice) {
        self.shape.set(slot, choice);
        if space().is_parent(slot) {
            *self = Self::new(std::mem::take(&mut self.shape));
            for run in runs() {
                self.enter(run);
            }
        }
    }

    /// Sets one active slot to an invalid entry, once every run was entered. An exhausted source changes nothing.
    pub fn add_invalid<C: Choices + ?Sized>(&mut self, choices: &mut C) {
        let active = || runs().iter().filter(|run| self.is_active(run));
        let count: usize = active().map(|run| run.invalid).sum();
        let Some(mut i) = choices.below(count + 1).checked_sub(1) else { return };
        let Some(run) = active().find(|run| {
            let is_here = i < run.invalid;
            i -= if is_here { 0 } else { run.invalid };
            is_here
        }) else {
            return;
        };
        for SlotChoices { slot, invalid, .. } in &run.rows {
            if let Some(entry) = invalid.get(i) {
                let number = some_number(&space().slot(*slot).menu[*entry], Bound::Small, choices);
                return self.set(*slot, Choice { entry: *entry, number });
            }
            i -= invalid.len();
        }
    }
}

/// The entries of a slot that satisfy `fits` and can be rendered within the bound, without entry 0.
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

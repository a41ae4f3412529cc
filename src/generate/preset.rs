//! Presets: how far a drawn shape strays.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use super::{Bound, Choices, Seeded, some_number};
use crate::error::Input;
use crate::shape::{Choice, Entries, Entry, Shape, SlotId, space};

/// How far drawn shapes stray.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Preset {
    /// Valid entries only.
    Valid,
    /// Valid entries freely, at most two invalid ones.
    #[default]
    MostlyValid,
    /// Any entries, large ones too.
    Hostile,
}

impl Preset {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Valid, Self::MostlyValid, Self::Hostile];

    /// As the command line writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::MostlyValid => "mostly-valid",
            Self::Hostile => "hostile",
        }
    }
}

impl fmt::Display for Preset {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

impl FromStr for Preset {
    type Err = Input;

    fn from_str(text: &str) -> Result<Self, Input> {
        Self::ALL.into_iter().find(|preset| preset.as_str() == text).ok_or_else(|| {
            Input::value(
                format!("the preset `{text}`"),
                "there is none of this name",
                "use valid, mostly-valid or hostile",
            )
        })
    }
}

/// Draw `i` of a seed and a preset; depends on nothing else.
pub fn draw_nth(seed: u64, preset: Preset, i: u64) -> Shape {
    let [mut of_seed, mut of_i] = [itoa::Buffer::new(), itoa::Buffer::new()];
    draw(preset, &mut Seeded::new(&["draw", of_seed.format(seed), preset.as_str(), of_i.format(i)]))
}

/// One shape. A dry source gives the base.
pub fn draw<C: Choices + ?Sized>(preset: Preset, choices: &mut C) -> Shape {
    match preset {
        Preset::Valid => valid(choices).shape,
        Preset::MostlyValid => {
            let mut draft = valid(choices);
            let strays = choices.below(3);
            (0..strays).for_each(|_| draft.stray(choices));
            draft.shape
        }
        Preset::Hostile => {
            let mut draft = Draft::new(some_kind(choices, |_| true));
            for run in runs() {
                some_of(draft.living(run), 16, choices, |row, choices| {
                    let fitting = fitting(row.slot, Bound::Hostile, |_| true);
                    let fitting: Vec<_> = fitting.map(|(entry, _)| entry).collect();
                    draft.choose(row.slot, some_choice(choices, row.slot, Bound::Hostile, &fitting));
                });
            }
            draft.shape
        }
    }
}

/// Pairs of valid entries that break a rule together: the first slot goes back in draws of valid entries alone, and
/// arrays keep them.
pub const CLASHES: &[[(&str, &str); 2]] = &[
    // Data that is not what the digest names.
    [("subject.data", "right"), ("subject.digest", "other")],
];

/// Whether two valid entries of the shape break a rule together; the first of them.
pub fn clashing(shape: &Shape) -> Option<SlotId> {
    type Setting = (SlotId, &'static str);
    static FOUND: LazyLock<Vec<[Setting; 2]>> = LazyLock::new(|| {
        let find = |(slot, entry)| Some((space().find(slot)?, entry));
        CLASHES.iter().filter_map(|[first, second]| Some([find(*first)?, find(*second)?])).collect()
    });
    let stands = |(slot, entry): Setting| {
        let choice = shape.choice(slot);
        choice.entry != 0 && space().slot(slot).menu[choice.entry].name == entry
    };
    FOUND.iter().find(|[first, second]| stands(*first) && stands(*second)).map(|[(slot, _), _]| *slot)
}

fn valid<C: Choices + ?Sized>(choices: &mut C) -> Draft {
    let mut draft = Draft::new(some_kind(choices, |entry| entry.valid));
    for run in runs() {
        some_of(draft.living(run), 10, choices, |row, choices| {
            draft.choose(row.slot, some_choice(choices, row.slot, Bound::Small, &row.valid));
        });
    }
    while let Some(slot) = clashing(&draft.shape) {
        draft.set(slot, Choice { entry: 0, number: 0 });
    }
    draft
}

/// Calls `deviate` for each row with a chance of one in `times`: one choice for all, of which each row has a digit. None
/// for a dry source.
fn some_of<C: Choices + ?Sized>(
    rows: &'static [Row],
    times: usize,
    choices: &mut C,
    mut deviate: impl FnMut(&'static Row, &mut C),
) {
    /// As many digits of up to 16 as a choice of 32 bits holds.
    const ROWS: usize = 7;
    for rows in rows.chunks(ROWS) {
        let mut digits = choices.below(times.pow(u32::try_from(rows.len()).unwrap_or(0)));
        for row in rows {
            if digits % times == times - 1 {
                deviate(row, choices);
            }
            digits /= times;
        }
    }
}

/// Slots that stand side by side in the table and live under the same entries of the same parent, so that a draw asks
/// once whether they live.
struct Run {
    /// Its place in the table of runs.
    number: usize,
    /// The parent, the number of the run that this is in, and the entries that give life.
    parent: Option<(SlotId, usize, Entries)>,
    rows: Vec<Row>,
    /// How many entries of these slots stray.
    strays: usize,
}

/// A slot, and which of its entries small draws choose from, in the order of the menu.
struct Row {
    slot: SlotId,
    valid: Vec<usize>,
    strays: Vec<usize>,
}

/// The slots but for `kind`, in the order of the table.
fn runs() -> &'static [Run] {
    static RUNS: LazyLock<Vec<Run>> = LazyLock::new(|| {
        let mut runs: Vec<Run> = Vec::new();
        let mut last = None;
        for (slot, of_table) in space().slots().skip(1) {
            if last != Some(&of_table.parent) {
                let holds = |run: &Run, slot| run.rows.iter().any(|row| row.slot == slot);
                let parent = space().life(slot).map(|(parent, under)| {
                    // What no run holds is `kind`, which always lives.
                    (parent, runs.iter().position(|run| holds(run, parent)).unwrap_or(KIND), under)
                });
                runs.push(Run { number: runs.len(), parent, rows: Vec::new(), strays: 0 });
                last = Some(&of_table.parent);
            }
            let of = |valid| fitting(slot, Bound::Small, move |entry| entry.valid == valid).map(|(entry, _)| entry);
            let row = Row { slot, valid: of(true).collect(), strays: of(false).collect() };
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
struct Draft {
    shape: Shape,
    /// A bit a run; the last one is `kind`.
    alive: u64,
}

impl Draft {
    fn new(shape: Shape) -> Self {
        Self { shape, alive: 1 << KIND }
    }

    /// The slots of the next run, if they live; to be asked of each in turn.
    fn living(&mut self, run: &'static Run) -> &'static [Row] {
        let lives = run.parent.is_none_or(|(parent, its_run, under)| {
            self.alive >> its_run & 1 == 1 && under.contains(self.shape.choice(parent).entry)
        });
        if !lives {
            return &[];
        }
        self.alive |= 1 << run.number;
        &run.rows
    }

    /// Whether a run that was asked for lives.
    fn lived(&self, run: &Run) -> bool {
        self.alive >> run.number & 1 == 1
    }

    /// A choice at a slot of the run that was asked for last.
    fn choose(&mut self, slot: SlotId, choice: Choice) {
        self.shape.append(slot, choice);
    }

    /// Another choice at a slot of a draft in which every run was asked for.
    fn set(&mut self, slot: SlotId, choice: Choice) {
        self.shape.set(slot, choice);
        if space().is_parent(slot) {
            *self = Self::new(std::mem::take(&mut self.shape));
            for run in runs() {
                self.living(run);
            }
        }
    }

    /// An invalid entry at one slot that lives, or none for a dry source; in a draft in which every run was asked for.
    fn stray<C: Choices + ?Sized>(&mut self, choices: &mut C) {
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
        for Row { slot, strays, .. } in &run.rows {
            if let Some(entry) = strays.get(i) {
                let number = some_number(&space().slot(*slot).menu[*entry], Bound::Small, choices);
                return self.set(*slot, Choice { entry: *entry, number });
            }
            i -= strays.len();
        }
    }
}

/// Images half of the time, the other kinds alike.
fn some_kind<C: Choices + ?Sized>(choices: &mut C, fits: impl Fn(&Entry) -> bool) -> Shape {
    let menu = space().slot(SlotId::KIND).menu;
    let mut others = (1..menu.len()).filter(|entry| fits(&menu[*entry]));
    let count = others.clone().count();
    let entry = match choices.below(2 * count) {
        i if i < count => 0,
        i => others.nth(i - count).unwrap_or(0),
    };
    let mut shape = Shape::base();
    shape.append(SlotId::KIND, Choice { entry, number: 0 });
    shape
}

/// The entries of a slot that fit and can be rendered within the bound, but for entry 0.
fn fitting(slot: SlotId, bound: Bound, fits: impl Fn(&Entry) -> bool) -> impl Iterator<Item = (usize, &'static Entry)> {
    let within = move |entry: &Entry| {
        bound == Bound::Hostile || entry.numbers.is_none_or(|numbers| numbers.least <= numbers.small_to)
    };
    space().slot(slot).menu.iter().enumerate().skip(1).filter(move |(_, entry)| fits(entry) && within(entry))
}

/// A choice of the slot among entries that fit, entry 0 among them so that a dry source changes nothing.
fn some_choice<C: Choices + ?Sized>(choices: &mut C, slot: SlotId, bound: Bound, fitting: &[usize]) -> Choice {
    match choices.below(fitting.len() + 1) {
        0 => Choice { entry: 0, number: 0 },
        i => {
            let entry = fitting[i - 1];
            Choice { entry, number: some_number(&space().slot(slot).menu[entry], bound, choices) }
        }
    }
}

//! Presets: how far a drawn shape strays.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use super::draft::{Draft, SlotChoices, fitting, runs};
use super::{Bound, Choices, Seeded, some_number};
use crate::error::Input;
use crate::shape::{Choice, Entry, Shape, SlotId, space};

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
    rows: &'static [SlotChoices],
    times: usize,
    choices: &mut C,
    mut deviate: impl FnMut(&'static SlotChoices, &mut C),
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

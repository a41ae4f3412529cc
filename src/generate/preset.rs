//! Presets: how far a drawn shape strays.

use std::fmt;
use std::str::FromStr;

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
    draw(preset, &mut Seeded::new(&["draw", &seed.to_string(), preset.as_str(), &i.to_string()]))
}

/// One shape. A dry source gives the base.
pub fn draw(preset: Preset, choices: &mut dyn Choices) -> Shape {
    match preset {
        Preset::Valid => valid(choices),
        Preset::MostlyValid => {
            let shape = valid(choices);
            let strays = choices.below(3);
            (0..strays).fold(shape, |shape, _| with_one_invalid(&shape, choices))
        }
        Preset::Hostile => {
            let mut shape = some_kind(choices, |_| true);
            for (slot, _) in space().slots().skip(1) {
                if shape.lives(slot) && choices.below(16) == 15 {
                    shape = shape.with(slot, some_choice(choices, slot, Bound::Hostile, |_| true));
                }
            }
            shape
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
    let stands = |(slot, entry): (&str, &str)| {
        let slot = space().find(slot)?;
        (shape.lives(slot) && shape.entry(slot).name == entry).then_some(slot)
    };
    CLASHES.iter().find_map(|[first, second]| stands(*first).filter(|_| stands(*second).is_some()))
}

fn valid(choices: &mut dyn Choices) -> Shape {
    let mut shape = some_kind(choices, |entry| entry.valid);
    for (slot, _) in space().slots().skip(1) {
        if shape.lives(slot) && choices.below(10) == 9 {
            shape = shape.with(slot, some_choice(choices, slot, Bound::Small, |entry| entry.valid));
        }
    }
    while let Some(slot) = clashing(&shape) {
        shape = shape.with(slot, Choice { entry: 0, number: 0 });
    }
    shape
}

/// Images half of the time, the other kinds alike.
fn some_kind(choices: &mut dyn Choices, fits: impl Fn(&Entry) -> bool) -> Shape {
    let menu = space().slot(SlotId::KIND).menu;
    let others: Vec<_> = (1..menu.len()).filter(|entry| fits(&menu[*entry])).collect();
    let entry = match choices.below(2 * others.len()) {
        i if i < others.len() => 0,
        i => others[i - others.len()],
    };
    Shape::base().with(SlotId::KIND, Choice { entry, number: 0 })
}

/// The entries of a slot that fit and can be rendered within the bound, but for entry 0.
fn fitting(slot: SlotId, bound: Bound, fits: impl Fn(&Entry) -> bool) -> impl Iterator<Item = (usize, &'static Entry)> {
    let within = move |entry: &Entry| {
        bound == Bound::Hostile || entry.numbers.is_none_or(|numbers| numbers.least <= numbers.small_to)
    };
    space().slot(slot).menu.iter().enumerate().skip(1).filter(move |(_, entry)| fits(entry) && within(entry))
}

/// A choice of the slot that fits, entry 0 among them so that a dry source changes nothing.
fn some_choice(choices: &mut dyn Choices, slot: SlotId, bound: Bound, fits: impl Fn(&Entry) -> bool) -> Choice {
    let fitting: Vec<(usize, &Entry)> = fitting(slot, bound, fits).collect();
    match choices.below(fitting.len() + 1) {
        0 => Choice { entry: 0, number: 0 },
        i => {
            let (entry, row) = fitting[i - 1];
            Choice { entry, number: some_number(row, bound, choices) }
        }
    }
}

fn with_one_invalid(shape: &Shape, choices: &mut dyn Choices) -> Shape {
    let live = space().slots().skip(1).map(|(slot, _)| slot).filter(|slot| shape.lives(*slot));
    let strays: Vec<(SlotId, usize, &Entry)> = live
        .flat_map(|slot| fitting(slot, Bound::Small, |entry| !entry.valid).map(move |(entry, row)| (slot, entry, row)))
        .collect();
    match choices.below(strays.len() + 1) {
        0 => shape.clone(),
        i => {
            let (slot, entry, row) = strays[i - 1];
            shape.with(slot, Choice { entry, number: some_number(row, Bound::Small, choices) })
        }
    }
}

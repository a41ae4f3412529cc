//! Presets: how invalid drawn shapes may be.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use super::draft::{Draft, SlotChoices, fitting, runs};
use super::{Bound, Choices, Seeded, some_number};
use crate::error::Input;
use crate::shape::{Choice, Effect, Entry, Kind, Shape, SlotId, space};

/// How invalid drawn shapes may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Preset {
    /// Valid entries only.
    Valid,
    /// Any number of valid entries, at most two invalid ones.
    #[default]
    MostlyValid,
    /// Any entries, including those that render to more than 64 KiB.
    Hostile,
}

impl Preset {
    /// All presets.
    pub const ALL: [Self; 3] = [Self::Valid, Self::MostlyValid, Self::Hostile];

    /// The name on the command line.
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

    /// Parses the name on the command line.
    ///
    /// # Errors
    ///
    /// [`Input::Value`] for an unknown name.
    fn from_str(text: &str) -> Result<Self, Input> {
        Self::ALL.into_iter().find(|preset| preset.as_str() == text).ok_or_else(|| {
            Input::value(format!("invalid preset `{text}`"), "unknown name", "expected valid, mostly-valid or hostile")
        })
    }
}

/// The `i`-th draw of a seed and preset. Depends on nothing else, so draws can be made in any order and in parallel.
///
/// ```
/// use manifuzz::generate::{Preset, draw_nth};
///
/// let shape = draw_nth(7, Preset::Valid, 0);
/// assert_eq!(shape, draw_nth(7, Preset::Valid, 0));
/// assert_eq!(shape.invalid(), 0);
/// ```
pub fn draw_nth(seed: u64, preset: Preset, i: u64) -> Shape {
    let [mut of_seed, mut of_i] = [itoa::Buffer::new(), itoa::Buffer::new()];
    draw(preset, &mut Seeded::new(&["draw", of_seed.format(seed), preset.as_str(), of_i.format(i)]))
}

/// Draws a shape. An exhausted source gives the base.
pub fn draw<C: Choices + ?Sized>(preset: Preset, choices: &mut C) -> Shape {
    match preset {
        Preset::Valid => valid(choices).shape,
        Preset::MostlyValid => {
            let mut draft = valid(choices);
            let invalid = choices.below(3);
            (0..invalid).for_each(|_| draft.add_invalid(choices));
            draft.shape
        }
        Preset::Hostile => {
            let mut draft = Draft::new(some_kind(choices, |_| true));
            for run in runs() {
                some_of(draft.enter(run), 16, choices, |row, choices| {
                    let fitting = fitting(row.slot, Bound::Hostile, |_| true);
                    let fitting: Vec<_> = fitting.map(|(entry, _)| entry).collect();
                    draft.choose(row.slot, some_choice(choices, row.slot, Bound::Hostile, &fitting));
                });
            }
            draft.shape
        }
    }
}

/// Pairs of entries, each valid alone, that break a rule together. Draws reset the first slot of a pair; covering
/// arrays keep both.
pub const CLASHES: &[[(&str, &str); 2]] = &[
    // `data` that does not match the digest.
    [("subject.data", "right"), ("subject.digest", "other")],
];

/// The first slot of a pair in [`CLASHES`] that the shape contains, if any.
pub fn clashing(shape: &Shape) -> Option<SlotId> {
    type Setting = (SlotId, &'static str);
    static FOUND: LazyLock<Vec<[Setting; 2]>> = LazyLock::new(|| {
        let find = |(slot, entry)| {
            let id = space().find(slot).unwrap_or_else(|| panic!("clashes: there is no slot `{slot}`"));
            let is_known = space().slot(id).menu.iter().any(|known| known.name == entry);
            assert!(is_known, "clashes: the slot `{slot}` has no entry `{entry}`");
            (id, entry)
        };
        CLASHES.iter().map(|[first, second]| [find(*first), find(*second)]).collect()
    });
    let is_chosen = |(slot, entry): Setting| {
        let choice = shape.choice(slot);
        choice.entry != 0 && space().slot(slot).menu[choice.entry].name == entry
    };
    FOUND.iter().find(|[first, second]| is_chosen(*first) && is_chosen(*second)).map(|[(slot, _), _]| *slot)
}

fn valid<C: Choices + ?Sized>(choices: &mut C) -> Draft {
    let mut draft = Draft::new(some_kind(choices, |entry| entry.valid));
    for run in runs() {
        some_of(draft.enter(run), 10, choices, |row, choices| {
            draft.choose(row.slot, some_choice(choices, row.slot, Bound::Small, &row.valid));
        });
    }
    while let Some(slot) = clashing(&draft.shape) {
        draft.set(slot, Choice { entry: 0, number: 0 });
    }
    draft
}

/// Calls `deviate` for each row with a probability of one in `times`. Rows share a choice, each using one digit of it.
/// An exhausted source calls it for none.
fn some_of<C: Choices + ?Sized>(
    rows: &'static [SlotChoices],
    times: usize,
    choices: &mut C,
    mut deviate: impl FnMut(&'static SlotChoices, &mut C),
) {
    /// `times` is at most 16, and a choice below 16^7 fits 32 bits.
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

/// The base of a kind of document that satisfies `fits`: an image half of the time, the other kinds with equal probability. Uploads
/// are not drawn: each of their entries is fired alone.
fn some_kind<C: Choices + ?Sized>(choices: &mut C, fits: impl Fn(&Entry) -> bool) -> Shape {
    let menu = space().slot(SlotId::KIND).menu;
    let mut others =
        (1..menu.len()).filter(|entry| menu[*entry].effect != Effect::Kind(Kind::Blob) && fits(&menu[*entry]));
    let count = others.clone().count();
    let entry = match choices.below(2 * count) {
        i if i < count => 0,
        i => others.nth(i - count).unwrap_or(0),
    };
    let mut shape = Shape::base();
    shape.append(SlotId::KIND, Choice { entry, number: 0 });
    shape
}

/// Chooses entry 0 or one of these entries of the slot. Entry 0 comes first, so an exhausted source changes nothing.
fn some_choice<C: Choices + ?Sized>(choices: &mut C, slot: SlotId, bound: Bound, fitting: &[usize]) -> Choice {
    match choices.below(fitting.len() + 1) {
        0 => Choice { entry: 0, number: 0 },
        i => {
            let entry = fitting[i - 1];
            Choice { entry, number: some_number(&space().slot(slot).menu[entry], bound, choices) }
        }
    }
}

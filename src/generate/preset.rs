//! Presets: how far a drawn shape strays.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

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
            let mut draft = Draft::new(some_kind(choices, |_| true));
            for (slot, _) in space().slots().skip(1) {
                if draft.lives(slot) && choices.below(16) == 15 {
                    draft.choose(slot, some_choice(choices, slot, Bound::Hostile, |_| true));
                }
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

fn valid(choices: &mut dyn Choices) -> Shape {
    let mut draft = Draft::new(some_kind(choices, |entry| entry.valid));
    for (slot, _) in space().slots().skip(1) {
        if draft.lives(slot) && choices.below(10) == 9 {
            draft.choose(slot, some_choice(choices, slot, Bound::Small, |entry| entry.valid));
        }
    }
    let mut shape = draft.shape;
    while let Some(slot) = clashing(&shape) {
        shape = shape.with(slot, Choice { entry: 0, number: 0 });
    }
    shape
}

/// A shape that is filled in the order of the table, and which slots live in it so far: parents come first, so that
/// each has to be asked for its parent alone.
struct Draft {
    shape: Shape,
    alive: Vec<bool>,
}

impl Draft {
    fn new(shape: Shape) -> Self {
        let mut alive = Vec::with_capacity(space().len());
        alive.push(true);
        Self { shape, alive }
    }

    /// Whether the next slot of the table lives; to be asked of each in turn.
    fn lives(&mut self, slot: SlotId) -> bool {
        let lives = match space().life(slot) {
            None => true,
            Some((parent, gives_life)) => {
                self.alive.get(parent.index()) == Some(&true) && gives_life(self.shape.choice(parent).entry)
            }
        };
        self.alive.push(lives);
        lives
    }

    /// A choice at the slot that was asked for last.
    fn choose(&mut self, slot: SlotId, choice: Choice) {
        self.shape.append(slot, choice);
    }
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
    /// Of each slot the entries that stray and stay small, in the order of the menu.
    static STRAYS: LazyLock<Vec<Vec<usize>>> = LazyLock::new(|| {
        let of = |slot| fitting(slot, Bound::Small, |entry| !entry.valid).map(|(entry, _)| entry).collect();
        space().slots().map(|(slot, _)| of(slot)).collect()
    });
    let mut draft = Draft::new(shape.clone());
    let mut of_live = |slot: SlotId| if draft.lives(slot) { STRAYS[slot.index()].len() } else { 0 };
    let count: usize = space().slots().skip(1).map(|(slot, _)| of_live(slot)).sum();
    let Some(mut i) = choices.below(count + 1).checked_sub(1) else { return shape.clone() };
    for (slot, _) in space().slots().skip(1).filter(|(slot, _)| draft.alive[slot.index()]) {
        let strays = &STRAYS[slot.index()];
        if let Some(entry) = strays.get(i) {
            let row = &space().slot(slot).menu[*entry];
            return shape.with(slot, Choice { entry: *entry, number: some_number(row, Bound::Small, choices) });
        }
        i -= strays.len();
    }
    shape.clone()
}

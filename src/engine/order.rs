//! The order of a run: the fixed part, an array if asked, then a preset's draws; each shape once.

use std::collections::HashSet;

use crate::generate::covering_array::{Stop, never};
use crate::generate::{Filter, Preset, bases, draw_nth, each_alone, rows};
use crate::shape::Shape;

/// How many draws there are where nothing bounds them.
const DRAWS: u64 = 1000;

/// Which cases a run fires, and in what order: the base of each kind, the flavours, each entry alone, the array,
/// then draws. Large shapes come only alone, or with the preset `hostile`.
#[derive(Clone, Debug, Default)]
pub struct Schedule {
    /// What draws depend on.
    pub seed: u64,
    /// How far draws stray.
    pub preset: Preset,
    /// Bounds the whole. Without it there are 1000 draws, or none after an array.
    pub count: Option<usize>,
    /// Shapes to begin with, after the bases.
    pub flavours: Vec<Shape>,
    /// The strength of the array, if there is to be one.
    pub cover: Option<usize>,
    /// The slots that may deviate.
    pub filter: Option<Filter>,
}

impl Schedule {
    /// The cases, without repeats.
    pub fn cases(&self) -> impl Iterator<Item = Shape> {
        self.cases_until(&never)
    }

    /// The cases, without repeats. The array is built when its first row is asked for, and ends early where `stop` says
    /// so; the other parts take no time.
    pub fn cases_until<'s>(&self, stop: Stop<'s>) -> impl Iterator<Item = Shape> + use<'s> {
        let draws = match (self.count, self.cover) {
            (Some(_), _) => u64::MAX,
            (None, Some(_)) => 0,
            (None, None) => DRAWS,
        };
        let (seed, preset) = (self.seed, self.preset);
        let filter = self.filter.clone();
        let array = self.cover.into_iter().flat_map(move |strength| rows(strength, filter.as_ref(), stop));
        let filter = self.filter.clone();
        let fixed = bases().into_iter().chain(self.flavours.clone()).chain(each_alone());
        let fixed = fixed.filter(move |shape| filter.as_ref().is_none_or(|filter| filter.passes(shape)));
        let filter = self.filter.clone();
        let drawn = (0..draws).map(move |i| draw_nth(seed, preset, i));
        let drawn = drawn.map(move |shape| filter.as_ref().map_or(shape.clone(), |filter| filter.apply(&shape)));
        let mut seen = HashSet::new();
        // A preset has finitely many small shapes, but far more than any count unless a filter leaves few; give up
        // only on a long row of repeats.
        let mut repeats = 0;
        fixed
            .chain(array)
            .chain(drawn)
            .map(move |shape| if seen.insert(shape.clone()) { Some(shape) } else { None })
            .take_while(move |shape| {
                repeats = if shape.is_some() { 0 } else { repeats + 1 };
                repeats < 10_000
            })
            .flatten()
            .take(self.count.unwrap_or(usize::MAX))
    }
}

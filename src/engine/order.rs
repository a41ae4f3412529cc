//! The order of a run: the fixed cases, a covering array if requested, then random draws; each shape once.

use std::collections::HashSet;

use crate::generate::covering_array::{Stop, never};
use crate::generate::{Filter, Preset, bases, draw_nth, each_alone, rows};
use crate::shape::Shape;

/// Default number of draws.
const DRAWS: u64 = 1000;

/// Which cases a run fires, and in which order: the base of each kind, the flavours, each entry alone, a covering array, then
/// random draws. Large entries occur only alone or in draws of the preset `hostile`.
#[derive(Clone, Debug, Default)]
pub struct Schedule {
    /// The seed of the draws.
    pub seed: u64,
    /// The preset of the draws.
    pub preset: Preset,
    /// Total number of cases. `None` means 1000 draws, or no draws if there is a covering array.
    pub count: Option<usize>,
    /// Shapes to fire after the bases.
    pub flavours: Vec<Shape>,
    /// The strength of the covering array, if any.
    pub cover: Option<usize>,
    /// The slots that may deviate; `None` means all.
    pub filter: Option<Filter>,
}

impl Schedule {
    /// The cases, without repeats.
    pub fn cases(&self) -> impl Iterator<Item = Shape> {
        self.cases_until(&never)
    }

    /// The cases, without repeats. The covering array is built when its first row is requested, and ends early if `stop` returns
    /// true.
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
        // A filter may leave fewer shapes than `count`, so give up after many repeats in a row.
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

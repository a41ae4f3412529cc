//! The order of a run: the fixed cases, a covering array if requested, then random draws; each shape once.

use std::collections::HashSet;

use super::shard::Shard;
use crate::exchange::Accept;
use crate::generate::covering_array::{Stop, never};
use crate::generate::{Filter, Preset, Tested, rows};
use crate::render::render;
use crate::shape::Shape;

/// Default number of draws.
const DRAWS: u64 = 1000;
/// The most content that a case of a quick run may need.
const FEW_NEEDS: usize = 32;

/// A case of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scheduled {
    /// The shape.
    pub shape: Shape,
    /// Whether it was drawn, or is a row of a covering array. Only a sample of these is read back.
    pub is_drawn: bool,
}

/// The size of a run: its cases, and how many of them are drawn if it is not a shard.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size {
    pub cases: usize,
    pub drawn: usize,
}

/// Which cases a run fires, and in which order: the base of each kind, the flavours, each entry alone, a covering array, then
/// random draws. Large entries occur only alone or in draws of the preset `hostile`. Cases that show nothing of who is tested are
/// left out.
#[derive(Clone, Debug, Default)]
pub struct Schedule {
    /// Who is tested.
    pub tested: Tested,
    /// The seed of the draws.
    pub seed: u64,
    /// The preset of the draws.
    pub preset: Preset,
    /// Total number of cases. `None` means 1000 draws, or no draws if there is a covering array or a client program is tested, of
    /// which each case takes seconds.
    pub count: Option<usize>,
    /// Shapes to fire after the bases.
    pub flavours: Vec<Shape>,
    /// The strength of the covering array, if any.
    pub cover: Option<usize>,
    /// The slots that may deviate; `None` means all.
    pub filter: Option<Filter>,
    /// Only fixed cases, and of those only the ones that need little content and show something in pushes: for a run with few
    /// requests.
    pub quick: bool,
    /// The part of the cases to fire; `None` means all of them.
    pub shard: Option<Shard>,
}

impl Schedule {
    /// The cases, without repeats.
    pub fn cases(&self) -> impl Iterator<Item = Shape> {
        self.cases_until(&never).map(|scheduled| scheduled.shape)
    }

    /// The number of cases, and how many of them are drawn, if that is known without building a covering array. A filter can
    /// leave fewer than `count`. Stops early if `stop` returns true.
    pub(super) fn size(&self, stop: Stop<'_>) -> Option<Size> {
        if self.cover.is_some() {
            return None;
        }
        let fixed = self.fixed_cases();
        match self.count {
            Some(cases) => {
                let drawn = cases.saturating_sub(fixed);
                let bases = self.bases();
                let cases = self.shard.map_or(cases, |shard| bases + shard.share(cases - bases));
                Some(Size { cases, drawn })
            }
            None => {
                let cases = self.cases_until(stop).count();
                Some(Size { cases, drawn: cases.saturating_sub(fixed) })
            }
        }
    }

    /// How many bases are fired first, by every shard.
    pub(super) fn bases(&self) -> usize {
        let bases = self.fixed().filter(is_base).collect::<HashSet<_>>();
        bases.len().min(self.count.unwrap_or(usize::MAX))
    }

    /// How many cases do not depend on the seed.
    fn fixed_cases(&self) -> usize {
        self.fixed().collect::<HashSet<_>>().len().min(self.count.unwrap_or(usize::MAX))
    }

    /// The cases that do not depend on the seed, in order: the base of each kind, the flavours, each entry alone. A case that is
    /// in two of these is repeated.
    pub fn fixed(&self) -> impl Iterator<Item = Shape> + use<> {
        let (filter, quick) = (self.filter.clone(), self.quick);
        let tested = self.tested;
        let flavours = self.flavours.clone().into_iter().filter(move |flavour| tested.sees_all_of(flavour));
        let fixed = tested.bases().into_iter().chain(flavours).chain(tested.each_alone());
        let fixed = fixed.filter(move |shape| filter.as_ref().is_none_or(|filter| filter.passes(shape)));
        fixed.filter(move |shape| !quick || is_quick(shape))
    }

    /// The cases, without repeats. The covering array is built when its first row is requested, and ends early if `stop` returns
    /// true.
    pub fn cases_until<'s>(&self, stop: Stop<'s>) -> impl Iterator<Item = Scheduled> + use<'s> {
        let draws = match (self.count, self.cover) {
            _ if self.quick => 0,
            (Some(_), _) => u64::MAX,
            (None, Some(_)) => 0,
            (None, None) if self.tested == Tested::Client => 0,
            (None, None) => DRAWS,
        };
        let (tested, seed, preset) = (self.tested, self.seed, self.preset);
        let filter = self.filter.clone();
        let array = self.cover.into_iter().flat_map(move |strength| rows(tested, strength, filter.as_ref(), stop));
        let filter = self.filter.clone();
        let drawn = (0..draws).map(move |i| tested.draw_nth(seed, preset, i));
        let drawn = drawn.map(move |shape| filter.as_ref().map_or(shape.clone(), |filter| filter.apply(&shape)));
        let fixed = self.fixed().map(|shape| Scheduled { shape, is_drawn: false });
        let drawn = array.chain(drawn).map(|shape| Scheduled { shape, is_drawn: true });
        let (shard, bases) = (self.shard, self.bases());
        let mut seen = HashSet::new();
        // A filter may leave fewer shapes than `count`, so give up after many repeats in a row.
        let mut repeats = 0;
        fixed
            .chain(drawn)
            .map(move |one| if seen.insert(one.shape.clone()) { Some(one) } else { None })
            .take_while(move |one| {
                repeats = if one.is_some() { 0 } else { repeats + 1 };
                repeats < 10_000
            })
            .flatten()
            .take(self.count.unwrap_or(usize::MAX))
            .enumerate()
            .filter(move |(at, _)| shard.is_none_or(|shard| *at < bases || shard.has(at - bases)))
            .map(|(_, one)| one)
    }
}

/// Whether a case needs little content, and is not only about what is asked after the push.
fn is_quick(shape: &Shape) -> bool {
    let exchange = render(shape);
    exchange.needs.len() <= FEW_NEEDS && exchange.afterwards.is_none() && exchange.accept == Accept::Every
}

/// Whether a case is one of the bases, with which every run begins.
pub(super) fn is_base(shape: &Shape) -> bool {
    *shape == shape.own_base()
}

//! The order of a run: the fixed part, then a preset's draws; each shape once.

use std::collections::HashSet;

use crate::generate::{Preset, draw_nth, fixed_order};
use crate::shape::Shape;

/// The cases of a run, in order and without repeats: the base of each kind, each entry alone, then draws.
/// `count` bounds the whole; without it there are 1000 draws. Large shapes come only in the fixed part, or
/// with the preset `hostile`.
pub fn cases(seed: u64, preset: Preset, count: Option<usize>) -> impl Iterator<Item = Shape> {
    const DRAWS: u64 = 1000;
    let draws = if count.is_some() { u64::MAX } else { DRAWS };
    let mut seen = HashSet::new();
    // A preset has finitely many small shapes, but far more than any count; give up only on a long row of repeats.
    let mut repeats = 0;
    fixed_order()
        .into_iter()
        .chain((0..draws).map(move |i| draw_nth(seed, preset, i)))
        .map(move |shape| if seen.insert(shape.clone()) { Some(shape) } else { None })
        .take_while(move |shape| {
            repeats = if shape.is_some() { 0 } else { repeats + 1 };
            repeats < 10_000
        })
        .flatten()
        .take(count.unwrap_or(usize::MAX))
}

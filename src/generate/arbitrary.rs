//! `Arbitrary` for shapes: preset `mostly-valid`; the base for empty input.

use arbitrary::{Arbitrary, Result, Unstructured};

use super::{Choices, Preset, draw};
use crate::shape::Shape;

struct FromBytes<'u, 'b>(&'u mut Unstructured<'b>);

impl Choices for FromBytes<'_, '_> {
    fn below(&mut self, bound: usize) -> usize {
        // Exhausted input yields the start of the range: no deviation.
        if bound == 0 { 0 } else { self.0.int_in_range(0..=bound - 1).unwrap_or(0) }
    }
}

impl<'b> Arbitrary<'b> for Shape {
    fn arbitrary(bytes: &mut Unstructured<'b>) -> Result<Self> {
        Ok(draw(Preset::MostlyValid, &mut FromBytes(bytes)))
    }

    /// From no bytes (the base) to five for each slot: whether it deviates, the entry, and a number.
    fn size_hint(_depth: usize) -> (usize, Option<usize>) {
        (0, Some(5 * crate::shape::space().registry_slots().count() + 16))
    }
}

//! Builds the rows of a covering array.

use super::forest::{Assignment, Forest, Stop};
use super::plan::ArrayPlan;
use super::squeeze::squeeze;
use crate::generate::choices::Seeded;

/// The highest strength supported.
pub const MOST_STRENGTH: usize = 3;

/// The number of candidates for each row.
const TRIES: usize = 32;

impl Forest {
    /// Rows that cover every `strength`-tuple of open values that can occur together. Strength is from 1 to
    /// [`MOST_STRENGTH`].
    pub fn covering(&self, strength: usize, stop: Stop<'_>) -> Vec<Assignment> {
        self.rows(strength, None, stop)
    }

    /// Rows that all contain this value, and cover every `strength`-tuple of open values that can occur together with
    /// it. Strength 0 gives one row.
    pub fn covering_with(&self, axis: usize, value: usize, strength: usize, stop: Stop<'_>) -> Vec<Assignment> {
        self.rows(strength, Some((axis, value)), stop)
    }

    fn rows(&self, strength: usize, given: Option<(usize, usize)>, stop: Stop<'_>) -> Vec<Assignment> {
        let strength = strength.min(MOST_STRENGTH);
        let mut plan = ArrayPlan::new(self, strength, given, stop);
        let mut rows = Vec::new();
        let mut choices = Seeded::new(&["array", &format!("{strength} {given:?}")]);
        if strength == 0 {
            rows.push(plan.row(&[], &mut choices));
        }
        while let Some(seed) = plan.next_seed() {
            // Start from the value that occurs in most uncovered tuples, as AETG does; but one candidate starts from an
            // uncovered tuple, so that each row covers at least that.
            let often = plan.most_uncovered();
            let from = |i: usize| if i + 1 < TRIES { &often } else { &seed };
            let tries = (0..TRIES).take_while(|_| !stop()).map(|i| plan.row(from(i), &mut choices));
            let best = tries.max_by_key(|row| plan.gain(row)).filter(|_| !stop());
            let Some(row) = best else { return rows };
            plan.cover(&row);
            rows.push(row);
        }
        if given.is_none() { squeeze(self, strength, rows, stop) } else { rows }
    }
}

//! Covering arrays over any forest of axes: rows in which every t values of different axes that can stand together
//! do so at least once. Knows neither slots nor menus; `cover` brings those.
//!
//! A greedy construction, a row at a time, each the best of several tries: after Cohen, Dalal, Fredman and Patton,
//! "The AETG system", 1997. Deterministic.

mod plan;
mod squeeze;

use self::plan::ArrayPlan;
use self::squeeze::squeeze;
use super::Seeded;

/// One axis: how many values it has, and under which values of which earlier axis it lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Axis {
    /// The number of values.
    pub values: usize,
    /// The axis and the values of it that give life; `None` for one that always lives.
    pub parent: Option<(usize, Vec<usize>)>,
}

/// A row: a value for each axis that lives in it.
pub type Assignment = Vec<Option<usize>>;

/// Axes, each after its parent, and which of their values are to be combined.
#[derive(Clone, Debug)]
pub struct Forest {
    axes: Vec<Axis>,
    /// The axis and value of each number that stands for a value.
    numbered: Vec<(usize, usize)>,
    /// The first such number of each axis.
    first: Vec<usize>,
    /// Whether a value, by its number, may stand in a row.
    open: Vec<bool>,
    /// Whether some axis lives under a value of this one.
    is_parent: Vec<bool>,
}

/// Says whether building is to end; asked many times a second. What is built then is not complete.
pub type Stop<'s> = &'s dyn Fn() -> bool;

/// For [`Stop`]: building goes on to its end.
pub fn never() -> bool {
    false
}

/// The greatest strength that is built.
pub const MOST_STRENGTH: usize = 3;

/// How many rows are tried for each that is kept.
const TRIES: usize = 32;

impl Forest {
    /// A forest of these axes. A value for which `is_open` says no stands in no row unless it is asked for.
    pub fn new(axes: Vec<Axis>, is_open: impl Fn(usize, usize) -> bool) -> Self {
        let mut numbered = Vec::new();
        let mut first = Vec::new();
        for (axis, row) in axes.iter().enumerate() {
            first.push(numbered.len());
            numbered.extend((0..row.values).map(|value| (axis, value)));
        }
        let open = numbered.iter().map(|(axis, value)| is_open(*axis, *value)).collect();
        let mut is_parent = vec![false; axes.len()];
        axes.iter().filter_map(|axis| axis.parent.as_ref()).for_each(|(parent, _)| is_parent[*parent] = true);
        Self { axes, numbered, first, open, is_parent }
    }

    /// Rows that cover every `strength`-tuple of open values that can stand together, 1 to [`MOST_STRENGTH`].
    pub fn covering(&self, strength: usize, stop: Stop<'_>) -> Vec<Assignment> {
        self.rows(strength, None, stop)
    }

    /// Rows that all hold this value, and cover every `strength`-tuple of open values that can stand beside it;
    /// of strength 0 one row.
    pub fn beside(&self, axis: usize, value: usize, strength: usize, stop: Stop<'_>) -> Vec<Assignment> {
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
            // From the value that is due most often, as AETG does; and from a tuple, so that each row gains something.
            let often = plan.most_due();
            let from = |i: usize| if i + 1 < TRIES { &often } else { &seed };
            let tries = (0..TRIES).take_while(|_| !stop()).map(|i| plan.row(from(i), &mut choices));
            let best = tries.max_by_key(|row| plan.gain(row)).filter(|_| !stop());
            let Some(row) = best else { return rows };
            plan.cover(&row);
            rows.push(row);
        }
        if given.is_none() { squeeze(self, strength, rows, stop) } else { rows }
    }

    /// Whether something holds for the place of each `strength`-tuple of a number with others, itself alone for
    /// strength 1; asks no further than need be. A tuple's place is the number that its ascending numbers spell.
    fn all_tuples(
        &self,
        strength: usize,
        number: usize,
        others: impl Iterator<Item = usize> + Clone,
        mut holds: impl FnMut(usize) -> bool,
    ) -> bool {
        let width = self.numbered.len();
        let mut rest = others;
        match strength {
            1 => holds(number),
            2 => rest.all(|other| holds(number.min(other) * width + number.max(other))),
            3 => {
                while let Some(other) = rest.next() {
                    for third in rest.clone() {
                        let mut three = [number, other, third];
                        three.sort_unstable();
                        if !holds((three[0] * width + three[1]) * width + three[2]) {
                            return false;
                        }
                    }
                }
                true
            }
            _ => true,
        }
    }

    /// What a value needs: for each of its ancestors the values that give life down to it.
    fn needs(&self, axis: usize) -> impl Iterator<Item = (usize, &[usize])> {
        let above = |axis: usize| self.axes[axis].parent.as_ref().map(|(parent, under)| (*parent, under.as_slice()));
        std::iter::successors(above(axis), move |(parent, _)| above(*parent))
    }

    /// What stands in the row at each axis if these values do: a value, a choice of values, or anything. `None` if
    /// they cannot stand together.
    fn bounds(&self, values: &[(usize, usize)]) -> Option<Vec<Option<Vec<usize>>>> {
        let mut bounds: Vec<Option<Vec<usize>>> = vec![None; self.axes.len()];
        let mut bound = |axis: usize, allowed: &[usize]| {
            let left = match &bounds[axis] {
                None => allowed.to_vec(),
                Some(before) => before.iter().copied().filter(|value| allowed.contains(value)).collect(),
            };
            let possible = !left.is_empty();
            bounds[axis] = Some(left);
            possible
        };
        for (axis, value) in values {
            if !bound(*axis, &[*value]) {
                return None;
            }
            for (above, under) in self.needs(*axis) {
                let open: Vec<usize> = under.iter().copied().filter(|v| self.is_open(above, *v)).collect();
                let given = values.iter().any(|(axis, _)| *axis == above);
                if !bound(above, if given { under } else { &open }) {
                    return None;
                }
            }
        }
        Some(bounds)
    }

    fn is_open(&self, axis: usize, value: usize) -> bool {
        self.open[self.first[axis] + value]
    }

    /// Whether these values can stand in one row.
    pub fn fit(&self, values: &[(usize, usize)]) -> bool {
        self.bounds(values).is_some()
    }

    /// The greatest number of open values of one axis that can stand beside this value.
    pub fn largest_beside(&self, axis: usize, value: usize) -> usize {
        let others = (0..self.axes.len()).filter(|other| *other != axis);
        let fitting = |other: usize| {
            let open = (0..self.axes[other].values).filter(|v| self.is_open(other, *v));
            open.filter(|v| self.fit(&[(axis, value), (other, *v)])).count()
        };
        others.map(fitting).max().unwrap_or(0)
    }

    /// The product of the numbers of open values of the two largest axes that live together: about the least number
    /// of rows of strength 2.
    pub fn product_of_the_two_largest(&self) -> usize {
        let sizes: Vec<usize> = (0..self.axes.len())
            .map(|axis| (0..self.axes[axis].values).filter(|value| self.is_open(axis, *value)).count())
            .collect();
        let mut most = 0;
        for a in 0..sizes.len() {
            for b in 0..a {
                if sizes[a] * sizes[b] > most {
                    let live = (0..self.axes[a].values)
                        .any(|v| self.is_open(a, v) && (0..self.axes[b].values).any(|w| self.fit(&[(a, v), (b, w)])));
                    most = if live { sizes[a] * sizes[b] } else { most };
                }
            }
        }
        most
    }
}

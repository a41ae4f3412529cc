//! The axes of a covering array, and which of their values can occur together.

/// An axis: its number of values, and when it is active.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Axis {
    /// The number of values.
    pub values: usize,
    /// The parent, an earlier axis, and its values under which this axis is active; `None` if it always is.
    pub parent: Option<(usize, Vec<usize>)>,
}

/// A row: a value for each axis, `None` if the axis is not active.
pub type Assignment = Vec<Option<usize>>;

/// Axes, each after its parent, and which of their values to combine.
#[derive(Clone, Debug)]
pub struct Forest {
    pub(super) axes: Vec<Axis>,
    /// Axis and value by value number: values are numbered consecutively over all axes.
    pub(super) numbered: Vec<(usize, usize)>,
    /// The number of each axis's first value.
    pub(super) first: Vec<usize>,
    /// Whether a value is to be combined, by value number.
    pub(super) open: Vec<bool>,
    /// Whether an axis is another one's parent.
    pub(super) is_parent: Vec<bool>,
}

/// Returns whether to stop building; called many times a second. The covering array is then incomplete.
pub type Stop<'s> = &'s dyn Fn() -> bool;

/// A [`Stop`] that never stops.
pub fn never() -> bool {
    false
}

impl Forest {
    /// A forest of these axes. `is_open(axis, value)` returns whether to combine a value; one that is not open occurs
    /// only in the rows of [`Forest::covering_with`] that are built for it.
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

    /// Whether `holds` is true for the index of every `strength`-tuple that consists of `number` and some of `others`
    /// (of `number` alone for strength 1). Stops at the first that is false. A tuple's index is its ascending value
    /// numbers read as digits.
    pub(super) fn all_tuples(
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

    /// What an axis requires to be active: each of its ancestors, with the values it must have.
    pub(super) fn needs(&self, axis: usize) -> impl Iterator<Item = (usize, &[usize])> {
        let above = |axis: usize| self.axes[axis].parent.as_ref().map(|(parent, under)| (*parent, under.as_slice()));
        std::iter::successors(above(axis), move |(parent, _)| above(*parent))
    }

    /// The values that each axis may have in a row that contains these values; an inner `None` is any value. `None` if
    /// they cannot occur together.
    pub(super) fn bounds(&self, values: &[(usize, usize)]) -> Option<Vec<Option<Vec<usize>>>> {
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

    pub(super) fn is_open(&self, axis: usize, value: usize) -> bool {
        self.open[self.first[axis] + value]
    }

    /// Whether these values, as axis and value, can occur in one row.
    pub fn fit(&self, values: &[(usize, usize)]) -> bool {
        self.bounds(values).is_some()
    }

    /// The largest number of open values of another axis that can occur together with this value.
    pub fn largest_with(&self, axis: usize, value: usize) -> usize {
        let others = (0..self.axes.len()).filter(|other| *other != axis);
        let fitting = |other: usize| {
            let open = (0..self.axes[other].values).filter(|v| self.is_open(other, *v));
            open.filter(|v| self.fit(&[(axis, value), (other, *v)])).count()
        };
        others.map(fitting).max().unwrap_or(0)
    }

    /// The product of the numbers of open values of the two largest axes that can be active together: a lower bound on
    /// the rows of strength 2.
    pub fn product_of_two_largest(&self) -> usize {
        let sizes: Vec<usize> = (0..self.axes.len())
            .map(|axis| (0..self.axes[axis].values).filter(|value| self.is_open(axis, *value)).count())
            .collect();
        let mut most = 0;
        for a in 0..sizes.len() {
            for b in 0..a {
                if sizes[a] * sizes[b] > most {
                    let together = (0..self.axes[a].values)
                        .any(|v| self.is_open(a, v) && (0..self.axes[b].values).any(|w| self.fit(&[(a, v), (b, w)])));
                    most = if together { sizes[a] * sizes[b] } else { most };
                }
            }
        }
        most
    }
}

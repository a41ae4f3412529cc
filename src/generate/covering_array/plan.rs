//! The uncovered tuples of a covering array, and the greedy choice of a row that covers many of them.

use super::forest::{Assignment, Forest, Stop};
use crate::generate::{Choices, Seeded};

/// The tuples that are still uncovered.
pub(super) struct ArrayPlan<'f> {
    forest: &'f Forest,
    strength: usize,
    given: Option<(usize, usize)>,
    /// One bit for each tuple by its index; set while it is uncovered.
    uncovered: Vec<u64>,
    /// The number of bits set.
    left: usize,
    /// The number of uncovered tuples that contain each value, by value number.
    degree: Vec<usize>,
    /// The word at which to continue the search for an uncovered tuple.
    at: usize,
}

impl<'f> ArrayPlan<'f> {
    pub(super) fn new(forest: &'f Forest, strength: usize, given: Option<(usize, usize)>, stop: Stop<'_>) -> Self {
        let count = forest.numbered.len();
        let tuples = if strength == 0 { 0 } else { count.pow(u32::try_from(strength).unwrap_or(1)) };
        let uncovered = vec![0; tuples / 64 + 1];
        let mut plan = Self { forest, strength, given, uncovered, left: 0, degree: vec![0; count], at: 0 };
        let is_free = |axis: usize| given.is_none_or(|(other, _)| other != axis);
        let open: Vec<usize> = (0..count).filter(|n| forest.open[*n] && is_free(forest.numbered[*n].0)).collect();
        let mut chosen = Vec::new();
        plan.require(&open, 0, &mut chosen, stop);
        plan
    }

    /// Marks every possible tuple that begins with the chosen values as uncovered.
    fn require(&mut self, open: &[usize], from: usize, chosen: &mut Vec<usize>, stop: Stop<'_>) {
        if !chosen.is_empty() && !self.fits(chosen) {
            return;
        }
        if chosen.len() == self.strength {
            if self.strength > 0 {
                let index = self.index(chosen);
                self.uncovered[index / 64] |= 1 << (index % 64);
                self.left += 1;
                for number in chosen.iter() {
                    self.degree[*number] += 1;
                }
            }
            return;
        }
        if stop() {
            return;
        }
        for i in from..open.len() {
            let axis = self.forest.numbered[open[i]].0;
            if chosen.last().is_some_and(|last| self.forest.numbered[*last].0 == axis) {
                continue;
            }
            chosen.push(open[i]);
            self.require(open, i + 1, chosen, stop);
            chosen.pop();
        }
    }

    fn fits(&self, numbers: &[usize]) -> bool {
        let values: Vec<_> = numbers.iter().map(|n| self.forest.numbered[*n]).chain(self.given).collect();
        self.forest.fit(&values)
    }

    /// The index of a tuple of ascending value numbers.
    fn index(&self, numbers: &[usize]) -> usize {
        numbers.iter().fold(0, |index, number| index * self.forest.numbered.len() + number)
    }

    fn is_uncovered(&self, index: usize) -> bool {
        self.uncovered[index / 64] & (1 << (index % 64)) != 0
    }

    /// The values of an uncovered tuple; `None` if there is none.
    pub(super) fn next_seed(&mut self) -> Option<Vec<(usize, usize)>> {
        if self.left == 0 {
            return None;
        }
        while self.uncovered[self.at] == 0 {
            self.at += 1;
        }
        let mut index = self.at * 64 + self.uncovered[self.at].trailing_zeros() as usize;
        let mut values = Vec::new();
        for _ in 0..self.strength {
            values.push(self.forest.numbered[index % self.forest.numbered.len()]);
            index /= self.forest.numbered.len();
        }
        Some(values)
    }

    /// The value that occurs in most uncovered tuples.
    pub(super) fn most_uncovered(&self) -> Vec<(usize, usize)> {
        let most = (0..self.degree.len()).max_by_key(|number| self.degree[*number]);
        most.map(|number| self.forest.numbered[number]).into_iter().collect()
    }

    /// A row that contains the seed and the given value, filled greedily to cover many tuples.
    pub(super) fn row(&self, seed: &[(usize, usize)], choices: &mut Seeded) -> Assignment {
        let forest = self.forest;
        let fixed: Vec<(usize, usize)> = seed.iter().copied().chain(self.given).collect();
        let bounds = forest.bounds(&fixed).unwrap_or_else(|| vec![None; forest.axes.len()]);
        let mut row: Assignment = vec![None; forest.axes.len()];
        let mut chosen: Vec<usize> = Vec::new();
        for (axis, value) in &fixed {
            row[*axis] = Some(*value);
            if self.given != Some((*axis, *value)) {
                chosen.push(forest.first[*axis] + value);
            }
        }
        // In random order, but each axis after its ancestors.
        let mut ready: Vec<usize> = (0..forest.axes.len()).filter(|axis| forest.axes[*axis].parent.is_none()).collect();
        let mut waiting: Vec<usize> = (0..forest.axes.len()).filter(|a| forest.axes[*a].parent.is_some()).collect();
        while !ready.is_empty() {
            let axis = ready.swap_remove(choices.below(ready.len()));
            let value = match row[axis] {
                Some(value) => value,
                None => {
                    let value = self.best(axis, bounds[axis].as_deref(), &chosen, choices);
                    let Some(value) = value else { continue };
                    chosen.push(forest.first[axis] + value);
                    row[axis] = Some(value);
                    value
                }
            };
            waiting.retain(|child| match &forest.axes[*child].parent {
                Some((parent, under)) if *parent == axis => {
                    if under.contains(&value) {
                        ready.push(*child);
                    }
                    false
                }
                _ => true,
            });
        }
        row
    }

    /// The value that covers most tuples together with the chosen ones; ties are broken at random.
    fn best(&self, axis: usize, bound: Option<&[usize]>, chosen: &[usize], choices: &mut Seeded) -> Option<usize> {
        let values = (0..self.forest.axes[axis].values)
            .filter(|value| self.forest.is_open(axis, *value) && bound.is_none_or(|bound| bound.contains(value)));
        values.max_by_key(|value| {
            let number = self.forest.first[axis] + value;
            // The axes that a value activates matter more than the tuples it covers itself.
            let below = if self.forest.is_parent[axis] { self.below(axis, *value, choices) } else { 0 };
            (below, self.gained_by(number, chosen), choices.below(1 << 16))
        })
    }

    /// A random weight, in proportion to the uncovered tuples of this value and of the axes it activates.
    fn below(&self, axis: usize, value: usize, choices: &mut Seeded) -> usize {
        let activated = self.forest.axes.iter().enumerate().filter(
            |(_, other)| matches!(&other.parent, Some((parent, under)) if *parent == axis && under.contains(&value)),
        );
        let degree = |axis: usize| {
            let first = self.forest.first[axis];
            self.degree[first..first + self.forest.axes[axis].values].iter().sum::<usize>()
        };
        let uncovered =
            activated.map(|(axis, _)| degree(axis)).sum::<usize>() + self.degree[self.forest.first[axis] + value];
        choices.below(uncovered + 1)
    }

    /// The number of uncovered tuples that a value forms with the chosen ones.
    fn gained_by(&self, number: usize, chosen: &[usize]) -> usize {
        let mut gained = 0;
        self.each_with(number, chosen, |index| gained += usize::from(self.is_uncovered(index)));
        gained
    }

    /// Calls `see` with the index of each tuple that a value forms with the chosen ones.
    fn each_with(&self, number: usize, chosen: &[usize], mut see: impl FnMut(usize)) {
        self.forest.all_tuples(self.strength, number, chosen.iter().copied(), |tuple| {
            see(tuple);
            true
        });
    }

    /// The value numbers of a row, without the given value.
    fn numbers(&self, row: &Assignment) -> Vec<usize> {
        let values = row.iter().enumerate().filter_map(|(axis, value)| Some((axis, (*value)?)));
        values.filter(|value| self.given != Some(*value)).map(|(axis, value)| self.forest.first[axis] + value).collect()
    }

    pub(super) fn gain(&self, row: &Assignment) -> usize {
        let numbers = self.numbers(row);
        numbers.iter().enumerate().map(|(i, number)| self.gained_by(*number, &numbers[..i])).sum()
    }

    pub(super) fn cover(&mut self, row: &Assignment) {
        let numbers = self.numbers(row);
        for (i, number) in numbers.iter().enumerate() {
            let mut newly = Vec::new();
            self.each_with(*number, &numbers[..i], |index| newly.extend(self.is_uncovered(index).then_some(index)));
            for index in newly {
                self.uncovered[index / 64] &= !(1 << (index % 64));
                self.left -= 1;
                let mut rest = index;
                for _ in 0..self.strength {
                    self.degree[rest % self.forest.numbered.len()] -= 1;
                    rest /= self.forest.numbered.len();
                }
            }
        }
    }
}

//! Removes rows: the tuples that only one row covers are moved to other rows, in place of values that are redundant
//! there, until the row can be dropped. After Nayeri, Colbourn and Konjevod, "Randomized postoptimization of covering
//! arrays", 2013.

use super::forest::{Assignment, Forest, Stop};

/// With more possible tuples, counting them costs more than the rows saved are worth.
const MAX_TUPLES: usize = 20_000_000;

/// Stop after this many failed attempts in a row, as a multiple of the number of rows.
const ROUNDS: usize = 4;

struct Counted<'f> {
    forest: &'f Forest,
    strength: usize,
    /// The number of rows that cover each tuple, by tuple index.
    count: Vec<u16>,
}

/// Rows that cover at least the same tuples, at most as many as before; also when stopped.
pub(super) fn squeeze(forest: &Forest, strength: usize, mut rows: Vec<Assignment>, stop: Stop<'_>) -> Vec<Assignment> {
    let tuples = forest.numbered.len().checked_pow(u32::try_from(strength).unwrap_or(u32::MAX));
    let Some(tuples) = tuples.filter(|tuples| *tuples <= MAX_TUPLES && strength > 1) else { return rows };
    let mut counted = Counted { forest, strength, count: vec![0; tuples] };
    for row in &rows {
        for tuple in counted.tuples(row) {
            counted.count[tuple] += 1;
        }
    }
    let mut tried = 0;
    while tried < ROUNDS * rows.len() && rows.len() > 1 && !stop() {
        // In turn, starting with the last row: each greedy row covers fewer new tuples than the one before.
        let at = rows.len() - 1 - tried % rows.len();
        tried += 1;
        let row = rows.swap_remove(at);
        if counted.dissolve(&row, &mut rows) {
            tried = 0;
        } else {
            rows.push(row);
        }
    }
    rows
}

impl Counted<'_> {
    fn number(&self, axis: usize, value: usize) -> usize {
        self.forest.first[axis] + value
    }

    fn numbers(&self, row: &Assignment) -> Vec<usize> {
        row.iter().enumerate().filter_map(|(axis, value)| Some(self.number(axis, (*value)?))).collect()
    }

    /// The indices of all tuples of a row.
    fn tuples(&self, row: &Assignment) -> Vec<usize> {
        let numbers = self.numbers(row);
        let mut found = Vec::new();
        for i in 0..numbers.len() {
            self.with(numbers[i], &numbers[..i], &mut found);
        }
        found
    }

    /// Appends the indices of the tuples that a value forms with others.
    fn with(&self, number: usize, others: &[usize], found: &mut Vec<usize>) {
        self.forest.all_tuples(self.strength, number, others.iter().copied(), |tuple| {
            found.push(tuple);
            true
        });
    }

    /// Moves the tuples that only this row covers to the other rows, as far as possible. Returns whether all could be
    /// moved; if not, the row must stay, and is counted again.
    fn dissolve(&mut self, row: &Assignment, rows: &mut [Assignment]) -> bool {
        let own = self.tuples(row);
        own.iter().for_each(|tuple| self.count[*tuple] -= 1);
        let alone: Vec<usize> = own.iter().copied().filter(|tuple| self.count[*tuple] == 0).collect();
        let mut gone = true;
        for tuple in alone {
            // An earlier move may have covered it, too.
            gone &= self.count[tuple] > 0 || rows.iter_mut().any(|other| self.place(tuple, other));
        }
        if !gone {
            own.iter().for_each(|tuple| self.count[*tuple] += 1);
        }
        gone
    }

    /// Puts a tuple into a row if other rows cover all tuples of the values it replaces.
    fn place(&mut self, tuple: usize, row: &mut Assignment) -> bool {
        let width = self.forest.numbered.len();
        let mut rest = tuple;
        let mut before = Vec::new();
        for _ in 0..self.strength {
            let (axis, value) = self.forest.numbered[rest % width];
            rest /= width;
            match row[axis] {
                None => break,
                Some(now) if now == value => continue,
                // A parent's value cannot be changed alone: it activates other axes.
                Some(_) if self.forest.is_parent[axis] => break,
                Some(now) => {
                    if !self.change(row, axis, value) {
                        break;
                    }
                    before.push((axis, now));
                }
            }
        }
        if self.count[tuple] > 0 {
            return true;
        }
        // Undo: the tuples lost were covered by other rows, and still are.
        for (axis, value) in before.into_iter().rev() {
            self.set(row, axis, value);
        }
        false
    }

    /// Changes a value if other rows cover all tuples that are lost.
    fn change(&mut self, row: &mut Assignment, axis: usize, value: usize) -> bool {
        let Some(now) = row[axis] else { return false };
        let (number, others) = (self.number(axis, now), self.others(row, axis));
        let free = self.forest.all_tuples(self.strength, number, others, |tuple| self.count[tuple] > 1);
        if free {
            self.set(row, axis, value);
        }
        free
    }

    fn set(&mut self, row: &mut Assignment, axis: usize, value: usize) {
        let left = row[axis].map_or_else(Vec::new, |now| self.around(row, axis, now));
        left.into_iter().for_each(|tuple| self.count[tuple] -= 1);
        row[axis] = Some(value);
        self.around(row, axis, value).into_iter().for_each(|tuple| self.count[tuple] += 1);
    }

    /// The tuples of a row that contain this value of this axis.
    fn around(&self, row: &Assignment, axis: usize, value: usize) -> Vec<usize> {
        let others: Vec<usize> = self.others(row, axis).collect();
        let mut found = Vec::with_capacity(others.len());
        self.with(self.number(axis, value), &others, &mut found);
        found
    }

    /// The value numbers of a row, without one axis.
    fn others<'r>(&'r self, row: &'r Assignment, axis: usize) -> impl Iterator<Item = usize> + Clone + 'r {
        let others = row.iter().enumerate().filter(move |(other, _)| *other != axis);
        others.filter_map(|(other, value)| Some(self.number(other, (*value)?)))
    }
}

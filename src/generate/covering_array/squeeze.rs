//! Rows less: what only one row covers is moved into places of other rows that cover nothing of their own, until
//! the row can go. After Nayeri, Colbourn and Konjevod, "Randomized postoptimization of covering arrays", 2013.

use super::{Assignment, Forest, Stop};

/// Above this many possible tuples counting them costs more than the rows are worth.
const MOST_TUPLES: usize = 20_000_000;

/// How often a row is tried, for each row there is.
const ROUNDS: usize = 4;

struct Counted<'f> {
    forest: &'f Forest,
    strength: usize,
    /// How many rows cover each tuple, by its place.
    count: Vec<u16>,
}

/// An array of at most as many rows that covers at least the same tuples, also where it is stopped.
pub(super) fn squeeze(forest: &Forest, strength: usize, mut rows: Vec<Assignment>, stop: Stop<'_>) -> Vec<Assignment> {
    let tuples = forest.numbered.len().checked_pow(u32::try_from(strength).unwrap_or(u32::MAX));
    let Some(tuples) = tuples.filter(|tuples| *tuples <= MOST_TUPLES && strength > 1) else { return rows };
    let mut counted = Counted { forest, strength, count: vec![0; tuples] };
    for row in &rows {
        for tuple in counted.tuples(row) {
            counted.count[tuple] += 1;
        }
    }
    let mut tried = 0;
    while tried < ROUNDS * rows.len() && rows.len() > 1 && !stop() {
        // The rows in turn, beginning with the last: greedy rows hold less and less of their own.
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

    /// The places of all tuples of a row.
    fn tuples(&self, row: &Assignment) -> Vec<usize> {
        let numbers = self.numbers(row);
        let mut found = Vec::new();
        for i in 0..numbers.len() {
            self.with(numbers[i], &numbers[..i], &mut found);
        }
        found
    }

    /// The places of the tuples of a number with others.
    fn with(&self, number: usize, others: &[usize], found: &mut Vec<usize>) {
        self.forest.all_tuples(self.strength, number, others.iter().copied(), |tuple| {
            found.push(tuple);
            true
        });
    }

    /// Moves what this row covers alone to the other rows, as far as it goes. Whether all of it went; if not, the
    /// row is counted again, for it must stay.
    fn dissolve(&mut self, row: &Assignment, rows: &mut [Assignment]) -> bool {
        let own = self.tuples(row);
        own.iter().for_each(|tuple| self.count[*tuple] -= 1);
        let alone: Vec<usize> = own.iter().copied().filter(|tuple| self.count[*tuple] == 0).collect();
        let mut gone = true;
        for tuple in alone {
            // A move before may have brought it along.
            gone &= self.count[tuple] > 0 || rows.iter_mut().any(|other| self.place(tuple, other));
        }
        if !gone {
            own.iter().for_each(|tuple| self.count[*tuple] += 1);
        }
        gone
    }

    /// Puts a tuple into a row, if what it takes the place of is covered elsewhere.
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
                // Its value cannot change alone: it gives life to others.
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
        // Back: what was covered elsewhere before is so still.
        for (axis, value) in before.into_iter().rev() {
            self.set(row, axis, value);
        }
        false
    }

    /// Changes a value if all tuples that it leaves are covered by other rows too.
    fn change(&mut self, row: &mut Assignment, axis: usize, value: usize) -> bool {
        let Some(now) = row[axis] else { return false };
        let (number, others) = (self.number(axis, now), self.beside(row, axis));
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

    /// The tuples of a row that hold this axis at this value.
    fn around(&self, row: &Assignment, axis: usize, value: usize) -> Vec<usize> {
        let others: Vec<usize> = self.beside(row, axis).collect();
        let mut found = Vec::with_capacity(others.len());
        self.with(self.number(axis, value), &others, &mut found);
        found
    }

    /// The numbers of a row's values but for one axis.
    fn beside<'r>(&'r self, row: &'r Assignment, axis: usize) -> impl Iterator<Item = usize> + Clone + 'r {
        let others = row.iter().enumerate().filter(move |(other, _)| *other != axis);
        others.filter_map(|(other, value)| Some(self.number(other, (*value)?)))
    }
}

//! Merges the reports of shards into that of the whole run.

use std::collections::BTreeMap;

use super::run_report::{RunReport, TargetReport, UnreproducedLine};
use super::shard_spread::{Spread, settle};
use crate::findings::{Record, merge};

/// How many example shapes are kept for an unreproduced symptom, as in a run.
const EXAMPLES: usize = 2;

impl TargetReport {
    /// Adds the report of another shard on the same target. The bases, which both fired, count once.
    fn add(&mut self, other: &Self) {
        let bases = if other.bases.not_asked < self.bases.not_asked { other.bases } else { self.bases };
        let both = self.ended.minus(self.bases).plus(other.ended.minus(other.bases)).plus(bases);
        let without_bases = |report: &Self| report.cases.saturating_sub(report.bases.cases());
        self.cases = without_bases(self) + without_bases(other) + bases.cases();
        (self.ended, self.bases) = (both, bases);
        if self.version.is_empty() {
            self.version.clone_from(&other.version);
        }
        add_new(&mut self.lacking, &other.lacking);
        self.not_reproduced += other.not_reproduced;
        for line in &other.unreproduced {
            self.add_unreproduced(line);
        }
        add_new(&mut self.late, &other.late);
        self.found += other.found;
        self.requests.cases += other.requests.cases;
        self.requests.repetitions += other.requests.repetitions;
        self.requests.hunts += other.requests.hunts;
        self.requests.uploads += other.requests.uploads;
        self.requests.others += other.requests.others;
        self.covered.unite(&other.covered);
        self.stopped |= other.stopped;
        self.flaky |= other.flaky;
        self.lost |= other.lost;
        if self.error.is_none() {
            self.error.clone_from(&other.error);
        }
        add_new(&mut self.notes, &other.notes);
    }

    fn add_unreproduced(&mut self, line: &UnreproducedLine) {
        match self.unreproduced.iter_mut().find(|known| known.symptom == line.symptom) {
            None => self.unreproduced.push(line.clone()),
            Some(known) => {
                known.count += line.count;
                add_new(&mut known.shapes, &line.shapes);
                known.shapes.truncate(EXAMPLES);
            }
        }
    }
}

fn add_new<T: Clone + PartialEq>(list: &mut Vec<T>, more: &[T]) {
    for one in more {
        if !list.contains(one) {
            list.push(one.clone());
        }
    }
}

/// The report of the run that these are parts of, in the order of the shards. Does not check that they are parts of one run.
///
/// Rows of the same identity are merged, and a defect that every answer of a group shows in all shards is reported once.
pub fn merged(parts: &[RunReport]) -> Option<RunReport> {
    let mut all = RunReport { shard: None, targets: Vec::new(), findings: Vec::new(), ..parts.first()?.clone() };
    let mut rows: BTreeMap<(String, String), BTreeMap<String, Record>> = BTreeMap::new();
    for part in parts {
        all.day = all.day.min(part.day);
        for target in &part.targets {
            match all.targets.iter_mut().find(|known| known.name == target.name) {
                Some(known) => known.add(target),
                None => all.targets.push(TargetReport { spread: None, whole: 0, ..target.clone() }),
            }
        }
        for record in &part.findings {
            let rows = rows.entry((record.target.clone(), record.spec.clone())).or_default();
            let merged = rows.get(&record.key).map_or_else(|| record.clone(), |row| merge(row, record));
            rows.insert(record.key.clone(), merged);
        }
    }
    for target in &mut all.targets {
        let of_target = parts.iter().flat_map(|part| &part.targets).filter(|one| one.name == target.name);
        let spreads: Vec<&Spread> = of_target.filter_map(|one| one.spread.as_ref()).collect();
        if let Some(rows) = rows.get_mut(&(target.name.clone(), all.spec.clone())) {
            settle(&spreads, rows);
        }
    }
    all.findings = rows.into_values().flat_map(BTreeMap::into_values).collect();
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Ended;

    fn ended(judged: usize, unsupported: usize, trouble: usize, not_asked: usize) -> Ended {
        Ended { judged, unsupported, trouble, not_asked }
    }

    #[test]
    fn bases_count_once() {
        let part = |all: Ended, bases: Ended| TargetReport { cases: all.cases(), ended: all, bases, ..TargetReport::default() };
        let mut first = part(ended(10, 2, 1, 0), ended(6, 1, 0, 0));
        first.add(&part(ended(20, 3, 0, 4), ended(6, 1, 0, 0)));
        assert_eq!((first.cases, first.ended), (33, ended(24, 4, 1, 4)));
        assert_eq!(first.bases, ended(6, 1, 0, 0));
        // A shard that was stopped before it fired them.
        first.add(&part(ended(0, 0, 0, 30), ended(0, 0, 0, 7)));
        assert_eq!((first.cases, first.ended.cases(), first.bases.judged), (56, 56, 6));
    }
}

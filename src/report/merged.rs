//! Merges the reports of shards into that of the whole run.

use std::collections::{BTreeMap, HashSet};

use super::run_report::{RunReport, TargetReport, UnreproducedLine};
use super::shard_spread::{Spread, settled};
use super::tally::{add_flavours, add_rules};
use crate::findings::{Identity, Record, merge};

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
        add_rules(&mut self.rules, &other.rules);
        add_flavours(&mut self.flavours, &other.flavours);
        // Shards run side by side, so the order of their findings is not known.
        self.points.clear();
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
    for part in parts {
        all.day = all.day.min(part.day);
        for target in &part.targets {
            match all.targets.iter_mut().find(|known| known.name == target.name) {
                Some(known) => known.add(target),
                None => all.targets.push(TargetReport { spread: None, whole: 0, ..target.clone() }),
            }
        }
    }
    let mut rows: BTreeMap<Identity, Record> = BTreeMap::new();
    let mut add = |record: &Record| {
        let identity = record.identity();
        let merged = rows.get(&identity).map_or_else(|| record.clone(), |row| merge(row, record));
        rows.insert(identity, merged);
    };
    for TargetReport { name, .. } in &all.targets {
        let spread_of = |part: &RunReport| -> Option<Spread> {
            part.targets.iter().find(|target| target.name == *name)?.spread.clone()
        };
        let spreads: Vec<Option<Spread>> = parts.iter().map(spread_of).collect();
        let everywhere = settled(&spreads.iter().flatten().collect::<Vec<_>>());
        for (part, spread) in parts.iter().zip(&spreads) {
            let replaced: HashSet<&str> = spread.iter().flat_map(|spread| spread.keys_of(&everywhere)).collect();
            let of_target = part.findings.iter().filter(|record| record.target == *name);
            of_target.filter(|record| !replaced.contains(&*record.key)).for_each(&mut add);
        }
        everywhere.iter().for_each(|settled| add(&settled.row));
    }
    all.findings = rows.into_values().collect();
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
        let part = |all: Ended, bases: Ended| TargetReport {
            cases: all.cases(),
            ended: all,
            bases,
            ..TargetReport::default()
        };
        let mut first = part(ended(10, 2, 1, 0), ended(6, 1, 0, 0));
        first.add(&part(ended(20, 3, 0, 4), ended(6, 1, 0, 0)));
        assert_eq!((first.cases, first.ended), (33, ended(24, 4, 1, 4)));
        assert_eq!(first.bases, ended(6, 1, 0, 0));
        // A shard that was stopped before it fired them.
        first.add(&part(ended(0, 0, 0, 30), ended(0, 0, 0, 7)));
        assert_eq!((first.cases, first.ended.cases(), first.bases.judged), (56, 56, 6));
    }
}

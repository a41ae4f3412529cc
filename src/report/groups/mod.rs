//! Groups of findings: rows that are one defect to the authors of a registry.
//!
//! `evidence` lists what a row says about its cause, and rows that share a piece of it are one group. Rows keep their keys;
//! groups are computed whenever rows are shown.

mod evidence;
mod folded;
mod title;

use std::cmp::Reverse;
use std::collections::HashMap;

use serde_json::{Value, json};

use crate::compare::Grade;
use crate::findings::Record;

/// Findings that are one defect to the authors of a registry, the most severe first.
#[derive(Clone, Debug)]
pub struct Group<'r> {
    /// What its findings have in common, in one line.
    pub title: String,
    /// Its findings: at least one, the one to show first at the front.
    pub records: Vec<&'r Record>,
}

impl<'r> Group<'r> {
    /// The finding to show for the group.
    pub fn first(&self) -> &'r Record {
        self.records[0]
    }

    /// The grade of its most severe finding.
    pub fn grade(&self) -> Grade {
        self.first().grade
    }

    /// The member of `groups` in `run.json`.
    pub(super) fn json(&self) -> Value {
        let member = |record: &&Record| json!({ "id": record.shape.id(), "key": record.key });
        json!({
            "title": self.title,
            "grade": self.grade().as_str(),
            "target": self.first().target,
            "spec": self.first().spec,
            "places": self.places(),
            "findings": self.records.iter().map(member).collect::<Vec<_>>(),
        })
    }

    /// In how many places the defect shows: parts of the content, or requests.
    pub fn places(&self) -> usize {
        self.records.len()
    }
}

/// The groups of these findings, the most severe first. Each finding is in one group. Targets and versions of the specification
/// are never mixed, nor notes with what is above them.
pub fn groups<'r>(records: impl IntoIterator<Item = &'r Record>) -> Vec<Group<'r>> {
    let mut records: Vec<&Record> = records.into_iter().collect();
    // The order decides only which row comes first, but it must not depend on that of the caller.
    records.sort_by(|a, b| place(a).cmp(&place(b)));
    let mut forest = Forest::of(records.len());
    let mut first_with = HashMap::new();
    for (i, record) in records.iter().enumerate() {
        let scope = (record.target.as_str(), record.spec.as_str(), record.grade == Grade::Note);
        for piece in evidence::of(record) {
            forest.join(*first_with.entry((scope, piece)).or_insert(i), i);
        }
    }
    let mut by_root: Vec<Vec<&Record>> = vec![Vec::new(); records.len()];
    for (i, record) in records.iter().enumerate() {
        by_root[forest.root(i)].push(record);
    }
    let groups = by_root.into_iter().filter(|records| !records.is_empty());
    let mut groups: Vec<Group> = groups.map(|records| Group { title: title::of(&records), records }).collect();
    groups.sort_by(|a, b| place(a.first()).cmp(&place(b.first())));
    groups
}

/// The order of findings: the most severe first, then by target, and the smallest case first.
fn place(record: &Record) -> impl Ord + '_ {
    (Reverse(record.grade), &record.target, record.shape.size(), &record.spec, &record.key)
}

/// Disjoint sets of rows.
struct Forest(Vec<usize>);

impl Forest {
    fn of(count: usize) -> Self {
        Self((0..count).collect())
    }

    /// The first row of the set that this one is in.
    fn root(&mut self, mut at: usize) -> usize {
        while self.0[at] != at {
            self.0[at] = self.0[self.0[at]];
            at = self.0[at];
        }
        at
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        self.0[one.max(other)] = one.min(other);
    }
}

#[cfg(test)]
mod tests;

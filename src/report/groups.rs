//! Groups of findings: rows that are one defect to the authors of a registry.

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
}

/// The groups of these findings, the most severe first. Each finding is in one group, and targets are never mixed.
pub fn groups<'r>(records: impl IntoIterator<Item = &'r Record>) -> Vec<Group<'r>> {
    records.into_iter().map(|record| Group { title: record.note.clone(), records: vec![record] }).collect()
}

//! Decisions as part of the state of a run.

use super::decisions::Decisions;
use super::known::KnownSmallest;
use super::pending::PendingFindings;
use super::state::StoredDecisions;
use super::stored::StoredPending;
use super::summary::Summary;
use super::widespread::Widespread;

impl Decisions<'_, '_> {
    /// What the decisions depend on, after a whole block.
    pub fn store(&self) -> StoredDecisions {
        let (answers, shown) = self.widespread.store();
        StoredDecisions {
            known: self.known.store(),
            answers,
            shown,
            notes: self.notes.all().iter().map(StoredPending::from).collect(),
            troubles_in_a_row: self.troubles_in_a_row,
            counts: self.summary.store(),
        }
    }

    /// Continues from this state; `None` if this version cannot read it.
    pub fn restore(mut self, stored: &StoredDecisions) -> Option<Self> {
        let mut notes = PendingFindings::default();
        for note in &stored.notes {
            notes.add(note.read()?);
        }
        self.summary = Summary::restore(&stored.counts)?;
        self.known = KnownSmallest::restore(&stored.known)?;
        self.widespread = Widespread::restore(&stored.answers, &stored.shown)?;
        self.notes = notes;
        self.troubles_in_a_row = stored.troubles_in_a_row;
        Some(self)
    }
}

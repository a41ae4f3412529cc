//! Records in memory, indexed by identity, so that merging takes linear time; sorted when they are listed or written.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::merge::merge;
use super::record::{Identity, Record};

/// What merging a record changed in the corpus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowChange {
    /// A record with a new identity was added.
    Added,
    /// The record existed; only `last_seen` or `also` may have changed.
    Seen,
    /// It replaced a larger record, or one of another target version.
    Replaced,
}

/// Records with distinct identities.
#[derive(Debug, Default)]
pub(super) struct Records(HashMap<Identity, Record>);

impl Records {
    /// Adds a record and returns true, or returns false if there is one with its identity.
    pub fn add(&mut self, record: Record) -> bool {
        match self.0.entry(record.identity()) {
            Entry::Occupied(_) => false,
            Entry::Vacant(free) => {
                free.insert(record);
                true
            }
        }
    }

    /// Merges a record; `None` if that changed nothing.
    pub fn merge(&mut self, record: Record) -> Option<RowChange> {
        match self.0.entry(record.identity()) {
            Entry::Vacant(free) => {
                free.insert(record);
                Some(RowChange::Added)
            }
            Entry::Occupied(mut existing) => {
                let old = existing.get();
                let merged = merge(old, &record);
                if merged == *old {
                    return None;
                }
                let is_replaced = merged.shape != old.shape || merged.target_version != old.target_version;
                existing.insert(merged);
                Some(if is_replaced { RowChange::Replaced } else { RowChange::Seen })
            }
        }
    }

    /// Removes a record if it is exactly this one. Whether it was there.
    pub fn retract(&mut self, record: &Record) -> bool {
        let identity = record.identity();
        self.0.get(&identity) == Some(record) && self.0.remove(&identity).is_some()
    }

    /// The records in the order of the file.
    pub fn sorted(&self) -> Vec<&Record> {
        let mut records: Vec<&Record> = self.0.values().collect();
        records.sort_unstable_by(|a, b| a.order().cmp(&b.order()));
        records
    }
}

//! Merges a new record with an existing one of the same identity.

use super::also::Also;
use super::record::Record;

/// Merges two records of the same identity.
///
/// The old record is kept, with an updated `last_seen`, unless the new one has another target version or a smaller shape; then
/// the new one is kept, with the old `first_seen`. `also` only grows.
pub fn merge(old: &Record, new: &Record) -> Record {
    let is_new_version = !new.target_version.is_empty() && new.target_version != old.target_version;
    let replaces = is_new_version || new.shape.size() < old.shape.size();
    let mut record = if replaces { new.clone() } else { old.clone() };
    record.first_seen = old.first_seen.min(new.first_seen);
    record.last_seen = old.last_seen.max(new.last_seen);
    let own = record.shape.as_str();
    let shapes: Also = [&old.shape, &new.shape].iter().map(|shape| shape.as_str()).collect();
    record.also = old.also.without(own).union(&new.also.without(own)).union(&shapes.without(own));
    record
}

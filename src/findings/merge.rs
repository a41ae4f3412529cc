//! When a record that is there already gives way to a new one.

use super::also::Also;
use super::record::Record;

/// The record that remains after `new` was found where `old` was; both have one identity.
///
/// The old one keeps everything but `last_seen`, and `also` only grows; a new target version or a smaller
/// shape replaces it but for `first_seen`.
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

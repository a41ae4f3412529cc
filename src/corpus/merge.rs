//! When a row that is there already gives way to a new one.

use std::collections::BTreeSet;

use super::row::Row;

/// The row that stands after `new` was found where `old` stood; both have one identity.
///
/// The old one keeps every column but `last_seen`, and `also` only grows; a new target version or a smaller
/// shape replaces it but for `first_seen`.
pub fn merge(old: &Row, new: &Row) -> Row {
    let is_new_version = !new.target_version.is_empty() && new.target_version != old.target_version;
    let replaces = is_new_version || size(&new.shape) < size(&old.shape);
    let mut row = if replaces { new.clone() } else { old.clone() };
    row.first_seen = old.first_seen.clone().min(new.first_seen.clone());
    row.last_seen = old.last_seen.clone().max(new.last_seen.clone());
    let mut also: BTreeSet<&str> = old.also.split_whitespace().chain(new.also.split_whitespace()).collect();
    also.extend([old.shape.as_str(), new.shape.as_str()]);
    also.remove(row.shape.as_str());
    row.also = also.into_iter().collect::<Vec<_>>().join(" ");
    row
}

/// Fewer deviations, then a shorter text, then its bytes.
fn size(shape: &str) -> (usize, usize, &str) {
    let deviations = if shape == "base" { 0 } else { shape.split(';').count() };
    (deviations, shape.len(), shape)
}

//! A permanent cache with one place for each position of a list.

use std::sync::OnceLock;

use super::media_type::Vendor;
use crate::shape::Role;

/// The number of positions of a list that are cached permanently; most lists are shorter.
pub(super) const POSITIONS: usize = 512;

/// A permanent cache by role, vendor and position below [`POSITIONS`], filled on demand.
pub(super) struct PositionCache<T>(Vec<OnceLock<T>>);

impl<T> PositionCache<T> {
    pub fn empty() -> Self {
        Self((0..Role::ALL.len() * 2 * POSITIONS).map(|_| OnceLock::new()).collect())
    }

    /// The cached value, made if it is absent; `None` from [`POSITIONS`] on.
    pub fn get_or_init(&self, (role, vendor, position): (Role, Vendor, usize), make: impl FnOnce() -> T) -> Option<&T> {
        let index = (role as usize * 2 + usize::from(vendor == Vendor::Docker)) * POSITIONS + position;
        if position < POSITIONS { Some(self.0[index].get_or_init(make)) } else { None }
    }
}

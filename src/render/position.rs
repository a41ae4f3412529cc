//! Where in the document a descriptor is.

use super::layout::{SiteSlots, layout};

/// Where a descriptor occurs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Position<'p> {
    /// The path as in slot names, e.g. `config` or `layers.0`.
    pub path: &'p str,
    /// Its own slots, if it has any.
    pub slots: Option<&'static SiteSlots>,
    /// The index in its list; 0 outside lists.
    pub position: usize,
    /// The index whose content it references.
    pub content: usize,
}

impl<'p> Position<'p> {
    /// A descriptor outside lists, or the first of a list.
    pub fn first(path: &'p str) -> Self {
        Self { path, slots: layout().sites.get(path), position: 0, content: 0 }
    }
}

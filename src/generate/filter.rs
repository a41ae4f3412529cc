//! Filters: which slots may deviate, by name or group.

use std::str::FromStr;

use wildmatch::WildMatch;

use crate::error::Input;
use crate::shape::{Choice, Shape, SlotId, space};

/// A set of slots that may deviate, by name or group.
///
/// ```
/// use manifuzz::generate::Filter;
///
/// let filter: Filter = "layers.0.*".parse()?;
/// assert!(filter.passes(&"layers.0.size=zero".parse().unwrap()));
/// assert!(!filter.passes(&"schemaVersion=absent".parse().unwrap()));
/// # Ok::<(), manifuzz::error::Input>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    patterns: Vec<WildMatch>,
}

impl FromStr for Filter {
    type Err = Input;

    /// Parses a comma-separated list of patterns that match names or groups of slots; `*` matches any string.
    ///
    /// # Errors
    ///
    /// [`Input::Value`] if no slot matches.
    fn from_str(text: &str) -> Result<Self, Input> {
        let filter = Self { patterns: text.split(',').map(WildMatch::new).collect() };
        if space().slots().any(|(slot, _)| filter.names(slot)) {
            return Ok(filter);
        }
        let advice = "expected names of slots or groups, e.g. `layers.0.*` or `text`; list them with `manifuzz slots`";
        Err(Input::value(format!("invalid filter `{text}`"), "no slot or group matches", advice))
    }
}

impl Filter {
    /// Whether a pattern matches the slot's name or its group's.
    pub fn names(&self, slot: SlotId) -> bool {
        let slot = space().slot(slot);
        self.patterns.iter().any(|pattern| pattern.matches(&slot.name) || pattern.matches(slot.group.as_str()))
    }

    /// Whether the slot may deviate at all: it is `kind`, it matches, or it is an ancestor of one that matches.
    pub fn admits(&self, slot: SlotId) -> bool {
        slot == SlotId::KIND || self.names(slot) || self.is_ancestor_of_named(slot)
    }

    fn is_ancestor_of_named(&self, slot: SlotId) -> bool {
        space().slots().any(|(other, _)| self.names(other) && space().is_ancestor(slot, other))
    }

    /// Whether the shape has only deviations that the filter allows, ignoring the kind and required ancestors.
    pub fn passes(&self, shape: &Shape) -> bool {
        self.apply(shape) == *shape
    }

    /// The shape without the deviations that the filter does not allow.
    pub fn apply(&self, shape: &Shape) -> Shape {
        let kept: Vec<SlotId> = shape.deviating().map(|(slot, _)| slot).filter(|slot| self.names(*slot)).collect();
        let needed = |slot: SlotId| kept.iter().any(|kept| space().is_ancestor(slot, *kept));
        let dropped = shape.deviating().map(|(slot, _)| slot);
        dropped
            .filter(|slot| *slot != SlotId::KIND && !kept.contains(slot) && !needed(*slot))
            .fold(shape.clone(), |shape, slot| shape.with(slot, Choice { entry: 0, number: 0 }))
    }
}

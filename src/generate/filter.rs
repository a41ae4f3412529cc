//! Which slots may deviate: `--filter`, by name or by group.

use std::str::FromStr;

use wildmatch::WildMatch;

use crate::error::Input;
use crate::shape::{Choice, Shape, SlotId, space};

/// Slots that may deviate, and what they need to live.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    patterns: Vec<WildMatch>,
}

impl FromStr for Filter {
    type Err = Input;

    /// Reads patterns over names or groups of slots, joined by commas; `*` stands for any text.
    fn from_str(text: &str) -> Result<Self, Input> {
        let filter = Self { patterns: text.split(',').map(WildMatch::new).collect() };
        if space().slots().any(|(slot, _)| filter.names(slot)) {
            return Ok(filter);
        }
        let advice = "write the name of a slot or a group, such as `layers.0.*` or `text`; `manifuzz slots` lists them";
        Err(Input::value(format!("the filter `{text}`"), "no slot and no group has such a name", advice))
    }
}

impl Filter {
    /// Whether the filter names this slot, by its own name or its group's.
    pub fn names(&self, slot: SlotId) -> bool {
        let slot = space().slot(slot);
        self.patterns.iter().any(|pattern| pattern.matches(&slot.name) || pattern.matches(slot.group.as_str()))
    }

    /// Whether a slot deviates only because one that the filter names needs it to live, or may itself.
    pub fn admits(&self, slot: SlotId) -> bool {
        slot == SlotId::KIND || self.names(slot) || self.needs(slot)
    }

    fn needs(&self, slot: SlotId) -> bool {
        space().slots().any(|(other, _)| self.names(other) && space().is_ancestor(slot, other))
    }

    /// Whether nothing deviates in the shape but what the filter lets through.
    pub fn passes(&self, shape: &Shape) -> bool {
        self.apply(shape) == *shape
    }

    /// The shape without the deviations that the filter does not let through.
    pub fn apply(&self, shape: &Shape) -> Shape {
        let kept: Vec<SlotId> = shape.deviating().map(|(slot, _)| slot).filter(|slot| self.names(*slot)).collect();
        let needed = |slot: SlotId| kept.iter().any(|kept| space().is_ancestor(slot, *kept));
        let dropped = shape.deviating().map(|(slot, _)| slot);
        dropped
            .filter(|slot| *slot != SlotId::KIND && !kept.contains(slot) && !needed(*slot))
            .fold(shape.clone(), |shape, slot| shape.with(slot, Choice { entry: 0, number: 0 }))
    }
}

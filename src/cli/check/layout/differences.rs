//! Differences between a layout and its documents, as breaches of the rules on layouts.

use std::borrow::Cow;

use crate::model::{Breach, LayoutRule};

/// A breach of a rule on layouts.
pub(super) fn difference(rule: LayoutRule, place: String, message: impl Into<Cow<'static, str>>) -> Breach {
    Breach { rule: rule.info(), place, message: message.into() }
}

//! Differences between a layout and its documents, as breaches of the rules on layouts.

use std::borrow::Cow;

use crate::model::{Breach, LayoutRule, Versions};

/// The model's rule on uncompressed layers.
pub(super) const TAR_RULE: &str = "manifest-tar-layer-is-a-tar";

/// Adds the differences between a layout and a document to what is wrong with the document, in versions that have the
/// rules. A difference replaces what the model says of a tar layer, since it names the content's type.
pub(in crate::cli::check) fn add(breaches: &mut Vec<Breach>, differences: Vec<Breach>, versions: Versions) {
    let differences: Vec<_> = differences.into_iter().filter(|breach| breach.rule.holds_in(versions)).collect();
    let is_replaced = |breach: &Breach| {
        let of_same = |other: &Breach| other.rule.id == breach.rule.id && other.place.starts_with(&breach.place);
        breach.rule.id == TAR_RULE && differences.iter().any(of_same)
    };
    breaches.retain(|breach| !is_replaced(breach));
    breaches.extend(differences);
}

/// A breach of a rule on layouts.
pub(super) fn difference(rule: LayoutRule, place: String, message: impl Into<Cow<'static, str>>) -> Breach {
    Breach { rule: rule.info(), place, message: message.into() }
}

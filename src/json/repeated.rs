//! Members whose name stands twice.

use std::collections::HashSet;

use super::node::Node;

/// Up to here each name is compared with those before it.
const FEW: usize = 32;

/// The value of the first member of an object whose name stood before; names are compared by what they mean.
pub fn first_repeated(object: Node<'_>) -> Option<Node<'_>> {
    if !object.is_object() {
        return None;
    }
    // One bit for each length and last letter that was seen: most objects are done without comparing any two names.
    let mut seen = 0u64;
    for (i, (name, value)) in object.members().enumerate() {
        let raw = name.raw();
        // Two spellings of one name are seen only by their meaning; and with many names, pairs are too many.
        if i == FEW || (object.has_escapes() && raw.contains(&b'\\')) {
            return among_many(object);
        }
        let last = raw[raw.len() - 2];
        let bit = 1 << ((raw.len() * 7 + usize::from(last)) % 64);
        if seen & bit != 0 && object.members().take(i).any(|(other, _)| other.raw() == raw) {
            return Some(value);
        }
        seen |= bit;
    }
    None
}

fn among_many(object: Node<'_>) -> Option<Node<'_>> {
    let is_escaped = object.members().any(|(name, _)| name.raw().contains(&b'\\'));
    let (mut texts, mut spellings) = (HashSet::new(), HashSet::new());
    // A name without a meaning is compared as it is written.
    let is_new = |name: Node<'_>, spelling| match name.text().filter(|_| is_escaped) {
        Some(text) => texts.insert(text.into_owned()),
        None => spellings.insert(spelling),
    };
    let mut is_new = is_new;
    object.members().find(|(name, _)| !is_new(*name, name.raw())).map(|(_, value)| value)
}

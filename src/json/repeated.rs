//! Members whose name stands twice.

use std::collections::HashSet;

use super::node::Node;

/// The value of the first member of an object whose name stood before; names are compared by what they mean.
pub fn first_repeated(object: Node<'_>) -> Option<Node<'_>> {
    /// Up to here each name is compared with each before it.
    const FEW: usize = 16;
    if !object.is_object() {
        return None;
    }
    let mut names: [&[u8]; FEW] = [b""; FEW];
    for (i, (name, value)) in object.members().enumerate() {
        let raw = name.raw();
        // Two spellings of one name are seen only by their meaning.
        if i == FEW || raw.contains(&b'\\') {
            return among_many(object);
        }
        if names[..i].contains(&raw) {
            return Some(value);
        }
        names[i] = raw;
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

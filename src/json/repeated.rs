//! Members whose name stands twice.

use std::borrow::Cow;
use std::collections::HashSet;

use foldhash::fast::FixedState;

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

fn among_many<'d>(object: Node<'d>) -> Option<Node<'d>> {
    let is_escaped = object.has_escapes() && object.members().any(|(name, _)| name.raw().contains(&b'\\'));
    let mut seen = HashSet::<_, FixedState>::default();
    // A name without a meaning is compared as it is written.
    let spelt = |name: Node<'d>| -> Cow<'d, [u8]> {
        let text = if is_escaped { name.text() } else { None };
        text.map_or(Cow::Borrowed(name.raw()), |text| Cow::Owned(quoted(text)))
    };
    object.members().find(|(name, _)| !seen.insert(spelt(*name))).map(|(_, value)| value)
}

/// A text between quotation marks: spelt as a name without escapes is.
fn quoted(text: Cow<'_, str>) -> Vec<u8> {
    [b"\"", text.as_bytes(), b"\""].concat()
}

//! Repeated member names.

use std::borrow::Cow;
use std::collections::HashSet;

use foldhash::fast::FixedState;

use super::node::Node;
use super::unescape::ends;

/// Up to this number of members, each name is compared with those before it.
const FEW: usize = 32;

/// The value of the first member of an object whose name occurred before; `None` if all names differ, or for other
/// values. Names are compared decoded.
pub fn first_repeated(object: Node<'_>) -> Option<Node<'_>> {
    if !object.is_object() {
        return None;
    }
    // Names with different bits are different: most objects are done without comparing any two names.
    let mut seen = 0u64;
    for (i, (name, value)) in object.members().enumerate() {
        let raw = name.raw();
        // Different spellings of a name are found only by decoding, and comparing all pairs of many names is too slow.
        if i == FEW || name.is_escaped() {
            return among_many(object);
        }
        let bit = bit(&raw[1..raw.len() - 1]);
        if seen & bit != 0 && object.members().take(i).any(|(other, _)| other.raw() == raw) {
            return Some(value);
        }
        seen |= bit;
    }
    None
}

/// One bit of 64 for a name, by its length, first and last byte. Chosen so that no two names that the specifications
/// define for the same object share a bit.
pub(super) fn bit(name: &[u8]) -> u64 {
    let [first, last] = [name.first(), name.last()].map(|end| end.copied().unwrap_or(0));
    bit_by(name.len(), first, last)
}

/// Like [`bit`], for the decoded form of a name with escapes; `None` if it cannot be decoded.
pub(super) fn bit_of_escaped(name: &[u8]) -> Option<u64> {
    let (length, first, last) = ends(name)?;
    Some(bit_by(length, first, last))
}

fn bit_by(length: usize, first: u8, last: u8) -> u64 {
    1 << ((length + 2 * usize::from(last) + 5 * usize::from(first)) % 64)
}

fn among_many<'d>(object: Node<'d>) -> Option<Node<'d>> {
    let is_escaped = object.members().any(|(name, _)| name.is_escaped());
    let mut seen = HashSet::<_, FixedState>::default();
    // A name that cannot be decoded is compared as written.
    let spelling = |name: Node<'d>| -> Cow<'d, [u8]> {
        let text = if is_escaped { name.text() } else { None };
        text.map_or(Cow::Borrowed(name.raw()), |text| Cow::Owned(quoted(text)))
    };
    object.members().find(|(name, _)| !seen.insert(spelling(*name))).map(|(_, value)| value)
}

/// A name in quotation marks, like the raw form of a name without escapes.
fn quoted(text: Cow<'_, str>) -> Vec<u8> {
    [b"\"", text.as_bytes(), b"\""].concat()
}

//! Members whose name stands twice.

use std::borrow::Cow;
use std::collections::HashSet;

use foldhash::fast::FixedState;

use super::node::Node;
use super::unescape::ends;

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

/// One bit of 64 for a name, by its length and its ends: no two names that the specifications have stand together and
/// share theirs.
pub(super) fn bit(name: &[u8]) -> u64 {
    let [first, last] = [name.first(), name.last()].map(|end| end.copied().unwrap_or(0));
    bit_by(name.len(), first, last)
}

/// The same of a name with escapes, for what it means; `None` if it means nothing.
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

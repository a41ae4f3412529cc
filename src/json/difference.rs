//! Where two documents differ in value, ignoring member order, white space and escapes. Numbers are compared as
//! spelled.

use super::arena::ValueKind;
use super::node::{Document, Node};
use super::pointer::escape;

/// The deepest JSON Pointer that covers every difference between two documents; `None` if they are equal.
pub fn difference(a: &Document<'_>, b: &Document<'_>) -> Option<String> {
    let mut pointer = String::new();
    let (mut a, mut b) = (a.root(), b.root());
    if equal(a, b) {
        return None;
    }
    // Descend while a single child contains every difference.
    while let Some((name, inner)) = only_difference(a, b) {
        pointer.push('/');
        pointer.push_str(&name);
        match inner {
            Some(both) => (a, b) = both,
            None => break,
        }
    }
    Some(pointer)
}

type Both<'a, 'b> = (Node<'a>, Node<'b>);

/// The only child in which the two values differ: its pointer token and, if both have it exactly once, its two values.
/// `None` if several children differ.
fn only_difference<'a, 'b>(a: Node<'a>, b: Node<'b>) -> Option<(String, Option<Both<'a, 'b>>)> {
    match (a.kind(), b.kind()) {
        (ValueKind::Object, ValueKind::Object) => {
            let mut names: Vec<_> = a.members().chain(b.members()).map(|(key, _)| name(key)).collect();
            names.sort_unstable();
            names.dedup();
            let mut differing = names.into_iter().filter(|key| !same_members(a, b, key));
            let (one, more) = (differing.next()?, differing.next());
            if more.is_some() {
                return None;
            }
            let both = match (&values(a, &one)[..], &values(b, &one)[..]) {
                ([a], [b]) => Some((*a, *b)),
                _ => None,
            };
            Some((escape(&one).into_owned(), both))
        }
        (ValueKind::Array, ValueKind::Array) => {
            let (a, b): (Vec<_>, Vec<_>) = (a.elements().collect(), b.elements().collect());
            let mut differing = (0..a.len().min(b.len())).filter(|i| !equal(a[*i], b[*i]));
            match (differing.next(), differing.next(), a.len().abs_diff(b.len())) {
                (Some(i), None, 0) => Some((i.to_string(), Some((a[i], b[i])))),
                (None, _, 1) => Some((a.len().min(b.len()).to_string(), None)),
                _ => None,
            }
        }
        _ => None,
    }
}

/// A member's decoded name; its raw form if it cannot be decoded.
fn name(key: Node<'_>) -> String {
    key.text().map_or_else(|| String::from_utf8_lossy(key.raw()).into_owned(), std::borrow::Cow::into_owned)
}

/// The values of all members with this name.
fn values<'d>(node: Node<'d>, key: &str) -> Vec<Node<'d>> {
    node.members().filter(|(k, _)| name(*k) == key).map(|(_, value)| value).collect()
}

fn same_members(a: Node<'_>, b: Node<'_>, key: &str) -> bool {
    let (a, b) = (values(a, key), values(b, key));
    a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| equal(*a, *b))
}

/// Whether two values are equal. Iterative, since depth is unlimited.
fn equal(a: Node<'_>, b: Node<'_>) -> bool {
    let mut pending = vec![(a, b)];
    while let Some((a, b)) = pending.pop() {
        if a.raw() == b.raw() {
            continue;
        }
        match (a.kind(), b.kind()) {
            (ValueKind::Object, ValueKind::Object) => {
                let sorted = |node: Node<'_>| {
                    let mut names: Vec<_> = node.members().enumerate().map(|(i, (key, _))| (name(key), i)).collect();
                    names.sort_unstable();
                    names
                };
                let (names_a, names_b) = (sorted(a), sorted(b));
                if names_a.len() != names_b.len() || names_a.iter().zip(&names_b).any(|(a, b)| a.0 != b.0) {
                    return false;
                }
                let (values_a, values_b): (Vec<_>, Vec<_>) =
                    (a.members().map(|(_, value)| value).collect(), b.members().map(|(_, value)| value).collect());
                pending.extend(names_a.iter().zip(&names_b).map(|(a, b)| (values_a[a.1], values_b[b.1])));
            }
            (ValueKind::Array, ValueKind::Array) => {
                if a.len() != b.len() {
                    return false;
                }
                pending.extend(a.elements().zip(b.elements()));
            }
            (ValueKind::String, ValueKind::String) => match (a.text(), b.text()) {
                (Some(a), Some(b)) if a == b => {}
                _ => return false,
            },
            _ => return false,
        }
    }
    true
}

//! Where documents, schema or versions contradict each other, as rows: no verdict, only which side a target takes.

use std::collections::HashSet;

use super::content::{Content, Sort};
use super::{descriptor, manifest};
use crate::exchange::Reference;
use crate::json::Node;

/// One contradiction: why, and whether a content touches it.
pub(super) struct Contradiction {
    /// What contradicts what, in a few words.
    pub why: &'static str,
    /// Where the content touches it.
    pub touches: fn(&Content<'_>) -> Option<String>,
}

pub(super) const CONTRADICTIONS: &[Contradiction] = &[
    Contradiction {
        why: "layers absent, empty or null: the text allows none, the schema wants one",
        touches: |content| {
            let root = content.root_of(Sort::Image)?;
            let touches = root.get("layers").is_none_or(|node| node.is_null() || (node.is_array() && node.is_empty()));
            touches.then(|| "/layers".to_owned())
        },
    },
    Contradiction { why: "null for an optional member: the text is silent, the schema refuses it", touches: null },
    Contradiction {
        why: "2.0 for the integer 2: JSON Schema takes it for an integer, Go's decoders do not",
        touches: |content| {
            let node = manifest_or_index(content)?.get("schemaVersion")?;
            manifest::is_two_in_disguise(node).then(|| node.pointer())
        },
    },
    Contradiction {
        why: "a negative or fractionally written size: an int64 to the text and to some schemas, not to others",
        touches: |content| {
            let sizes = content.descriptors().filter_map(|(_, descriptor)| descriptor.get("size"));
            sizes.filter(|size| descriptor::is_ambiguous_size(*size)).map(Node::pointer).next()
        },
    },
    Contradiction {
        why: "an empty mediaType or artifactType of the document: one document calls that missing, another malformed",
        touches: |content| {
            let root = manifest_or_index(content)?;
            let empty = |name| root.get(name).filter(|node| node.text().as_deref() == Some(""));
            empty("mediaType").or_else(|| empty("artifactType")).map(Node::pointer)
        },
    },
    Contradiction {
        why: "members of a manifest and of an index together: which of the two it is depends on the reader",
        touches: |content| {
            let root = manifest_or_index(content)?;
            let other = if content.sort() == Sort::Index { root.get("layers") } else { root.get("manifests") };
            other.map(Node::pointer)
        },
    },
    Contradiction {
        why: "a value that JSON allows and lets readers refuse: its depth, its range, half a surrogate pair",
        touches: beyond_limits,
    },
    Contradiction {
        why: "a reference with another algorithm than sha256: which ones a registry must know is not said",
        touches: |content| match &content.exchange.tested.reference {
            Reference::Text(text) if descriptor::is_digest(text) && !text.starts_with("sha256:") => {
                Some("reference".to_owned())
            }
            _ => None,
        },
    },
    Contradiction { why: "a repeated member: readers keep the first, the last, or refuse", touches: repeated },
    Contradiction {
        why: "neither Content-Type nor mediaType says what the document is",
        touches: |content| {
            let nothing = content.header_sort().is_none() && content.body_sort().is_none();
            nothing.then(|| "header:Content-Type".to_owned())
        },
    },
];

fn manifest_or_index<'c>(content: &'c Content<'_>) -> Option<Node<'c>> {
    content.root().filter(|_| matches!(content.sort(), Sort::Image | Sort::Index))
}

fn null(content: &Content<'_>) -> Option<String> {
    let root = manifest_or_index(content)?;
    let null_in = |owner: Node<'_>, names: &[&str]| {
        names.iter().find_map(|name| owner.get(name).filter(|node| node.is_null()).map(Node::pointer))
    };
    null_in(root, &["mediaType", "artifactType", "subject", "annotations"]).or_else(|| {
        let members = ["urls", "data", "annotations", "artifactType", "platform"];
        content.descriptors().find_map(|(_, descriptor)| null_in(descriptor, &members))
    })
}

/// Readers may bound depth (RFC 8259, section 9) and the range of numbers (section 6), and what half a surrogate
/// pair means is open (section 8.2).
fn beyond_limits(content: &Content<'_>) -> Option<String> {
    const DEPTH: usize = 64;
    let refusable = |node: Node<'_>| {
        let number = || std::str::from_utf8(node.raw()).ok().and_then(|text| text.parse::<f64>().ok());
        (node.is_number() && node.integer().is_none() && number().is_none_or(|value| value.abs() >= 1.8e19))
            || (node.is_string() && node.raw().contains(&b'\\') && node.is_utf8() && node.text().is_none())
    };
    let mut due = vec![(content.root()?, 1)];
    while let Some((node, depth)) = due.pop() {
        if depth > DEPTH || refusable(node) {
            return Some(node.pointer());
        }
        due.extend(node.elements().map(|element| (element, depth + 1)));
        for (name, value) in node.members() {
            if refusable(name) {
                return Some(value.pointer());
            }
            due.push((value, depth + 1));
        }
    }
    None
}

fn repeated(content: &Content<'_>) -> Option<String> {
    let mut due = vec![content.root()?];
    while let Some(node) = due.pop() {
        if let Some(value) = repeat_in(node) {
            return Some(value.pointer());
        }
        due.extend(node.members().map(|(_, value)| value).filter(|value| value.is_object() || value.is_array()));
        due.extend(node.elements().filter(|element| element.is_object() || element.is_array()));
    }
    None
}

/// The first member of an object whose name stood before.
fn repeat_in(object: Node<'_>) -> Option<Node<'_>> {
    // As they are written: two spellings of one name are compared by what they mean only where one has escapes.
    let names: Vec<&[u8]> = object.members().map(|(name, _)| name.raw()).collect();
    let at = if names.iter().any(|name| name.contains(&b'\\')) {
        let mut seen = HashSet::new();
        object.members().position(|(name, _)| !seen.insert(name.text()))
    } else if names.len() <= 16 {
        (1..names.len()).find(|i| names[..*i].contains(&names[*i]))
    } else {
        let mut seen = HashSet::new();
        names.iter().position(|name| !seen.insert(*name))
    };
    at.and_then(|at| object.members().nth(at)).map(|(_, value)| value)
}

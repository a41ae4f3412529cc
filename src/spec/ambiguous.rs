//! Where documents, schema or versions contradict each other, as rows: no verdict, only which side a target takes.

use super::content::{Content, Sort};
use super::{descriptor, manifest};
use crate::json::{Kind, Node};

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
            let sizes = content.descriptors().into_iter().filter_map(|(_, descriptor)| descriptor.get("size"));
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
    Contradiction { why: "a repeated member: readers keep the first, the last, or refuse", touches: repeated },
    Contradiction {
        why: "neither Content-Type nor mediaType says what the document is",
        touches: |content| {
            let nothing = content.body_type().is_none()
                && content.header_type().is_none_or(|t| !t.contains("manifest") && !t.contains("index"));
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
        content.descriptors().into_iter().find_map(|(_, descriptor)| null_in(descriptor, &members))
    })
}

fn repeated(content: &Content<'_>) -> Option<String> {
    let mut due = vec![content.root()?];
    while let Some(node) = due.pop() {
        let mut names = std::collections::HashSet::new();
        for (key, value) in node.members() {
            if !names.insert(key.text()) {
                return Some(value.pointer());
            }
            due.extend((value.kind() == Kind::Object || value.is_array()).then_some(value));
        }
        due.extend(node.elements().filter(|element| element.is_object() || element.is_array()));
    }
    None
}

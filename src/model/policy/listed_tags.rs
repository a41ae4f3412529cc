//! Reads tag lists.

use std::borrow::Cow;

use crate::exchange::Answer;
use crate::json::{Document, Node, read_answer};

/// What rules ask of every tag list. It is read once, and keeps no tag, because every push is followed by a list.
#[derive(Clone, Debug)]
pub(in crate::model) struct ListFacts {
    /// Whether its member `name` is a string.
    pub is_named: bool,
    /// The repository that it names.
    pub name: Option<String>,
    /// Whether it has this tag; `None` if the tags are malformed.
    pub has_tag: Option<bool>,
}

impl ListFacts {
    /// Reads a list.
    pub(in crate::model) fn of(answer: &Answer, tag: &str) -> Self {
        let list = read_answer(&answer.body).ok();
        let name = list.as_ref().and_then(|list| list.root().get("name")).filter(|name| name.is_string());
        let mut found = false;
        let has_tag = list.as_ref().and_then(|list| each_tag(list, |listed| found |= listed == tag));
        Self {
            is_named: name.is_some(),
            name: name.and_then(Node::text).map(Cow::into_owned),
            has_tag: has_tag.map(|()| found),
        }
    }
}

/// Does it for each tag of a list; `None` if it is malformed.
pub(in crate::model) fn each_tag(list: &Document<'_>, mut act: impl FnMut(Cow<'_, str>)) -> Option<()> {
    let tags = list.root().get("tags")?;
    // Go marshals a nil slice as `null`; treat it as empty.
    if !tags.is_null() && !tags.is_array() {
        return None;
    }
    for tag in tags.elements() {
        act(tag.text()?);
    }
    Some(())
}

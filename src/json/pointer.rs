//! JSON Pointers (RFC 6901): to a value, and from one.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::node::{Document, Node};

impl Node<'_> {
    /// The JSON Pointer that leads here from the root. Repeated members share theirs; and no pointer leads
    /// below a name that means nothing, such as one that is not UTF-8: there it is that of the object with the name.
    pub fn pointer(self) -> String {
        let mut pointer = String::with_capacity(48);
        let mut at = self.document.root();
        while at.index != self.index {
            let holds = |child: &Node<'_>| child.index <= self.index && self.index < child.entry().next as usize;
            let value = if at.is_object() {
                let Some((key, value)) = at.members().find(|(key, value)| key.index == self.index || holds(value))
                else {
                    break;
                };
                let Some(name) = key.text() else { break };
                pointer.push('/');
                pointer.push_str(&escape(&name));
                value
            } else {
                let Some((i, value)) = at.elements().enumerate().find(|(_, value)| holds(value)) else { break };
                // Writing to a text does not fail.
                let _ = write!(pointer, "/{i}");
                value
            };
            if self.index < value.index {
                // This is the member's name itself: its pointer is the member's.
                break;
            }
            at = value;
        }
        pointer
    }
}

/// A name as a JSON Pointer's part.
pub(super) fn escape(name: &str) -> Cow<'_, str> {
    if !name.contains(['~', '/']) {
        return Cow::Borrowed(name);
    }
    Cow::Owned(name.replace('~', "~0").replace('/', "~1"))
}

/// The value that a JSON Pointer leads to; the last of repeated members.
pub fn find<'d>(document: &'d Document<'d>, pointer: &str) -> Option<Node<'d>> {
    let mut at = document.root();
    if pointer.is_empty() {
        return Some(at);
    }
    for part in pointer.strip_prefix('/')?.split('/') {
        let name = part.replace("~1", "/").replace("~0", "~");
        at = if at.is_object() { at.get(&name)? } else { at.elements().nth(name.parse().ok()?)? };
    }
    Some(at)
}

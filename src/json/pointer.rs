//! JSON Pointer (RFC 6901): from a value to its pointer, and back.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::node::{Document, Node};

impl Node<'_> {
    /// The JSON Pointer of this value; that of the member for a name. Repeated members have the same pointer. Below a
    /// name that cannot be decoded (e.g. not UTF-8), it is the pointer of the object that contains the name.
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
                // Writing to a `String` does not fail.
                let _ = write!(pointer, "/{i}");
                value
            };
            if self.index < value.index {
                // This is the member's name.
                break;
            }
            at = value;
        }
        pointer
    }
}

/// A name as a reference token of a JSON Pointer.
pub(super) fn escape(name: &str) -> Cow<'_, str> {
    if !name.contains(['~', '/']) {
        return Cow::Borrowed(name);
    }
    Cow::Owned(name.replace('~', "~0").replace('/', "~1"))
}

/// The value at a JSON Pointer, `None` if there is none. Of repeated members, the last one is used.
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

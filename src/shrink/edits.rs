//! A JSON document with members and elements taken out and values replaced. All other bytes stay as they were.

use std::collections::HashMap;

use crate::json::{Document, Node, ValueKind};

/// A change to a document. Values are named by their number in the original.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Edit {
    /// White space between values is taken out.
    Compact,
    /// These members and elements of this container, in order, are taken out.
    Remove(usize, Vec<usize>),
    /// This value is replaced by these bytes.
    Replace(usize, Vec<u8>),
}

/// The changes so far.
#[derive(Clone, Debug)]
pub(super) struct Edits<'d> {
    document: &'d Document<'d>,
    is_compact: bool,
    /// For each value of the original, whether it was taken out, with or without the container that holds it.
    removed: Vec<bool>,
    replaced: HashMap<usize, Vec<u8>>,
}

/// What is left to write.
enum Task<'d> {
    Value(Node<'d>),
    /// Bytes of the source, by offset.
    Source(usize, usize),
    Bytes(&'static [u8]),
}

impl<'d> Edits<'d> {
    pub fn none(document: &'d Document<'d>) -> Self {
        Self { document, is_compact: false, removed: vec![false; document.nodes()], replaced: HashMap::new() }
    }

    /// Whether a value is still in the document.
    pub fn has(&self, number: usize) -> bool {
        !self.removed[number]
    }

    /// The current bytes of a value that is not a container.
    pub fn value(&self, number: usize) -> &[u8] {
        self.replaced.get(&number).map_or_else(|| self.document.node(number).raw(), Vec::as_slice)
    }

    /// The values of the members and elements that a container still has.
    pub fn children(&self, container: usize) -> Vec<usize> {
        let node = self.document.node(container);
        items(node).into_iter().map(|(_, value)| value.number()).filter(|number| self.has(*number)).collect()
    }

    /// Makes a change for good.
    pub fn apply(&mut self, edit: &Edit) {
        match edit {
            Edit::Compact => self.is_compact = true,
            Edit::Remove(_, values) => {
                for value in values {
                    self.removed[*value..self.document.node(*value).end_number()].fill(true);
                }
            }
            Edit::Replace(value, bytes) => drop(self.replaced.insert(*value, bytes.clone())),
        }
    }

    /// The document's bytes after one more change.
    pub fn with(&self, edit: &Edit) -> Vec<u8> {
        match edit {
            Edit::Compact => self.write(true, &[], None),
            Edit::Remove(_, values) => self.write(self.is_compact, values, None),
            Edit::Replace(value, bytes) => self.write(self.is_compact, &[], Some((*value, bytes))),
        }
    }

    /// The document's bytes.
    pub fn bytes(&self) -> Vec<u8> {
        self.write(self.is_compact, &[], None)
    }

    /// Writes the document without recursion, because depth is unlimited.
    fn write(&self, is_compact: bool, without: &[usize], with: Option<(usize, &[u8])>) -> Vec<u8> {
        let source = self.document.source();
        let root = self.document.root();
        let mut out = Vec::with_capacity(source.len().min(1 << 20));
        let root_end = root.offset() + root.raw().len();
        let mut tasks = vec![Task::Source(root_end, source.len()), Task::Value(root), Task::Source(0, root.offset())];
        if is_compact {
            tasks = vec![Task::Value(root)];
        }
        while let Some(task) = tasks.pop() {
            let node = match task {
                Task::Source(start, end) => {
                    out.extend_from_slice(&source[start..end]);
                    continue;
                }
                Task::Bytes(bytes) => {
                    out.extend_from_slice(bytes);
                    continue;
                }
                Task::Value(node) => node,
            };
            let number = node.number();
            if let Some((_, bytes)) = with.filter(|(value, _)| *value == number) {
                out.extend_from_slice(bytes);
            } else if let Some(bytes) = self.replaced.get(&number) {
                out.extend_from_slice(bytes);
            } else if matches!(node.kind(), ValueKind::Object | ValueKind::Array) {
                let is_kept =
                    |value: &Node<'_>| self.has(value.number()) && without.binary_search(&value.number()).is_err();
                let at = tasks.len();
                self.push_container(node, is_compact, is_kept, &mut tasks);
                tasks[at..].reverse();
            } else {
                out.extend_from_slice(node.raw());
            }
        }
        out
    }

    fn push_container(
        &self,
        node: Node<'d>,
        is_compact: bool,
        is_kept: impl Fn(&Node<'d>) -> bool,
        tasks: &mut Vec<Task<'d>>,
    ) {
        let brackets: [&'static [u8]; 2] = if node.is_object() { [b"{", b"}"] } else { [b"[", b"]"] };
        let (mut is_first, mut last_end) = (true, node.offset() + 1);
        let opening = last_end;
        let items = items(node);
        let first_start = items.first().map_or(opening, |(first, _)| first.offset());
        tasks.push(Task::Bytes(brackets[0]));
        for (first, value) in items {
            let (start, end) = (first.offset(), value.offset() + value.raw().len());
            if is_kept(&value) {
                match (is_compact, is_first) {
                    (true, true) => {}
                    (true, false) => tasks.push(Task::Bytes(b",")),
                    (false, true) => tasks.push(Task::Source(opening, first_start)),
                    // What separates it from the one before it, kept or not.
                    (false, false) => tasks.push(Task::Source(last_end, start)),
                }
                if first != value {
                    let name_end = first.offset() + first.raw().len();
                    tasks.push(Task::Source(start, name_end));
                    tasks.push(if is_compact { Task::Bytes(b":") } else { Task::Source(name_end, value.offset()) });
                }
                tasks.push(Task::Value(value));
                is_first = false;
            }
            last_end = end;
        }
        if !is_compact && !is_first {
            tasks.push(Task::Source(last_end, node.offset() + node.raw().len() - 1));
        }
        tasks.push(Task::Bytes(brackets[1]));
    }
}

/// The members or elements of a container: where each begins (a member at its name), and its value.
pub(super) fn items<'d>(node: Node<'d>) -> Vec<(Node<'d>, Node<'d>)> {
    if node.is_object() { node.members().collect() } else { node.elements().map(|value| (value, value)).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::{find, read};

    const TEXT: &[u8] = b" { \"a\" : [ 1 , 2,3 ] , \"b\": {\"c\" :null}, \"a\":\"x\" }\n";

    fn number(document: &Document<'_>, pointer: &str) -> usize {
        find(document, pointer).expect("a value").number()
    }

    #[test]
    fn without_edits_every_byte_stays() {
        let document = read(TEXT).expect("JSON");
        assert_eq!(Edits::none(&document).bytes(), TEXT);
    }

    #[test]
    fn what_is_taken_out_leaves_the_other_bytes_as_they_were() {
        let document = read(TEXT).expect("JSON");
        let text = |edits: &Edits<'_>| String::from_utf8(edits.bytes()).expect("UTF-8");
        let first = document.root().all("a").next().expect("the first");
        let mut edits = Edits::none(&document);
        edits.apply(&Edit::Remove(first.number(), vec![first.elements().nth(1).expect("2").number()]));
        assert_eq!(text(&edits), " { \"a\" : [ 1,3 ] , \"b\": {\"c\" :null}, \"a\":\"x\" }\n");
        edits.apply(&Edit::Remove(0, vec![first.number()]));
        assert_eq!(text(&edits), " { \"b\": {\"c\" :null}, \"a\":\"x\" }\n");
        edits.apply(&Edit::Remove(number(&document, "/b"), vec![number(&document, "/b/c")]));
        edits.apply(&Edit::Replace(number(&document, "/a"), b"\"\"".to_vec()));
        assert_eq!(text(&edits), " { \"b\": {}, \"a\":\"\" }\n");
        edits.apply(&Edit::Compact);
        assert_eq!(text(&edits), "{\"b\":{},\"a\":\"\"}");
        edits.apply(&Edit::Remove(0, edits.children(0)));
        assert_eq!(text(&edits), "{}");
    }
}

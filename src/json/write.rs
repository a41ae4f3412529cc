//! The writer: any sequence of members, any raw text in the place of a value.

use super::node::{Kind, Node};

/// A value to be written. An object may repeat names; `Raw` is written as it stands, JSON or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Exactly these bytes.
    Raw(Vec<u8>),
    /// A string.
    Text(String),
    /// An array.
    Array(Vec<Value>),
    /// An object's members in order.
    Object(Vec<(String, Value)>),
}

impl Value {
    /// A string.
    pub fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    /// Exactly this text.
    pub fn raw(text: &str) -> Self {
        Self::Raw(text.as_bytes().to_vec())
    }

    /// The value of a node. Numbers and strings without a meaning stay as written. Recurses: for documents of ours.
    pub fn of(node: Node<'_>) -> Self {
        match node.kind() {
            Kind::Object => Self::Object(
                node.members()
                    .map(|(key, value)| (key.text().unwrap_or_default().into_owned(), Self::of(value)))
                    .collect(),
            ),
            Kind::Array => Self::Array(node.elements().map(Self::of).collect()),
            _ => match node.text() {
                Some(text) => Self::Text(text.into_owned()),
                None => Self::Raw(node.raw().to_vec()),
            },
        }
    }
}

/// White space between values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Space {
    /// None.
    #[default]
    Compact,
    /// A line a value, indented by two blanks.
    Indented,
}

/// The order of members.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Order {
    /// As they are given.
    #[default]
    AsGiven,
    /// The other way round, in every object.
    Reversed,
}

/// Which characters of strings are escaped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Escapes {
    /// Those that must be.
    #[default]
    Needed,
    /// All of them, as `\uXXXX`.
    All,
}

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Style {
    /// White space.
    pub space: Space,
    /// Order of members.
    pub order: Order,
    /// Escapes.
    pub escapes: Escapes,
}

/// The bytes of a value.
pub fn write(value: &Value, style: Style) -> Vec<u8> {
    let mut writer = Writer { out: Vec::with_capacity(1024), style };
    writer.value(value, 0);
    writer.out
}

struct Writer {
    out: Vec<u8>,
    style: Style,
}

impl Writer {
    fn value(&mut self, value: &Value, depth: usize) {
        match value {
            Value::Raw(bytes) => self.out.extend_from_slice(bytes),
            Value::Text(text) => self.string(text),
            Value::Array(elements) => {
                self.list(b"[]", elements.len(), depth, |writer, i| writer.value(&elements[i], depth + 1));
            }
            Value::Object(members) => self.list(b"{}", members.len(), depth, |writer, i| {
                let i = if writer.style.order == Order::Reversed { members.len() - 1 - i } else { i };
                let (name, value) = &members[i];
                writer.string(name);
                writer.out.push(b':');
                if writer.style.space == Space::Indented {
                    writer.out.push(b' ');
                }
                writer.value(value, depth + 1);
            }),
        }
    }

    fn list(&mut self, brackets: &[u8; 2], count: usize, depth: usize, item: impl Fn(&mut Self, usize)) {
        self.out.push(brackets[0]);
        for i in 0..count {
            if i > 0 {
                self.out.push(b',');
            }
            self.line(depth + 1);
            item(self, i);
        }
        if count > 0 {
            self.line(depth);
        }
        self.out.push(brackets[1]);
    }

    fn line(&mut self, depth: usize) {
        if self.style.space == Space::Indented {
            self.out.push(b'\n');
            self.out.resize(self.out.len() + 2 * depth, b' ');
        }
    }

    fn string(&mut self, text: &str) {
        self.out.push(b'"');
        for char in text.chars() {
            match char {
                _ if self.style.escapes == Escapes::All => {
                    for unit in char.encode_utf16(&mut [0; 2]) {
                        self.out.extend_from_slice(format!("\\u{unit:04x}").as_bytes());
                    }
                }
                '"' | '\\' => self.out.extend_from_slice(&[b'\\', char as u8]),
                '\0'..='\u{1f}' => self.out.extend_from_slice(format!("\\u{:04x}", char as u32).as_bytes()),
                _ => self.out.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
        self.out.push(b'"');
    }
}

//! Rewrites a document in another style (white space, member order, escapes) with the same values.
//!
//! Uses an explicit stack, since depth is unlimited. Numbers, and strings that cannot be decoded, are copied as
//! written.

use std::borrow::Cow;
use std::vec::IntoIter;

use super::arena::ValueKind;
use super::node::{Children, Document, Node};
use super::write::string;

/// White space between values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Spacing {
    /// None.
    #[default]
    Compact,
    /// One value per line, indented by two spaces.
    Indented,
    /// One value per line, indented by tabs, CRLF line endings.
    Tabs,
    /// Space, tab, CR and LF around every value.
    Everywhere,
}

/// The order of members.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum MemberOrder {
    /// As given.
    #[default]
    AsGiven,
    /// In reverse, in every object.
    Reversed,
    /// By name, in every object; repeated members keep their order.
    Sorted,
}

/// Which characters of strings are escaped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Escaping {
    /// As given.
    #[default]
    AsGiven,
    /// All characters, as UTF-16 code units.
    All,
    /// All characters of member names.
    Names,
    /// The slash, as `\/`.
    Solidus,
}

/// The style of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Style {
    /// White space.
    pub space: Spacing,
    /// Order of members.
    pub order: MemberOrder,
    /// Escaping.
    pub escapes: Escaping,
}

/// Writes the document in this style. Values stay the same, in meaning and, for numbers, in spelling.
///
/// Indentation stops growing at a depth of 8.
///
/// ```
/// use manifuzz::json::{MemberOrder, Style, read, restyle};
///
/// let document = read(br#"{"a": 1.0, "b": []}"#)?;
/// let style = Style { order: MemberOrder::Reversed, ..Style::default() };
/// assert_eq!(restyle(&document, style), br#"{"b":[],"a":1.0}"#);
/// # Ok::<(), manifuzz::json::SyntaxError>(())
/// ```
pub fn restyle(document: &Document<'_>, style: Style) -> Vec<u8> {
    let times = if style.escapes == Escaping::All { 6 } else { 2 };
    let mut writer = Writer { out: Vec::with_capacity(document.source.len() * times), plain: Vec::new(), style };
    let mut open: Vec<Open<'_>> = Vec::new();
    let mut next = Some(document.root());
    loop {
        if let Some(node) = next.take() {
            match Open::of(node, style.order) {
                Some(container) => {
                    writer.out.push(container.brackets[0]);
                    open.push(container);
                }
                None => writer.scalar(node),
            }
        }
        let depth = open.len();
        let Some(container) = open.last_mut() else { return writer.out };
        let is_first = std::mem::replace(&mut container.is_first, false);
        match container.next() {
            Some((name, value)) => {
                if !is_first {
                    writer.out.push(b',');
                }
                writer.line(depth);
                if let Some(name) = name {
                    writer.name(name);
                }
                next = Some(value);
            }
            None => {
                if !is_first {
                    writer.line(depth - 1);
                }
                writer.out.push(container.brackets[1]);
                open.pop();
            }
        }
    }
}

/// A container that is being written, without recursion.
struct Open<'d> {
    /// The remaining members, if they are reordered.
    ordered: IntoIter<(Node<'d>, Node<'d>)>,
    /// The remaining children in source order.
    given: Children<'d>,
    is_object: bool,
    is_first: bool,
    brackets: [u8; 2],
}

impl<'d> Open<'d> {
    fn of(node: Node<'d>, order: MemberOrder) -> Option<Self> {
        let (is_object, brackets) = match node.kind() {
            ValueKind::Array => (false, *b"[]"),
            ValueKind::Object => (true, *b"{}"),
            _ => return None,
        };
        let mut given = node.children();
        let mut ordered = Vec::new();
        if is_object && order != MemberOrder::AsGiven {
            while let (Some(name), Some(value)) = (given.next(), given.next()) {
                ordered.push((name, value));
            }
            match order {
                MemberOrder::Sorted => ordered.sort_by_key(|(name, _)| name.raw()),
                _ => ordered.reverse(),
            }
        }
        Some(Self { ordered: ordered.into_iter(), given, is_object, is_first: true, brackets })
    }

    /// The next value; with its name if it is a member of an object.
    fn next(&mut self) -> Option<(Option<Node<'d>>, Node<'d>)> {
        if let Some((name, value)) = self.ordered.next() {
            return Some((Some(name), value));
        }
        let first = self.given.next()?;
        if self.is_object { Some((Some(first), self.given.next()?)) } else { Some((None, first)) }
    }
}

struct Writer {
    out: Vec<u8>,
    /// A buffer for a string before its slashes are escaped.
    plain: Vec<u8>,
    style: Style,
}

impl Writer {
    fn line(&mut self, depth: usize) {
        // Manifests are not deeper, and unlimited indentation of a deep document would take megabytes.
        let depth = depth.min(8);
        match self.style.space {
            Spacing::Compact => {}
            Spacing::Indented => {
                self.out.push(b'\n');
                self.out.resize(self.out.len() + 2 * depth, b' ');
            }
            Spacing::Tabs => {
                self.out.extend_from_slice(b"\r\n");
                self.out.resize(self.out.len() + depth, b'\t');
            }
            Spacing::Everywhere => self.out.extend_from_slice(b" \t\r\n"),
        }
    }

    fn name(&mut self, name: Node<'_>) {
        self.text(name, matches!(self.style.escapes, Escaping::All | Escaping::Names));
        match self.style.space {
            Spacing::Compact => self.out.push(b':'),
            Spacing::Indented | Spacing::Tabs => self.out.extend_from_slice(b": "),
            Spacing::Everywhere => self.out.extend_from_slice(b"\n\r\t : \t\r\n"),
        }
    }

    fn scalar(&mut self, node: Node<'_>) {
        if node.is_string() {
            self.text(node, self.style.escapes == Escaping::All);
        } else {
            self.out.extend_from_slice(node.raw());
        }
    }

    fn text(&mut self, node: Node<'_>, all: bool) {
        let has_none = || node.unescaped().is_some_and(|inner| !inner.contains(&b'/'));
        if !all && (self.style.escapes != Escaping::Solidus || has_none()) {
            return self.out.extend_from_slice(node.raw());
        }
        match node.text() {
            Some(text) if all => string(&mut self.out, &text, true),
            Some(text) => {
                let plain = match text {
                    // A string without escapes is already in plain form.
                    Cow::Borrowed(_) => node.raw(),
                    Cow::Owned(text) => {
                        self.plain.clear();
                        string(&mut self.plain, &text, false);
                        &self.plain
                    }
                };
                for (i, part) in plain.split(|b| *b == b'/').enumerate() {
                    if i > 0 {
                        self.out.extend_from_slice(b"\\/");
                    }
                    self.out.extend_from_slice(part);
                }
            }
            None => self.out.extend_from_slice(node.raw()),
        }
    }
}

//! The part of a document around a place, short enough for a terminal even if the document is one line.

use std::ops::Range;

use crate::foreign::escaped;
use crate::json::{Document, Node, SyntaxError, find, read};

/// What is shown of a line before the marked text, and after it, in characters.
const BEFORE: usize = 48;
const AFTER: usize = 32;
/// What is shown of the marked text, in characters.
const MARKED: usize = 72;
/// Lines that are shown of an object or array that begins on the marked line.
const MORE_LINES: usize = 3;
/// The longest character in UTF-8, in bytes.
const LONGEST: usize = 4;

/// A part of a document, with the marked place in it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Excerpt {
    /// The line of the document that it begins in, from 1.
    pub line: usize,
    /// The column of the place, from 1, in characters.
    pub column: usize,
    /// The text, invisible characters escaped.
    pub text: String,
    /// The marked part of the text.
    pub span: Range<usize>,
}

/// A document, from which excerpts are taken.
pub(super) struct Excerpts<'b> {
    body: &'b [u8],
    document: Result<Document<'b>, SyntaxError>,
}

impl<'b> Excerpts<'b> {
    pub fn new(body: &'b [u8]) -> Self {
        Self { body, document: read(body) }
    }

    /// The excerpt around the value at a JSON Pointer, or around the syntax error of a document that is not JSON. `None` for
    /// the document root and for places that are not in the document.
    pub fn at(&self, pointer: &str) -> Option<Excerpt> {
        match &self.document {
            Ok(document) => {
                let node = find(document, pointer).filter(|_| !pointer.is_empty())?;
                let start = node.offset();
                Some(around(self.body, start..start + node.raw().len(), holds_lines(node)))
            }
            Err(error) => pointer.is_empty().then(|| {
                let start = error.offset.min(self.body.len());
                around(self.body, start..start + length_of_character(&self.body[start..]), false)
            }),
        }
    }
}

/// The length of the first character in bytes; 1 if it is not UTF-8.
fn length_of_character(bytes: &[u8]) -> usize {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(LONGEST)]);
    match text.chars().next() {
        Some(char::REPLACEMENT_CHARACTER) => 1,
        first => first.map_or(0, char::len_utf8),
    }
}

/// Whether a value is an object or an array over several lines.
fn holds_lines(node: Node<'_>) -> bool {
    (node.is_object() || node.is_array()) && node.raw().contains(&b'\n')
}

fn around(body: &[u8], place: Range<usize>, with_more_lines: bool) -> Excerpt {
    let line_start = body[..place.start].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let line_end = end_of_line(body, place.start);
    let (marked, after) = (&body[place.start..place.end.min(line_end)], &body[place.end.min(line_end)..line_end]);
    let mut text = last(&body[line_start..place.start], BEFORE);
    let start = text.len();
    let marked = first(marked, MARKED);
    text.push_str(&marked);
    let span = start..text.len();
    if !marked.ends_with('…') {
        text.push_str(&first(after, AFTER));
    }
    let mut at = line_end;
    for _ in 0..if with_more_lines { MORE_LINES } else { 0 } {
        let end = end_of_line(body, at + 1);
        text.push('\n');
        text.push_str(&first(&body[at + 1..end], BEFORE + MARKED));
        at = end;
        if end >= place.end {
            break;
        }
    }
    Excerpt {
        line: body[..place.start].iter().filter(|byte| **byte == b'\n').count() + 1,
        column: String::from_utf8_lossy(&body[line_start..place.start]).chars().count() + 1,
        text,
        span,
    }
}

/// The end of the line with this offset, without its line break.
fn end_of_line(body: &[u8], from: usize) -> usize {
    body[from..].iter().position(|byte| *byte == b'\n').map_or(body.len(), |at| from + at)
}

/// The first `most` characters; `…` stands for the rest.
fn first(bytes: &[u8], most: usize) -> String {
    // A character may be cut at the end, so one more is taken.
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min((most + 1) * LONGEST)]).into_owned();
    let text = text.trim_end_matches('\r');
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", visible(&text[..end])),
        None => visible(text),
    }
}

/// The last `most` characters; `…` stands for the rest.
fn last(bytes: &[u8], most: usize) -> String {
    let text = String::from_utf8_lossy(&bytes[bytes.len().saturating_sub((most + 1) * LONGEST)..]).into_owned();
    let count = text.chars().count();
    match text.char_indices().nth(count.saturating_sub(most)) {
        Some((start, _)) if start > 0 => format!("…{}", visible(&text[start..])),
        _ => visible(&text),
    }
}

/// Tabs are indentation; every other invisible character is escaped.
fn visible(text: &str) -> String {
    escaped(&text.replace('\t', "    ")).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excerpt(body: &[u8], pointer: &str) -> Option<Excerpt> {
        Excerpts::new(body).at(pointer)
    }

    #[test]
    fn the_marked_text_is_the_value() {
        let body = "{\n\t\"ä\": 1,\r\n  \"b\": [\n    {\"c\": \"x\\u0000y\"}\n  ]\n}".as_bytes();
        for (pointer, line, column, marked) in [
            ("/ä", 2, 7, "1"),
            ("/b", 3, 8, "["),
            ("/b/0", 4, 5, "{\"c\": \"x\\u0000y\"}"),
            ("/b/0/c", 4, 11, "\"x\\u0000y\""),
        ] {
            let found = excerpt(body, pointer).unwrap();
            assert_eq!(
                (found.line, found.column, &found.text[found.span.clone()]),
                (line, column, marked),
                "{pointer}"
            );
        }
        assert_eq!(excerpt(body, "/b").unwrap().text.lines().count(), 3);
        assert_eq!(excerpt(body, ""), None);
        assert_eq!(excerpt(body, "header:Content-Type"), None);
    }

    #[test]
    fn a_document_of_one_line_is_shown_in_part() {
        let long = format!("{{\"a\":\"{}\",\"b\":1,\"c\":\"{}\"}}", "x".repeat(20_000), "ü".repeat(20_000));
        for pointer in ["/a", "/b", "/c"] {
            let found = excerpt(long.as_bytes(), pointer).unwrap();
            assert!(found.text.chars().count() <= BEFORE + MARKED + AFTER + 3, "{}", found.text);
        }
        assert_eq!(excerpt(long.as_bytes(), "/b").unwrap().column, long.find("1,").unwrap() + 1);
    }

    #[test]
    fn a_syntax_error_is_marked_where_it_is() {
        let found = excerpt(b"{\"a\": 1,}", "").unwrap();
        assert_eq!((found.column, &found.text[found.span.clone()]), (9, "}"));
        let found = excerpt(b"{\"a\":", "").unwrap();
        assert_eq!((found.column, found.span.len()), (6, 0));
        assert_eq!(excerpt(b"\xff", "").unwrap().text, "\u{fffd}");
        assert_eq!(excerpt(b"", "").unwrap().text, "");
    }
}

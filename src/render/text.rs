//! The document as bytes: style, truncation, what stands before and after, padding.

use super::layout::layout;
use crate::json::{self, Escapes, Order, Space, Style, Value};
use crate::shape::{Says, Shape};

/// The bytes of a document under the text slots of a shape.
pub(super) fn apply(shape: &Shape, document: &Value) -> Vec<u8> {
    let mut style = Style::default();
    let (mut before, mut after): (&[u8], &[u8]) = (b"", b"");
    let mut half = false;
    let mut padded_to = 0;
    for slot in &layout().text {
        match shape.entry(*slot).says {
            Says::Reversed => style.order = Order::Reversed,
            Says::Indented => style.space = Space::Indented,
            Says::Escaped => style.escapes = Escapes::All,
            Says::Before(bytes) => before = bytes,
            Says::After(bytes) => after = bytes,
            Says::Half => half = true,
            Says::PaddedTo => padded_to = usize::try_from(shape.choice(*slot).number).unwrap_or(0),
            _ => {}
        }
    }
    let mut body = json::write(document, Style::default());
    if style != Style::default() {
        body = restyled(&body, style);
    }
    if half {
        body.truncate(body.len() / 2);
    }
    let mut bytes = Vec::with_capacity((before.len() + body.len() + after.len()).max(padded_to));
    bytes.extend_from_slice(before);
    bytes.append(&mut body);
    bytes.extend_from_slice(after);
    if bytes.len() < padded_to {
        bytes.resize(padded_to, b' ');
    }
    bytes
}

/// The same value in another style; texts inside the menus' JSON are restyled too, so it is read again.
fn restyled(compact: &[u8], style: Style) -> Vec<u8> {
    match json::read(compact) {
        Ok(document) => json::write(&Value::of(document.root()), style),
        Err(_) => compact.to_vec(),
    }
}

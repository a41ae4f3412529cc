//! The document as bytes: style, flaws of syntax, truncation, what stands before and after, padding, encoding.

use super::layout::{deviating, layout};
use crate::json::{self, Value};
use crate::shape::{self, Says, Shape, WhiteSpace};

/// The bytes of a document under the text slots of a shape.
pub(super) fn apply(shape: &Shape, document: &Value) -> Vec<u8> {
    let mut style = json::Style::default();
    let (mut before, mut after): (&[u8], &[u8]) = (b"", b"");
    let (mut flaw, mut length, mut padding, mut encoding) = (Says::Usual, Says::Usual, Says::Usual, Says::Usual);
    let (mut cut, mut padded_to) = (0, 0);
    for slot in deviating(shape, &layout().text) {
        let number = || usize::try_from(shape.choice(slot).number).unwrap_or(0);
        match shape.entry(slot).says {
            Says::Order(shape::Order::Reversed) => style.order = json::Order::Reversed,
            Says::Order(shape::Order::Sorted) => style.order = json::Order::Sorted,
            Says::Space(WhiteSpace::Blanks) => style.space = json::Space::Indented,
            Says::Space(WhiteSpace::Tabs) => style.space = json::Space::Tabs,
            Says::Space(WhiteSpace::Everywhere) => style.space = json::Space::Everywhere,
            Says::Escapes(shape::Escapes::All) => style.escapes = json::Escapes::All,
            Says::Escapes(shape::Escapes::Names) => style.escapes = json::Escapes::Names,
            Says::Escapes(shape::Escapes::Solidus) => style.escapes = json::Escapes::Solidus,
            Says::Before(bytes) => before = bytes,
            Says::After(bytes) => after = bytes,
            says @ (Says::TrailingComma | Says::Comment) => flaw = says,
            says @ (Says::Half | Says::AllButLast | Says::Cut) => (length, cut) = (says, number()),
            says @ (Says::PadAfter | Says::PadInside) => (padding, padded_to) = (says, number()),
            says @ Says::Utf16 { .. } => encoding = says,
            _ => {}
        }
    }
    let mut body = json::write(document);
    if style != json::Style::default() {
        // What is not JSON has no other style.
        body = json::read(&body).map_or_else(|_| body.clone(), |document| json::restyle(&document, style));
    }
    match flaw {
        Says::TrailingComma => body.insert(body.len() - 1, b','),
        Says::Comment => drop(body.splice(1..1, *b"/**/")),
        _ => {}
    }
    match length {
        Says::Half => body.truncate(body.len() / 2),
        Says::AllButLast => body.truncate(body.len() - 1),
        Says::Cut => body.truncate(cut),
        _ => {}
    }
    let blanks = padded_to.saturating_sub(before.len() + body.len() + after.len());
    let (inside, outside) = if padding == Says::PadInside { (blanks, 0) } else { (0, blanks) };
    if before.is_empty() && after.is_empty() && blanks == 0 && encoding == Says::Usual {
        return body;
    }
    let mut bytes = Vec::with_capacity(before.len() + body.len() + after.len() + blanks);
    bytes.extend_from_slice(before);
    bytes.extend_from_slice(&body[..body.len().min(1)]);
    bytes.resize(bytes.len() + inside, b' ');
    bytes.extend_from_slice(&body[body.len().min(1)..]);
    bytes.extend_from_slice(after);
    bytes.resize(bytes.len() + outside, b' ');
    match encoding {
        Says::Utf16 { big, mark } => utf16(&bytes, big, mark),
        _ => bytes,
    }
}

/// The text in UTF-16. What is no UTF-8 is taken byte for character, so that its bytes are there still.
fn utf16(bytes: &[u8], big: bool, mark: bool) -> Vec<u8> {
    let mut written = Vec::with_capacity(2 * bytes.len() + 2);
    let mut put = |unit: u16| written.extend_from_slice(&if big { unit.to_be_bytes() } else { unit.to_le_bytes() });
    if mark {
        put(0xfeff);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.is_ascii() => text.encode_utf16().for_each(put),
        _ => bytes.iter().for_each(|byte| put(u16::from(*byte))),
    }
    written
}

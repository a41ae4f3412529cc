//! Serialises the document: style, syntax errors, truncation, bytes before and after, padding, encoding.

use bytes::Bytes;

use super::large::padded;
use super::layout::{deviating, layout};
use crate::json::{self, Value};
use crate::shape::{self, Effect, Shape, WhiteSpace};

/// The document's bytes, with the shape's text slots applied.
pub(super) fn apply(shape: &Shape, document: &Value) -> Bytes {
    let mut style = json::Style::default();
    let (mut before, mut after): (&[u8], &[u8]) = (b"", b"");
    let (mut flaw, mut length, mut padding, mut encoding) =
        (Effect::Usual, Effect::Usual, Effect::Usual, Effect::Usual);
    let (mut cut, mut padded_to) = (0, 0);
    for slot in deviating(shape, &layout().text) {
        let number = || usize::try_from(shape.choice(slot).number).unwrap_or(0);
        match shape.entry(slot).effect {
            Effect::Order(shape::Order::Reversed) => style.order = json::MemberOrder::Reversed,
            Effect::Order(shape::Order::Sorted) => style.order = json::MemberOrder::Sorted,
            Effect::WhiteSpace(WhiteSpace::Spaces) => style.space = json::Spacing::Indented,
            Effect::WhiteSpace(WhiteSpace::Tabs) => style.space = json::Spacing::Tabs,
            Effect::WhiteSpace(WhiteSpace::Everywhere) => style.space = json::Spacing::Everywhere,
            Effect::Escapes(shape::Escapes::All) => style.escapes = json::Escaping::All,
            Effect::Escapes(shape::Escapes::Names) => style.escapes = json::Escaping::Names,
            Effect::Escapes(shape::Escapes::Solidus) => style.escapes = json::Escaping::Solidus,
            Effect::Before(bytes) => before = bytes,
            Effect::After(bytes) => after = bytes,
            effect @ (Effect::TrailingComma | Effect::Comment) => flaw = effect,
            effect @ (Effect::Half | Effect::AllButLast | Effect::Cut) => (length, cut) = (effect, number()),
            effect @ (Effect::PadAfter | Effect::PadInside) => (padding, padded_to) = (effect, number()),
            effect @ Effect::Utf16 { .. } => encoding = effect,
            _ => {}
        }
    }
    let mut body = json::write(document);
    if style != json::Style::default() {
        // A body that is not JSON (an invalid value) keeps its style.
        body = json::read(&body).map_or_else(|_| body.clone(), |document| json::restyle(&document, style));
    }
    match flaw {
        Effect::TrailingComma => body.insert(body.len() - 1, b','),
        Effect::Comment => drop(body.splice(1..1, *b"/**/")),
        _ => {}
    }
    match length {
        Effect::Half => body.truncate(body.len() / 2),
        Effect::AllButLast => body.truncate(body.len() - 1),
        Effect::Cut => body.truncate(cut),
        _ => {}
    }
    let spaces = padded_to.saturating_sub(before.len() + body.len() + after.len());
    let (inside, outside) = if padding == Effect::PadInside { (spaces, 0) } else { (0, spaces) };
    if before.is_empty() && after.is_empty() && spaces == 0 && encoding == Effect::Usual {
        return body.into();
    }
    let length = before.len() + body.len() + after.len() + spaces;
    let mut bytes = Vec::with_capacity(length - outside);
    bytes.extend_from_slice(before);
    bytes.extend_from_slice(&body[..body.len().min(1)]);
    bytes.resize(bytes.len() + inside, b' ');
    bytes.extend_from_slice(&body[body.len().min(1)..]);
    bytes.extend_from_slice(after);
    if outside == 0 && encoding == Effect::Usual {
        return bytes.into();
    }
    let bytes = padded(bytes, length);
    match encoding {
        Effect::Utf16 { big, mark } => utf16(&bytes, big, mark).into(),
        _ => bytes,
    }
}

/// Encodes the document in UTF-16. If it is not UTF-8, each byte becomes one character, so that none is lost.
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

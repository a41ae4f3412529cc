//! The writer: any sequence of members, and raw bytes in place of any value.

use std::borrow::Cow;

use super::plain::plain;

/// A value to write. Objects may repeat names; `Raw` is written verbatim, even if it is not JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Exactly these bytes.
    Raw(Cow<'static, [u8]>),
    /// A string.
    Text(String),
    /// An array.
    Array(Vec<Value>),
    /// An object's members in order.
    Object(Vec<(Cow<'static, str>, Value)>),
}

impl Value {
    /// A string.
    pub fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    /// Exactly this string, written verbatim.
    pub fn raw(text: Cow<'static, str>) -> Self {
        Self::Raw(match text {
            Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
            Cow::Owned(text) => Cow::Owned(text.into_bytes()),
        })
    }
}

/// Writes a value without white space, members in the given order.
///
/// ```
/// use manifuzz::json::{Value, write};
///
/// let members = vec![("size".into(), Value::raw("1e400".into())), ("size".into(), Value::text("1"))];
/// assert_eq!(write(&Value::Object(members)), br#"{"size":1e400,"size":"1"}"#);
/// ```
pub fn write(value: &Value) -> Vec<u8> {
    let mut out = Vec::with_capacity(1024);
    put(&mut out, value);
    out
}

/// Recursion is bounded by the depth of `Value`; deep documents are `Raw`.
fn put(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Raw(bytes) => out.extend_from_slice(bytes),
        Value::Text(text) => string(out, text, false),
        Value::Array(elements) => {
            out.push(b'[');
            for (i, element) in elements.iter().enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                put(out, element);
            }
            out.push(b']');
        }
        Value::Object(members) => {
            out.push(b'{');
            for (i, (name, value)) in members.iter().enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                string(out, name, false);
                out.push(b':');
                put(out, value);
            }
            out.push(b'}');
        }
    }
}

/// Writes a string. With `all`, every character is escaped.
pub(super) fn string(out: &mut Vec<u8>, text: &str, all: bool) {
    out.push(b'"');
    let is_plain = |byte: &u8| *byte >= 0x20 && *byte != b'"' && *byte != b'\\';
    if !all && text.as_bytes()[plain(text.as_bytes()).0..].iter().all(is_plain) {
        out.extend_from_slice(text.as_bytes());
        return out.push(b'"');
    }
    if all && text.is_ascii() {
        out.reserve(6 * text.len() + 1);
        text.bytes().for_each(|byte| escape(out, u16::from(byte)));
        return out.push(b'"');
    }
    for char in text.chars() {
        match char {
            _ if all => {
                for unit in char.encode_utf16(&mut [0; 2]) {
                    escape(out, *unit);
                }
            }
            '"' | '\\' => out.extend_from_slice(&[b'\\', char as u8]),
            '\0'..='\u{1f}' => escape(out, char as u16),
            _ => out.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    out.push(b'"');
}

/// Writes a UTF-16 code unit as an escape.
fn escape(out: &mut Vec<u8>, unit: u16) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let [a, b, c, d] = [12, 8, 4, 0].map(|shift| DIGITS[usize::from(unit >> shift & 15)]);
    out.extend_from_slice(&[b'\\', b'u', a, b, c, d]);
}

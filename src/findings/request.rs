//! The parts of a record needed to reproduce a case without manifuzz: body, needs, witness and pointer.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::requests::tested;
use crate::exchange::{Exchange, Need, NeedKind};
use crate::json::{difference, read};

/// Maximum length of a body included in the witness, in bytes.
const BODY_IN_WITNESS: usize = 8 * 1024;
/// Maximum length of a need's content included in the row, in bytes.
const CONTENT_IN_ROW: usize = 4096;
/// Maximum length of the list of needs, in bytes of JSON.
const NEEDS_IN_ROW: usize = 24 * 1024;

/// The body in base64, if it has at most `most` bytes.
pub(super) fn body(exchange: &Exchange, most: usize) -> Option<String> {
    let body = &exchange.tested.body;
    (body.len() <= most).then(|| STANDARD.encode(body))
}

/// The needs as a JSON array, with their content as far as it fits. If not all needs fit, the last element is `{"more":N}`.
pub(super) fn needs(exchange: &Exchange) -> String {
    let mut room = NEEDS_IN_ROW;
    let mut takes = |length: usize| {
        let fits = length <= room;
        room -= if fits { length } else { 0 };
        fits
    };
    let described = exchange.needs.iter().map(|need| description(need));
    let mut listed: Vec<Value> = described.take_while(|value| takes(value.to_string().len() + 1)).collect();
    for (value, need) in listed.iter_mut().zip(&exchange.needs) {
        let content = need.held().filter(|content| content.len() <= CONTENT_IN_ROW).map(|held| STANDARD.encode(held));
        if let Some(content) = content.filter(|content| takes(content.len() + r#","content_base64":"""#.len())) {
            value["content_base64"] = json!(content);
        }
    }
    let more = exchange.needs.len() - listed.len();
    if more > 0 {
        listed.push(json!({ "more": more }));
    }
    Value::Array(listed).to_string()
}

fn description(need: &Need) -> Value {
    let mut value = json!({
        "path": need.path,
        "digest": need.digest,
        "size": need.length,
        "state": need.state.as_str(),
    });
    match need.kind {
        NeedKind::Blob => value["kind"] = json!("blob"),
        NeedKind::Manifest(content_type) => {
            value["kind"] = json!("manifest");
            value["content_type"] = json!(content_type);
        }
    }
    value
}

pub(super) fn witness(shape: &str, exchange: &Exchange) -> String {
    let mut value = json!({
        "shape": shape,
        "request": tested(exchange),
        "body_sha256": exchange.tested.digest(),
    });
    if let Some(body) = body(exchange, BODY_IN_WITNESS) {
        value["body_base64"] = json!(body);
    }
    value.to_string()
}

/// The first difference between two exchanges, in the order facts, document, bytes, headers, reference, follow-up request, steps.
pub(super) fn pointer(a: &Exchange, b: &Exchange) -> String {
    let state = |exchange: &Exchange, path: &str| exchange.needs.iter().find(|n| n.path == path).map(|n| n.state);
    let moved = a.needs.iter().find(|need| state(b, &need.path).is_some_and(|state| state != need.state));
    if let Some(need) = moved {
        return format!("facts:{}", need.path);
    }
    let (put_a, put_b) = (&a.tested, &b.tested);
    if put_a.body != put_b.body {
        return match (read(&put_a.body), read(&put_b.body)) {
            (Ok(a), Ok(b)) => difference(&a, &b).unwrap_or_else(|| first_byte(&put_a.body, &put_b.body)),
            _ => first_byte(&put_a.body, &put_b.body),
        };
    }
    if put_a.content_type != put_b.content_type {
        return "header:Content-Type".to_owned();
    }
    if put_a.transfer != put_b.transfer {
        return "header:Transfer-Encoding".to_owned();
    }
    let differs = [
        (put_a.content_encoding != put_b.content_encoding, "header:Content-Encoding"),
        (put_a.reference != put_b.reference, "reference"),
        (a.accept != b.accept, "header:Accept"),
        (a.afterwards != b.afterwards, "afterwards"),
    ];
    differs.iter().find(|(differs, _)| *differs).map_or("steps", |(_, place)| place).to_owned()
}

fn first_byte(a: &[u8], b: &[u8]) -> String {
    let at = a.iter().zip(b).position(|(a, b)| a != b).unwrap_or_else(|| a.len().min(b.len()));
    format!("byte:{at}")
}

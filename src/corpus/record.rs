//! From a finding to its row: exact bytes, needs, request, witness and pointer.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::row::{Row, id};
use crate::compare::{Finding, Symptom};
use crate::exchange::{Exchange, NeedKind, Transfer};
use crate::json::{difference, read};
use crate::render::render;
use crate::shape::{Shape, space};

/// The longest body that stands in the row itself, in bytes.
const BODY_IN_ROW: usize = 24 * 1024;
/// The longest content of a need that stands in the row itself, in bytes.
const CONTENT_IN_ROW: usize = 4096;

/// Today as the corpus writes it: the UTC day, `YYYY-MM-DD`.
pub fn today() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%d").to_string()
}

/// What a row is made of.
#[derive(Clone, Copy, Debug)]
pub struct Record<'r> {
    /// The target's name.
    pub target: &'r str,
    /// Its version.
    pub target_version: &'r str,
    /// The set of versions judged by.
    pub spec: &'r str,
    /// The smallest case.
    pub shape: &'r Shape,
    /// What it shows.
    pub finding: &'r Finding,
    /// The nearest accepted shape.
    pub witness: Option<&'r Shape>,
    /// What it was shrunk from.
    pub from: &'r Shape,
    /// How often the target showed it.
    pub reproduced: usize,
    /// How many cases it took.
    pub probes: usize,
    /// The run's seed.
    pub seed: u64,
    /// The UTC day, `YYYY-MM-DD`.
    pub day: &'r str,
}

/// What makes two findings the same: the symptom, and the slots that deviate, positions written `*`.
pub fn key(symptom: &Symptom, shape: &Shape) -> String {
    let mut slots: Vec<String> = shape.deviating().map(|(slot, _)| space().name_in_key(slot)).collect();
    slots.sort_unstable();
    slots.dedup();
    let slots = if slots.is_empty() { "base".to_owned() } else { slots.join(",") };
    format!("{symptom} {slots}")
}

impl Record<'_> {
    /// The row.
    pub fn row(&self) -> Row {
        let exchange = render(self.shape);
        let finding = self.finding;
        let shape = self.shape.to_string();
        let (witness, pointer) = match self.witness {
            Some(witness) => {
                let other = render(witness);
                (witness_json(witness, &other), pointer(&exchange, &other))
            }
            None => (String::new(), String::new()),
        };
        Row {
            id: id(&shape),
            shape,
            class: finding.symptom.class.as_str().to_owned(),
            grade: finding.grade.to_string(),
            target: self.target.to_owned(),
            target_version: self.target_version.to_owned(),
            spec: self.spec.to_owned(),
            expect: finding.expect.clone(),
            rules: finding.rules.join(" "),
            stage: finding.symptom.stage.to_string(),
            status: finding.symptom.status.map(|status| format!("{status:03}")).unwrap_or_default(),
            error_code: finding.symptom.code.clone(),
            error_message: finding.message.clone(),
            content_type: exchange.tested.content_type.clone().unwrap_or_default().into_owned(),
            reference: exchange.tested.reference.to_string(),
            body_base64: body(&exchange).unwrap_or_default(),
            body_sha256: exchange.tested.digest().to_owned(),
            body_bytes: exchange.tested.body.len().to_string(),
            needs: needs(&exchange).to_string(),
            request: request(&exchange).to_string(),
            witness,
            pointer,
            key: key(&finding.symptom, self.shape),
            // What it was shrunk from is another entry of the same slots, if it has no other slots.
            also: Some(self.from)
                .filter(|from| *from != self.shape && key(&finding.symptom, from) == key(&finding.symptom, self.shape))
                .map(Shape::to_string)
                .unwrap_or_default(),
            reproduced: self.reproduced.to_string(),
            probes: self.probes.to_string(),
            shrunk_from: self.from.to_string(),
            seed: self.seed.to_string(),
            first_seen: self.day.to_owned(),
            last_seen: self.day.to_owned(),
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            note: finding.note.clone(),
        }
    }
}

fn body(exchange: &Exchange) -> Option<String> {
    let body = &exchange.tested.body;
    (body.len() <= BODY_IN_ROW).then(|| STANDARD.encode(body))
}

fn needs(exchange: &Exchange) -> Value {
    let need = |need: &crate::exchange::Need| {
        let mut value = json!({
            "path": need.path,
            "digest": need.digest,
            "size": need.bytes.len(),
            "state": need.state.as_str(),
        });
        match need.kind {
            NeedKind::Blob => value["kind"] = json!("blob"),
            NeedKind::Manifest(content_type) => {
                value["kind"] = json!("manifest");
                value["content_type"] = json!(content_type);
            }
        }
        if need.bytes.len() <= CONTENT_IN_ROW {
            value["content_base64"] = json!(STANDARD.encode(&need.bytes));
        }
        value
    };
    exchange.needs.iter().map(|of| need(of)).collect()
}

fn request(exchange: &Exchange) -> Value {
    let mut headers = serde_json::Map::new();
    if let Some(content_type) = &exchange.tested.content_type {
        headers.insert("Content-Type".to_owned(), json!(content_type));
    }
    if let Some(coding) = exchange.tested.content_encoding {
        headers.insert("Content-Encoding".to_owned(), json!(coding));
    }
    match exchange.tested.transfer {
        Transfer::ContentLength => {
            headers.insert("Content-Length".to_owned(), json!(exchange.tested.body.len().to_string()));
        }
        Transfer::Chunked => {
            headers.insert("Transfer-Encoding".to_owned(), json!("chunked"));
        }
    }
    let path = format!("/v2/{{repository}}/manifests/{}", exchange.tested.reference);
    json!({ "method": "PUT", "path": path, "headers": headers })
}

fn witness_json(shape: &Shape, exchange: &Exchange) -> String {
    let mut value = json!({
        "shape": shape.to_string(),
        "request": request(exchange),
        "body_sha256": exchange.tested.digest(),
    });
    if let Some(body) = body(exchange) {
        value["body_base64"] = json!(body);
    }
    value.to_string()
}

/// Where two exchanges differ: what comes first of facts, document, bytes, headers, reference, what is asked, steps.
fn pointer(a: &Exchange, b: &Exchange) -> String {
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

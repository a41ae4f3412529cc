//! Turns a finding into a record.

use jiff::civil::Date;

use super::also::Also;
use super::case::CaseText;
use super::record::{Record, key};
use super::request::{body, needs, pointer, witness};
use super::request_body::BODY_IN_ROW;
use super::requests::Requests;
use crate::compare::Finding;
use crate::exchange::Exchange;
use crate::foreign::bounded;
use crate::render::render;
use crate::shape::Shape;

/// Maximum lengths of untrusted text in a record, in characters: target, version, error code, message and note.
const TARGET: usize = 256;
const VERSION: usize = 128;
const CODE: usize = 128;
const TEXT: usize = 500;

/// A finding on a target.
#[derive(Clone, Copy, Debug)]
pub struct Sighting<'s> {
    /// The target's name.
    pub target: &'s str,
    /// Its version; empty if unknown.
    pub target_version: &'s str,
    /// The set of specification versions, such as `1.1`.
    pub spec: &'s str,
    /// The smallest case.
    pub shape: &'s Shape,
    /// What it shows.
    pub finding: &'s Finding,
    /// The nearest accepted shape.
    pub witness: Option<&'s Shape>,
    /// The case it was shrunk from.
    pub from: &'s Shape,
    /// How often the target showed it again.
    pub reproduced: usize,
    /// Whether `shape` is the smallest case. Otherwise the finding was not shrunk or not confirmed.
    pub is_smallest: bool,
    /// How many cases were fired or looked up.
    pub probes: usize,
    /// How far the finding goes beyond its smallest case, in a phrase; empty if that was not explored.
    pub extent: &'s str,
}

/// Properties shared by the records of a run.
#[derive(Clone, Copy, Debug)]
pub struct Context<'c> {
    /// The run's seed.
    pub seed: u64,
    /// The UTC day.
    pub day: Date,
    /// The version of manifuzz.
    pub tool_version: &'c str,
}

impl Sighting<'_> {
    /// The record of the finding. Smaller than 128 KiB in every codec, regardless of the target's answers.
    pub fn record(&self, context: &Context<'_>) -> Record {
        let symptom = &self.finding.symptom;
        // Without a smallest case the key contains the whole shape, so that the row does not replace a confirmed one.
        let key_of_case = if self.is_smallest { key(symptom, self.shape) } else { format!("{symptom} {}", self.shape) };
        // List the original case under `also` if it has the same key.
        let is_another = self.from != self.shape && key(symptom, self.from) == key_of_case;
        let exchange = render(self.shape);
        let witness = self.witness.map(|shape| (shape.to_string(), render(shape)));
        let parts = Parts {
            target: self.target,
            target_version: self.target_version,
            spec: self.spec,
            shape: CaseText::from(self.shape),
            exchange: &exchange,
            finding: self.finding,
            witness: witness.as_ref().map(|(text, exchange)| (&**text, exchange)),
            key: key_of_case,
            from: self.from.to_string(),
            also: is_another.then(|| self.from.to_string()).into_iter().collect(),
            reproduced: self.reproduced,
            probes: self.probes,
            extent: self.extent,
        };
        parts.record(context)
    }
}

/// What a record is made of, whether or not a shape renders the case.
pub(super) struct Parts<'s> {
    pub target: &'s str,
    pub target_version: &'s str,
    pub spec: &'s str,
    pub shape: CaseText,
    pub exchange: &'s Exchange,
    pub finding: &'s Finding,
    /// The text of the witness, and its exchange.
    pub witness: Option<(&'s str, &'s Exchange)>,
    pub key: String,
    /// The text of the case it was shrunk from.
    pub from: String,
    pub also: Also,
    pub reproduced: usize,
    pub probes: usize,
    pub extent: &'s str,
}

impl Parts<'_> {
    pub fn record(self, context: &Context<'_>) -> Record {
        let (exchange, finding) = (self.exchange, self.finding);
        let symptom = &finding.symptom;
        let (witness, pointer) = match self.witness {
            Some((text, other)) => (witness(text, other), pointer(exchange, other)),
            None => (String::new(), String::new()),
        };
        Record {
            shape: self.shape,
            class: symptom.class,
            grade: finding.grade,
            target: bounded(self.target, TARGET),
            target_version: bounded(self.target_version, VERSION),
            spec: self.spec.to_owned(),
            expect: finding.expect.clone(),
            rules: finding.rules.iter().map(|rule| (*rule).to_owned()).collect(),
            stage: symptom.stage,
            status: symptom.status,
            error_code: bounded(&symptom.code, CODE),
            error_message: bounded(&finding.message, TEXT),
            content_type: exchange.tested.content_type.clone().unwrap_or_default().into_owned(),
            reference: exchange.tested.reference.to_string(),
            body_base64: body(exchange, BODY_IN_ROW).unwrap_or_default(),
            body_sha256: exchange.tested.digest().to_owned(),
            body_bytes: Some(exchange.tested.body.len() as u64),
            needs: needs(exchange),
            request: Requests::of(exchange, symptom.stage, symptom.duty).text,
            witness,
            pointer,
            key: self.key,
            also: self.also,
            reproduced: Some(self.reproduced as u64),
            probes: Some(self.probes as u64),
            shrunk_from: self.from,
            seed: Some(context.seed),
            first_seen: Some(context.day),
            last_seen: Some(context.day),
            tool_version: context.tool_version.to_owned(),
            note: bounded(&finding.note, TEXT),
            extent: bounded(self.extent, TEXT),
        }
    }
}

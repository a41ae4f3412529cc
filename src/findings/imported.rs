//! Rows of cases that were imported from files: nothing was observed, so they belong to no registry.

use super::also::Also;
use super::bodies::body_text;
use super::case::CaseText;
use super::record::Record;
use super::request::{body, needs};
use super::request_body::BODY_IN_ROW;
use super::requests::Requests;
use super::sighting::Context;
use crate::compare::{Class, Grade, Symptom};
use crate::exchange::{Exchange, Stage};
use crate::render::render;
use crate::shape::Shape;

/// The target of such rows.
const TARGET: &str = "import";

/// A case that was read from a file.
#[derive(Clone, Debug)]
pub struct Import {
    case: CaseText,
    /// What firing it would send.
    pub exchange: Exchange,
}

impl Import {
    /// A shape.
    pub fn of_shape(shape: &Shape) -> Self {
        Self { case: CaseText::from(shape), exchange: render(shape) }
    }

    /// A document that no shape renders.
    pub fn of_document(content_type: String, content: Vec<u8>) -> Self {
        let exchange = Exchange::of_document(Some(content_type), content.into(), Vec::new());
        Self { case: CaseText::new(body_text(exchange.tested.digest())), exchange }
    }

    /// The record, with what is expected of a registry by these versions. Each case is a row: the key has its whole text.
    pub fn record(self, spec: &str, expect: String, rules: Vec<String>, context: &Context<'_>) -> Record {
        let Self { case, exchange } = self;
        let symptom = Symptom {
            stage: Stage::ManifestPut,
            class: Class::Imported,
            status: None,
            code: String::new(),
            duty: None,
        };
        Record {
            class: symptom.class,
            grade: Grade::Note,
            target: TARGET.to_owned(),
            target_version: String::new(),
            spec: spec.to_owned(),
            expect,
            rules,
            stage: symptom.stage,
            status: None,
            error_code: String::new(),
            error_message: String::new(),
            content_type: exchange.tested.content_type.clone().unwrap_or_default().into_owned(),
            reference: exchange.tested.reference.to_string(),
            body_base64: body(&exchange, BODY_IN_ROW).unwrap_or_default(),
            body_sha256: exchange.tested.digest().to_owned(),
            body_bytes: Some(exchange.tested.body.len() as u64),
            needs: needs(&exchange),
            request: Requests::of(&exchange, symptom.stage, symptom.duty).text,
            witness: String::new(),
            pointer: String::new(),
            key: format!("{symptom} {case}"),
            also: Also::default(),
            reproduced: Some(0),
            probes: Some(0),
            shrunk_from: case.to_string(),
            seed: None,
            first_seen: Some(context.day),
            last_seen: Some(context.day),
            tool_version: context.tool_version.to_owned(),
            note: "imported; not fired at any registry yet".to_owned(),
            extent: String::new(),
            shape: case,
        }
    }
}

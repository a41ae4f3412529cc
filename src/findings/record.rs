//! The record of a finding: what a corpus holds, typed. Text columns, CSV and JSON lines are codecs of it.

use jiff::civil::Date;

use super::also::Also;
use super::case::CaseText;
use crate::compare::{Class, Grade, Symptom};
use crate::exchange::Stage;
use crate::shape::{Shape, space};

/// One finding in its smallest form. Numbers and dates that a file of an older version does not have are `None`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The smallest case that shows it.
    pub shape: CaseText,
    /// What it is.
    pub class: Class,
    /// How much it weighs.
    pub grade: Grade,
    /// The target's name.
    pub target: String,
    /// Its version, where that is known.
    pub target_version: String,
    /// The set of specification versions, such as `1.1`.
    pub spec: String,
    /// The expectation, with codes or a reason.
    pub expect: String,
    /// Ids of rules.
    pub rules: Vec<String>,
    /// Where it was seen.
    pub stage: Stage,
    /// The status of the answer, where one came.
    pub status: Option<u16>,
    /// The first error code.
    pub error_code: String,
    /// The server's words.
    pub error_message: String,
    /// The tested request's Content-Type; empty where it has none.
    pub content_type: String,
    /// The last element of its path; a fresh tag is `{tag}`.
    pub reference: String,
    /// The exact body in base64; empty above 24 KiB.
    pub body_base64: String,
    /// `sha256:HEX` of the body.
    pub body_sha256: String,
    /// The body's length in bytes.
    pub body_bytes: Option<u64>,
    /// JSON: blobs and manifests that must be there or not.
    pub needs: String,
    /// JSON: method, path and headers of the tested request.
    pub request: String,
    /// JSON: the nearest accepted case; empty where there is none.
    pub witness: String,
    /// Where the case and its witness differ.
    pub pointer: String,
    /// What makes two findings the same; see [`key`].
    pub key: String,
    /// Other shapes with this key.
    pub also: Also,
    /// How often the target showed it.
    pub reproduced: Option<u64>,
    /// How many cases it took to shrink it.
    pub probes: Option<u64>,
    /// The text of the shape that it was shrunk from.
    pub shrunk_from: String,
    /// The seed of the run.
    pub seed: Option<u64>,
    /// The UTC day on which it was first seen.
    pub first_seen: Option<Date>,
    /// The UTC day on which it was last seen.
    pub last_seen: Option<Date>,
    /// The version of manifuzz that found it.
    pub tool_version: String,
    /// In our words, what was seen.
    pub note: String,
}

impl Record {
    /// What makes a record the only one of its kind: target, spec and key.
    pub fn identity(&self) -> (&str, &str, &str) {
        (&self.target, &self.spec, &self.key)
    }

    /// What a corpus is sorted by, as bytes.
    pub fn order(&self) -> (&str, &str, &str, &str) {
        (self.shape.id(), &self.target, &self.spec, &self.key)
    }
}

/// What makes two findings the same: the symptom, and the slots that deviate, positions written `*`.
pub fn key(symptom: &Symptom, shape: &Shape) -> String {
    let mut slots: Vec<String> = shape.deviating().map(|(slot, _)| space().name_in_key(slot)).collect();
    slots.sort_unstable();
    slots.dedup();
    let slots = if slots.is_empty() { "base".to_owned() } else { slots.join(",") };
    format!("{symptom} {slots}")
}

/// Today's UTC day.
pub fn today() -> Date {
    jiff::tz::TimeZone::UTC.to_datetime(jiff::Timestamp::now()).date()
}

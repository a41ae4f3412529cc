//! The typed record of a finding. CSV and JSON lines are encodings of it.

use jiff::civil::Date;

use super::also::Also;
use super::case::CaseText;
use crate::compare::{Class, Grade, Symptom};
use crate::exchange::Stage;
use crate::shape::{Shape, space};

/// One finding in a corpus, usually with its smallest case. Numbers and dates missing in files of older versions are `None`.
///
/// [`Sighting::record`](super::Sighting::record) creates one. See [`Row`](super::Row) for the textual form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The smallest case that shows it.
    pub shape: CaseText,
    /// The class of the finding.
    pub class: Class,
    /// The severity.
    pub grade: Grade,
    /// The target's name.
    pub target: String,
    /// The target's version; empty if unknown.
    pub target_version: String,
    /// The set of specification versions, such as `1.1`.
    pub spec: String,
    /// The expectation, with codes or a reason.
    pub expect: String,
    /// Ids of the rules it is based on.
    pub rules: Vec<String>,
    /// The stage at which it was observed.
    pub stage: Stage,
    /// The status of the answer, if one arrived.
    pub status: Option<u16>,
    /// The first error code.
    pub error_code: String,
    /// The server's message.
    pub error_message: String,
    /// The tested request's Content-Type; empty if absent.
    pub content_type: String,
    /// The last element of the tested request's path; `{tag}` stands for a fresh tag.
    pub reference: String,
    /// The exact body in base64; empty above 24 KiB.
    pub body_base64: String,
    /// `sha256:HEX` of the body.
    pub body_sha256: String,
    /// The body's length in bytes.
    pub body_bytes: Option<u64>,
    /// JSON: blobs and manifests that must be present or absent.
    pub needs: String,
    /// JSON: method, path and headers of the tested request, and the requests before and after it.
    pub request: String,
    /// JSON: the nearest accepted case; empty if none is known.
    pub witness: String,
    /// Where the case and its witness differ.
    pub pointer: String,
    /// What identifies the finding; see [`key`].
    pub key: String,
    /// Other shapes with this key.
    pub also: Also,
    /// How often the target showed it again; 0 if not confirmed.
    pub reproduced: Option<u64>,
    /// How many cases were fired or looked up to shrink it.
    pub probes: Option<u64>,
    /// The text of the shape it was shrunk from.
    pub shrunk_from: String,
    /// The seed of the run.
    pub seed: Option<u64>,
    /// The UTC day of the first sighting.
    pub first_seen: Option<Date>,
    /// The UTC day of the last sighting.
    pub last_seen: Option<Date>,
    /// The version of manifuzz that found it.
    pub tool_version: String,
    /// What was observed.
    pub note: String,
    /// How far the finding goes beyond its smallest case, in a phrase; empty if that was not explored. In the columns it follows the
    /// note, behind [`EXTENT`].
    pub extent: String,
}

/// Separates the extent from the note in the column `note`.
pub const EXTENT: &str = "; extent: ";

/// What is unique in a corpus: target, spec and key.
pub type Identity = (String, String, String);

impl Record {
    /// What is unique in a corpus.
    pub fn identity(&self) -> Identity {
        (self.target.clone(), self.spec.clone(), self.key.clone())
    }

    /// The rule that the answer breaks, which is a part of the key.
    pub fn duty(&self) -> Option<&str> {
        self.key.rsplit(' ').nth(1).filter(|duty| *duty != "-")
    }

    /// How a client program ended, such as `exit:1`; `None` in the row of a registry, which has the status of an answer.
    pub fn ending(&self) -> Option<&str> {
        self.stage.is_of_client().then_some(&*self.error_code)
    }

    /// The sort key of a corpus, compared bytewise.
    pub fn order(&self) -> (&str, &str, &str, &str) {
        (self.shape.id(), &self.target, &self.spec, &self.key)
    }
}

/// The key that identifies a finding: the symptom and the deviating slots, with positions written `*`.
pub fn key(symptom: &Symptom, shape: &Shape) -> String {
    let mut slots: Vec<String> = shape.deviating().map(|(slot, _)| space().name_in_key(slot)).collect();
    slots.sort_unstable();
    slots.dedup();
    let slots = if slots.is_empty() { "base".to_owned() } else { slots.join(",") };
    format!("{symptom} {slots}")
}

/// The current UTC day.
pub fn today() -> Date {
    jiff::tz::TimeZone::UTC.to_datetime(jiff::Timestamp::now()).date()
}

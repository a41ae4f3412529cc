//! The table of what the official conformance program fails (`docs/conformance.csv`).
#![allow(dead_code, reason = "each test program uses a part")]

use serde::Deserialize;

/// A row: a group of failures on one registry, and what manifuzz says of it.
#[derive(Clone, Debug, Deserialize)]
pub struct Group {
    /// As `tests/servers/run` names it.
    pub registry: String,
    /// A pattern of test names: `*` is any text, `?` any character.
    pub test: String,
    /// A pattern of messages.
    pub message: String,
    /// How many failures there are with `OCI_VERSION=1.1`.
    pub failures_1_1: usize,
    /// How many there are with `OCI_VERSION=dev`.
    pub failures_dev: usize,
    pub verdict: Verdict,
    /// The class of the finding in `shape`.
    pub class: String,
    /// Blank-separated rule ids.
    rules: String,
    /// The case in which manifuzz reports it, if it does; as a note if the specification does not demand it.
    pub shape: String,
    pub reason: String,
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// manifuzz reports it.
    Found,
    /// The specification allows the answer.
    Allowed,
    /// The program demands more than the specification says.
    Beyond,
    /// Caused by the failure of another group.
    Follows,
    /// manifuzz does not send the request.
    Unasked,
}

impl Verdict {
    pub fn word(self) -> &'static str {
        match self {
            Self::Found => "found",
            Self::Allowed => "allowed",
            Self::Beyond => "beyond the text",
            Self::Follows => "follows",
            Self::Unasked => "not asked",
        }
    }
}

impl Group {
    pub fn rules(&self) -> impl Iterator<Item = &str> {
        self.rules.split_whitespace()
    }
}

pub fn table() -> Vec<Group> {
    let mut reader = csv::Reader::from_reader(include_str!("../../docs/conformance.csv").as_bytes());
    reader.deserialize().map(|group| group.unwrap()).collect()
}

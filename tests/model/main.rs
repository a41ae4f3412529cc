//! The model: its rules, its judgement of answers, and its traceability to the specifications.

#[path = "../support/conformance.rs"]
mod conformance_table;
#[path = "../support/registry.rs"]
mod registry;

mod answering;

mod answers;
mod clauses;
mod clients;
mod codings;
mod conformance;
mod deletions;
mod dev;
mod documents;
mod failures;
mod lists;
mod policy;
#[cfg(feature = "readers")]
mod readers;
mod reading;
mod rules;
mod uploads;

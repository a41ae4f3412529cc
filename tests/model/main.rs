//! The model: its rules, its judgement of answers, and its traceability to the specifications.

#[path = "../support/registry.rs"]
mod registry;

mod answering;

mod answers;
mod clauses;
mod codings;
mod deletions;
mod failures;
mod lists;
mod policy;
#[cfg(feature = "readers")]
mod readers;
mod rules;

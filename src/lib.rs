//! Property-based fuzzer and executable conformance model for OCI registries.
//!
//! Data flows one way: generate → render → fire → judge → compare → shrink → record → report.
//! `ARCHITECTURE.md` describes the modules and which of them may import which.

#[cfg(feature = "cli")]
pub mod cli;
pub mod compare;
#[cfg(feature = "readers")]
pub mod consumers;
pub mod engine;
pub mod error;
pub mod exchange;
pub mod findings;
pub mod foreign;
pub mod generate;
pub mod json;
pub mod model;
pub mod registry;
pub mod render;
pub mod report;
pub mod shape;
pub mod shrink;
pub mod transport;

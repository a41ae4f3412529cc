//! Fuzz targets. Each is a library function with a smoke test that runs on stable; the binaries only call it.
//!
//! | target | input | checks |
//! |---|---|---|
//! | [`fire`] | shape text | the registry's behaviour for this shape; findings are shrunk and recorded |
//! | [`judge_bytes`] | any bytes | the model does not panic, is deterministic, and reports only existing pointers |
//! | [`shape_round_trip`] | shape text | printing and parsing round-trip; the model agrees that shapes of the preset `valid` are valid |

#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod answers;
pub mod fire;
pub mod judge_bytes;
pub mod mutator;
pub mod progress;
pub mod settings;
pub mod shape_round_trip;
pub mod watched;

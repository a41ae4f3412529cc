//! Fuzz targets, each a library function with a smoke test that stable runs; the binaries are one line.
//!
//! | target | input | claim |
//! |---|---|---|
//! | [`fire`] | shape text | what a registry does with the shape, judged, shrunk and recorded |
//! | [`judge_bytes`] | any bytes | the model never panics, says the same twice, and points at what is there |
//! | [`shape_round_trip`] | shape text | parsing and printing are exact; valid shapes are valid to the model |

#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod fire;
pub mod judge_bytes;
pub mod shape_round_trip;

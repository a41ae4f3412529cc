//! The roles of requests in scripts, one file per subject.

pub mod reading;
pub mod uploads;

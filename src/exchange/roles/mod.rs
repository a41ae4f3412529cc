//! The roles of requests in scripts, one file per subject.

pub mod dev;
pub mod reading;
pub mod uploads;

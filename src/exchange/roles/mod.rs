//! The roles of requests in scripts, one file per subject.

pub mod blobs;
pub mod dev;
pub mod mounts;
pub mod reading;
pub mod referrers;
pub mod tags;
pub mod uploads;

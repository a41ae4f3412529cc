//! Rules of distribution-spec, one file per section.

pub(in crate::model) mod blob_deletion;
pub(in crate::model) mod blobs;
pub(in crate::model) mod chunks;
pub(in crate::model) mod deletion;
pub(in crate::model) mod dev;
pub(in crate::model) mod errors;
pub(in crate::model) mod expected;
pub(in crate::model) mod failures;
pub(in crate::model) mod filters;
pub(in crate::model) mod locations;
pub(in crate::model) mod missing;
pub(in crate::model) mod mounts;
pub(in crate::model) mod pull;
pub(in crate::model) mod push;
pub(in crate::model) mod pushed;
pub(in crate::model) mod ranges;
pub(in crate::model) mod reading;
pub(in crate::model) mod referrers;
pub(in crate::model) mod requests;
pub(in crate::model) mod tags;
pub(in crate::model) mod uploads;
pub(in crate::model) mod warnings;

//! Rules of distribution-spec, one file per section.

pub(in crate::model) mod deletion;
pub(in crate::model) mod errors;
pub(in crate::model) mod failures;
pub(in crate::model) mod filters;
pub(in crate::model) mod locations;
pub(in crate::model) mod missing;
pub(in crate::model) mod pull;
pub(in crate::model) mod push;
pub(in crate::model) mod pushed;
pub(in crate::model) mod referrer_entries;
pub(in crate::model) mod referrer_lists;
pub(in crate::model) mod referrers;
pub(in crate::model) mod referrers_tag;
pub(in crate::model) mod scripted_lists;
pub(in crate::model) mod tag_lists;
pub(in crate::model) mod tag_pages;
pub(in crate::model) mod tags;
pub(in crate::model) mod uploads;
pub(in crate::model) mod warnings;

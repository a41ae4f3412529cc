//! Rules of HTTP that apply where distribution-spec is silent.

pub(in crate::model) mod codings;
pub(in crate::model) mod messages;

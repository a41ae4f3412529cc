//! Rules of HTTP that apply where distribution-spec is silent.

pub(in crate::model) mod codings;
pub(in crate::model) mod conditions;
pub(in crate::model) mod messages;
pub(in crate::model) mod negotiation;
pub(in crate::model) mod repetition;

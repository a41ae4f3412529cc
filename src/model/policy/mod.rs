//! The policy: what the model lets a party do. The only part of the model that decides anything.

pub(in crate::model) mod contradictions;
pub(in crate::model) mod judge;
pub(in crate::model) mod obligations;

pub use self::contradictions::contradictions;
pub use self::judge::{Breach, Expect, Judgement, Party, decide, judge, report};
pub use self::obligations::{Answered, Departure, Flaw, obligations, unanswered};

//! The policy: what the model lets a party do. The only part of the model that decides anything.

pub(in crate::model) mod answered;
pub(in crate::model) mod contradictions;
pub(in crate::model) mod judge;
pub(in crate::model) mod judgement;
pub(in crate::model) mod obligations;

pub use self::answered::{Answered, Flaw};
pub use self::contradictions::contradictions;
pub use self::judge::{decide, judge, report};
pub use self::judgement::{Breach, Expect, Judgement, Party};
pub use self::obligations::{Departure, obligations, unanswered};

//! The policy, the only part of the model that decides: derives the expectation from the rules that apply to content.

pub(in crate::model) mod answered;
pub(in crate::model) mod by_party;
pub(in crate::model) mod contradictions;
pub(in crate::model) mod found;
pub(in crate::model) mod judge;
pub(in crate::model) mod judgement;
pub(in crate::model) mod listed_tags;
pub(in crate::model) mod obligations;
pub(in crate::model) mod ran;
pub(in crate::model) mod redirects;
pub(in crate::model) mod runs;

pub use self::answered::{Answered, Flaw};
pub use self::by_party::judge;
pub use self::contradictions::contradictions;
pub use self::found::decide_found;
pub use self::judge::{decide, report};
pub use self::judgement::{Breach, Expect, Judgement, Party};
pub use self::obligations::{Departure, obligations, unanswered};
pub use self::ran::{Ran, RunFlaw};
pub use self::redirects::without_redirects;
pub use self::runs::{RunDeparture, decide_client, decide_operation, run_duties};

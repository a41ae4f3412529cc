//! Rules: one normative statement of a specification each, as a constant row with a check.

pub(in crate::model) mod checked;
pub(in crate::model) mod class;
pub(in crate::model) mod info;
pub(in crate::model) mod report;

pub use self::checked::{AnswerRule, ClientRule, Consequence, ContentRule, Requires, Rule};
pub use self::class::Class;
pub use self::info::{Binds, Clause, Family, Level, RuleInfo, Source};
pub use self::report::Report;

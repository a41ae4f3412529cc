//! Every normative sentence of the pinned specifications, and the rule that judges it or the reason why none does.

pub(in crate::model) mod changes;
pub(in crate::model) mod clauses;
pub(in crate::model) mod sentences;

pub use self::changes::Unjudged;
pub use self::clauses::{Clauses, Page, Tally};
pub use self::sentences::{Sentence, hash, sentences};

//! THE MODEL: the specifications as rows, one file a page. [`judge`] holds the only policy.
//!
//! Judges bytes, facts and answers; never sees a shape, a profile or a target. May import json, exchange.

mod ambiguous;
mod annotations;
mod artifact;
mod clauses;
mod content;
mod deletion;
mod descriptor;
mod errors;
mod forms;
mod found;
mod http;
mod image_index;
mod judge;
mod kind;
mod manifest;
mod members;
mod missing;
mod obligations;
mod platform;
mod pull;
mod push;
mod pushed;
mod referrers;
mod rule;
mod sentences;
mod tags;
mod takes;
mod text;
mod versions;
mod warnings;

pub use ambiguous::contradiction;
pub use clauses::{Clauses, Page, Tally};
pub use content::Content;
pub use errors::{CODES, codes_of};
pub use judge::{Breach, Expect, Judgement, Party, judge, report};
pub use kind::describe;
pub use obligations::{Answered, Departure, Flaw, obligations};
pub use rule::{Binds, Check, Class, Clause, Level, Report, Rule, Source};
pub use sentences::{Sentence, hash, sentences};
pub use versions::{Span, Version, Versions};

/// All rules, in the order of their pages.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    [
        text::RULES,
        manifest::RULES,
        image_index::RULES,
        platform::RULES,
        artifact::RULES,
        descriptor::RULES,
        annotations::RULES,
        takes::RULES,
        push::RULES,
        pushed::RULES,
        pull::RULES,
        missing::RULES,
        tags::RULES,
        referrers::RULES,
        deletion::RULES,
        errors::RULES,
        warnings::RULES,
        http::RULES,
    ]
    .into_iter()
    .flatten()
}

/// The rule of this id.
pub fn rule(id: &str) -> Option<&'static Rule> {
    rules().find(|rule| rule.id == id)
}

//! THE MODEL: the specifications as rows, one file a page. [`judge`] holds the only policy.
//!
//! Judges bytes, facts and answers; never sees a shape, a profile or a target. May import json, exchange.

mod ambiguous;
mod annotations;
mod artifact;
mod clauses;
mod content;
mod data;
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
mod media_types;
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
use content::Sort;
pub use errors::{CODES, codes_of};
pub use judge::{Breach, Expect, Judgement, Party, judge, report};
pub use kind::describe;
pub use obligations::{Answered, Departure, Flaw, obligations};
pub use rule::{Binds, Check, Class, Clause, Level, Report, Rule, Source};
pub use sentences::{Sentence, hash, sentences};
pub use versions::{Span, Version, Versions};

/// The rules of one page, and the content that they can say something of: most pages are done where it is another's.
type OfPage = (&'static [Rule], fn(&Content<'_>) -> bool);

/// All rules with content to look at, in the order of their pages.
fn pages() -> [OfPage; 18] {
    let any: fn(&Content<'_>) -> bool = |_| true;
    [
        (text::RULES, any),
        (manifest::RULES, |content| content.sort() == Sort::Image),
        (image_index::RULES, |content| content.sort() == Sort::Index),
        (platform::RULES, |content| content.sort() == Sort::Index),
        (artifact::RULES, |content| content.sort() == Sort::Artifact),
        (descriptor::RULES, |content| content.has_descriptors()),
        (annotations::RULES, annotations::are_there),
        (takes::RULES, |content| content.is_known()),
        (push::RULES, any),
        (pushed::RULES, any),
        (pull::RULES, any),
        (missing::RULES, any),
        (tags::RULES, any),
        (referrers::RULES, any),
        (deletion::RULES, any),
        (errors::RULES, any),
        (warnings::RULES, any),
        (http::RULES, any),
    ]
}

/// All rules, in the order of their pages.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    pages().into_iter().flat_map(|(rules, _)| rules)
}

/// The rule of this id.
pub fn rule(id: &str) -> Option<&'static Rule> {
    rules().find(|rule| rule.id == id)
}

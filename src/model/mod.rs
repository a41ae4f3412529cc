//! THE MODEL: the specifications as rows, one file a page. [`judge`] holds the only policy.
//!
//! Judges bytes, facts and answers; never sees a shape, a profile or a target. May import json, exchange.

mod ambiguous;
mod annotations;
mod artifact;
mod clauses;
mod codings;
mod config;
mod content;
mod data;
mod deletion;
mod descriptor;
mod errors;
mod failures;
mod filters;
mod forms;
mod found;
mod http;
mod image_index;
mod judge;
mod kind;
mod layer;
mod located;
mod manifest;
mod media_types;
mod members;
mod missing;
mod obligations;
mod parameters;
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

pub use ambiguous::contradictions;
pub use clauses::{Clauses, Page, Tally};
pub use codings::{decoded, decoded_answer};
pub use content::Content;
pub use errors::{CODES, code_of, codes_of};
pub use forms::DigestForm;
pub use judge::{Breach, Expect, Judgement, Party, decide, judge, report};
pub use kind::{describe, kind_of};
pub use obligations::{Answered, Departure, Flaw, obligations, unanswered};
pub use rule::{Binds, Check, Class, Clause, Level, Report, Rule, Source};
pub use sentences::{Sentence, hash, sentences};
pub use versions::{Span, Version, Versions};

use content::Sort;

/// The rules of one page, and whether those on content can say something of a document: of most, one page or another
/// cannot.
type OfPage = (&'static [Rule], fn(&Content<'_>) -> bool);

/// All pages in their order.
fn pages() -> [OfPage; 24] {
    let any: fn(&Content<'_>) -> bool = |_| true;
    [
        (text::RULES, any),
        (manifest::RULES, |content| content.sort() == Sort::Image),
        (config::RULES, |content| content.sort() == Sort::Image),
        (layer::RULES, |content| content.sort() == Sort::Image),
        (image_index::RULES, |content| content.sort() == Sort::Index),
        (platform::RULES, |content| content.sort() == Sort::Index),
        (artifact::RULES, |content| content.sort() == Sort::Artifact),
        (descriptor::RULES, |content| content.has_descriptors()),
        (parameters::RULES, |content| content.is_known()),
        (annotations::RULES, annotations::are_there),
        (takes::RULES, |content| content.is_known()),
        (push::RULES, any),
        (pushed::RULES, any),
        (pull::RULES, any),
        (missing::RULES, any),
        (tags::RULES, any),
        (referrers::RULES, any),
        (filters::RULES, any),
        (deletion::RULES, any),
        (errors::RULES, any),
        (warnings::RULES, any),
        (located::RULES, any),
        (http::RULES, any),
        (codings::RULES, any),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::{Exchange, Facts, IMAGE_INDEX, IMAGE_MANIFEST};

    /// Documents that each page has something to say of, or nothing.
    const DOCUMENTS: &[&str] = &[
        "{}",
        r#"{"schemaVersion":1,"config":{},"layers":[{}],"subject":{},"annotations":{"a":1}}"#,
        r#"{"artifactType":"a/b","config":{"mediaType":"a/b"},"layers":[{"mediaType":"a/b","annotations":[]}],"x":1}"#,
        r#"{"manifests":[{"mediaType":"a/b","platform":{}},{"platform":1,"urls":[1]}],"subject":1,"x":1}"#,
        r#"{"blobs":[{}],"subject":{"data":"!"},"annotations":1,"x":1}"#,
    ];

    #[test]
    fn no_rule_speaks_of_what_its_page_does_not_concern() {
        let types = [IMAGE_MANIFEST, IMAGE_INDEX, crate::exchange::ARTIFACT_MANIFEST, "text/plain"];
        let mut spoke = 0;
        for (body, content_type) in DOCUMENTS.iter().flat_map(|body| types.map(|content_type| (body, content_type))) {
            let exchange = Exchange::of_document(Some(content_type.to_owned()), body.as_bytes().into(), Vec::new());
            let facts = Facts::all_there(&exchange);
            for versions in Versions::ALL {
                let content = Content::new(&exchange, &facts, versions);
                for (rules, concerns) in pages() {
                    for rule in rules.iter().filter(|rule| rule.holds_in(versions) && report(rule, &content).speaks) {
                        assert!(concerns(&content), "{}: {body} as {content_type}", rule.id);
                        spoke += 1;
                    }
                }
            }
        }
        assert!(spoke > 100, "{spoke}");
    }
}

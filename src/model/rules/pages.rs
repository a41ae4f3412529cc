//! Every page of the specifications with its rules, in order.

use crate::model::document::content::{Content, DocumentKind};
use crate::model::rule::Rule;
use crate::model::rules::distribution::{
    deletion, errors, filters, locations, missing, pull, push, pushed, referrers, tags, warnings,
};
use crate::model::rules::http::{codings, messages};
use crate::model::rules::image::{
    annotations, artifact, config, descriptor, image_index, layer, manifest, parameters, platform, storing,
};
use crate::model::rules::json;

/// The rules of one page, and whether those on content can say something of a document: of most, one page or another
/// cannot.
pub(in crate::model) type OfPage = (&'static [Rule], fn(&Content<'_>) -> bool);

/// All pages in their order.
pub(in crate::model) fn pages() -> [OfPage; 24] {
    let any: fn(&Content<'_>) -> bool = |_| true;
    [
        (json::RULES, any),
        (manifest::RULES, |content| content.sort() == DocumentKind::Image),
        (config::RULES, |content| content.sort() == DocumentKind::Image),
        (layer::RULES, |content| content.sort() == DocumentKind::Image),
        (image_index::RULES, |content| content.sort() == DocumentKind::Index),
        (platform::RULES, |content| content.sort() == DocumentKind::Index),
        (artifact::RULES, |content| content.sort() == DocumentKind::Artifact),
        (descriptor::RULES, |content| content.has_descriptors()),
        (parameters::RULES, |content| content.is_known()),
        (annotations::RULES, annotations::are_there),
        (storing::RULES, |content| content.is_known()),
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
        (locations::RULES, any),
        (messages::RULES, any),
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
    use crate::model::{Versions, report};

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
                    for rule in rules.iter().filter(|rule| rule.holds_in(versions) && report(rule, &content).applies) {
                        assert!(concerns(&content), "{}: {body} as {content_type}", rule.id);
                        spoke += 1;
                    }
                }
            }
        }
        assert!(spoke > 100, "{spoke}");
    }
}

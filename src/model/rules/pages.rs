//! The list of pages with their rules, in order.

use std::sync::OnceLock;

use crate::model::document::content::{Content, DocumentKind};
use crate::model::document::descriptors::Part;
use crate::model::rule::{AnswerRule, ClientRule, ContentRule, Rule};
use crate::model::rules::client;
use crate::model::rules::distribution::{
    blob_deletion, blobs, chunks, deletion, dev as distribution_dev, errors, filters, locations, missing, mounts, pull,
    push, pushed, ranges, reading, referrer_entries, referrers, referrers_tag, requests, tag_pages, tags, uploads,
    warnings,
};
use crate::model::rules::docker;
use crate::model::rules::http::{codings, conditions, messages, negotiation, repetition};
use crate::model::rules::image::{
    annotations, artifact, config, descriptor, dev as image_dev, image_index, layer, manifest, parameters, platform,
    storing,
};
use crate::model::rules::json;
use crate::model::rules::layout::LayoutRule;
use crate::model::versions::Versions;

/// The rules of one page.
#[derive(Clone, Copy)]
pub(in crate::model) struct RulesOfPage {
    /// Rules on content.
    pub content: &'static [ContentRule],
    /// Rules on answers.
    pub answers: &'static [AnswerRule],
    /// Whether the content rules can apply to a document. Most pages concern one kind of document.
    pub concerns: fn(&Content<'_>) -> bool,
}

/// Every page, in order.
pub(in crate::model) fn pages() -> [RulesOfPage; 40] {
    let any: fn(&Content<'_>) -> bool = |content| content.exchange.upload.is_none();
    [
        RulesOfPage { content: json::CONTENT, answers: &[], concerns: any },
        RulesOfPage {
            content: manifest::CONTENT,
            answers: &[],
            concerns: |content| content.kind() == DocumentKind::Image,
        },
        RulesOfPage {
            content: config::CONTENT,
            answers: &[],
            concerns: |content| content.kind() == DocumentKind::Image,
        },
        RulesOfPage {
            content: layer::CONTENT,
            answers: &[],
            concerns: |content| content.kind() == DocumentKind::Image,
        },
        RulesOfPage {
            content: image_index::CONTENT,
            answers: &[],
            concerns: |content| content.kind() == DocumentKind::Index,
        },
        RulesOfPage {
            content: platform::CONTENT,
            answers: &[],
            concerns: |content| content.kind() == DocumentKind::Index || content.has(Part::Subject),
        },
        RulesOfPage {
            content: artifact::CONTENT,
            answers: &[],
            concerns: |content| content.kind() == DocumentKind::Artifact,
        },
        RulesOfPage { content: descriptor::CONTENT, answers: &[], concerns: |content| content.has_descriptors() },
        RulesOfPage { content: parameters::CONTENT, answers: &[], concerns: |content| content.is_known() },
        RulesOfPage { content: annotations::CONTENT, answers: &[], concerns: annotations::has_annotations },
        RulesOfPage { content: image_dev::CONTENT, answers: &[], concerns: |content| content.is_known() },
        RulesOfPage { content: storing::CONTENT, answers: &[], concerns: |content| content.is_known() },
        RulesOfPage { content: push::CONTENT, answers: &[], concerns: any },
        RulesOfPage { content: &[], answers: pushed::ANSWERS, concerns: any },
        RulesOfPage { content: &[], answers: pull::ANSWERS, concerns: any },
        RulesOfPage { content: &[], answers: missing::ANSWERS, concerns: any },
        RulesOfPage { content: &[], answers: reading::ANSWERS, concerns: any },
        RulesOfPage { content: &[], answers: tags::ANSWERS, concerns: any },
        RulesOfPage { content: &[], answers: tag_pages::ANSWERS, concerns: any },
        RulesOfPage { content: &[], answers: referrers::ANSWERS, concerns: any },
        RulesOfPage { content: &[], answers: referrer_entries::ANSWERS, concerns: any },
        RulesOfPage { content: &[], answers: referrers_tag::ANSWERS, concerns: any },
        RulesOfPage { content: &[], answers: filters::ANSWERS, concerns: any },
        RulesOfPage { content: &[], answers: deletion::ANSWERS, concerns: any },
        RulesOfPage {
            content: uploads::CONTENT,
            answers: uploads::ANSWERS,
            concerns: |content| content.exchange.upload.is_some(),
        },
        RulesOfPage { content: &[], answers: chunks::ANSWERS, concerns: any },
        RulesOfPage { content: &[], answers: mounts::ANSWERS, concerns: any },
        RulesOfPage { content: &[], answers: blobs::ANSWERS, concerns: any },
        RulesOfPage { content: &[], answers: ranges::ANSWERS, concerns: any },
        RulesOfPage { content: &[], answers: blob_deletion::ANSWERS, concerns: any },
        RulesOfPage { content: &[], answers: errors::ANSWERS, concerns: any },
        RulesOfPage { content: &[], answers: warnings::ANSWERS, concerns: any },
        RulesOfPage { content: &[], answers: locations::ANSWERS, concerns: any },
        RulesOfPage { content: &[], answers: distribution_dev::ANSWERS, concerns: any },
        RulesOfPage { content: &[], answers: requests::ANSWERS, concerns: any },
        RulesOfPage { content: messages::CONTENT, answers: messages::ANSWERS, concerns: any },
        RulesOfPage { content: &[], answers: codings::ANSWERS, concerns: any },
        RulesOfPage { content: &[], answers: conditions::ANSWERS, concerns: any },
        RulesOfPage { content: &[], answers: negotiation::ANSWERS, concerns: any },
        RulesOfPage { content: &[], answers: repetition::ANSWERS, concerns: any },
    ]
}

/// Docker's rules, by which only found documents are judged.
pub(in crate::model) fn docker_rules() -> impl Iterator<Item = &'static ContentRule> {
    [docker::manifest::CONTENT, docker::list::CONTENT, docker::descriptor::CONTENT].into_iter().flatten()
}

/// Every rule on runs of client programs.
pub(in crate::model) fn client_rules() -> impl Iterator<Item = &'static ClientRule> {
    client::PAGES.into_iter().flatten()
}

/// Every rule of every version, in the order of the pages. Docker's rules, those on layouts and those on clients come last.
pub fn rules() -> impl Iterator<Item = Rule> {
    pages()
        .into_iter()
        .flat_map(|page| page.content.iter().map(Rule::Content).chain(page.answers.iter().map(Rule::Answer)))
        .chain(docker_rules().map(Rule::Content))
        .chain(LayoutRule::ALL.iter().map(|rule| Rule::Layout(rule.info())))
        .chain(client_rules().map(Rule::Client))
}

/// The rules on answers that hold in these versions, in the order of the pages; listed once for each pair of versions.
pub(in crate::model) fn answer_rules(versions: Versions) -> &'static [&'static AnswerRule] {
    static SETS: [OnceLock<Vec<&AnswerRule>>; Versions::ALL.len()] = [const { OnceLock::new() }; Versions::ALL.len()];
    let all = || pages().into_iter().flat_map(|page| page.answers);
    SETS[versions.index()].get_or_init(|| all().filter(|rule| rule.info.holds_in(versions)).collect())
}

/// Looks up a rule by its id.
pub fn rule(id: &str) -> Option<Rule> {
    rules().find(|rule| rule.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::{Exchange, Facts, IMAGE_INDEX, IMAGE_MANIFEST};
    use crate::model::{Versions, report};

    /// Documents to which rules of each page apply, and others.
    const DOCUMENTS: &[&str] = &[
        "{}",
        r#"{"schemaVersion":1,"config":{},"layers":[{}],"subject":{},"annotations":{"a":1}}"#,
        r#"{"artifactType":"a/b","config":{"mediaType":"a/b"},"layers":[{"mediaType":"a/b","annotations":[]}],"x":1}"#,
        r#"{"manifests":[{"mediaType":"a/b","platform":{}},{"platform":1,"urls":[1]}],"subject":1,"x":1}"#,
        r#"{"blobs":[{}],"subject":{"data":"!"},"annotations":1,"x":1}"#,
    ];

    #[test]
    fn no_rule_applies_to_content_that_its_page_does_not_concern() {
        let types = [IMAGE_MANIFEST, IMAGE_INDEX, crate::exchange::ARTIFACT_MANIFEST, "text/plain"];
        let mut applied = 0;
        for (body, content_type) in DOCUMENTS.iter().flat_map(|body| types.map(|content_type| (body, content_type))) {
            let exchange = Exchange::of_document(Some(content_type.to_owned()), body.as_bytes().into(), Vec::new());
            let facts = Facts::all_there(&exchange);
            for versions in Versions::ALL {
                let content = Content::new(&exchange, &facts, versions);
                for RulesOfPage { content: rules, concerns, .. } in pages() {
                    let applies = |rule: &&'static ContentRule| report(Rule::Content(rule), &content).applies;
                    for rule in rules.iter().filter(|rule| rule.info.holds_in(versions)).filter(applies) {
                        assert!(concerns(&content), "{}: {body} as {content_type}", rule.info.id);
                        applied += 1;
                    }
                }
            }
        }
        assert!(applied > 100, "{applied}");
    }
}

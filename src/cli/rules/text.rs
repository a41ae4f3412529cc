//! A rule as a JSON line, and as text.

use serde_json::{Value, json};

use crate::model::{Binds, Rule, Source};

pub(super) fn binds(rule: Rule) -> &'static str {
    match rule.binds {
        Binds::Author => "author",
        Binds::Registry => "registry",
        Binds::Client => "client",
    }
}

pub(super) fn line(rule: Rule) -> Value {
    let class = rule.on_answers().map(|rule| rule.class).or_else(|| rule.on_runs().map(|rule| rule.class));
    json!({
        "rule": rule.id,
        "document": rule.clause.document.as_str(),
        "since": rule.versions.since.to_string(),
        "until": rule.versions.until.map(|until| until.to_string()),
        "level": rule.level.as_str(),
        "binds": binds(rule),
        "page": rule.clause.page,
        "section": rule.clause.section,
        "says": rule.clause.summary,
        "sentence": rule.clause.sentence,
        "class": class.map(|class| class.as_str()),
    })
}

pub(super) fn pretty(rule: Rule) -> String {
    // RFCs and Docker's pages have no versions.
    let versions = match rule.clause.document {
        Source::Json | Source::Docker => "in every version".to_owned(),
        Source::Http if rule.versions.until.is_none() => "in every version".to_owned(),
        Source::Http => format!("with distribution-spec {}", rule.versions),
        Source::ImageSpec | Source::DistributionSpec => rule.versions.to_string(),
    };
    format!(
        "{}\n  {} {}, {} {} #{}, {}\n  {}",
        rule.id,
        binds(rule),
        rule.level.as_str().to_uppercase(),
        rule.clause.document.as_str(),
        rule.clause.page,
        rule.clause.section,
        versions,
        rule.clause.summary
    )
}

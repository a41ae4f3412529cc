//! `manifuzz rules`: the model's rules, listed and explained.

mod answers;
mod compare;
mod examples;
mod explain;
mod verify;

use std::path::PathBuf;

use self::examples::{ExampleCount, on_content, tally};
use self::explain::explain;
use serde_json::{Value, json};

use super::Output;
use crate::error::{Error, Input};
use crate::model::{Binds, Rule, Source, rule, rules};

/// List the rules of the model, or explain one
#[derive(Debug, clap::Args)]
pub(super) struct Rules {
    /// The id of one rule
    id: Option<String>,
    /// How many shapes each rule on content speaks of, and which quirks break each rule that binds a registry
    #[arg(long, conflicts_with = "id")]
    coverage: bool,
    /// Check the table of clauses against the specifications in this folder, which holds image-spec-v1.1.1 and so on
    #[arg(long, value_name = "DIR", conflicts_with_all = ["id", "coverage"])]
    verify_clauses: Option<PathBuf>,
    /// Compare the model with image-spec's JSON Schema, whose files are in this folder, and with the crate oci-spec
    #[arg(long, value_name = "DIR", conflicts_with_all = ["id", "coverage", "verify_clauses"])]
    compare_readers: Option<PathBuf>,
    /// With --compare-readers: how many deviations the documents have at most
    #[arg(long, value_name = "K", default_value_t = 1, requires = "compare_readers")]
    deviations: usize,
    #[command(flatten)]
    output: Output,
}

impl Rules {
    pub(super) fn run(self) -> Result<u8, Error> {
        let pretty_output = self.output.is_pretty();
        if let Some(folder) = &self.verify_clauses {
            return verify::verify(folder, &self.output);
        }
        if let Some(folder) = &self.compare_readers {
            return compare::compare(folder, self.deviations, &self.output);
        }
        if self.coverage {
            return coverage(pretty_output);
        }
        let chosen: Vec<Rule> = match &self.id {
            None => rules().collect(),
            Some(id) => vec![rule(id).ok_or_else(|| {
                Input::value(format!("the rule `{id}`"), "there is none of this id", "`manifuzz rules` lists them all")
            })?],
        };
        match chosen.as_slice() {
            [rule] if self.id.is_some() => explain(*rule, pretty_output)?,
            _ => {
                let print =
                    |rule: &Rule| Output::print(&if pretty_output { pretty(*rule) } else { line(*rule).to_string() });
                chosen.iter().try_for_each(print)?;
            }
        }
        Ok(0)
    }
}

/// How many shapes each rule on content speaks of, and what breaks each rule that binds a registry.
fn coverage(pretty_output: bool) -> Result<u8, Error> {
    let rules = on_content();
    let mut answered = answers::seen()?;
    let breakers = |quirks: &[&str]| if quirks.is_empty() { "no quirk".to_owned() } else { quirks.join(", ") };
    for (rule, ExampleCount { silent, applies, .. }) in rules.iter().zip(tally(&rules)) {
        let broken_by = answered.remove(rule.id).map(|seen| seen.broken_by);
        Output::print(&if pretty_output {
            let broken = broken_by.map_or_else(String::new, |quirks| format!(", broken by {}", breakers(&quirks)));
            format!("{:<50} speaks of {applies:>5}, silent on {silent:>5}{broken}", rule.id)
        } else {
            json!({ "rule": rule.id, "speaks": applies, "silent": silent, "broken_by": broken_by }).to_string()
        })?;
    }
    for (rule, answers::RuleCoverage { kept, broken_by }) in answered {
        Output::print(&if pretty_output {
            format!("{rule:<50} kept by {kept} clean answers, broken by {}", breakers(&broken_by))
        } else {
            json!({ "rule": rule, "kept": kept, "broken_by": broken_by }).to_string()
        })?;
    }
    Ok(0)
}

fn binds(rule: Rule) -> &'static str {
    match rule.binds {
        Binds::Author => "author",
        Binds::Registry => "registry",
    }
}

fn line(rule: Rule) -> Value {
    let class = rule.on_answers().map(|rule| rule.class.as_str());
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
        "class": class,
    })
}

fn pretty(rule: Rule) -> String {
    // An RFC has no versions of its own.
    let versions = match rule.clause.document {
        Source::Json => "in every version".to_owned(),
        Source::Http if rule.versions.until.is_none() => "in every version".to_owned(),
        Source::Http => format!("beside distribution-spec {}", rule.versions),
        Source::ImageSpec | Source::DistributionSpec => rule.versions.to_string(),
    };
    format!(
        "{}\n  {} {} ({}), {} #{}, {}\n  {}",
        rule.id,
        rule.level.as_str(),
        binds(rule),
        rule.clause.document.as_str(),
        rule.clause.page,
        rule.clause.section,
        versions,
        rule.clause.summary
    )
}

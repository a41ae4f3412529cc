//! `manifuzz rules`: the model's rules, listed and explained.

mod answers;
mod compare;
mod examples;
mod verify;

use std::path::PathBuf;

use self::examples::{Tally, is_on_content, on_content, tally};
use serde_json::json;

use super::Output;
use crate::error::{Error, Input};
use crate::render::render;
use crate::spec::{Binds, Check, Rule, rule, rules};

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
        let chosen: Vec<&'static Rule> = match &self.id {
            None => rules().collect(),
            Some(id) => vec![rule(id).ok_or_else(|| {
                Input::value(format!("the rule `{id}`"), "there is none of this id", "`manifuzz rules` lists them all")
            })?],
        };
        for rule in &chosen {
            Output::print(&if pretty_output { pretty(rule) } else { line(rule) })?;
        }
        if let [rule] = chosen.as_slice()
            && pretty_output
            && is_on_content(rule)
        {
            tally(&[rule]).iter().try_for_each(|tally| explain(rule, tally))?;
        }
        Ok(0)
    }
}

/// How many shapes each rule on content speaks of, and what breaks each rule that binds a registry.
fn coverage(pretty_output: bool) -> Result<u8, Error> {
    let rules = on_content();
    let mut answered = answers::seen()?;
    let breakers = |quirks: &[&str]| if quirks.is_empty() { "no quirk".to_owned() } else { quirks.join(", ") };
    for (rule, Tally { silent, speaks, .. }) in rules.iter().zip(tally(&rules)) {
        let broken_by = answered.remove(rule.id).map(|seen| seen.broken_by);
        Output::print(&if pretty_output {
            let broken = broken_by.map_or_else(String::new, |quirks| format!(", broken by {}", breakers(&quirks)));
            format!("{:<50} speaks of {speaks:>5}, silent on {silent:>5}{broken}", rule.id)
        } else {
            json!({ "rule": rule.id, "speaks": speaks, "silent": silent, "broken_by": broken_by }).to_string()
        })?;
    }
    for (rule, answers::Seen { kept, broken_by }) in answered {
        Output::print(&if pretty_output {
            format!("{rule:<50} kept by {kept} clean answers, broken by {}", breakers(&broken_by))
        } else {
            json!({ "rule": rule, "kept": kept, "broken_by": broken_by }).to_string()
        })?;
    }
    Ok(0)
}

/// An example that keeps the rule and one that breaks it, or that it speaks of.
fn explain(rule: &Rule, tally: &Tally) -> Result<(), Error> {
    let is_author = rule.binds == Binds::Author;
    if let Some(shape) = &tally.keeps {
        Output::print(&format!("  {}: {shape}", if is_author { "kept by" } else { "silent on" }))?;
    }
    if let Some((shape, place, message)) = &tally.breaks {
        let place = if place.is_empty() { "the document" } else { place };
        Output::print(&format!("  {}: {shape}", if is_author { "broken by" } else { "speaks of" }))?;
        Output::print(&format!("    {place}: {message}"))?;
        let body = render(shape).tested.body;
        if body.len() <= 2000 {
            Output::print(&format!("    {}", String::from_utf8_lossy(&body)))?;
        }
    }
    Ok(())
}

fn binds(rule: &Rule) -> &'static str {
    match rule.binds {
        Binds::Author => "author",
        Binds::Registry => "registry",
    }
}

fn line(rule: &Rule) -> String {
    let class = match rule.check {
        Check::Answer(class, _) => Some(class.as_str()),
        _ => None,
    };
    json!({
        "rule": rule.id,
        "document": rule.source.as_str(),
        "since": rule.span.since.to_string(),
        "until": rule.span.until.map(|until| until.to_string()),
        "level": rule.level.as_str(),
        "binds": binds(rule),
        "page": rule.clause.page,
        "section": rule.clause.section,
        "says": rule.clause.says,
        "sentence": rule.clause.sentence,
        "class": class,
    })
    .to_string()
}

fn pretty(rule: &Rule) -> String {
    format!(
        "{}\n  {} {} ({}), {} #{}, {}\n  {}",
        rule.id,
        rule.level.as_str(),
        binds(rule),
        rule.source.as_str(),
        rule.clause.page,
        rule.clause.section,
        rule.span,
        rule.clause.says
    )
}

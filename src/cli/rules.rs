//! `manifuzz rules`: the model's rules, listed and explained.

use serde_json::json;

use super::Output;
use crate::error::{Error, Input};
use crate::spec::{Binds, Check, Rule, rule, rules};

/// List the rules of the model, or explain one
#[derive(Debug, clap::Args)]
pub(super) struct Rules {
    /// The id of one rule
    id: Option<String>,
    #[command(flatten)]
    output: Output,
}

impl Rules {
    pub(super) fn run(self) -> Result<u8, Error> {
        let chosen: Vec<&Rule> = match &self.id {
            None => rules().collect(),
            Some(id) => vec![rule(id).ok_or_else(|| {
                Input::value(format!("the rule `{id}`"), "there is none of this id", "`manifuzz rules` lists them all")
            })?],
        };
        for rule in chosen {
            Output::print(&if self.output.is_pretty() { pretty(rule) } else { line(rule) });
        }
        Ok(0)
    }
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
        "since": rule.since.to_string(),
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
        "{}\n  {} {} ({}), {} #{}, since {}\n  {}",
        rule.id,
        rule.level.as_str(),
        binds(rule),
        rule.source.as_str(),
        rule.clause.page,
        rule.clause.section,
        rule.since,
        rule.clause.says
    )
}

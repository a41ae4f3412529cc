//! `manifuzz rules --between OLD NEW`: what changes from one version of the specifications to another.

use serde_json::{Value, json};

use super::text::{binds, line};
use crate::cli::{Output, tell};
use crate::error::Error;
use crate::model::{Clauses, Rule, Unjudged, Versions, rules};

/// How a rule differs between two versions.
enum Change {
    /// Only the new version has it.
    New(Rule),
    /// Only the old version has it.
    Gone(Rule),
    /// The new version states the first rule in place of the second.
    Restated(Rule, Rule),
    /// Both have it, in other words.
    Reworded(Rule),
}

/// Prints the rules that differ, and the new sentences that no rule judges.
pub(super) fn between(old: Versions, new: Versions, output: &Output) -> Result<(), Error> {
    let clauses = Clauses::own()?;
    for change in changes(&clauses, old, new) {
        Output::print(&if output.is_pretty() { pretty(&change) } else { json_line(&change).to_string() })?;
    }
    for sentence in clauses.new_without_rule(old, new) {
        Output::print(&if output.is_pretty() { pretty_sentence(&sentence) } else { sentence_line(&sentence) })?;
    }
    tell(format_args!("from {old} to {new}; `manifuzz rules ID` explains a rule"));
    Ok(())
}

/// In the order of the rules.
fn changes(clauses: &Clauses, old: Versions, new: Versions) -> Vec<Change> {
    let (was, is): (Vec<Rule>, Vec<Rule>) = (
        rules().filter(|rule| rule.holds_in(old) && !rule.holds_in(new)).collect(),
        rules().filter(|rule| rule.holds_in(new) && !rule.holds_in(old)).collect(),
    );
    let states_the_same = |a: &Rule, b: &Rule| a.restates == b.id || b.restates == a.id;
    let of_rule = |rule: Rule| {
        if is.iter().any(|one| one.id == rule.id) {
            let before = was.iter().find(|before| states_the_same(&rule, before));
            return Some(before.map_or(Change::New(rule), |before| Change::Restated(rule, *before)));
        }
        if was.iter().any(|one| one.id == rule.id) {
            let is_restated = is.iter().any(|after| states_the_same(after, &rule));
            return (!is_restated).then_some(Change::Gone(rule));
        }
        let is_in_both = rule.holds_in(old) && rule.holds_in(new);
        (is_in_both && clauses.is_reworded(rule.info(), old, new)).then_some(Change::Reworded(rule))
    };
    rules().filter_map(of_rule).collect()
}

fn pretty(change: &Change) -> String {
    let (name, rule) = match change {
        Change::New(rule) => ("new", rule),
        Change::Gone(rule) => ("gone", rule),
        Change::Restated(rule, _) => ("restated", rule),
        Change::Reworded(rule) => ("reworded", rule),
    };
    let clause = &rule.clause;
    let was = match change {
        Change::Restated(_, was) => format!(", was {} ({})", was.level.as_str().to_uppercase(), was.id),
        _ => String::new(),
    };
    format!(
        "{name:<10} {}: {} {}{was}, {} {} #{}\n           {}",
        rule.id,
        binds(*rule),
        rule.level.as_str().to_uppercase(),
        clause.document.as_str(),
        clause.page,
        clause.section,
        clause.summary
    )
}

fn pretty_sentence(sentence: &Unjudged<'_>) -> String {
    let Unjudged { document, page, section, key_words, judged_by, reason } = sentence;
    format!("not judged {document} {page} #{section}: {key_words}\n           {judged_by}: {reason}")
}

fn json_line(change: &Change) -> Value {
    let (name, rule, was) = match change {
        Change::New(rule) => ("new", rule, None),
        Change::Gone(rule) => ("gone", rule, None),
        Change::Restated(rule, was) => ("restated", rule, Some(was)),
        Change::Reworded(rule) => ("reworded", rule, None),
    };
    let mut value = line(*rule);
    value["change"] = name.into();
    value["was"] = was.map_or(Value::Null, |was| json!({ "rule": was.id, "level": was.level.as_str() }));
    value
}

fn sentence_line(sentence: &Unjudged<'_>) -> String {
    let Unjudged { document, page, section, key_words, judged_by, reason } = sentence;
    json!({
        "change": "not-judged",
        "document": document,
        "page": page,
        "section": section,
        "key_words": key_words,
        "judged_by": judged_by,
        "reason": reason,
    })
    .to_string()
}

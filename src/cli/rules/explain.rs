//! `manifuzz rules ID`: one rule, with examples that keep and break it.

use serde_json::{Value, json};

use super::answers;
use super::examples::{ExampleCount, is_on_content, tally};
use super::text::{line, pretty};
use crate::cli::Output;
use crate::consumers::run_examples::RunExample;
use crate::error::Error;
use crate::model::{Binds, Rule};
use crate::render::render;
use crate::shape::Shape;

/// Longer bodies are not printed, in bytes.
const BODY_BOUND: usize = 2000;

/// Prints a rule with an example that it applies to and one that it does not; for a rule on registries, also with a push
/// that shows a registry breaking it.
pub(super) fn explain(rule: Rule, pretty_output: bool) -> Result<(), Error> {
    let tally = if is_on_content(rule) { tally(&[rule]).pop() } else { None };
    let answered = if rule.a_registry_can_break() { answers::example(rule)? } else { None };
    if !pretty_output {
        let mut value = line(rule);
        value["family"] = rule.family.as_str().into();
        value["why"] = rule.why.into();
        value["fix"] = rule.fix.into();
        value["examples"] = json!({
            "content": tally.as_ref().map(of_content),
            "answers": answered.as_ref().map(of_answers),
        });
        if let Some(example) = RunExample::of(rule) {
            value["examples"]["runs"] = of_runs(example);
        }
        return Output::print(&value.to_string());
    }
    let mut lines = vec![pretty(rule)];
    lines.extend([format!("  why: {}", rule.why), format!("  fix: {}", rule.fix)]);
    lines.push(format!("  family: {}", rule.family.as_str()));
    let [silent, speaks] =
        if rule.binds == Binds::Author { ["kept by", "broken by"] } else { ["does not apply to", "applies to"] };
    if let Some(shape) = tally.as_ref().and_then(|tally| tally.keeps.as_ref()) {
        lines.push(format!("  {silent}: {shape}"));
        lines.extend(document(shape).map(|text| format!("    {text}")));
    }
    if let Some((shape, place, message)) = tally.as_ref().and_then(|tally| tally.breaks.as_ref()) {
        lines.push(format!("  {speaks}: {shape}"));
        lines.push(format!("    {}: {message}", if place.is_empty() { "document root" } else { place }));
        lines.extend(document(shape).map(|text| format!("    {text}")));
    }
    if let Some(answers::BrokenPush { shape, target, finding }) = answered {
        lines.push(format!("  example: the shape `{shape}` passes on embedded:clean and fails on {target}"));
        lines.push(format!("    {}: {}", finding.symptom.class.as_str(), finding.note));
        lines.push(format!("    manifuzz shrink '{shape}' --target {target}"));
    }
    if let Some(example) = RunExample::of(rule) {
        let [kept, broken] = [example.kept_by(), example.broken_by()].map(|run| run.ending.to_string());
        lines.push(format!("  example: {} of `{}`", example.operation(), example.shape()));
        lines.push(format!("    kept by a run that ends with {kept}"));
        lines.push(format!("    broken by a run that ends with {broken}: {}", broken_how(example)));
    }
    Output::print(&lines.join("\n"))
}

/// How the run that breaks the rule of an example does so.
fn broken_how(example: &RunExample) -> String {
    let departures = example.departures(&example.broken_by());
    let own = departures.into_iter().find(|departure| departure.rule.info.id == example.rule);
    own.map_or_else(|| "it does not do what it should".to_owned(), |departure| departure.flaw.message)
}

fn of_runs(example: &RunExample) -> Value {
    json!({
        "shape": example.shape().to_string(),
        "operation": example.operation().as_str(),
        "kept_by": example.kept_by().ending.to_string(),
        "broken_by": example.broken_by().ending.to_string(),
        "note": broken_how(example),
    })
}

/// The document of a shape, unless it is too long.
fn document(shape: &Shape) -> Option<String> {
    let body = render(shape).tested.body;
    (body.len() <= BODY_BOUND).then(|| String::from_utf8_lossy(&body).into_owned())
}

fn of_content(tally: &ExampleCount) -> Value {
    let (silent, speaks) = (tally.keeps.as_ref(), tally.breaks.as_ref());
    json!({
        "silent_on": silent.map(ToString::to_string),
        "silent_on_document": silent.and_then(document),
        "speaks_of": speaks.map(|(shape, place, message)| {
            json!({ "shape": shape.to_string(), "pointer": place, "message": message, "document": document(shape) })
        }),
    })
}

fn of_answers(example: &answers::BrokenPush) -> Value {
    let answers::BrokenPush { shape, target, finding } = example;
    json!({
        "kept_by": "embedded:clean",
        "broken_by": target,
        "shape": shape.to_string(),
        "class": finding.symptom.class.as_str(),
        "note": finding.note,
    })
}

//! Rows of the corpus that this version judges otherwise than the version that recorded them.

use std::collections::BTreeMap;

use crate::exchange::client::Operation;
use crate::exchange::{Exchange, Facts, Presence, Stage};
use crate::findings::{Identity, Record};
use crate::foreign::escaped;
use crate::model::{Content, Party, Versions, decide_client, decide_operation, judge, rule};
use crate::render::render;

/// How many rows are named.
const NAMED: usize = 10;
/// How many needs are tried as absent, one at a time.
const MOST_NEEDS: usize = 8;

/// A row that this version judges otherwise.
struct Rejudged<'r> {
    row: &'r Record,
    now: String,
}

impl Rejudged<'_> {
    fn line(&self) -> String {
        let Self { row, now } = self;
        let (id, target, was, version) = (row.shape.id(), &row.target, &row.expect, &row.tool_version);
        let text = format!(
            "{id} ({target}): recorded as {was} by manifuzz {version}, this version says {now}; replay it with \
             `manifuzz shrink {id} --target {target}`"
        );
        escaped(&text).into_owned()
    }
}

/// One line for each row of these targets and this specification that this version judges otherwise, ten of them at most, and
/// then how many more there are. `found` has the rows of this run by identity, with what it observed.
pub(super) fn rejudged<'r>(
    corpus: impl IntoIterator<Item = &'r Record>,
    targets: &[&str],
    spec: Versions,
    found: &BTreeMap<Identity, Record>,
) -> Vec<String> {
    let of_run = corpus.into_iter().filter(|row| targets.contains(&&*row.target) && row.spec == spec.name);
    let rejudged = of_run.filter_map(|row| {
        let again = found.get(&row.identity());
        let now = match again.filter(|again| again.shape == row.shape) {
            // This run observed what the target held.
            Some(again) => Some(again.expect.clone()).filter(|now| *now != row.expect),
            None => judged_otherwise(row, spec),
        };
        Some(Rejudged { row, now: now? })
    });
    let lines: Vec<String> = rejudged.map(|one| one.line()).collect();
    let more = lines.len().saturating_sub(NAMED);
    let count = (more > 0).then(|| format!("{more} more rows were recorded with another expectation"));
    lines.into_iter().take(NAMED).chain(count).collect()
}

/// What this version says of a row, if it says otherwise; `None` also for a case that it cannot render.
fn judged_otherwise(row: &Record, spec: Versions) -> Option<String> {
    let exchange = render(row.shape.shape()?);
    // An entry that renders to something else is not the case that was recorded.
    if exchange.tested.digest() != row.body_sha256 || row.expect.is_empty() {
        return None;
    }
    let (now, is_same) = if row.stage.is_of_client() {
        let now = said_of_client(&exchange, row.stage, spec);
        let is_same = now.contains(&row.expect);
        (now.into_iter().next()?, is_same)
    } else {
        let now = judge(&exchange, &Facts::as_meant(&exchange), Party::Registry, spec).to_string();
        let is_same = now == row.expect || others(&exchange).any(|facts| says(&exchange, &facts, spec, &row.expect));
        (now, is_same)
    };
    let unknown = row.rules.iter().find(|id| rule(id).is_none());
    match (is_same, unknown) {
        (true, None) => None,
        (true, Some(unknown)) => Some(format!("{now}, and does not have the rule {unknown}")),
        (false, _) => Some(now),
    }
}

/// What a client may do in the operations of a stage. Two operations list.
fn said_of_client(exchange: &Exchange, stage: Stage, spec: Versions) -> Vec<String> {
    let facts = Facts::as_meant(exchange);
    let content = Content::new(exchange, &facts, spec);
    let judgement = decide_client(&content);
    let of_stage = Operation::ALL.into_iter().filter(|operation| operation.stage() == stage);
    of_stage.map(|operation| decide_operation(&content, &judgement, operation).to_string()).collect()
}

fn says(exchange: &Exchange, facts: &Facts, spec: Versions, expect: &str) -> bool {
    judge(exchange, facts, Party::Registry, spec).to_string() == expect
}

/// What a target may have held instead of what was pushed to it, which a row does not tell: all but one need, or none.
fn others(exchange: &Exchange) -> impl Iterator<Item = Facts> {
    let meant = Facts::as_meant(exchange);
    let none = Facts { needs: vec![Presence::No; meant.needs.len()], ..meant.clone() };
    let without = move |at: usize| {
        let mut facts = meant.clone();
        facts.needs[at] = Presence::No;
        facts
    };
    // Of many needs, the last ones are alike.
    (0..exchange.needs.len().min(MOST_NEEDS)).map(without).chain([none])
}

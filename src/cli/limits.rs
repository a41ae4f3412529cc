//! `manifuzz limits`: what a registry limits, and where.

use std::path::Path;
use std::sync::Arc;

use serde_json::json;

use super::cleanup::Written;
use super::flags::{KeepFlag, TimeFlag, epilogue};
use super::interrupt::Interrupt;
use super::run::size;
use super::targets::{TargetFlag, TargetFlags};
use super::values::ParsedBy;
use super::{INTERRUPTED, Output, UNTESTABLE, tell};
use crate::engine::{Ceiling, CeilingBudget, CeilingEnd, Ceilings, Refusal};
use crate::error::Error;
use crate::foreign::json_escaped;
use crate::report::{LimitRow, limit_table};

/// Measure what a registry limits: manifest size, layers, annotations, tag length, nesting, depth of indexes
///
/// Doubles each number until it is refused, then bisects. Each refusal is seen twice.
#[derive(Debug, clap::Args)]
#[command(after_long_help = epilogue(
    "manifuzz limits --target http://127.0.0.1:5000/some/repo",
    &[
        (0, "the limits were measured; those that took more than the budget say so"),
        (UNTESTABLE, "the target could not be tested"),
        (INTERRUPTED, "interrupted by a signal; the limits so far are printed"),
    ],
))]
pub(super) struct LimitsCommand {
    #[command(flatten)]
    at: TargetFlag,
    #[command(flatten)]
    target: TargetFlags,
    #[command(flatten)]
    keep: KeepFlag,
    /// Send at most this many requests, shared by all limits
    #[arg(long, value_name = "N", default_value_t = CeilingBudget::default().requests, help_heading = "Limits")]
    requests: u64,
    /// Send at most about this much, e.g. 100M or 2G [default: 512 MiB]
    #[arg(long, value_name = "SIZE", value_parser = ParsedBy(size), help_heading = "Limits")]
    max_bytes: Option<u64>,
    #[command(flatten)]
    time: TimeFlag,
    #[command(flatten)]
    output: Output,
}

impl LimitsCommand {
    pub(super) fn run(self) -> Result<u8, Error> {
        let interrupt = Interrupt::watch();
        if let Some(time) = self.time.time {
            interrupt.after(time);
        }
        let mut opener = self.target.opener(&interrupt)?;
        let targets = [self.at.target.clone()];
        let written = Written::record(&mut opener, &targets, Path::new("manifuzz-limits"), self.keep.keep)?;
        let target = opener.open(&targets[0])?;
        let default = CeilingBudget::default();
        let budget = CeilingBudget { requests: self.requests, bytes: self.max_bytes.unwrap_or(default.bytes) };
        let ceilings =
            Ceilings::new(target.as_ref()).with_budget(budget).within(Arc::clone(interrupt.stop()), self.time.time);
        let measured = ceilings.measure(|ceiling| {
            if self.output.is_pretty() {
                tell(format_args!("{}: {}: {}", target.name(), ceiling.name, row(ceiling).refused));
                return Ok(());
            }
            Output::print(&line(target.name(), ceiling))
        });
        if let Ok(measured) = &measured
            && self.output.is_pretty()
        {
            Output::print(&limit_table(&measured.iter().map(row).collect::<Vec<_>>()))?;
        }
        tell(format_args!("{} requests", target.requests()));
        written.end(&opener, &targets, &[], &interrupt, None)?;
        measured?;
        Ok(if interrupt.came() { INTERRUPTED } else { 0 })
    }
}

fn end(ceiling: &Ceiling) -> (&'static str, Option<&str>) {
    match &ceiling.end {
        CeilingEnd::Exact => ("exact", None),
        CeilingEnd::NoLimit => ("none", None),
        CeilingEnd::Size => ("manifest-size", None),
        CeilingEnd::AllRefused => ("all-refused", None),
        CeilingEnd::Partial(why) => ("partial", Some(why)),
        CeilingEnd::NotTested(why) => ("not-tested", Some(why)),
    }
}

fn row(ceiling: &Ceiling) -> LimitRow {
    let number = |number: Option<u64>| number.map(|number| number.to_string());
    let accepted = number(ceiling.accepted).unwrap_or_else(|| "-".to_owned());
    let refused = match (&ceiling.end, number(ceiling.refused)) {
        (CeilingEnd::Partial(why), Some(refused)) => format!("{refused} or less; partial: {why}"),
        (CeilingEnd::Partial(why), None) => format!("partial: {why}"),
        (CeilingEnd::NotTested(why), _) => format!("not tested: {why}"),
        (_, Some(refused)) => refused,
        (CeilingEnd::Size, None) => format!("no limit up to {accepted}, as far as the manifest size allows"),
        (_, None) => format!("no limit up to {accepted}"),
    };
    let mut answers: Vec<String> = ceiling.refusal.iter().map(answer).collect();
    if let Some((served, refusal)) = &ceiling.served {
        let served = number(*served).map_or_else(|| "nothing".to_owned(), |served| format!("only up to {served}"));
        answers.push(format!("served {served}: {}", answer(refusal)));
    }
    let limit = format!("{} ({})", ceiling.name, ceiling.unit);
    LimitRow { limit, accepted, refused, answer: answers.join("; "), requests: ceiling.requests }
}

fn answer(Refusal { stage, status, code, message }: &Refusal) -> String {
    match status {
        Some(status) => format!("{status} {code} at {stage}").replace("  ", " "),
        None => format!("no answer at {stage}: {message}"),
    }
}

fn line(target: &str, ceiling: &Ceiling) -> String {
    let (end, why) = end(ceiling);
    let refusal = |refusal: &Refusal| {
        json!({
            "stage": refusal.stage.to_string(),
            "status": refusal.status,
            "error_code": refusal.code,
            "message": refusal.message,
        })
    };
    let served = ceiling.served.as_ref().map(|(served, how)| json!({ "largest": served, "otherwise": refusal(how) }));
    let line = json!({
        "target": target,
        "limit": ceiling.name,
        "unit": ceiling.unit,
        "largest_accepted": ceiling.accepted,
        "smallest_refused": ceiling.refused,
        "refusal": ceiling.refusal.as_ref().map(refusal),
        "served": served,
        "end": end,
        "why": why,
        "requests": ceiling.requests,
    });
    json_escaped(&line.to_string()).into_owned()
}

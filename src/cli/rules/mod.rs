//! `manifuzz rules`: lists and explains the rules of the model.

mod answers;
mod between;
mod compare;
mod examples;
mod explain;
mod rejudging;
mod text;
mod verify;

use std::path::PathBuf;

use self::examples::{ExampleCount, on_content, tally};
use self::explain::explain;
use self::text::{line, pretty};
use serde_json::json;

use super::flags::{KeepFlag, TimeFlag, epilogue};
use super::interrupt::Interrupt;
use super::targets::{TargetArgument, TargetFlags};
use super::values::{ParsedBy, rule_id, versions};
use super::{FOUND, INTERRUPTED, Output, UNTESTABLE};
use crate::consumers::run_examples::RunExample;
use crate::error::Error;
use crate::model::{Binds, Rule, Versions, rules};

/// List the rules of the model, or explain one
#[derive(Debug, clap::Args)]
#[command(after_long_help = epilogue(
    "manifuzz rules push-keeps-exact-bytes",
    &[
        (0, "success"),
        (FOUND, "a check found a difference, or an answer of --target becomes a violation"),
        (UNTESTABLE, "the target could not be tested"),
        (INTERRUPTED, "interrupted by a signal; the differences so far are printed"),
    ],
))]
pub(super) struct RulesCommand {
    /// Id of the rule to explain
    #[arg(value_parser = ParsedBy(rule_id))]
    id: Option<Rule>,
    /// Count the shapes that break each rule on authors or that each other rule applies to, and name the quirks that break it
    #[arg(long, conflicts_with = "id")]
    coverage: bool,
    /// Check corpus/clauses.csv against the specifications in this directory (image-spec-v1.1.1 etc.)
    #[arg(long, value_name = "DIR", conflicts_with_all = ["id", "coverage"])]
    verify_clauses: Option<PathBuf>,
    /// Compare the model with the crate oci-spec and the JSON Schema files of image-spec in this directory
    #[arg(long, value_name = "DIR", conflicts_with_all = ["id", "coverage", "verify_clauses"])]
    compare_readers: Option<PathBuf>,
    /// Compare on every shape with at most K deviations
    #[arg(long, value_name = "K", default_value_t = 1, requires = "compare_readers")]
    deviations: usize,
    /// List what changes from one version of the specifications to another, e.g. 1.1 dev
    #[arg(
        long,
        num_args = 2,
        value_names = ["OLD", "NEW"],
        value_parser = versions(),
        conflicts_with_all = ["id", "coverage", "verify_clauses", "compare_readers"],
    )]
    between: Option<Vec<Versions>>,
    /// Fire the fixed cases of a run at this registry, and say which of its answers --between judges differently
    #[arg(
        long = "target",
        value_name = "TARGET",
        value_parser = ParsedBy(TargetArgument::parse),
        requires = "between",
        help_heading = "Target",
    )]
    at: Option<TargetArgument>,
    #[command(flatten)]
    target: TargetFlags,
    #[command(flatten)]
    keep: KeepFlag,
    #[command(flatten)]
    time: TimeFlag,
    #[command(flatten)]
    output: Output,
}

impl RulesCommand {
    pub(super) fn run(self) -> Result<u8, Error> {
        let pretty_output = self.output.is_pretty();
        if let Some(directory) = &self.verify_clauses {
            return verify::verify(directory, &self.output);
        }
        if let Some(directory) = &self.compare_readers {
            return compare::compare(directory, self.deviations, &self.output);
        }
        if let Some([old, new]) = self.between.as_deref() {
            return self.between([*old, *new]);
        }
        if self.coverage {
            return coverage(pretty_output);
        }
        if let Some(rule) = self.id {
            explain(rule, pretty_output)?;
            return Ok(0);
        }
        let text = |rule| if pretty_output { pretty(rule) } else { line(rule).to_string() };
        rules().try_for_each(|rule| Output::print(&text(rule)))?;
        Ok(0)
    }

    /// What changes from one version to another: the rules, or the judgement of a target's answers.
    fn between(&self, sets: [Versions; 2]) -> Result<u8, Error> {
        let Some(at) = &self.at else {
            between::between(sets[0], sets[1], &self.output)?;
            return Ok(0);
        };
        let interrupt = Interrupt::watch();
        if let Some(time) = self.time.time {
            interrupt.after(time);
        }
        rejudging::rejudge(sets, at, &self.target, self.keep.keep, &interrupt, &self.output)
    }
}

/// Prints how many shapes each rule on content applies to, and which quirks break each rule on registries.
fn coverage(pretty_output: bool) -> Result<u8, Error> {
    let rules = on_content();
    let mut answered = answers::seen()?;
    let breakers = |quirks: &[&str]| if quirks.is_empty() { "no quirk".to_owned() } else { quirks.join(", ") };
    for (rule, ExampleCount { silent, applies, .. }) in rules.iter().zip(tally(&rules)) {
        let broken_by = answered.remove(rule.id).map(|seen| seen.broken_by);
        Output::print(&if pretty_output {
            let broken = broken_by.map_or_else(String::new, |quirks| format!(", broken by {}", breakers(&quirks)));
            match rule.binds {
                Binds::Author => format!("{:<50} broken by {applies:>5} shapes, kept by {silent:>5}", rule.id),
                Binds::Registry | Binds::Client => {
                    format!("{:<50} applies to {applies:>5} shapes, not to {silent:>5}{broken}", rule.id)
                }
            }
        } else {
            json!({ "rule": rule.id, "speaks": applies, "silent": silent, "broken_by": broken_by }).to_string()
        })?;
    }
    // What clients do is seen in runs of programs; here, in the runs of the examples.
    for example in RunExample::all() {
        let (rule, shape) = (example.rule, example.shape().to_string());
        Output::print(&if pretty_output {
            format!("{rule:<50} kept by 1 run of {}, broken by 1 on `{shape}`", example.operation())
        } else {
            json!({ "rule": rule, "kept": 1, "broken_by": [shape] }).to_string()
        })?;
    }
    for (rule, answers::RuleCoverage { kept, broken_by }) in answered {
        Output::print(&if pretty_output {
            format!("{rule:<50} kept by {kept} pushes to a clean registry, broken by {}", breakers(&broken_by))
        } else {
            json!({ "rule": rule, "kept": kept, "broken_by": broken_by }).to_string()
        })?;
    }
    Ok(0)
}

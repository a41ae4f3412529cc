//! `manifuzz replay`: fires the rows of a corpus again and says which of them the target still shows.

mod replays;
mod verdict;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use self::replays::Replays;
use self::verdict::Verdict;
use super::cleanup::Written;
use super::flags::{CorpusFlag, KeepFlag, TimeFlag, epilogue};
use super::interrupt::Interrupt;
use super::targets::{TargetFlag, TargetFlags, check_shapes};
use super::values::{ParsedBy, case_id};
use super::{FOUND, INTERRUPTED, Output, UNTESTABLE, tell};
use crate::compare::Class;
use crate::error::{Error, Input};
use crate::findings::{Corpus, Record};
use crate::foreign::escaped;
use crate::transport::Target;

/// Fire rows of the corpus again, and say which of them the target still shows
///
/// Each row is fired three times. It is `fixed` if it shows nothing, `failing` if it shows the recorded finding each time, `changed` if it
/// shows another finding at the same stage, `flaky` if it does not show the same each time, and `not-tested` if it was not fired.
#[derive(Debug, clap::Args)]
#[command(after_long_help = epilogue(
    "manifuzz replay --target http://127.0.0.1:5000/some/repo --corpus cases.csv",
    &[
        (0, "every row is fixed"),
        (FOUND, "a row is failing, changed or flaky"),
        (UNTESTABLE, "the target or a row could not be tested, or no row was chosen"),
        (INTERRUPTED, "interrupted by a signal; rows that were not fired are `not-tested`"),
    ],
))]
pub(super) struct ReplayCommand {
    /// Ids of corpus rows, of any target [default: every row of the target]
    #[arg(value_name = "ID", value_parser = ParsedBy(case_id))]
    ids: Vec<String>,
    #[command(flatten)]
    at: TargetFlag,
    #[command(flatten)]
    target: TargetFlags,
    #[command(flatten)]
    keep: KeepFlag,
    #[command(flatten)]
    time: TimeFlag,
    #[command(flatten)]
    corpus: CorpusFlag,
    #[command(flatten)]
    output: Output,
}

impl ReplayCommand {
    pub(super) fn run(self) -> Result<u8, Error> {
        let path = &self.corpus.corpus;
        let corpus = Corpus::read_only(path).map_err(|error| error.advising(", with --corpus"))?;
        for damaged in corpus.damaged() {
            tell(format_args!(
                "warning: {}, line {}: {}; the line is skipped",
                path.display(),
                damaged.line,
                damaged.why
            ));
        }
        let interrupt = Interrupt::watch();
        if let Some(time) = self.time.time {
            interrupt.after(time);
        }
        let mut opener = self.target.opener(&interrupt)?;
        let targets = [self.at.target.clone()];
        let target = opener.open(&targets[0])?;
        let rows = self.rows(&corpus, target.name())?;
        check_shapes(&targets, rows.iter().filter_map(|row| row.shape.shape()))?;
        if rows.is_empty() {
            let mut names: Vec<&str> = corpus.records().iter().map(|record| &*record.target).collect();
            names.sort_unstable();
            names.dedup();
            let others = if names.is_empty() { "no row".to_owned() } else { format!("rows of {}", names.join(", ")) };
            tell(format_args!(
                "{} has no row of {} to fire, it has {others}; nothing sent; name the ID of a row to fire it whichever target it is of",
                path.display(),
                target.name()
            ));
            return Ok(UNTESTABLE);
        }
        drop(target);
        let written = Written::record(&mut opener, &targets, path, self.keep.keep)?;
        let target = opener.open(&targets[0])?;
        let replayed = self.replay(target.as_ref(), &rows, &interrupt);
        written.end(&opener, &targets, &[], &interrupt, None)?;
        let counts = replayed?;
        let count = |name: &str| counts.get(name).copied().unwrap_or_default();
        let names = ["fixed", "failing", "changed", "flaky", "not-tested"];
        let line: Vec<String> = names.iter().map(|name| format!("{} {name}", count(name))).collect();
        tell(format_args!("{} rows: {}", counts.values().sum::<usize>(), line.join(", ")));
        Ok(match () {
            () if interrupt.came() => INTERRUPTED,
            () if ["failing", "changed", "flaky"].iter().any(|name| count(name) > 0) => FOUND,
            () if count("not-tested") > 0 || counts.is_empty() => UNTESTABLE,
            () => 0,
        })
    }

    /// The rows to fire.
    fn rows<'c>(&self, corpus: &'c Corpus, target: &str) -> Result<Vec<&'c Record>, Input> {
        let records = corpus.records();
        if let Some(id) = self.ids.iter().find(|id| records.iter().all(|record| record.shape.id() != **id)) {
            let why = format!("no row of {} has it", self.corpus.corpus.display());
            return Err(Input::value(format!("the id {id}"), why, "name another --corpus"));
        }
        let is_chosen = |record: &&Record| match self.ids.is_empty() {
            true => record.target == target,
            false => self.ids.iter().any(|id| id == record.shape.id()),
        };
        // What several targets show together, one alone cannot show.
        let is_fired = |record: &&Record| !self.ids.is_empty() || record.class != Class::Disagrees;
        Ok(records.into_iter().filter(is_chosen).filter(is_fired).collect())
    }

    /// Fires the rows and prints each verdict. Returns how many rows have each.
    fn replay(
        &self,
        target: &dyn Target,
        rows: &[&Record],
        interrupt: &Interrupt,
    ) -> Result<BTreeMap<&'static str, usize>, Error> {
        let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
        let mut replays = Replays::new((target, self.at.target.tested()), &self.corpus.corpus, rows, interrupt);
        for row in rows {
            let verdict = replays.verdict(row)?;
            *counts.entry(verdict.name()).or_default() += 1;
            self.print(row, &verdict)?;
        }
        Ok(counts)
    }

    fn print(&self, row: &Record, verdict: &Verdict) -> Result<(), Error> {
        let (name, detail) = (verdict.name(), verdict.detail());
        if self.output.is_pretty() {
            let (id, key) = (row.shape.id(), escaped(&row.key));
            let detail = if detail.is_empty() { String::new() } else { format!("\n           {}", escaped(detail)) };
            return Output::print(&format!("{name:<10} {id} {key}{detail}"));
        }
        let status = row.status.map_or(Value::Null, Value::from);
        let line = json!({
            "id": row.shape.id(), "shape": row.shape.as_str(), "target": row.target, "spec": row.spec, "key": row.key,
            "class": row.class.as_str(), "status": status, "error_code": row.error_code, "result": name, "detail": detail,
        });
        Output::print(&line.to_string())
    }
}

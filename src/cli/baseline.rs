//! `manifuzz baseline`: known findings that do not fail a run.

use std::path::PathBuf;

use clap::Subcommand;
use jiff::civil::Date;

use super::flags::{CorpusFlag, example_and_codes};
use super::tell;
use super::values::{ParsedBy, Rejected, case_id};
use crate::error::{Error, Input};
use crate::findings::{Baseline, BaselineRow, Corpus, Record, today};

const EXAMPLE: &str = "manifuzz baseline add 85ee31c6b07b08a6 --reason 'reported as issue 17' --until 2027-06-30";

/// Keep the findings that are known, for `run --baseline`
#[derive(Debug, clap::Args)]
#[command(after_long_help = example_and_codes(EXAMPLE, &[(0, "success")]))]
pub(super) struct BaselineCommand {
    #[command(subcommand)]
    command: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Add(AddCommand),
}

/// Add rows of the corpus to a baseline
///
/// Every row of the corpus with one of these ids is added, for each target and key. A row that the baseline has already is replaced.
#[derive(Debug, clap::Args)]
#[command(after_long_help = example_and_codes(EXAMPLE, &[(0, "success")]))]
struct AddCommand {
    /// Ids of corpus rows
    #[arg(value_name = "ID", required = true, value_parser = ParsedBy(case_id))]
    ids: Vec<String>,
    /// Why the finding is acceptable
    #[arg(long, value_name = "TEXT", value_parser = ParsedBy(reason))]
    reason: String,
    /// Who decided that
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    owner: String,
    /// Last UTC day on which it is acceptable, e.g. 2027-06-30
    #[arg(long, value_name = "DATE", value_parser = ParsedBy(day))]
    until: Option<Date>,
    /// Only the row with this key, of several with the same id
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// CSV file of known findings
    #[arg(long, default_value = "manifuzz-baseline.csv", value_name = "FILE", help_heading = "Output")]
    baseline: PathBuf,
    #[command(flatten)]
    corpus: CorpusFlag,
}

fn reason(text: &str) -> Result<String, Rejected> {
    if text.trim().is_empty() { Err(Rejected::new("say why the finding is acceptable")) } else { Ok(text.to_owned()) }
}

fn day(text: &str) -> Result<Date, Rejected> {
    let day: Date = text.parse().map_err(|_| Rejected::new("expected a date, e.g. 2027-06-30"))?;
    if day < today() { Err(Rejected::new("that day is over")) } else { Ok(day) }
}

impl BaselineCommand {
    pub(super) fn run(self) -> Result<u8, Error> {
        match self.command {
            Action::Add(add) => add.run(),
        }
    }
}

impl AddCommand {
    fn run(self) -> Result<u8, Error> {
        let path = &self.corpus.corpus;
        let corpus = Corpus::read_only(path).map_err(|error| error.advising(", with --corpus"))?;
        let mut rows = Vec::new();
        for id in &self.ids {
            let is_meant =
                |record: &&&Record| record.shape.id() == id && self.key.as_ref().is_none_or(|key| *key == record.key);
            let before = rows.len();
            let records = corpus.records();
            let of_id = records.iter().filter(is_meant);
            rows.extend(of_id.map(|record| BaselineRow::of(record, &self.reason, &self.owner, self.until)));
            if rows.len() == before {
                let with_key = if self.key.is_some() { " and this key" } else { "" };
                let why = format!("no row of {} has it{with_key}", path.display());
                return Err(Input::value(format!("the id {id}"), why, "`manifuzz corpus show ID` lists keys").into());
            }
        }
        let (added, replaced) = Baseline::add(&self.baseline, rows)?;
        tell(format_args!("{added} rows added to {}, {replaced} replaced", self.baseline.display()));
        Ok(0)
    }
}

//! `manifuzz report`: reports from findings that are already there.

use std::path::PathBuf;

use super::flags::epilogue;
use super::merge::read_results;
use super::report_files::ReportFiles;
use super::tell;
use super::values::grade;
use crate::compare::Grade;
use crate::error::{Error, Input};
use crate::findings::{Corpus, Damaged, row_lines, today};
use crate::report::{RowPlaces, RunReport};

/// Write reports from a corpus, or from the results of a run
///
/// A corpus has findings only. Reports on a directory of `run --results` also have the counts and the coverage of the run.
#[derive(Debug, clap::Args)]
#[command(after_long_help = epilogue(
    "manifuzz report manifuzz-cases.csv --report html=report.html --report sarif=report.sarif",
    &[(0, "the reports are written")],
))]
pub(super) struct ReportCommand {
    /// Corpus, or directory written by `run --results`
    #[arg(value_name = "FILE")]
    from: PathBuf,
    #[command(flatten)]
    reports: ReportFiles,
    /// Lowest grade of a finding that is a failure in a report
    #[arg(long, value_name = "GRADE", default_value_t = Grade::Warning, value_parser = grade())]
    fail_on: Grade,
}

impl ReportCommand {
    pub(super) fn run(self) -> Result<u8, Error> {
        if self.reports.is_empty() {
            let what = format!("nothing to write from {}", self.from.display());
            return Err(Input::value(what, "no --report was given", "add e.g. --report html=report.html").into());
        }
        self.reports.check()?;
        let is_run = self.from.is_dir();
        let (run, places) = if is_run { self.results()? } else { self.corpus()? };
        self.reports.write(&run, is_run, self.fail_on, &places)?;
        Ok(0)
    }

    /// The results of a run, whose rows are lines of `findings.jsonl`.
    fn results(&self) -> Result<(RunReport, RowPlaces), Error> {
        let run = read_results(&self.from)?;
        let file = self.from.join("findings.jsonl").display().to_string();
        let lines = (1..).zip(&run.findings).map(|(line, record)| (record.identity(), line));
        let places = RowPlaces::new(file, lines);
        Ok((run, places))
    }

    fn corpus(&self) -> Result<(RunReport, RowPlaces), Error> {
        let corpus = Corpus::read_only(&self.from)?;
        for Damaged { line, why, .. } in corpus.damaged() {
            tell(format_args!("warning: {}, line {line}: {why}; the line is left out", self.from.display()));
        }
        let run = RunReport {
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            arguments: Vec::new(),
            day: today(),
            seed: 0,
            spec: String::new(),
            plan: String::new(),
            shard: None,
            targets: Vec::new(),
            findings: corpus.records().into_iter().cloned().collect(),
        };
        Ok((run, RowPlaces::new(self.from.display().to_string(), row_lines(&self.from)?)))
    }
}

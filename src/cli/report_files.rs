//! The flag `--report FORMAT=FILE`, which `run` and `report` share.

use std::path::{Path, PathBuf};

use super::values::{ParsedBy, Rejected};
use super::{Output, tell};
use crate::compare::Grade;
use crate::error::{Error, Input};
use crate::report::{Document, FORMATS, ReportFormat, RowPlaces, RunReport};

/// A report to write.
#[derive(Clone, Debug)]
pub(super) struct ReportFile {
    format: ReportFormat,
    path: PathBuf,
}

/// The reports to write.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Output")]
pub(super) struct ReportFiles {
    /// Write a report; FORMAT is html, markdown, json, junit, sarif or har, and FILE can be `-` for stdout; repeatable
    #[arg(long = "report", value_name = "FORMAT=FILE", value_parser = ParsedBy(report_file))]
    files: Vec<ReportFile>,
}

fn report_file(text: &str) -> Result<ReportFile, Rejected> {
    let names = || FORMATS.iter().map(|format| format.name);
    let expected = names().collect::<Vec<_>>().join(", ");
    let Some((name, path)) = text.split_once('=').filter(|(_, path)| !path.is_empty()) else {
        return Err(Rejected::new(format!("expected FORMAT=FILE, such as `html=report.html`; formats: {expected}")));
    };
    let format = ReportFormat::named(name).ok_or_else(|| {
        let why = format!("unknown format `{name}`; expected {expected}");
        Rejected::unknown(why, name, names()).followed_by(&format!("={path}"))
    })?;
    Ok(ReportFile { format, path: PathBuf::from(path) })
}

impl ReportFiles {
    /// Whether no report is to be written.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Checks that the directories exist, so that a long run does not end without its reports.
    pub fn check(&self) -> Result<(), Input> {
        for ReportFile { path, .. } in self.files.iter().filter(|file| !file.is_stdout()) {
            let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
            if path.is_dir() || !directory.is_dir() {
                let why = if path.is_dir() { "it is a directory" } else { "its directory does not exist" };
                let what = format!("cannot write the report {}", path.display());
                return Err(Input::value(what, why, "name a file in an existing directory with --report FORMAT=FILE"));
            }
        }
        Ok(())
    }

    /// Writes the reports of a run, or of a corpus if `is_run` is false.
    pub fn write(&self, run: &RunReport, is_run: bool, fail_on: Grade, places: &RowPlaces) -> Result<(), Error> {
        let document = Document { run, is_run, fail_on, places };
        for file in &self.files {
            let text = (file.format.write)(&document);
            if file.is_stdout() {
                Output::print(text.trim_end_matches('\n'))?;
                continue;
            }
            let advice = "name a file in a writable directory with --report FORMAT=FILE";
            std::fs::write(&file.path, text).map_err(|cause| Input::file("write", &file.path, cause, advice))?;
            tell(format_args!("report written to {}", file.path.display()));
        }
        Ok(())
    }
}

impl ReportFile {
    fn is_stdout(&self) -> bool {
        self.path == Path::new("-")
    }
}

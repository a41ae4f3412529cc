//! `manifuzz diff`: what differs between two runs or two corpora.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::flags::epilogue;
use super::run::read_cases;
use super::{FOUND, Output, tell};
use crate::error::{Error, Input};
use crate::findings::{CaseChange, Corpus, RowDifference, case_differences, row_differences};
use crate::foreign::escaped;
use crate::report::json_of;

/// Compare two runs case by case, or two corpora row by row
///
/// Directories are those of `run --results`: the cases that both judged are compared, and those that are newly refused, newly accepted, or
/// have another code or message are printed. Files are corpora: rows that are gone, new or changed are printed.
#[derive(Debug, clap::Args)]
#[command(after_long_help = epilogue(
    "manifuzz diff results-v1 results-v2",
    &[(0, "no difference"), (FOUND, "differences")],
))]
pub(super) struct DiffCommand {
    /// Directory written by `run --results`, or a corpus
    #[arg(value_name = "A")]
    before: PathBuf,
    /// What to compare it with, of the same kind
    #[arg(value_name = "B")]
    after: PathBuf,
    #[command(flatten)]
    output: Output,
}

impl DiffCommand {
    pub(super) fn run(self) -> Result<u8, Error> {
        let differences = match (self.before.is_dir(), self.after.is_dir()) {
            (true, true) => self.runs()?,
            (false, false) => self.corpora()?,
            (is_directory, _) => {
                let what = format!("cannot compare {} with {}", self.before.display(), self.after.display());
                let (one, other) = if is_directory { ("directory", "file") } else { ("file", "directory") };
                let why = format!("one is a {one}, the other a {other}");
                return Err(Input::value(what, why, "pass two directories of results, or two corpora").into());
            }
        };
        Ok(if differences == 0 { 0 } else { FOUND })
    }

    fn runs(&self) -> Result<usize, Error> {
        let (before, after) = (read_cases(&self.before)?, read_cases(&self.after)?);
        let found = case_differences(&before, &after);
        for CaseChange { change, before, after } in &found.changes {
            let (name, was, is) = (change.as_str(), before.answer(), after.answer());
            if self.output.is_pretty() {
                let messages = [&before.message, &after.message].map(|message| escaped(message));
                let said = if before.message == after.message {
                    String::new()
                } else {
                    format!("\n    was: {}\n    is:  {}", messages[0], messages[1])
                };
                let (target, id, shape) = (escaped(&after.target), &after.id, escaped(&after.shape));
                Output::print(&format!("{name}: {target} {id} {shape}: {} -> {}{said}", escaped(&was), escaped(&is)))?;
            } else {
                let of = |line: &crate::findings::CaseLine| {
                    json!({
                        "target": line.target, "outcome": line.outcome.as_str(), "status": line.status,
                        "code": line.code, "message": line.message,
                    })
                };
                let (id, shape) = (&after.id, &after.shape);
                let line =
                    json!({ "change": name, "id": id, "shape": shape, "before": of(before), "after": of(after) });
                Output::print(&line.to_string())?;
            }
        }
        let (count, compared, alone) = (found.changes.len(), found.compared, found.alone);
        tell(format_args!("{count} of {compared} cases differ; {alone} cases were judged in only one of the runs"));
        if compared == 0 {
            let what = format!("cannot compare {} with {}", self.before.display(), self.after.display());
            let advice = "compare runs of the same seed on targets of the same name";
            return Err(Input::value(what, "no case was judged in both", advice).into());
        }
        Ok(count)
    }

    fn corpora(&self) -> Result<usize, Error> {
        let (before, after) = (open(&self.before)?, open(&self.after)?);
        let (old, new) = (before.records(), after.records());
        let found = row_differences(&old, &new);
        for difference in &found {
            let (name, record) = (difference.as_str(), difference.record());
            let columns = match difference {
                RowDifference::Changed(_, _, columns) => columns.as_slice(),
                RowDifference::Gone(_) | RowDifference::New(_) => &[],
            };
            if self.output.is_pretty() {
                let (target, id, shape) = (escaped(&record.target), record.shape.id(), escaped(record.shape.as_str()));
                let which = if columns.is_empty() { String::new() } else { format!(" ({})", columns.join(", ")) };
                Output::print(&format!(
                    "{name}{which}: {} {target} {id} {shape}: {}",
                    record.grade,
                    escaped(&record.key)
                ))?;
            } else {
                let mut line = json!({ "change": name, "columns": columns, "row": json_of(record) });
                if let RowDifference::Changed(old, _, _) = difference {
                    line["before"] = json_of(old);
                }
                Output::print(&line.to_string())?;
            }
        }
        let count = |name: &str| found.iter().filter(|one| one.as_str() == name).count();
        tell(format_args!("{} rows gone, {} new, {} changed", count("gone"), count("new"), count("changed")));
        Ok(found.len())
    }
}

fn open(path: &Path) -> Result<Corpus, Input> {
    let corpus = Corpus::read_only(path)?;
    for damaged in corpus.damaged() {
        tell(format_args!("warning: {}, line {}: {}; the line is left out", path.display(), damaged.line, damaged.why));
    }
    Ok(corpus)
}

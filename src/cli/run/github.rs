//! The files that GitHub Actions names in the environment: a run adds its summary and its outputs to them.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::cli::tell;
use crate::report::{Group, RunReport, step_outputs, step_summary};

/// Adds the summary and the outputs of the run where GitHub Actions asks for them. Failures are only warned of: the findings
/// are in the corpus.
pub(super) fn write(report: &RunReport, groups: &[Group<'_>], corpus: &Path, results: Option<&Path>) {
    append("GITHUB_STEP_SUMMARY", || step_summary(report, groups));
    append("GITHUB_OUTPUT", || step_outputs(report, groups, corpus, results));
}

/// Appends the text to the file that this variable names, if it is set.
fn append(variable: &str, text: impl FnOnce() -> String) {
    let Some(path) = std::env::var_os(variable).filter(|path| !path.is_empty()).map(PathBuf::from) else { return };
    let opened = std::fs::OpenOptions::new().append(true).create(true).open(&path);
    if let Err(error) = opened.and_then(|mut file| file.write_all(text().as_bytes())) {
        let path = path.display();
        tell(format_args!(
            "warning: cannot append to {path}, which {variable} names: {error}; unset it, or name a writable file"
        ));
    }
}

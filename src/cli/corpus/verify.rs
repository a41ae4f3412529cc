//! `manifuzz corpus verify`: checks a corpus row by row.

use std::path::PathBuf;

use serde_json::json;

use crate::cli::flags::epilogue;
use crate::cli::{BAD_INPUT, Output, tell};
use crate::error::Error;
use crate::findings::verify;
use crate::foreign::escaped;

/// Check a corpus: damaged rows, ids, bodies, order and duplicates
///
/// Prints each flaw with its line. Changes nothing. Rows with shapes of newer versions are counted, and their bodies are checked.
#[derive(Debug, clap::Args)]
#[command(after_long_help = epilogue("manifuzz corpus verify corpus/cases.csv", &[(0, "no flaws")]))]
pub(super) struct VerifyCommand {
    /// CSV file of findings (the corpus)
    #[arg(value_name = "FILE", default_value = "manifuzz-cases.csv")]
    file: PathBuf,
    #[command(flatten)]
    output: Output,
}

impl VerifyCommand {
    pub fn run(self) -> Result<u8, Error> {
        let path = &self.file;
        let mut printed = Ok(());
        let verified = verify(path, &mut |line, why| {
            if printed.is_ok() {
                printed = if self.output.is_pretty() {
                    Output::print(&format!("{}, line {line}: {}", path.display(), escaped(why)))
                } else {
                    Output::print(&json!({ "file": path.display().to_string(), "line": line, "why": why }).to_string())
                };
            }
        })?;
        printed?;
        let unreadable = match verified.unreadable {
            0 => String::new(),
            count => format!("; {count} with shapes that this version cannot read"),
        };
        tell(format_args!("{}: {} rows, {} flaws{unreadable}", path.display(), verified.rows, verified.flaws));
        Ok(if verified.flaws == 0 { 0 } else { BAD_INPUT })
    }
}

//! `manifuzz corpus show`: the rows of one case, for people.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::cli::Output;
use crate::cli::flags::{CorpusFlag, epilogue};
use crate::error::{Error, Input};
use crate::exchange::case_id;
use crate::findings::{COLUMNS, Corpus, Record, Row};
use crate::foreign::{bounded, escaped};
use crate::report::json_line;

/// Maximum length of a column that is shown, in characters.
const SHOWN: usize = 2000;
/// The width of the names of columns.
const WIDTH: usize = 14;

/// Show the rows of a case
#[derive(Debug, clap::Args)]
#[command(after_long_help = epilogue("manifuzz corpus show 85ee31c6b07b08a6", &[(0, "success")]))]
pub(super) struct ShowCommand {
    /// The id or the shape of a corpus row
    #[arg(value_name = "ID|SHAPE")]
    case: String,
    #[command(flatten)]
    corpus: CorpusFlag,
    #[command(flatten)]
    output: Output,
}

impl ShowCommand {
    pub fn run(self) -> Result<u8, Error> {
        let path = &self.corpus.corpus;
        let corpus = Corpus::read_only(path).map_err(|error| error.advising(", with --corpus"))?;
        // Another order of slots is the same shape.
        let shape: Option<crate::shape::Shape> = self.case.parse().ok();
        let text = shape.map_or_else(|| self.case.clone(), |shape| shape.to_string());
        let ids = [self.case.clone(), case_id(&text)];
        let is_meant = |record: &&Record| ids.iter().any(|id| id == record.shape.id());
        let rows: Vec<&Record> = corpus.records().into_iter().filter(is_meant).collect();
        if rows.is_empty() {
            let why = format!("no row of {} has it", path.display());
            return Err(Input::value(format!("the case {}", self.case), why, "name another --corpus").into());
        }
        for (number, row) in rows.iter().enumerate() {
            if !self.output.is_pretty() {
                Output::print(&json_line(row))?;
                continue;
            }
            if number > 0 {
                Output::print("")?;
            }
            Output::print(&text_of(row))?;
        }
        Ok(0)
    }
}

/// The columns that are not empty, one on each line, and the body decoded.
fn text_of(record: &Record) -> String {
    let row = Row::from(record);
    let mut lines = Vec::new();
    for name in COLUMNS {
        let value = row.column(name).unwrap_or_default();
        if value.is_empty() {
            continue;
        }
        let (name, value) = match name {
            "body_base64" => {
                let body = STANDARD.decode(value).unwrap_or_default();
                ("body", String::from_utf8_lossy(&body).into_owned())
            }
            _ => (name, value.to_owned()),
        };
        lines.push(format!("{name:<WIDTH$} {}", escaped(&bounded(&value, SHOWN))));
    }
    lines.join("\n")
}

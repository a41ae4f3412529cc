//! The table of flavours and targets, one file a format.

mod cells;
mod csv;
mod html;
mod lines;
mod markdown;

pub use cells::{Cell, CellOutcome, Line, Matrix};
pub use csv::matrix_csv;
pub use html::matrix_html;
pub use lines::matrix_lines;
pub use markdown::matrix_markdown;

use crate::exchange::Stage;

/// How many characters of a server's message a cell of a table for people holds.
const MESSAGE: usize = 160;

/// A cell in words: where, status, code and message. A stage is named where it is not the push of the manifest.
fn words(cell: &Cell) -> String {
    let stage = cell.stage.filter(|stage| *stage != Stage::ManifestPut).map(|stage| format!("{stage}:"));
    let status = cell.status.map(|status| status.to_string());
    let code = Some(cell.error_code.clone()).filter(|code| !code.is_empty());
    let mut message: String = cell.message.chars().take(MESSAGE).collect();
    if message.len() < cell.message.len() {
        message.push('…');
    }
    let parts = [stage, status, code, Some(message).filter(|message| !message.is_empty())];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// The sign of an outcome; a guess has a question mark too.
fn sign(cell: &Cell) -> String {
    let sign = match cell.outcome {
        CellOutcome::Accepted => "✅",
        CellOutcome::Rejected => "❌",
        CellOutcome::NotTested => "·",
    };
    if cell.uncertain.is_some() { format!("{sign}?") } else { sign.to_owned() }
}

/// The numbers of a cell's remarks among those of the table, from 1 on.
fn footnotes(remarks: &[(&str, String)], target: &str, cell: &Cell) -> Vec<usize> {
    let place = |text: String| remarks.iter().position(|(own, known)| *own == target && *known == text);
    cell.remarks().filter_map(place).map(|at| at + 1).collect()
}

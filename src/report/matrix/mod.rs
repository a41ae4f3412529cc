//! The table of flavours and targets, one module per format.

mod cells;
mod clients;
mod csv;
mod html;
mod lines;
mod markdown;

pub use cells::{Cell, CellOutcome, Line, Matrix};
pub use clients::CLIENT_ROWS;
pub use csv::matrix_csv;
pub use html::matrix_html;
pub use lines::matrix_lines;
pub use markdown::matrix_markdown;

use crate::exchange::Stage;

/// Maximum length of a server's message in Markdown and HTML, in characters.
const MESSAGE: usize = 160;

/// The text of a cell: stage (unless it is the manifest push), status, code and message.
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

/// The symbol of an outcome, with a question mark if it is uncertain.
fn sign(cell: &Cell) -> String {
    let sign = match cell.outcome {
        CellOutcome::Accepted => "✅",
        CellOutcome::Rejected => "❌",
        CellOutcome::NotTested => "·",
    };
    if cell.uncertain.is_some() { format!("{sign}?") } else { sign.to_owned() }
}

/// The footnote numbers of a cell's remarks, from 1.
fn footnotes(remarks: &[(&str, String)], target: &str, cell: &Cell) -> Vec<usize> {
    let place = |text: String| remarks.iter().position(|(own, known)| *own == target && *known == text);
    cell.remarks().filter_map(place).map(|at| at + 1).collect()
}

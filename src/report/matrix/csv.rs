//! The table as CSV, one row per cell. The columns are fixed, so remarks are appended to the message in brackets.

use super::cells::{Cell, Matrix};
use crate::findings::neutralise;

const COLUMNS: [&str; 7] = ["target", "flavour", "outcome", "stage", "status", "error_code", "message"];

/// The table as RFC 4180 CSV with LF line endings and a header.
pub fn matrix_csv(matrix: &Matrix) -> String {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(Vec::new());
    // Writing to memory does not fail.
    let _ = writer.write_record(COLUMNS);
    for line in &matrix.lines {
        for cell in &line.cells {
            let stage = cell.stage.map_or_else(String::new, |stage| stage.to_string());
            let status = cell.status.map_or_else(String::new, |status| status.to_string());
            let (code, message) = (neutralise(&cell.error_code), neutralise(&message(cell)));
            let target = neutralise(&line.target);
            let row = [&target, &cell.flavour, cell.outcome.as_str(), &stage, &status, &code, &message];
            let _ = writer.write_record(row);
        }
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

fn message(cell: &Cell) -> String {
    let changed = cell.changed.iter().map(|(slot, _)| format!("[changed: without {slot}]"));
    let uncertain = cell.uncertain.iter().map(|why| format!("[uncertain: {why}]"));
    let note = cell.note.iter().map(|note| format!("[note: {note}]"));
    let own = Some(cell.message.clone()).filter(|message| !message.is_empty());
    own.into_iter().chain(changed).chain(uncertain).chain(note).collect::<Vec<_>>().join(" ")
}

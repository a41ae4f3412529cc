//! The table of findings that a run prints for people.

use std::cmp::Reverse;

use comfy_table::{ContentArrangement, Table, presets};

use crate::corpus::Record;
use crate::foreign::escaped;

/// The records as a table, the heaviest first.
pub fn table<'r>(records: impl IntoIterator<Item = &'r Record>) -> String {
    let mut records: Vec<&Record> = records.into_iter().collect();
    let place =
        |record: &'r Record| (Reverse(record.grade), &record.target, record.class.as_str(), record.shape.as_str());
    records.sort_by(|a, b| place(a).cmp(&place(b)));
    let mut table = Table::new();
    table.load_preset(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(["grade", "target", "class", "smallest case", "differs at", "answer", "what was seen"]);
    for record in records {
        // A record of another version's corpus may hold anything.
        let status = record.status.map(|status| format!("{status:03} ")).unwrap_or_default();
        let answer = format!("{status}{}", record.error_code);
        table.add_row([
            record.grade.as_str().into(),
            escaped(&record.target),
            record.class.as_str().into(),
            escaped(record.shape.as_str()),
            escaped(&record.pointer),
            escaped(answer.trim()),
            escaped(&record.note),
        ]);
    }
    table.to_string()
}

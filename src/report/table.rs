//! The table of findings that a run prints for people.

use comfy_table::{ContentArrangement, Table, presets};

use crate::corpus::Row;

/// The rows as a table, the heaviest first.
pub fn table<'r>(rows: impl IntoIterator<Item = &'r Row>) -> String {
    let mut rows: Vec<&Row> = rows.into_iter().collect();
    let weight = |row: &Row| match row.grade.as_str() {
        "violation" => 0,
        "warning" => 1,
        _ => 2,
    };
    rows.sort_by(|a, b| (weight(a), &a.target, &a.class, &a.shape).cmp(&(weight(b), &b.target, &b.class, &b.shape)));
    let mut table = Table::new();
    table.load_preset(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(["grade", "target", "class", "smallest case", "differs at", "answer", "what was seen"]);
    for row in rows {
        let answer = [row.status.as_str(), row.error_code.as_str()].join(" ");
        table.add_row([
            row.grade.as_str(),
            row.target.as_str(),
            row.class.as_str(),
            row.shape.as_str(),
            row.pointer.as_str(),
            answer.trim(),
            row.note.as_str(),
        ]);
    }
    table.to_string()
}

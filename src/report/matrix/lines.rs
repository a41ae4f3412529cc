//! The table as JSON lines, one object per cell.

use serde_json::json;

use super::cells::{Cell, Line, Matrix};

/// One line per cell; absent values are null.
pub fn matrix_lines(matrix: &Matrix) -> Vec<String> {
    let cells = matrix.lines.iter().flat_map(|line| line.cells.iter().map(move |cell| (line, cell)));
    let object = |(line, cell): (&Line, &Cell)| {
        let changed = cell.changed.as_ref().map(|(slot, note)| json!({ "without": slot, "note": note }));
        json!({
            "target": line.target,
            "date": line.date,
            "source": line.source,
            "flavour": cell.flavour,
            "shape": cell.shape,
            "outcome": cell.outcome.as_str(),
            "stage": cell.stage.map(crate::exchange::Stage::as_str),
            "status": cell.status,
            "error_code": cell.error_code,
            "message": cell.message,
            "changed": changed,
            "uncertain": cell.uncertain,
            "note": cell.note,
        })
        .to_string()
    };
    cells.map(object).collect()
}

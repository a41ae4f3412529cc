//! The table of a registry's limits.

use comfy_table::{ContentArrangement, Table, presets};

use super::Screen;
use crate::foreign::escaped;

/// One limit as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitRow {
    /// What is limited.
    pub limit: String,
    /// The largest number that was accepted.
    pub accepted: String,
    /// The smallest number that was refused, or why there is none.
    pub refused: String,
    /// How that was refused.
    pub answer: String,
    /// The number of requests.
    pub requests: u64,
}

/// The limits as a table.
pub fn limit_table(rows: &[LimitRow]) -> String {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    if let Some(width) = Screen::stdout().width {
        table.set_width(u16::try_from(width).unwrap_or(u16::MAX));
    }
    table.set_header(["limit", "largest accepted", "smallest refused", "how it refuses", "requests"]);
    for row in rows {
        let cells = [&row.limit, &row.accepted, &row.refused, &row.answer].map(|cell| escaped(cell).into_owned());
        table.add_row(cells.into_iter().chain([row.requests.to_string()]));
    }
    table.to_string()
}

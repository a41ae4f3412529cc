//! Text that a spreadsheet would run is told apart by a leading apostrophe.

/// The text with an apostrophe in front if a spreadsheet would run it, or if it has one there already.
pub fn neutralise(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\'']) { format!("'{text}") } else { text.to_owned() }
}

/// The text that [`neutralise`] was given.
pub fn restore(cell: &str) -> String {
    cell.strip_prefix('\'').unwrap_or(cell).to_owned()
}

//! Prevents spreadsheets from interpreting untrusted text as formulas.

/// Prepends an apostrophe to text that a spreadsheet might interpret as a formula, and to text that starts with one.
pub fn neutralise(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\'']) { format!("'{text}") } else { text.to_owned() }
}

/// Reverts [`neutralise`].
pub fn restore(cell: &str) -> String {
    cell.strip_prefix('\'').unwrap_or(cell).to_owned()
}

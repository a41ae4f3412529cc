//! Rows as JSON lines: an object a finding, its members the corpus's columns.

use serde_json::{Map, Value};

use crate::corpus::{COLUMNS, Row};

/// A row as a JSON object.
pub fn json_of(row: &Row) -> Value {
    let column = |name: &&str| ((*name).to_owned(), Value::from(row.column(name).unwrap_or_default()));
    Value::Object(COLUMNS.iter().map(column).collect::<Map<_, _>>())
}

/// A row as one line.
pub fn json_line(row: &Row) -> String {
    json_of(row).to_string()
}

//! Records as JSON lines: an object for each finding, its members the corpus's columns.

use serde_json::{Map, Value};

use crate::findings::{COLUMNS, Record, Row};

/// A record as a JSON object. Every member is a text, as in the corpus.
pub fn json_of(record: &Record) -> Value {
    let row = Row::from(record);
    let column = |name: &&str| ((*name).to_owned(), Value::from(row.column(name).unwrap_or_default()));
    Value::Object(COLUMNS.iter().map(column).collect::<Map<_, _>>())
}

/// A record as one line.
pub fn json_line(record: &Record) -> String {
    json_of(record).to_string()
}

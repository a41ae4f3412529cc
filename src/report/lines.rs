//! Records as JSON lines: one object per finding, with the columns of the corpus as members.

use serde_json::{Map, Value};

use crate::findings::{COLUMNS, Record, Row};

/// A record as a JSON object. Every member is a string, as in the corpus.
pub fn json_of(record: &Record) -> Value {
    let row = Row::from(record);
    let column = |name: &&str| ((*name).to_owned(), Value::from(row.column(name).unwrap_or_default()));
    Value::Object(COLUMNS.iter().map(column).collect::<Map<_, _>>())
}

/// A record as one line of JSON, without a newline.
pub fn json_line(record: &Record) -> String {
    json_of(record).to_string()
}

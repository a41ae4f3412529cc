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

/// Reads a line of [`json_line`], as a value.
///
/// # Errors
///
/// Which column is invalid, and why.
pub fn record_of(value: &Value) -> Result<Record, String> {
    if !value.is_object() {
        return Err("it is not a JSON object".to_owned());
    }
    Record::try_from(Row::of(|column| value[column].as_str().unwrap_or_default().to_owned()))
}

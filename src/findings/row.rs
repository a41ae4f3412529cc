//! A record as text, shared by CSV and JSON lines: the names and order of the columns, and how each is written and read.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;

use super::also::Also;
use super::case::CaseText;
use super::record::{EXTENT, Record};
use crate::compare::{Class, Grade};
use crate::exchange::Stage;
use crate::foreign::bounded;

/// Maximum length of a cell quoted in a message, in characters.
const QUOTED: usize = 80;

macro_rules! columns {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {
        /// A record as text. Unknown values are empty.
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct Row { $($(#[$doc])* pub $name: String,)* }

        /// The columns in the file's order.
        pub const COLUMNS: [&str; [$(stringify!($name)),*].len()] = [$(stringify!($name)),*];

        impl Row {
            /// The value of the named column; `None` if there is no such column.
            pub fn column(&self, name: &str) -> Option<&str> {
                match name { $(stringify!($name) => Some(&self.$name),)* _ => None }
            }

            /// A row with these values.
            pub fn of(value: impl Fn(&str) -> String) -> Self {
                Self { $($name: value(stringify!($name)),)* }
            }

            /// As [`column`](Self::column), mutable.
            pub(super) fn column_mut(&mut self, name: &str) -> Option<&mut String> {
                match name { $(stringify!($name) => Some(&mut self.$name),)* _ => None }
            }
        }
    };
}

columns! {
    /// First 16 hex digits of the SHA-256 of `shape`.
    id,
    /// The shape's text.
    shape,
    /// The class of the finding.
    class,
    /// `violation`, `warning` or `note`.
    grade,
    /// The target's name.
    target,
    /// The target's version; empty if unknown.
    target_version,
    /// The set of specification versions, such as `1.1`.
    spec,
    /// The expectation, with codes or a reason.
    expect,
    /// Ids of the rules it is based on, space-separated.
    rules,
    /// The stage at which it was observed.
    stage,
    /// Three digits; empty if no answer arrived.
    status,
    /// The first error code.
    error_code,
    /// The server's message.
    error_message,
    /// The tested request's Content-Type; empty if absent.
    content_type,
    /// The last element of its path; a fresh tag is `{tag}`.
    reference,
    /// The exact body in base64; empty above 24 KiB.
    body_base64,
    /// `sha256:HEX` of the body.
    body_sha256,
    /// The body's length in bytes.
    body_bytes,
    /// JSON: blobs and manifests that must be present or absent, with digest, size, state and, if short, content.
    needs,
    /// JSON: method, path and headers of the tested request, and the requests before and after it.
    request,
    /// JSON: the nearest accepted case, with its shape, request and body; empty if none is known.
    witness,
    /// Where the case and its witness differ.
    pointer,
    /// What identifies the finding: symptom and deviating slots.
    key,
    /// Texts of other shapes with this key, space-separated; `+N` at the end if there are at least N more.
    also,
    /// How often the target showed it again; 0 if not confirmed.
    reproduced,
    /// How many cases were fired or looked up to shrink it.
    probes,
    /// The shape it was shrunk from.
    shrunk_from,
    /// The seed of the run.
    seed,
    /// The UTC day of the first sighting.
    first_seen,
    /// The UTC day of the last sighting.
    last_seen,
    /// The version of manifuzz that found it.
    tool_version,
    /// What was observed; after `; extent: `, how far the finding goes beyond its smallest case.
    note,
}

impl From<&Record> for Row {
    fn from(record: &Record) -> Self {
        let number = |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
        let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
        Self {
            id: record.shape.id().to_owned(),
            shape: record.shape.to_string(),
            class: record.class.as_str().to_owned(),
            grade: record.grade.as_str().to_owned(),
            target: record.target.clone(),
            target_version: record.target_version.clone(),
            spec: record.spec.clone(),
            expect: record.expect.clone(),
            rules: record.rules.join(" "),
            stage: record.stage.as_str().to_owned(),
            status: record.status.map(|status| format!("{status:03}")).unwrap_or_default(),
            error_code: record.error_code.clone(),
            error_message: record.error_message.clone(),
            content_type: record.content_type.clone(),
            reference: record.reference.clone(),
            body_base64: record.body_base64.clone(),
            body_sha256: record.body_sha256.clone(),
            body_bytes: number(record.body_bytes),
            needs: record.needs.clone(),
            request: record.request.clone(),
            witness: record.witness.clone(),
            pointer: record.pointer.clone(),
            key: record.key.clone(),
            also: record.also.to_string(),
            reproduced: number(record.reproduced),
            probes: number(record.probes),
            shrunk_from: record.shrunk_from.clone(),
            seed: number(record.seed),
            first_seen: day(record.first_seen),
            last_seen: day(record.last_seen),
            tool_version: record.tool_version.clone(),
            note: note(record),
        }
    }
}

/// The note, followed by the extent if it is known.
fn note(record: &Record) -> String {
    if record.extent.is_empty() { record.note.clone() } else { format!("{}{EXTENT}{}", record.note, record.extent) }
}

impl TryFrom<Row> for Record {
    /// Which cell is invalid, and why.
    type Error = String;

    fn try_from(row: Row) -> Result<Self, String> {
        let shape = CaseText::new(row.shape);
        if shape.id() != row.id {
            return Err(format!("the id does not match the shape `{}`", bounded(shape.as_str(), QUOTED)));
        }
        let class = Class::named(&row.class).ok_or_else(|| unreadable("class", &row.class, "unknown class"))?;
        let grade = Grade::named(&row.grade).ok_or_else(|| unreadable("grade", &row.grade, "unknown grade"))?;
        let stage = Stage::named(&row.stage).ok_or_else(|| unreadable("stage", &row.stage, "unknown stage"))?;
        let Ok(also) = row.also.parse::<Also>();
        let (note, extent) = row.note.rsplit_once(EXTENT).unwrap_or((&row.note, ""));
        let (note, extent) = (note.to_owned(), extent.to_owned());
        Ok(Self {
            shape,
            class,
            grade,
            stage,
            also,
            status: status(&row.status)?,
            body_bytes: cell("body_bytes", &row.body_bytes)?,
            reproduced: cell("reproduced", &row.reproduced)?,
            probes: cell("probes", &row.probes)?,
            seed: cell("seed", &row.seed)?,
            first_seen: cell("first_seen", &row.first_seen)?,
            last_seen: cell("last_seen", &row.last_seen)?,
            rules: row.rules.split_whitespace().map(str::to_owned).collect(),
            target: row.target,
            target_version: row.target_version,
            spec: row.spec,
            expect: row.expect,
            error_code: row.error_code,
            error_message: row.error_message,
            content_type: row.content_type,
            reference: row.reference,
            body_base64: row.body_base64,
            body_sha256: row.body_sha256,
            needs: row.needs,
            request: row.request,
            witness: row.witness,
            pointer: row.pointer,
            key: row.key,
            shrunk_from: row.shrunk_from,
            tool_version: row.tool_version,
            note,
            extent,
        })
    }
}

fn unreadable(column: &str, cell: &str, why: &str) -> String {
    format!("{why} in the column {column}: `{}`", bounded(cell, QUOTED))
}

/// Parses a number or a day; `None` if the cell is empty. Accepts only the form that is written, so that cells round-trip.
fn cell<T: FromStr + fmt::Display>(column: &str, cell: &str) -> Result<Option<T>, String> {
    if cell.is_empty() {
        return Ok(None);
    }
    let value: Option<T> = cell.parse().ok().filter(|value: &T| value.to_string() == cell);
    value.map(Some).ok_or_else(|| unreadable(column, cell, "invalid value"))
}

fn status(cell: &str) -> Result<Option<u16>, String> {
    if cell.is_empty() {
        return Ok(None);
    }
    let is_status = cell.len() == 3 && cell.bytes().all(|byte| byte.is_ascii_digit());
    let status = cell.parse().ok().filter(|_| is_status);
    status.map(Some).ok_or_else(|| unreadable("status", cell, "invalid value"))
}

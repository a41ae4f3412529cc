//! The corpus as CSV: RFC 4180, UTF-8, LF. Lines that are not valid records are kept unchanged.

use std::io::{BufReader, Read, Write};
use std::path::Path;

use super::cell::{neutralise, restore};
use super::record::Record;
use super::records::Records;
use super::row::{COLUMNS, Row};
use crate::error::Input;

/// Columns with untrusted text.
const FOREIGN_TEXT: [&str; 5] = ["target", "target_version", "error_code", "error_message", "note"];

/// A line of the file that is not a valid record. Kept byte for byte, after the records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damaged {
    /// The number of its first line, from 1.
    pub line: u64,
    /// Why it is invalid.
    pub why: String,
    /// The bytes of the line.
    text: Vec<u8>,
}

/// Writes a corpus: a header, the records in the given order, and the damaged lines.
pub(super) fn write(out: impl Write, records: &[&Record], damaged: &[Damaged]) -> std::io::Result<()> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(out);
    writer.write_record(COLUMNS)?;
    for record in records {
        let row = Row::from(*record);
        for name in COLUMNS {
            let value = row.column(name).unwrap_or_default();
            if FOREIGN_TEXT.contains(&name) {
                writer.write_field(neutralise(value))
            } else {
                writer.write_field(value)
            }?;
        }
        writer.write_record(None::<&[u8]>)?;
    }
    let mut out = writer.into_inner().map_err(|error| std::io::Error::other(error.to_string()))?;
    for Damaged { text, .. } in damaged {
        out.write_all(text)?;
        if !text.ends_with(b"\n") {
            out.write_all(b"\n")?;
        }
    }
    out.flush()
}

/// Decodes a corpus. `path` is used in errors only.
pub(super) fn read(path: &Path, text: &[u8]) -> Result<(Records, Vec<Damaged>), Input> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text);
    let mut records = Records::default();
    let mut damaged = Vec::new();
    let mut header: Option<Vec<String>> = None;
    let mut line_read = csv::ByteRecord::new();
    loop {
        let start = reader.position().clone();
        let more = reader.read_byte_record(&mut line_read).map_err(|error| unreadable(path, &error))?;
        if !more {
            break;
        }
        let Some(names) = &header else {
            header = Some(names_of(path, &line_read)?);
            continue;
        };
        let bytes = |position: u64| usize::try_from(position).unwrap_or(text.len()).min(text.len());
        let raw = &text[bytes(start.byte())..bytes(reader.position().byte())];
        // The reader skips empty lines, which the position includes.
        let line = start.line()
            + raw.iter().take_while(|b| matches!(b, b'\n' | b'\r')).filter(|b| **b == b'\n').count() as u64;
        let why = match record_of(names, &line_read) {
            Ok(record) => {
                if records.add(record) {
                    continue;
                }
                "duplicate of an earlier row (same target, spec and key)".into()
            }
            Err(why) => why,
        };
        damaged.push(Damaged { line, why, text: raw.to_vec() });
    }
    Ok((records, damaged))
}

/// Decodes a corpus row by row, with the number of the line on which each begins, without holding more than one.
pub(super) fn each_row(
    path: &Path,
    text: impl Read,
    each: &mut dyn FnMut(u64, Result<Record, String>),
) -> Result<(), Input> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(BufReader::new(text));
    let mut names: Option<Vec<String>> = None;
    let mut row = csv::ByteRecord::new();
    loop {
        let more = reader.read_byte_record(&mut row).map_err(|error| unreadable(path, &error))?;
        match &names {
            _ if !more => return Ok(()),
            None => names = Some(names_of(path, &without_mark(&row))?),
            Some(names) => each(row.position().map_or(0, csv::Position::line), record_of(names, &row)),
        }
    }
}

/// The header without a byte order mark.
fn without_mark(header: &csv::ByteRecord) -> csv::ByteRecord {
    header.iter().map(|cell| cell.strip_prefix(b"\xef\xbb\xbf").unwrap_or(cell)).collect()
}

fn unreadable(path: &Path, error: &csv::Error) -> Input {
    let what = format!("cannot read corpus {}", path.display());
    Input::value(what, error.to_string(), "repair or move it; nothing was changed")
}

fn names_of(path: &Path, line: &csv::ByteRecord) -> Result<Vec<String>, Input> {
    let names: Vec<String> = line.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect();
    let what = || format!("cannot read corpus {}", path.display());
    if let Some(unknown) = names.iter().find(|name| !COLUMNS.contains(&name.as_str())) {
        return Err(Input::value(
            what(),
            format!("unknown column `{unknown}`"),
            "use the manifuzz version that wrote it, or choose another file; nothing was changed",
        ));
    }
    if !["id", "shape", "target", "key"].iter().all(|name| names.iter().any(|n| n == name)) {
        let advice = "check that it is a corpus, or choose another file; nothing was changed";
        return Err(Input::value(what(), "the header lacks id, shape, target or key", advice));
    }
    Ok(names)
}

fn record_of(names: &[String], line: &csv::ByteRecord) -> Result<Record, String> {
    if line.len() != names.len() {
        return Err(format!("found {} cells, expected {}", line.len(), names.len()));
    }
    let mut row = Row::default();
    for (name, cell) in names.iter().zip(line) {
        let cell = std::str::from_utf8(cell).map_err(|_| format!("the column {name} is not valid UTF-8"))?;
        if let Some(column) = row.column_mut(name) {
            *column = if FOREIGN_TEXT.contains(&name.as_str()) { restore(cell) } else { cell.to_owned() };
        }
    }
    Record::try_from(row)
}

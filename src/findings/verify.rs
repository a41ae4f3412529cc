//! Checks a corpus row by row, without holding the rows.

use std::collections::HashSet;
use std::fs::File;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::bodies::{body_digest, read_body};
use super::csv::each_row;
use super::record::Record;
use crate::error::Input;
use crate::exchange::{sha256, short_sha256};
use crate::render::render;

/// What a check of a corpus counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// The rows, damaged ones included.
    pub rows: usize,
    /// What is wrong with them.
    pub flaws: usize,
    /// Rows whose shape this version cannot read.
    pub unreadable: usize,
}

/// Checks the corpus and tells each flaw with its line. Memory grows by a few bytes for each row.
///
/// # Errors
///
/// If the file cannot be read or is not a corpus.
pub fn verify(path: &Path, tell: &mut dyn FnMut(u64, &str)) -> Result<Verified, Input> {
    let file = File::open(path);
    let file =
        file.map_err(|cause| Input::file("read", path, cause, "pass a corpus file written by an earlier run"))?;
    let mut verified = Verified::default();
    let mut seen: HashSet<String> = HashSet::new();
    let mut last: Option<[String; 4]> = None;
    each_row(path, file, &mut |line, row| {
        verified.rows += 1;
        let mut flaw = |why: &str| {
            verified.flaws += 1;
            tell(line, why);
        };
        let record = match row {
            Ok(record) => record,
            Err(why) => return flaw(&format!("damaged: {why}")),
        };
        let (target, spec, key) = record.identity();
        if !seen.insert(short_sha256(&format!("{target}\0{spec}\0{key}"))) {
            flaw("duplicate of an earlier row (same target, spec and key)");
        }
        let (id, target, spec, key) = record.order();
        let place = [id, target, spec, key].map(str::to_owned);
        if last.as_ref().is_some_and(|last| *last > place) {
            flaw("out of order; rows are sorted by id, target, spec and key");
        }
        last = Some(place);
        flaws_of(path, &record, &mut flaw);
        verified.unreadable +=
            usize::from(record.shape.shape().is_none() && body_digest(record.shape.as_str()).is_none());
    })?;
    Ok(verified)
}

fn flaws_of(path: &Path, record: &Record, flaw: &mut dyn FnMut(&str)) {
    let start = format!("{} {} ", record.stage, record.class.as_str());
    if !record.key.starts_with(&start) {
        flaw(&format!("the key does not begin with stage and class, `{}`", start.trim_end()));
    }
    for (name, cell) in [("needs", &record.needs), ("request", &record.request), ("witness", &record.witness)] {
        if !cell.is_empty() && serde_json::from_str::<Value>(cell).is_err() {
            flaw(&format!("the column {name} is not JSON"));
        }
    }
    if !record.body_base64.is_empty() {
        match STANDARD.decode(&record.body_base64) {
            Err(error) => flaw(&format!("the column body_base64 is invalid: {error}")),
            Ok(body) => {
                if record.body_bytes.is_some_and(|length| length != body.len() as u64) {
                    flaw(&format!("the body has {} bytes, not as body_bytes says", body.len()));
                }
                if !record.body_sha256.is_empty() && sha256(&body) != record.body_sha256 {
                    flaw("body_sha256 is not the digest of body_base64");
                }
            }
        }
    }
    let (case, digest) = (record.shape.as_str(), &record.body_sha256);
    if let Some(named) = body_digest(case) {
        if !digest.is_empty() && named != digest {
            flaw("body_sha256 is not the digest that the shape names");
        }
        if record.body_base64.is_empty()
            && let Err(error) = read_body(path, named)
        {
            flaw(&error.to_string());
        }
    }
    if let Some(shape) = record.shape.shape().filter(|_| !digest.is_empty()) {
        let rendered = render(shape);
        if rendered.tested.digest() != digest {
            flaw(&format!("the shape renders to {}, not to body_sha256", rendered.tested.digest()));
        }
    }
}

//! A baseline: the findings of a target that are known, each with a reason, so that a run fails only for new ones.
//!
//! Pure but for reading and replacing the file. What a run finds never depends on it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::case::CaseText;
use super::cell::{neutralise, restore};
use super::file::Corpus;
use super::lock::Lock;
use super::place;
use super::record::Record;
use super::replace::replace;
use crate::error::Input;
use crate::foreign::bounded;

/// The columns, in order.
const COLUMNS: [&str; 7] = ["target", "spec", "key", "shape", "reason", "owner", "until"];
/// Maximum length of text quoted in a message, in characters.
const QUOTED: usize = 80;
/// What to do about an invalid line.
const ADVICE: &str = "correct or remove the line; `manifuzz baseline add ID --reason TEXT` writes valid ones";

/// One known finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaselineRow {
    /// The target's name.
    pub target: String,
    /// The set of specification versions, such as `1.1`.
    pub spec: String,
    /// What identifies the finding, as in a corpus.
    pub key: String,
    /// The case that shows it.
    pub shape: CaseText,
    /// Why it is acceptable. Never empty.
    pub reason: String,
    /// Who decided that; may be empty.
    pub owner: String,
    /// The last UTC day on which it is acceptable, if that is limited.
    pub until: Option<Date>,
}

impl BaselineRow {
    /// The row of a finding.
    pub fn of(record: &Record, reason: &str, owner: &str, until: Option<Date>) -> Self {
        Self {
            target: record.target.clone(),
            spec: record.spec.clone(),
            key: record.key.clone(),
            shape: record.shape.clone(),
            reason: reason.to_owned(),
            owner: owner.to_owned(),
            until,
        }
    }

    /// Whether it no longer holds on this day.
    pub fn is_expired(&self, day: Date) -> bool {
        self.until.is_some_and(|until| until < day)
    }

    /// Whether it names this finding: the same key; or, for a finding that was not shrunk, the same symptom on a case that
    /// contains this one.
    pub fn names(&self, record: &Record) -> bool {
        if (&self.target, &self.spec) != (&record.target, &record.spec) {
            return false;
        }
        self.key == record.key || self.is_part_of(record)
    }

    /// The key of a finding that was not shrunk ends with the text of its case.
    fn is_part_of(&self, record: &Record) -> bool {
        let (Some(symptom), Some(own)) =
            (record.key.strip_suffix(record.shape.as_str()), self.key.rsplit_once(' ').map(|(symptom, _)| symptom))
        else {
            return false;
        };
        let parts: Vec<&str> = record.shape.as_str().split(';').collect();
        let is_contained =
            self.shape.as_str() == "base" || self.shape.as_str().split(';').all(|one| parts.contains(&one));
        symptom.trim_end() == own && is_contained
    }
}

/// Known findings and the file that they are from.
#[derive(Clone, Debug)]
pub struct Baseline {
    path: PathBuf,
    rows: Vec<BaselineRow>,
}

impl Baseline {
    /// Reads a baseline, or a corpus, all rows of which count as known. The header tells which it is.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, is neither, or has an invalid line.
    pub fn read(path: &Path) -> Result<Self, Input> {
        let text = place::read(path)?.ok_or_else(|| {
            let cause = std::io::ErrorKind::NotFound.into();
            Input::file(
                "read",
                path,
                cause,
                "`manifuzz baseline add ID --reason TEXT` makes it; a corpus works as well",
            )
        })?;
        Self::of(path, &text)
    }

    /// Reads a baseline that rows are to be added to; a missing file is an empty one.
    fn read_or_new(path: &Path) -> Result<Self, Input> {
        match place::read(path)? {
            None => Ok(Self { path: path.to_owned(), rows: Vec::new() }),
            Some(text) if text.is_empty() => Ok(Self { path: path.to_owned(), rows: Vec::new() }),
            Some(text) if is_corpus(&text) => {
                let what = format!("cannot add to {}", path.display());
                Err(Input::value(what, "it is a corpus, not a baseline", "choose another file"))
            }
            Some(text) => Self::of(path, &text),
        }
    }

    fn of(path: &Path, text: &[u8]) -> Result<Self, Input> {
        let rows = if is_corpus(text) { rows_of_corpus(path)? } else { rows_of(path, text)? };
        Ok(Self { path: path.to_owned(), rows })
    }

    /// The rows, in the order of the file.
    pub fn rows(&self) -> &[BaselineRow] {
        &self.rows
    }

    /// The first row that names this finding and holds on this day.
    pub fn naming(&self, record: &Record, day: Date) -> Option<&BaselineRow> {
        self.rows.iter().find(|row| !row.is_expired(day) && row.names(record))
    }

    /// Adds rows to a file, which is made if it does not exist and is complete whenever the process is killed. A row of the same
    /// target, spec and key is replaced. Returns how many were added and how many replaced.
    ///
    /// # Errors
    ///
    /// If a reason is empty, the file is not a baseline or cannot be written, or another process is writing to it.
    pub fn add(path: &Path, rows: Vec<BaselineRow>) -> Result<(usize, usize), Input> {
        if rows.iter().any(|row| row.reason.trim().is_empty()) {
            return Err(Input::value("the reason", "it is empty", "say why the finding is acceptable"));
        }
        let path = place::resolve(path)?;
        place::check(&path)?;
        let _lock = Lock::take(&path)?;
        let mut baseline = Self::read_or_new(&path)?;
        let (mut added, mut replaced) = (0, 0);
        for row in rows {
            let identity = |row: &BaselineRow| (row.target.clone(), row.spec.clone(), row.key.clone());
            match baseline.rows.iter_mut().find(|old| identity(old) == identity(&row)) {
                Some(old) => {
                    *old = row;
                    replaced += 1;
                }
                None => {
                    baseline.rows.push(row);
                    added += 1;
                }
            }
        }
        baseline.write()?;
        Ok((added, replaced))
    }

    fn write(&self) -> Result<(), Input> {
        let fail = |cause| {
            let advice = "free disk space or choose another file; the old one is intact";
            Input::file("write", &self.path, cause, advice)
        };
        replace(&self.path, |file| {
            let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(file);
            writer.write_record(COLUMNS)?;
            for row in &self.rows {
                let until = row.until.map(|until| until.to_string()).unwrap_or_default();
                let [target, reason, owner] = [&row.target, &row.reason, &row.owner].map(|text| neutralise(text));
                writer.write_record([&target, &row.spec, &row.key, row.shape.as_str(), &reason, &owner, &until])?;
            }
            writer.flush()
        })
        .map_err(fail)
    }
}

/// Whether the header is that of a corpus.
fn is_corpus(text: &[u8]) -> bool {
    let header = text.split(|b| *b == b'\n').next().unwrap_or_default();
    header.split(|b| *b == b',').any(|name| name.trim_ascii() == b"class")
}

/// A corpus says what was found, not why that is acceptable.
fn rows_of_corpus(path: &Path) -> Result<Vec<BaselineRow>, Input> {
    let corpus = Corpus::read_only(path)?;
    if let Some(damaged) = corpus.damaged().first() {
        return Err(invalid(
            path,
            damaged.line,
            &damaged.why,
            "repair the line; `manifuzz corpus verify` lists all of them",
        ));
    }
    let reason = format!("from the corpus {}", path.display());
    Ok(corpus.records().into_iter().map(|record| BaselineRow::of(record, &reason, "", None)).collect())
}

fn invalid(path: &Path, line: u64, why: &str, advice: &str) -> Input {
    Input::value(format!("cannot use baseline {}, line {line}", path.display()), why, advice)
}

fn rows_of(path: &Path, text: &[u8]) -> Result<Vec<BaselineRow>, Input> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text);
    let mut rows = Vec::new();
    for (at, line) in reader.byte_records().enumerate() {
        let line = line.map_err(|error| invalid(path, at as u64 + 1, &error.to_string(), ADVICE))?;
        let number = line.position().map_or(0, csv::Position::line);
        let cells: Result<Vec<&str>, _> = line.iter().map(std::str::from_utf8).collect();
        let cells = cells.map_err(|_| invalid(path, number, "not valid UTF-8", ADVICE))?;
        if at == 0 {
            check_header(path, &cells)?;
        } else {
            rows.push(row_of(&cells).map_err(|why| invalid(path, number, &why, ADVICE))?);
        }
    }
    Ok(rows)
}

fn check_header(path: &Path, cells: &[&str]) -> Result<(), Input> {
    if cells == COLUMNS {
        return Ok(());
    }
    let what = format!("cannot use baseline {}", path.display());
    let why = format!("its header is not {}", COLUMNS.join(","));
    Err(Input::value(what, why, "pass a baseline or a corpus"))
}

/// The row of these cells, or why they are invalid.
fn row_of(cells: &[&str]) -> Result<BaselineRow, String> {
    let [target, spec, key, shape, reason, owner, until] = cells else {
        return Err(format!("found {} cells, expected {}", cells.len(), COLUMNS.len()));
    };
    let missing = COLUMNS.iter().zip(cells).take(5).filter(|(_, cell)| cell.trim().is_empty());
    let mut why = String::new();
    for (name, _) in missing {
        let _ = write!(why, "{}the column {name} is empty", if why.is_empty() { "" } else { ", " });
    }
    if !why.is_empty() {
        return Err(why);
    }
    let until = match *until {
        "" => None,
        text => {
            let day =
                text.parse().map_err(|_| format!("invalid date in the column until: `{}`", bounded(text, QUOTED)));
            Some(day?)
        }
    };
    Ok(BaselineRow {
        target: restore(target),
        spec: (*spec).to_owned(),
        key: (*key).to_owned(),
        shape: CaseText::new(*shape),
        reason: restore(reason),
        owner: restore(owner),
        until,
    })
}

#[cfg(test)]
mod tests {
    use super::super::row::Row;
    use super::*;
    use crate::exchange::case_id;

    fn record(shape: &str, key: &str) -> Record {
        let row = Row {
            id: case_id(shape),
            shape: shape.into(),
            class: "rejects-valid".into(),
            grade: "warning".into(),
            stage: "manifest-put".into(),
            target: "t".into(),
            spec: "1.1".into(),
            key: key.into(),
            ..Row::default()
        };
        row.try_into().expect("a record")
    }

    fn day(text: &str) -> Date {
        text.parse().expect("a day")
    }

    #[test]
    fn rows_are_read_back_as_they_were_added_and_replace_those_of_the_same_finding() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = directory.path().join("b.csv");
        let one = BaselineRow::of(&record("layers=empty", "k1"), "=known, \"quoted\"", "ann", Some(day("2027-01-02")));
        let two = BaselineRow::of(&record("base", "k2"), "later", "", None);
        assert_eq!(Baseline::add(&path, vec![one.clone(), two.clone()]).expect("written"), (2, 0));
        assert_eq!(Baseline::read(&path).expect("read").rows(), [one.clone(), two.clone()]);
        let again = BaselineRow { reason: "another".into(), ..one };
        assert_eq!(Baseline::add(&path, vec![again.clone()]).expect("written"), (0, 1));
        assert_eq!(Baseline::read(&path).expect("read").rows(), [again, two]);
    }

    #[test]
    fn a_reason_is_mandatory_and_invalid_lines_are_named() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = directory.path().join("b.csv");
        let row = BaselineRow::of(&record("base", "k"), " ", "", None);
        assert!(Baseline::add(&path, vec![row]).is_err() && !path.exists());
        let header = COLUMNS.join(",");
        for (line, why) in [
            ("t,1.1,k,base,,,", "the column reason is empty"),
            ("t,1.1,k,base,r,o", "found 6 cells, expected 7"),
            ("t,1.1,k,base,r,o,tomorrow", "invalid date in the column until: `tomorrow`"),
            (",1.1,,base,r,o,", "the column target is empty, the column key is empty"),
        ] {
            std::fs::write(&path, format!("{header}\nt,1.1,j,base,fine,,\n{line}\n")).expect("writable");
            let error = Baseline::read(&path).expect_err("an invalid line").to_string();
            assert!(error.contains("line 3") && error.contains(why) && error.contains("correct or remove"), "{error}");
        }
    }

    #[test]
    fn a_row_holds_until_the_end_of_its_day() {
        let found = record("base", "k");
        let row = BaselineRow::of(&found, "r", "", Some(day("2026-05-06")));
        let baseline = Baseline { path: "b.csv".into(), rows: vec![row] };
        assert!(baseline.naming(&found, day("2026-05-06")).is_some());
        assert!(baseline.naming(&found, day("2026-05-07")).is_none());
    }

    #[test]
    fn an_unshrunk_finding_is_named_by_its_symptom_and_a_smaller_case() {
        let symptom = "manifest-put rejects-valid 400 - -";
        let row = BaselineRow::of(&record("layers=empty", &format!("{symptom} layers")), "r", "", None);
        let unshrunk = |shape: &str| record(shape, &format!("{symptom} {shape}"));
        assert!(row.names(&unshrunk("config=empty;layers=empty")));
        assert!(!row.names(&unshrunk("config=empty;layers=two")));
        assert!(!row.names(&record("config=empty;layers=empty", "manifest-put hang - - - config=empty;layers=empty")));
    }
}

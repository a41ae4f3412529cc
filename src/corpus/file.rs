//! The file: read whole, replaced whole by a rename, one writer at a time.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::merge::merge;
use super::row::{COLUMNS, Row, id};
use crate::error::Input;

/// A line of the file that is no row. Kept as it is, byte for byte, behind the rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damaged {
    /// The line it begins at, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub why: String,
    text: Vec<u8>,
}

/// What recording a row changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// There was none of its identity.
    Added,
    /// It was there; only `last_seen` or `also` may have changed.
    Seen,
    /// It took the place of a larger one, or of one of another version.
    Replaced,
}

/// A corpus file.
#[derive(Debug)]
pub struct Corpus {
    path: PathBuf,
    rows: Vec<Row>,
    damaged: Vec<Damaged>,
    /// Held as long as this writes; released by the system after any kill.
    _lock: Option<File>,
}

impl Corpus {
    /// Opens a file for writing; one that is not there is an empty corpus. Shows at once that it can be written.
    pub fn open(path: &Path) -> Result<Self, Input> {
        let path = real(path);
        let folder = folder(&path);
        let advice = "name a file in a folder that can be written, with --corpus";
        let mut lock_name = std::ffi::OsString::from(".");
        lock_name.push(path.file_name().unwrap_or_default());
        lock_name.push(".lock");
        let lock_path = folder.join(lock_name);
        let lock = File::create(&lock_path).map_err(|cause| Input::file("write", &path, cause, advice))?;
        lock.try_lock().map_err(|_| {
            Input::value(
                format!("the corpus {}", path.display()),
                "another manifuzz is writing it",
                format!("wait for that one to end (it holds {}), or name another file", lock_path.display()),
            )
        })?;
        let mut corpus = Self::read(&path)?.unwrap_or(Self { path, rows: vec![], damaged: vec![], _lock: None });
        corpus._lock = Some(lock);
        Ok(corpus)
    }

    /// Opens a file for reading; it must be there.
    pub fn read_only(path: &Path) -> Result<Self, Input> {
        Self::read(path)?.ok_or_else(|| {
            Input::file("read", path, std::io::ErrorKind::NotFound.into(), "name a corpus that a run has written")
        })
    }

    fn read(path: &Path) -> Result<Option<Self>, Input> {
        let text = match fs::read(path) {
            Ok(text) => text,
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(cause) => return Err(Input::file("read", path, cause, "make it readable, or name another file")),
        };
        let (rows, damaged) = parse(path, &text)?;
        Ok(Some(Self { path: path.to_owned(), rows, damaged, _lock: None }))
    }

    /// The rows, sorted.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Lines that are no rows.
    pub fn damaged(&self) -> &[Damaged] {
        &self.damaged
    }

    /// Merges a row and replaces the file.
    pub fn record(&mut self, row: Row) -> Result<Change, Input> {
        let change = match self.rows.iter().position(|old| old.identity() == row.identity()) {
            None => {
                self.rows.push(row);
                Change::Added
            }
            Some(at) => {
                let merged = merge(&self.rows[at], &row);
                if merged == self.rows[at] {
                    return Ok(Change::Seen);
                }
                let replaced = merged.id != self.rows[at].id || merged.target_version != self.rows[at].target_version;
                self.rows[at] = merged;
                if replaced { Change::Replaced } else { Change::Seen }
            }
        };
        self.rows.sort_by(|a, b| a.order().cmp(&b.order()));
        self.write()?;
        Ok(change)
    }

    fn write(&self) -> Result<(), Input> {
        let fail =
            |cause| Input::file("write", &self.path, cause, "make room or name another file; the old one is whole");
        let mut file = tempfile::NamedTempFile::new_in(folder(&self.path)).map_err(fail)?;
        let text = self.text().map_err(fail)?;
        file.write_all(&text).and_then(|()| file.as_file().sync_all()).map_err(fail)?;
        // A temporary file is its owner's alone; a corpus is as open as it was, or as other files are.
        let mode = match fs::metadata(&self.path) {
            Ok(old) => old.permissions(),
            Err(_) => lock_permissions(self._lock.as_ref()).map_err(fail)?,
        };
        file.as_file().set_permissions(mode).map_err(fail)?;
        file.persist(&self.path).map_err(|error| fail(error.error))?;
        Ok(())
    }

    /// The file's content.
    fn text(&self) -> std::io::Result<Vec<u8>> {
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(Vec::new());
        writer.write_record(COLUMNS)?;
        for row in &self.rows {
            writer.write_record(row.cells())?;
        }
        let mut text = writer.into_inner().map_err(|error| std::io::Error::other(error.to_string()))?;
        for damaged in &self.damaged {
            text.extend_from_slice(&damaged.text);
            if !text.ends_with(b"\n") {
                text.push(b'\n');
            }
        }
        Ok(text)
    }
}

/// The permissions that the system gives a new file here: those of the lock file.
fn lock_permissions(lock: Option<&File>) -> std::io::Result<fs::Permissions> {
    lock.map_or_else(|| Err(std::io::ErrorKind::PermissionDenied.into()), |lock| Ok(lock.metadata()?.permissions()))
}

fn real(path: &Path) -> PathBuf {
    // Through a symbolic link to the file itself, which is what the rename must replace.
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn parse(path: &Path, text: &[u8]) -> Result<(Vec<Row>, Vec<Damaged>), Input> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text);
    let mut rows: Vec<Row> = Vec::new();
    let mut damaged = Vec::new();
    let mut header: Option<Vec<String>> = None;
    let mut record = csv::ByteRecord::new();
    loop {
        let start = reader.position().clone();
        let more = reader.read_byte_record(&mut record).map_err(|error| {
            Input::value(
                format!("the corpus {}", path.display()),
                error.to_string(),
                "repair or move it; nothing was changed",
            )
        })?;
        if !more {
            break;
        }
        let Some(names) = &header else {
            header = Some(names_of(path, &record)?);
            continue;
        };
        let bytes = |position: u64| usize::try_from(position).unwrap_or(text.len()).min(text.len());
        let raw = &text[bytes(start.byte())..bytes(reader.position().byte())];
        // The reader skips empty lines; they belong to no record.
        let line = start.line()
            + raw.iter().take_while(|b| matches!(b, b'\n' | b'\r')).filter(|b| **b == b'\n').count() as u64;
        match row_of(names, &record) {
            Ok(row) if rows.iter().any(|other| other.identity() == row.identity()) => {
                damaged.push(Damaged {
                    line,
                    why: "a second row for one target, spec and key".into(),
                    text: raw.to_vec(),
                });
            }
            Ok(row) => rows.push(row),
            Err(why) => damaged.push(Damaged { line, why, text: raw.to_vec() }),
        }
    }
    rows.sort_by(|a, b| a.order().cmp(&b.order()));
    Ok((rows, damaged))
}

fn names_of(path: &Path, record: &csv::ByteRecord) -> Result<Vec<String>, Input> {
    let names: Vec<String> = record.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect();
    let what = || format!("the corpus {}", path.display());
    if let Some(unknown) = names.iter().find(|name| !COLUMNS.contains(&name.as_str())) {
        let why = format!("it has a column `{unknown}` that this version does not know");
        return Err(Input::value(
            what(),
            why,
            "use the manifuzz that wrote it, or name another file; nothing was changed",
        ));
    }
    if !["id", "shape", "target", "key"].iter().all(|name| names.iter().any(|n| n == name)) {
        let advice = "is this a corpus? Name another file; nothing was changed";
        return Err(Input::value(what(), "its first line lacks id, shape, target or key", advice));
    }
    Ok(names)
}

fn row_of(names: &[String], record: &csv::ByteRecord) -> Result<Row, String> {
    if record.len() != names.len() {
        return Err(format!("{} cells instead of {}", record.len(), names.len()));
    }
    let cells: Result<Vec<&str>, _> = record.iter().map(std::str::from_utf8).collect();
    let cells = cells.map_err(|_| "bytes that are not UTF-8".to_owned())?;
    let row = Row::from_cells(names.iter().map(String::as_str).zip(cells));
    if row.id != id(&row.shape) {
        return Err(format!("the id is not that of the shape `{}`", row.shape));
    }
    Ok(row)
}

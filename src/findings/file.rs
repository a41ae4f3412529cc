//! The corpus file: read completely, replaced atomically by a rename, one writer at a time.

use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use super::csv::{self, Damaged};
use super::lock::Lock;
use super::merge::merge;
use super::place;
use super::record::Record;
use crate::error::Input;

/// What recording a finding changed in the corpus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowChange {
    /// A record with a new identity was added.
    Added,
    /// The record existed; only `last_seen` or `also` may have changed.
    Seen,
    /// It replaced a larger record, or one of another target version.
    Replaced,
}

/// A corpus file: the findings of earlier runs, one record per target, spec and key.
///
/// Every change rewrites the file atomically, so it is complete even after a crash. While it is open for writing, a lock file
/// next to it keeps other writers out.
///
/// # Examples
///
/// ```
/// use manifuzz::findings::Corpus;
///
/// let directory = tempfile::tempdir().unwrap();
/// let path = directory.path().join("cases.csv");
/// let mut corpus = Corpus::open(&path)?;
/// corpus.record_all([])?;
/// assert!(corpus.records().is_empty() && corpus.damaged().is_empty());
/// # Ok::<(), manifuzz::error::Error>(())
/// ```
#[derive(Debug)]
pub struct Corpus {
    path: PathBuf,
    records: Vec<Record>,
    damaged: Vec<Damaged>,
    /// Held while open for writing.
    lock: Option<Lock>,
}

impl Corpus {
    /// Opens a corpus for writing. A missing file is an empty corpus; it is created with the first record.
    ///
    /// # Errors
    ///
    /// If the file is not a corpus, cannot be read or written, has several hard links, or is open in another process.
    pub fn open(path: &Path) -> Result<Self, Input> {
        let path = place::resolve(path)?;
        place::check(&path)?;
        let lock = Lock::take(&path)?;
        Ok(Self { lock: Some(lock), ..Self::of(&path, &place::read(&path)?.unwrap_or_default())? })
    }

    /// Opens an existing corpus for reading, without a lock.
    ///
    /// # Errors
    ///
    /// If the file does not exist, cannot be read or is not a corpus.
    pub fn read_only(path: &Path) -> Result<Self, Input> {
        let text = place::read(path)?.ok_or_else(|| {
            Input::file("read", path, ErrorKind::NotFound.into(), "pass a corpus file written by an earlier run")
        })?;
        Self::of(path, &text)
    }

    fn of(path: &Path, text: &[u8]) -> Result<Self, Input> {
        let (mut records, damaged) = csv::read(path, text)?;
        records.sort_by(|a, b| a.order().cmp(&b.order()));
        Ok(Self { path: path.to_owned(), records, damaged, lock: None })
    }

    /// The records, sorted.
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// The lines that are not valid records. They are kept when the file is rewritten.
    pub fn damaged(&self) -> &[Damaged] {
        &self.damaged
    }

    /// Merges a record and rewrites the file if that changed something.
    ///
    /// # Errors
    ///
    /// If the file cannot be written, or was opened for reading. The old file is left intact.
    pub fn record(&mut self, record: Record) -> Result<RowChange, Input> {
        let change = self.insert(record);
        if change.is_some() {
            self.write()?;
        }
        Ok(change.unwrap_or(RowChange::Seen))
    }

    /// Merges records and rewrites the file at most once.
    ///
    /// # Errors
    ///
    /// As [`record`](Self::record).
    pub fn record_all(&mut self, records: impl IntoIterator<Item = Record>) -> Result<(), Input> {
        let mut changed = false;
        for record in records {
            changed |= self.insert(record).is_some();
        }
        if changed { self.write() } else { Ok(()) }
    }

    /// Merges a record; `None` if that changed nothing.
    fn insert(&mut self, record: Record) -> Option<RowChange> {
        let place = self.records.iter().position(|old| old.identity() == record.identity());
        let change = match place {
            None => {
                self.records.push(record);
                RowChange::Added
            }
            Some(at) => {
                let old = &self.records[at];
                let merged = merge(old, &record);
                if merged == *old {
                    return None;
                }
                let replaced = merged.shape != old.shape || merged.target_version != old.target_version;
                self.records[at] = merged;
                if replaced { RowChange::Replaced } else { RowChange::Seen }
            }
        };
        self.records.sort_by(|a, b| a.order().cmp(&b.order()));
        Some(change)
    }

    fn write(&self) -> Result<(), Input> {
        let fail = |cause| {
            Input::file("write", &self.path, cause, "free disk space or choose another file; the old one is intact")
        };
        let lock = self.lock.as_ref().ok_or_else(|| fail(ErrorKind::PermissionDenied.into()))?;
        // Check again: the file may have been replaced during a long run.
        place::check(&self.path)?;
        let mut file = tempfile::NamedTempFile::new_in(place::directory(&self.path)).map_err(fail)?;
        let text = csv::write(&self.records, &self.damaged).map_err(fail)?;
        file.write_all(&text).and_then(|()| file.as_file().sync_all()).map_err(fail)?;
        // Temporary files are private; give the corpus its old permissions or those of an ordinary new file.
        let mode = match fs::metadata(&self.path) {
            Ok(old) => old.permissions(),
            Err(_) => lock.permissions().map_err(fail)?,
        };
        file.as_file().set_permissions(mode).map_err(fail)?;
        file.persist(&self.path).map_err(|error| fail(error.error))?;
        Ok(())
    }
}

//! The file: read whole, replaced whole by a rename, one writer at a time.

use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use super::csv::{self, Damaged};
use super::lock::Lock;
use super::merge::merge;
use super::place;
use super::record::Record;
use crate::error::Input;

/// What recording a finding changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowChange {
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
    records: Vec<Record>,
    damaged: Vec<Damaged>,
    /// Held as long as this writes; none where it was opened for reading.
    lock: Option<Lock>,
}

impl Corpus {
    /// Opens a file for writing; one that is not there is an empty corpus. Shows at once that it can be written.
    pub fn open(path: &Path) -> Result<Self, Input> {
        let path = place::resolve(path)?;
        place::check(&path)?;
        let lock = Lock::take(&path)?;
        Ok(Self { lock: Some(lock), ..Self::of(&path, &place::read(&path)?.unwrap_or_default())? })
    }

    /// Opens a file for reading; it must be there.
    pub fn read_only(path: &Path) -> Result<Self, Input> {
        let text = place::read(path)?.ok_or_else(|| {
            Input::file("read", path, ErrorKind::NotFound.into(), "name a corpus that a run has written")
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

    /// Lines that do not read as records.
    pub fn damaged(&self) -> &[Damaged] {
        &self.damaged
    }

    /// Merges a record and replaces the file.
    pub fn record(&mut self, record: Record) -> Result<RowChange, Input> {
        let change = self.insert(record);
        if change.is_some() {
            self.write()?;
        }
        Ok(change.unwrap_or(RowChange::Seen))
    }

    /// Merges records and replaces the file once.
    pub fn record_all(&mut self, records: impl IntoIterator<Item = Record>) -> Result<(), Input> {
        let mut changed = false;
        for record in records {
            changed |= self.insert(record).is_some();
        }
        if changed { self.write() } else { Ok(()) }
    }

    /// Merges a record; `None` where that changed nothing.
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
        let fail =
            |cause| Input::file("write", &self.path, cause, "make room or name another file; the old one is whole");
        let lock = self.lock.as_ref().ok_or_else(|| fail(ErrorKind::PermissionDenied.into()))?;
        // What it was at the beginning of a long run it need not be any more.
        place::check(&self.path)?;
        let mut file = tempfile::NamedTempFile::new_in(place::folder(&self.path)).map_err(fail)?;
        let text = csv::write(&self.records, &self.damaged).map_err(fail)?;
        file.write_all(&text).and_then(|()| file.as_file().sync_all()).map_err(fail)?;
        // A temporary file is its owner's alone; a corpus is as open as it was, or as other files are.
        let mode = match fs::metadata(&self.path) {
            Ok(old) => old.permissions(),
            Err(_) => lock.permissions().map_err(fail)?,
        };
        file.as_file().set_permissions(mode).map_err(fail)?;
        file.persist(&self.path).map_err(|error| fail(error.error))?;
        Ok(())
    }
}

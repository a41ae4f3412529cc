//! The file: read whole, replaced whole by a rename, one writer at a time.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::csv::{self, Damaged};
use super::merge::merge;
use super::record::Record;
use crate::error::Input;

/// What recording a finding changed.
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
    records: Vec<Record>,
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
        let mut corpus = Self::read(&path)?.unwrap_or(Self { path, records: vec![], damaged: vec![], _lock: None });
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
        let (mut records, damaged) = csv::read(path, &text)?;
        records.sort_by(|a, b| a.order().cmp(&b.order()));
        Ok(Some(Self { path: path.to_owned(), records, damaged, _lock: None }))
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
    pub fn record(&mut self, record: Record) -> Result<Change, Input> {
        let change = match self.records.iter().position(|old| old.identity() == record.identity()) {
            None => {
                self.records.push(record);
                Change::Added
            }
            Some(at) => {
                let old = &self.records[at];
                let merged = merge(old, &record);
                if merged == *old {
                    return Ok(Change::Seen);
                }
                let replaced = merged.shape != old.shape || merged.target_version != old.target_version;
                self.records[at] = merged;
                if replaced { Change::Replaced } else { Change::Seen }
            }
        };
        self.records.sort_by(|a, b| a.order().cmp(&b.order()));
        self.write()?;
        Ok(change)
    }

    fn write(&self) -> Result<(), Input> {
        let fail =
            |cause| Input::file("write", &self.path, cause, "make room or name another file; the old one is whole");
        let mut file = tempfile::NamedTempFile::new_in(folder(&self.path)).map_err(fail)?;
        let text = csv::write(&self.records, &self.damaged).map_err(fail)?;
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

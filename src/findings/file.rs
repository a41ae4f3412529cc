//! The corpus file: read completely, replaced atomically by a rename, one writer at a time.

use std::fs;
use std::io::{BufWriter, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::body_files::write_bodies;
use super::csv::{self, Damaged};
use super::lock::Lock;
use super::place;
use super::record::Record;
use super::records::{Records, RowChange};
use crate::error::Input;

/// Minimum time between saves as a multiple of what the last one took, so that a run spends at most a tenth of its time on a
/// long file.
const PAUSE: u32 = 9;

/// A corpus file: the findings of earlier runs, one record per target, spec and key.
///
/// Records are merged in memory, and [`save`](Self::save) replaces the file atomically. Whenever the process is killed, the file
/// is complete; it lacks only what was merged since the last save. Dropping a corpus does not save it. While it is open for
/// writing, a lock file next to it keeps other writers out.
///
/// # Examples
///
/// ```
/// use manifuzz::findings::Corpus;
///
/// let directory = tempfile::tempdir().unwrap();
/// let path = directory.path().join("cases.csv");
/// let mut corpus = Corpus::open(&path)?;
/// corpus.save()?;
/// assert!(corpus.records().is_empty() && corpus.damaged().is_empty());
/// assert!(!path.exists(), "nothing changed, so nothing was written");
/// # Ok::<(), manifuzz::error::Error>(())
/// ```
#[derive(Debug)]
pub struct Corpus {
    path: PathBuf,
    records: Records,
    damaged: Vec<Damaged>,
    /// Held while open for writing.
    lock: Option<Lock>,
    /// Whether a record changed since the file was read or saved.
    is_changed: bool,
    /// When the file was opened or last saved, and how long saving took.
    saved: (Instant, Duration),
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
        let (records, damaged) = csv::read(path, text)?;
        let saved = (Instant::now(), Duration::ZERO);
        Ok(Self { path: path.to_owned(), records, damaged, lock: None, is_changed: false, saved })
    }

    /// The records, in the order of the file.
    pub fn records(&self) -> Vec<&Record> {
        self.records.sorted()
    }

    /// The lines that are not valid records. They are kept when the file is rewritten.
    pub fn damaged(&self) -> &[Damaged] {
        &self.damaged
    }

    /// Merges a record in memory, in constant time; [`save`](Self::save) writes it.
    pub fn merge(&mut self, record: Record) -> RowChange {
        let change = self.records.merge(record);
        self.is_changed |= change.is_some();
        change.unwrap_or(RowChange::Seen)
    }

    /// Removes a record if it is still exactly this one.
    pub fn retract(&mut self, record: &Record) {
        self.is_changed |= self.records.retract(record);
    }

    /// Replaces the file if a record changed since it was read or last saved.
    ///
    /// # Errors
    ///
    /// If the file cannot be written, or was opened for reading. The old file is left intact, and the next call tries again.
    pub fn save(&mut self) -> Result<(), Input> {
        if !self.is_changed {
            return Ok(());
        }
        let start = Instant::now();
        self.write()?;
        self.is_changed = false;
        self.saved = (Instant::now(), start.elapsed());
        Ok(())
    }

    /// Saves if that is due: `period` has passed since the last save, or nine times as long as that save took if that is longer.
    ///
    /// # Errors
    ///
    /// As [`save`](Self::save).
    pub fn save_if_due(&mut self, period: Duration) -> Result<(), Input> {
        let (at, took) = self.saved;
        if at.elapsed() < period.max(took.saturating_mul(PAUSE)) {
            return Ok(());
        }
        self.save()
    }

    fn write(&self) -> Result<(), Input> {
        let fail = |cause| {
            Input::file("write", &self.path, cause, "free disk space or choose another file; the old one is intact")
        };
        let lock = self.lock.as_ref().ok_or_else(|| fail(ErrorKind::PermissionDenied.into()))?;
        // Check again: the file may have been replaced during a long run.
        place::check(&self.path)?;
        let directory = place::directory(&self.path);
        // Before the rows that name them, so that a killed process leaves no row without its bodies.
        write_bodies(directory, self.records.sorted())?;
        let file = tempfile::NamedTempFile::new_in(directory).map_err(fail)?;
        csv::write(BufWriter::new(file.as_file()), &self.records.sorted(), &self.damaged).map_err(fail)?;
        file.as_file().sync_all().map_err(fail)?;
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

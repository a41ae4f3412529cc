//! The ledger: every write of a run, on disk before it is sent, so that all of it can be removed, even after a crash.

use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use crate::error::{Input, Trouble, TroubleKind};

/// One write.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Entry {
    /// The run that sent it: a name that differs for each.
    pub run: String,
    /// The URL of the registry and the repository under test.
    pub target: String,
    /// The method.
    pub method: String,
    /// Path and query. The path of an upload session is known only after it was opened; the entry of the request that opens it
    /// has the digest.
    pub path: String,
    /// The digest of the content; empty if there is none.
    #[serde(default)]
    pub digest: String,
}

/// A file to which entries are added.
#[derive(Debug)]
pub struct Ledger {
    path: PathBuf,
    /// Another handle of the file, for syncing while others write.
    synced: File,
    state: Mutex<State>,
    done: Condvar,
}

#[derive(Debug)]
struct State {
    file: File,
    /// How many entries were written, and how many of these are known to be on disk.
    written: u64,
    on_disk: u64,
    is_syncing: bool,
}

impl Ledger {
    /// Opens the file for adding entries, and creates it if it is not there.
    ///
    /// # Errors
    ///
    /// [`Input::File`] if that fails.
    pub fn open(path: &Path) -> Result<Self, Input> {
        let wrong = |cause| Input::file("write", path, cause, "name a writable corpus; its ledger is next to it");
        let file = OpenOptions::new().create(true).append(true).open(path).map_err(wrong)?;
        let synced = file.try_clone().map_err(wrong)?;
        let state = State { file, written: 0, on_disk: 0, is_syncing: false };
        Ok(Self { path: path.to_owned(), synced, state: Mutex::new(state), done: Condvar::new() })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Adds an entry and returns once it is on disk. Entries of several threads are synced together.
    ///
    /// # Errors
    ///
    /// Trouble if it cannot be written; the request must not be sent then.
    pub fn add(&self, entry: &Entry) -> Result<(), Trouble> {
        self.write(entry).map_err(|cause| {
            let (what, path) = (format!("{} {}", entry.method, entry.path), self.path.display());
            let cause = format!("not sent, because the ledger {path} cannot be written: {cause}");
            Trouble::new(TroubleKind::Ledger, what, &*entry.target, cause)
        })
    }

    fn write(&self, entry: &Entry) -> std::io::Result<()> {
        let mut line = serde_json::to_vec(entry)?;
        line.push(b'\n');
        let mut state = self.locked();
        state.file.write_all(&line)?;
        state.written += 1;
        let own = state.written;
        while state.on_disk < own {
            if state.is_syncing {
                state = self.done.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            state.is_syncing = true;
            let written = state.written;
            drop(state);
            let synced = self.synced.sync_data();
            state = self.locked();
            state.is_syncing = false;
            if synced.is_ok() {
                state.on_disk = written;
            }
            self.done.notify_all();
            synced?;
        }
        Ok(())
    }

    fn locked(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The entries of a ledger. A last line that a crash cut short is left out: its request was not sent.
///
/// # Errors
///
/// [`Input`] if the file cannot be read, or a line is not an entry.
pub fn read(path: &Path) -> Result<Vec<Entry>, Input> {
    let wrong = |cause| Input::file("read", path, cause, "name the ledger of a run, FILE.ledger.jsonl");
    let mut lines = BufReader::new(File::open(path).map_err(wrong)?).split(b'\n').enumerate().peekable();
    let mut entries = Vec::new();
    // Many cases push the same content.
    let mut seen = HashSet::new();
    while let Some((number, line)) = lines.next() {
        let line = line.map_err(wrong)?;
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        match serde_json::from_slice(&line) {
            Ok(entry) if seen.insert(line) => entries.push(entry),
            Ok(_) => {}
            Err(_) if lines.peek().is_none() => {}
            Err(error) => {
                let what = format!("cannot read {}, line {}", path.display(), number + 1);
                return Err(Input::value(what, error.to_string(), "remove that line, or name another ledger"));
            }
        }
    }
    Ok(entries)
}

/// Replaces the entries of a ledger; removes the file if none is left.
///
/// # Errors
///
/// [`Input::File`] if that fails.
pub fn replace(path: &Path, entries: &[Entry]) -> Result<(), Input> {
    let wrong = |cause| Input::file("write", path, cause, "make its directory writable");
    if entries.is_empty() {
        return match std::fs::remove_file(path) {
            Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => Err(wrong(cause)),
            _ => Ok(()),
        };
    }
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut new = tempfile::NamedTempFile::new_in(directory).map_err(wrong)?;
    for entry in entries {
        let line = serde_json::to_string(entry).unwrap_or_default();
        writeln!(new, "{line}").map_err(wrong)?;
    }
    new.as_file().sync_data().map_err(wrong)?;
    new.persist(path).map_err(|error| wrong(error.error))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(path: &str) -> Entry {
        let text = |text: &str| text.to_owned();
        Entry {
            run: text("r"),
            target: text("http://a.invalid/b"),
            method: text("PUT"),
            path: text(path),
            digest: String::new(),
        }
    }

    #[test]
    fn entries_of_many_threads_are_read_back_and_a_cut_line_is_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("l.jsonl");
        let ledger = Ledger::open(&path).expect("a ledger");
        std::thread::scope(|scope| {
            for thread in 0..8 {
                let ledger = &ledger;
                scope.spawn(move || {
                    (0..20).for_each(|i| ledger.add(&entry(&format!("/{thread}/{i}"))).expect("written"))
                });
            }
        });
        ledger.add(&entry("/0/0")).expect("written");
        OpenOptions::new().append(true).open(&path).and_then(|mut file| file.write_all(b"{\"run\":")).expect("written");
        let entries = read(&path).expect("a ledger");
        assert_eq!(entries.len(), 160, "one that is written twice counts once");
        replace(&path, &entries[..3]).expect("written");
        assert_eq!(read(&path).expect("a ledger"), entries[..3]);
        std::fs::write(&path, "x\n{}\n").expect("written");
        assert!(read(&path).is_err_and(|error| error.to_string().contains("line 1")));
        replace(&path, &[]).expect("removed");
        assert!(!path.exists());
    }
}

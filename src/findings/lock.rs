//! One writer at a time: an advisory lock on a lock file next to the corpus, removed at the end.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::place::directory;
use super::system;
use crate::error::Input;

/// How often to retry if the previous holder removes the lock file between opening and locking it.
const TRIES: usize = 100;

/// A held lock. The system releases it if the process is killed; the file left behind is reused.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
    path: PathBuf,
}

impl Lock {
    /// Acquires the lock of a corpus.
    pub fn take(corpus: &Path) -> Result<Self, Input> {
        let mut name = std::ffi::OsString::from(".");
        name.push(corpus.file_name().unwrap_or_default());
        name.push(".lock");
        let path = directory(corpus).join(name);
        let fail = |cause| Input::file("write", corpus, cause, "choose a file in a writable directory");
        for _ in 0..TRIES {
            if fs::symlink_metadata(&path).is_ok_and(|there| !there.is_file()) {
                let what = format!("cannot lock {}", path.display());
                return Err(Input::value(what, "not a regular file", "remove it or choose another corpus"));
            }
            let file = system::open_lock(&path).map_err(fail)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Err(is_held(corpus, &path)),
                Err(TryLockError::Error(cause)) => return Err(fail(cause)),
            }
            // The previous holder may have removed the file before it was locked here.
            let lock = Self { file, path: path.clone() };
            if lock.is_in_place().map_err(fail)? {
                return Ok(lock);
            }
        }
        Err(is_held(corpus, &path))
    }

    /// The permissions of new files in this directory.
    pub fn permissions(&self) -> io::Result<fs::Permissions> {
        Ok(self.file.metadata()?.permissions())
    }

    /// Whether the path still names the locked file.
    fn is_in_place(&self) -> io::Result<bool> {
        let held = self.file.metadata()?;
        match fs::symlink_metadata(&self.path) {
            Ok(there) => Ok(held.is_file() && system::is_same(&held, &there)),
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(cause) => Err(cause),
        }
    }
}

impl Drop for Lock {
    /// Removes the file while it is still locked. A process that had opened it notices and creates a new one.
    fn drop(&mut self) {
        if self.is_in_place().unwrap_or(false) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn is_held(corpus: &Path, lock: &Path) -> Input {
    Input::value(
        format!("cannot write corpus {}", corpus.display()),
        "another manifuzz process is writing to it",
        format!("wait for it to finish (it holds {}) or choose another file", lock.display()),
    )
}

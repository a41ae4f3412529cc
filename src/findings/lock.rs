//! One writer at a time: a lock file beside the corpus, held by the system's lock on it and removed at the end.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::place::folder;
use super::system;
use crate::error::Input;

/// How often the lock file may be removed by its last holder between opening and locking it.
const TRIES: usize = 100;

/// A lock that is held. The system releases it after any kill; the file that is left then is taken over.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
    path: PathBuf,
}

impl Lock {
    /// Takes the lock of a corpus.
    pub fn take(corpus: &Path) -> Result<Self, Input> {
        let mut name = std::ffi::OsString::from(".");
        name.push(corpus.file_name().unwrap_or_default());
        name.push(".lock");
        let path = folder(corpus).join(name);
        let fail = |cause| Input::file("write", corpus, cause, "name a file in a folder that can be written");
        for _ in 0..TRIES {
            if fs::symlink_metadata(&path).is_ok_and(|there| !there.is_file()) {
                let what = format!("the lock file {}", path.display());
                return Err(Input::value(what, "it is not a regular file", "remove it, or name another corpus"));
            }
            let file = system::open_lock(&path).map_err(fail)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Err(is_held(corpus, &path)),
                Err(TryLockError::Error(cause)) => return Err(fail(cause)),
            }
            // Its last holder may have removed it before it was locked here; another one has a new file by now.
            let lock = Self { file, path: path.clone() };
            if lock.is_in_place().map_err(fail)? {
                return Ok(lock);
            }
        }
        Err(is_held(corpus, &path))
    }

    /// The permissions of a new file in this folder.
    pub fn permissions(&self) -> io::Result<fs::Permissions> {
        Ok(self.file.metadata()?.permissions())
    }

    /// Whether the path still names the file that is locked.
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
    /// Removes the file while it is still locked: who opens it before that finds it gone, and makes a new one.
    fn drop(&mut self) {
        if self.is_in_place().unwrap_or(false) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn is_held(corpus: &Path, lock: &Path) -> Input {
    Input::value(
        format!("the corpus {}", corpus.display()),
        "another manifuzz is writing it",
        format!("wait for that one to end (it holds {}), or name another file", lock.display()),
    )
}

//! Resolves the path of a corpus through symbolic links, so that every path to it uses the same file and lock, and refuses files
//! that must not be replaced: non-regular files, files with several hard links, and read-only files.

use std::fs::{self, Metadata};
use std::io::{self, ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use super::system;
use crate::error::Input;

/// Maximum number of symbolic links to follow, as in Linux.
const LINKS: usize = 40;

/// Resolves symbolic links. The file need not exist.
pub(super) fn resolve(path: &Path) -> Result<PathBuf, Input> {
    let advice = "choose a file in a writable directory";
    let fail = |cause| Input::file("find", path, cause, advice);
    match fs::metadata(path) {
        Ok(file) => {
            is_regular(path, &file)?;
            fs::canonicalize(path).map_err(fail)
        }
        Err(cause) if cause.kind() == ErrorKind::NotFound => absent(path).map_err(fail),
        Err(cause) => Err(fail(cause)),
    }
}

/// Resolves the path of a file that does not exist yet.
fn absent(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..LINKS {
        match fs::read_link(&path) {
            Ok(target) => path = directory(&path).join(target),
            Err(_) => {
                let name = path.file_name().ok_or(ErrorKind::InvalidFilename)?.to_owned();
                // If the directory is missing, creating the lock file reports that.
                let directory = fs::canonicalize(directory(&path)).unwrap_or_else(|_| directory(&path).to_owned());
                return Ok(directory.join(name));
            }
        }
    }
    Err(io::Error::other("too many symbolic links"))
}

/// Checks that the file may be replaced or created.
pub(super) fn check(path: &Path) -> Result<(), Input> {
    let file = match fs::symlink_metadata(path) {
        Ok(file) => file,
        Err(cause) if cause.kind() == ErrorKind::NotFound => return Ok(()),
        Err(cause) => return Err(Input::file("write", path, cause, "choose another file")),
    };
    is_regular(path, &file)?;
    if system::names(&file) > 1 {
        let why = format!("it has {} hard links, which replacing it would break", system::names(&file));
        return Err(Input::value(label(path), why, "copy it or choose another file"));
    }
    if !system::may_write(path, &file) {
        return Err(Input::value(label(path), "no write permission", "make it writable or choose another file"));
    }
    Ok(())
}

/// Reads a file; `None` if it does not exist.
pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>, Input> {
    let fail = |cause| Input::file("read", path, cause, "make it readable or choose another file");
    let mut file = match system::open(path) {
        Ok(file) => file,
        Err(cause) if cause.kind() == ErrorKind::NotFound => return Ok(None),
        Err(cause) => return Err(fail(cause)),
    };
    is_regular(path, &file.metadata().map_err(fail)?)?;
    let mut text = Vec::new();
    file.read_to_end(&mut text).map_err(fail)?;
    Ok(Some(text))
}

/// The directory that contains the file.
pub(super) fn directory(path: &Path) -> &Path {
    path.parent().filter(|directory| !directory.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn is_regular(path: &Path, file: &Metadata) -> Result<(), Input> {
    if file.is_file() {
        return Ok(());
    }
    Err(Input::value(label(path), format!("it is {}", system::kind(file)), "choose a regular file or a new one"))
}

fn label(path: &Path) -> String {
    format!("cannot use corpus {}", path.display())
}

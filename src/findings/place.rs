//! Where a corpus file is, and whether it may be replaced: through symbolic links to the file itself, so that every name
//! of it shares one file and one lock. What is no regular file, has a second name or must not be written is left alone.

use std::fs::{self, Metadata};
use std::io::{self, ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use super::system;
use crate::error::Input;

/// How many links are followed, as many as Linux follows.
const LINKS: usize = 40;

/// The file that a path leads to, which need not be there yet.
pub(super) fn resolve(path: &Path) -> Result<PathBuf, Input> {
    let advice = "name a file in a folder that can be written";
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

/// Where a file that is not there yet is going to be: what a link leads to, in the folder itself.
fn absent(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..LINKS {
        match fs::read_link(&path) {
            Ok(target) => path = folder(&path).join(target),
            Err(_) => {
                let name = path.file_name().ok_or(ErrorKind::InvalidFilename)?.to_owned();
                // Without the folder the lock cannot be created, which is reported.
                let folder = fs::canonicalize(folder(&path)).unwrap_or_else(|_| folder(&path).to_owned());
                return Ok(folder.join(name));
            }
        }
    }
    Err(io::Error::other("too many symbolic links"))
}

/// Whether the file may be replaced; one that is not there may be made.
pub(super) fn check(path: &Path) -> Result<(), Input> {
    let file = match fs::symlink_metadata(path) {
        Ok(file) => file,
        Err(cause) if cause.kind() == ErrorKind::NotFound => return Ok(()),
        Err(cause) => return Err(Input::file("write", path, cause, "name another file")),
    };
    is_regular(path, &file)?;
    if system::names(&file) > 1 {
        let why = format!("it has {} hard links, and replacing it would part them", system::names(&file));
        return Err(Input::value(said(path), why, "copy it, or name another file"));
    }
    if !system::may_write(path, &file) {
        return Err(Input::value(said(path), "it has no write permission", "make it writable, or name another file"));
    }
    Ok(())
}

/// The content of a file; `None` if it is not there.
pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>, Input> {
    let fail = |cause| Input::file("read", path, cause, "make it readable, or name another file");
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

/// The folder that holds it.
pub(super) fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn is_regular(path: &Path, file: &Metadata) -> Result<(), Input> {
    if file.is_file() {
        return Ok(());
    }
    Err(Input::value(said(path), format!("it is {}", system::kind(file)), "name a regular file, or one to be made"))
}

fn said(path: &Path) -> String {
    format!("the corpus {}", path.display())
}

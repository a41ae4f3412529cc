//! Replaces a file at once: it is written under a temporary name and renamed, so that a reader or a kill never meets half of it.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use super::place::directory;
use super::system;

/// Writes a file by a temporary one in the same directory and a rename. Keeps the permissions of the old file; a new one gets those
/// of an ordinary file.
pub(super) fn replace(path: &Path, write: impl FnOnce(&File) -> io::Result<()>) -> io::Result<()> {
    let mut builder = tempfile::Builder::new();
    system::ordinary(&mut builder);
    let file = builder.tempfile_in(directory(path))?;
    write(file.as_file())?;
    file.as_file().sync_all()?;
    if let Ok(old) = fs::metadata(path) {
        file.as_file().set_permissions(old.permissions())?;
    }
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

//! Reads the files of a layout.

use std::io;
use std::path::Path;

/// Why a file that exists is not read.
pub(super) const NOT_REGULAR: &str = "not a regular file";

/// Reads a regular file. Others, such as pipes, could block for ever.
pub(super) fn read_regular(path: &Path) -> io::Result<Vec<u8>> {
    if std::fs::metadata(path)?.is_file() { std::fs::read(path) } else { Err(io::Error::other(NOT_REGULAR)) }
}

/// Whether [`read_regular`] failed because the file is missing or not a regular one.
pub(super) fn is_absent(cause: &io::Error) -> bool {
    matches!(cause.kind(), io::ErrorKind::NotFound | io::ErrorKind::Other)
}

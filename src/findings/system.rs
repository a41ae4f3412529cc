//! File metadata and flags specific to the operating system, with fallbacks for other systems than Unix.

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::path::Path;

/// Opens a file for reading, without blocking on pipes.
pub(super) fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    flags(&mut options, false);
    options.open(path)
}

/// Opens or creates a lock file, without following symbolic links or truncating.
pub(super) fn open_lock(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    flags(&mut options, true);
    options.open(path)
}

#[cfg(unix)]
fn flags(options: &mut OpenOptions, no_link: bool) {
    use std::os::unix::fs::OpenOptionsExt as _;
    let link = if no_link { rustix::fs::OFlags::NOFOLLOW } else { rustix::fs::OFlags::empty() };
    let flags = rustix::fs::OFlags::NONBLOCK | link;
    options.custom_flags(i32::try_from(flags.bits()).unwrap_or(0));
}

#[cfg(not(unix))]
fn flags(_: &mut OpenOptions, _: bool) {}

/// Whether both describe the same file.
#[cfg(unix)]
pub(super) fn is_same(a: &Metadata, b: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    (a.dev(), a.ino()) == (b.dev(), b.ino())
}

#[cfg(not(unix))]
pub(super) fn is_same(_: &Metadata, _: &Metadata) -> bool {
    true
}

/// The number of hard links of the file.
#[cfg(unix)]
pub(super) fn names(file: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::nlink(file)
}

#[cfg(not(unix))]
pub(super) fn names(_: &Metadata) -> u64 {
    1
}

/// Whether both the owner and this process may write to the file. Root may write to any file, so the owner's bit is checked as
/// well.
#[cfg(unix)]
pub(super) fn may_write(path: &Path, file: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    file.mode() & 0o200 != 0 && rustix::fs::access(path, rustix::fs::Access::WRITE_OK).is_ok()
}

#[cfg(not(unix))]
pub(super) fn may_write(_: &Path, file: &Metadata) -> bool {
    !file.permissions().readonly()
}

/// Gives a temporary file the permissions of an ordinary new file: what the process's mask leaves of read and write.
#[cfg(unix)]
pub(super) fn ordinary(builder: &mut tempfile::Builder<'_, '_>) {
    use std::os::unix::fs::PermissionsExt as _;
    builder.permissions(std::fs::Permissions::from_mode(0o666));
}

#[cfg(not(unix))]
pub(super) fn ordinary(_: &mut tempfile::Builder<'_, '_>) {}

/// What kind of file it is, for messages about non-regular files.
pub(super) fn kind(file: &Metadata) -> &'static str {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt as _;
        let kind = file.file_type();
        if kind.is_fifo() {
            return "a pipe";
        }
        if kind.is_socket() {
            return "a socket";
        }
        if kind.is_char_device() || kind.is_block_device() {
            return "a device";
        }
    }
    if file.is_dir() { "a directory" } else { "not a regular file" }
}

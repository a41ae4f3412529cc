//! What is below a folder, without following symbolic links.

use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// How many entries are looked at: a folder with more is full.
const MOST_ENTRIES: u64 = 1 << 20;
/// What an entry takes in addition to its blocks, so that empty files count.
const ENTRY: u64 = 512;

/// How much is below a folder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Usage {
    /// Bytes on disk.
    pub bytes: u64,
    /// The length of the largest file.
    pub largest: u64,
}

/// How much is below a folder.
pub(super) fn usage(folder: &Path) -> Usage {
    let (mut usage, mut entries) = (Usage::default(), 0);
    walk(folder, &mut |_, found| {
        entries += 1;
        usage.bytes += found.blocks() * 512 + ENTRY;
        if found.is_file() {
            usage.largest = usage.largest.max(found.len());
        }
        if entries >= MOST_ENTRIES {
            usage.bytes = u64::MAX;
            return Next::Stop;
        }
        Next::Below
    });
    usage
}

/// What follows an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// What is below it, if it is a folder.
    Below,
    /// The entries next to it.
    Past,
    /// Nothing.
    Stop,
}

/// Visits every entry below a folder. Entries that vanish or may not be read are left out.
pub(super) fn walk(folder: &Path, visit: &mut dyn FnMut(&Path, &Metadata) -> Next) {
    let mut open: Vec<PathBuf> = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().filter_map(Result::ok) {
            // Of the link itself, not of what it points to.
            let Ok(found) = entry.metadata() else { continue };
            let path = entry.path();
            match visit(&path, &found) {
                Next::Below if found.is_dir() => open.push(path),
                Next::Below | Next::Past => {}
                Next::Stop => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_entries_and_are_not_followed() {
        let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::write(other.path().join("large"), vec![1; 1 << 20]).unwrap();
        std::os::unix::fs::symlink(other.path(), folder.path().join("link")).unwrap();
        std::os::unix::fs::symlink(folder.path(), folder.path().join("circle")).unwrap();
        fs::write(folder.path().join("small"), "12345").unwrap();
        let usage = usage(folder.path());
        assert_eq!(usage.largest, 5);
        assert!(usage.bytes < 1 << 16, "{usage:?}");
    }
}

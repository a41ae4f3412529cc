//! Removes what a program left, whatever permissions it has. Symbolic links are removed, not followed.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use super::surroundings::{Next, walk};
use crate::error::{Trouble, TroubleKind};

/// A new folder for temporary files, which is removed on drop.
#[derive(Debug)]
pub struct Scratch(PathBuf);

impl Scratch {
    /// A folder in the system's folder for temporary files.
    pub fn new() -> Result<Self, Trouble> {
        let parent = std::env::temp_dir();
        let made = tempfile::Builder::new().prefix("manifuzz-").tempdir_in(&parent);
        let attempted = format!("create a folder in {}", parent.display());
        made.map(|folder| Self(folder.keep()))
            .map_err(|cause| Trouble::new(TroubleKind::Command, attempted, "this machine", cause.to_string()))
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // The system empties its folder for temporary files.
        let _ = remove(&self.0);
    }
}

/// Removes a file, a link, or a folder with everything below it. What does not exist is removed.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    let found = match fs::symlink_metadata(path) {
        Ok(found) => found,
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(cause) => return Err(cause),
    };
    if !found.is_dir() {
        return fs::remove_file(path);
    }
    if fs::remove_dir_all(path).is_ok() {
        return Ok(());
    }
    // A folder without permissions for its owner cannot be emptied. The walk opens each before it looks into it.
    open_up(path);
    walk(path, &mut |path, found| {
        if found.is_dir() {
            open_up(path);
        }
        Next::Below
    });
    fs::remove_dir_all(path)
}

/// Gives the owner all permissions of a folder.
pub(super) fn open_up(folder: &Path) {
    // If this fails, reading or removing it says why.
    let _ = fs::set_permissions(folder, Permissions::from_mode(0o700));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_without_permissions_are_removed_and_links_are_not_followed() {
        let (folder, kept) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let below = folder.path().join("a/b");
        fs::create_dir_all(&below).unwrap();
        fs::write(below.join("file"), "x").unwrap();
        fs::write(kept.path().join("file"), "x").unwrap();
        std::os::unix::fs::symlink(kept.path(), below.join("link")).unwrap();
        for closed in [below.as_path(), &folder.path().join("a")] {
            fs::set_permissions(closed, Permissions::from_mode(0o000)).unwrap();
        }
        remove(&folder.path().join("a")).unwrap();
        remove(&folder.path().join("a")).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        assert!(kept.path().join("file").exists());
    }
}

//! The folders of one run, and what a program wrote next to them.

use std::fs::{self, File, TryLockError};
use std::path::{Component, Path, PathBuf};
use std::time::{Duration, Instant};

use super::removal::{Scratch, open_up, remove};
use super::surroundings::{Next, walk};
use crate::error::{Trouble, TroubleKind};
use crate::exchange::client::Escaped;

/// Levels above the folders, so that a path with some `../` still ends in the scratch.
const LEVELS: usize = 8;
/// The most paths that are reported.
const MOST: usize = 100;

/// Where content that asks for an absolute path wants to be written: names in this folder that begin like this.
const ABSOLUTE: (&str, &str) = ("/tmp", "manifuzz-absolute-");
/// Held while a program may write there, since the path is the same for all.
const LOCK: &str = "/tmp/.manifuzz-absolute.lock";
/// How long to wait for the lock.
const PATIENCE: Duration = Duration::from_secs(120);

/// The folders that one run may write to; removed on drop.
#[derive(Debug)]
pub struct Folder {
    scratch: Scratch,
    /// What contains the folders.
    base: PathBuf,
    /// Held if the program may write to the absolute path.
    lock: Option<File>,
}

impl Folder {
    /// New, empty folders. If the content asks for an absolute path, runs of such content wait for each other.
    pub fn new(asks_for_absolute_path: bool) -> Result<Self, Trouble> {
        let scratch = Scratch::new()?;
        let base = (1..=LEVELS).fold(scratch.path().to_owned(), |path, level| path.join(level.to_string()));
        let folder = Self { lock: asks_for_absolute_path.then(locked).transpose()?, scratch, base };
        for new in folder.given() {
            fs::create_dir_all(&new).map_err(|cause| trouble(format!("create {}", new.display()), &cause))?;
        }
        folder.remove_absolute()?;
        Ok(folder)
    }

    /// Where the program is to put what it is asked for.
    pub fn out(&self) -> PathBuf {
        self.base.join("out")
    }

    /// The program's home folder.
    pub fn home(&self) -> PathBuf {
        self.base.join("home")
    }

    /// Where the program finds what it is to push.
    pub fn layout(&self) -> PathBuf {
        self.base.join("layout")
    }

    /// What counts toward the limit: the folders and their surroundings.
    pub fn watched(&self) -> &Path {
        self.scratch.path()
    }

    fn given(&self) -> [PathBuf; 3] {
        [self.out(), self.home(), self.layout()]
    }

    /// What was written outside of the folders, sorted: relative to [`out`](Self::out), or absolute. The program must have
    /// ended.
    pub fn escaped(&self) -> Vec<Escaped> {
        // A program may have closed the folders above its own.
        self.base.ancestors().take(LEVELS + 1).collect::<Vec<_>>().into_iter().rev().for_each(open_up);
        let (given, mut paths) = (self.given(), Vec::new());
        walk(self.scratch.path(), &mut |path, found| {
            if given.iter().any(|folder| folder == path) {
                return Next::Past;
            }
            let is_ours = self.base.starts_with(path) && found.is_dir();
            let is_leaf = !found.is_dir() || fs::read_dir(path).map_or(true, |mut entries| entries.next().is_none());
            if is_leaf && !is_ours {
                paths.push(relative(&self.out(), path));
            }
            if paths.len() < MOST { Next::Below } else { Next::Stop }
        });
        paths.extend(self.absolute());
        paths.sort();
        paths.into_iter().map(|path| Escaped { path: path.to_string_lossy().into_owned() }).collect()
    }

    fn absolute(&self) -> Vec<PathBuf> {
        if self.lock.is_none() {
            return Vec::new();
        }
        let entries = fs::read_dir(ABSOLUTE.0).into_iter().flatten().filter_map(Result::ok);
        let is_one = |entry: &fs::DirEntry| entry.file_name().as_encoded_bytes().starts_with(ABSOLUTE.1.as_bytes());
        entries.filter(is_one).map(|entry| entry.path()).take(MOST).collect()
    }

    fn remove_absolute(&self) -> Result<(), Trouble> {
        self.absolute()
            .iter()
            .try_for_each(|path| remove(path).map_err(|cause| trouble(format!("remove {}", path.display()), &cause)))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // The next folder for such content tries it again, and reports it.
        let _ = self.remove_absolute();
    }
}

/// `path` as seen from a folder, both absolute.
fn relative(folder: &Path, path: &Path) -> PathBuf {
    let common = folder.components().zip(path.components()).take_while(|(one, other)| one == other).count();
    let up = folder.components().skip(common).map(|_| Component::ParentDir);
    up.chain(path.components().skip(common)).collect()
}

fn locked() -> Result<File, Trouble> {
    let fail = |cause: &std::io::Error| trouble(format!("lock {LOCK}"), cause);
    // Another user's file can be locked, but in a folder like this not opened with the flag that creates it.
    let file = File::open(LOCK).or_else(|_| File::create(LOCK)).map_err(|cause| fail(&cause))?;
    let start = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if start.elapsed() < PATIENCE => {
                std::thread::sleep(Duration::from_millis(20));
            }
            Err(TryLockError::WouldBlock) => return Err(fail(&std::io::Error::other("another run holds it"))),
            Err(TryLockError::Error(cause)) => return Err(fail(&cause)),
        }
    }
}

fn trouble(attempted: String, cause: &std::io::Error) -> Trouble {
    Trouble::new(TroubleKind::Command, attempted, "this machine", cause.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn escaped(folder: &Folder) -> Vec<String> {
        folder.escaped().into_iter().map(|one| one.path).collect()
    }

    #[test]
    fn what_is_written_next_to_the_folders_is_reported_relative_to_the_output() {
        let folder = Folder::new(false).unwrap();
        let out = folder.out();
        fs::write(out.join("inside"), "x").unwrap();
        fs::create_dir(folder.home().join("cache")).unwrap();
        assert_eq!(escaped(&folder), [""; 0]);
        fs::write(out.join("../next"), "x").unwrap();
        fs::create_dir_all(out.join("../../../new/empty")).unwrap();
        std::os::unix::fs::symlink("/", out.join("../../link")).unwrap();
        assert_eq!(escaped(&folder), ["../../../new/empty", "../../link", "../next"]);
        let path = folder.watched().to_owned();
        drop(folder);
        assert!(!path.exists());
    }

    #[test]
    fn a_file_at_the_absolute_path_is_reported_to_the_run_that_asked_for_it_and_removed() {
        let path = Path::new("/tmp/manifuzz-absolute-test");
        let folder = Folder::new(true).unwrap();
        fs::write(path, "x").unwrap();
        assert_eq!(escaped(&folder), ["/tmp/manifuzz-absolute-test"]);
        assert_eq!(escaped(&Folder::new(false).unwrap()), [""; 0]);
        drop(folder);
        assert!(!path.exists());
    }
}

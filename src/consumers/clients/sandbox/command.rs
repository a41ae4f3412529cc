//! A command, its limits, and how it ended.

use std::ffi::OsStr;
use std::fmt;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::error::{Trouble, TroubleKind};
use crate::exchange::client::{Ending, Overrun};

/// What a command may take. Its processes are counted together.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Time.
    pub time: Duration,
    /// Bytes of memory.
    pub memory: u64,
    /// Bytes that it may add below [`Command::watched`].
    pub disk: u64,
    /// Processes at the same time.
    pub processes: u32,
}

/// A program with its arguments and surroundings.
#[derive(Clone, Debug)]
pub struct Command {
    /// The program, by name or absolute path, and its arguments.
    pub arguments: Vec<String>,
    /// All of its environment variables; nothing is inherited.
    pub environment: Vec<(String, String)>,
    /// The folder in which it starts.
    pub directory: PathBuf,
    /// The folder whose growth counts toward [`Limits::disk`].
    pub watched: PathBuf,
}

impl Command {
    /// The program as an absolute path, searched on the `PATH` that it is given.
    pub(super) fn program(&self) -> Result<PathBuf, Trouble> {
        let Some(name) = self.arguments.first().filter(|name| !name.is_empty()) else {
            return Err(self.trouble("the command is empty"));
        };
        let path = self.environment.iter().find(|(key, _)| key == "PATH").map_or("", |(_, value)| value);
        find(name, &self.directory, path.as_ref()).ok_or_else(|| {
            let is_path = name.contains('/');
            self.trouble(format!("{name} is not {}", if is_path { "an executable file" } else { "on the PATH" }))
        })
    }

    /// The command could not be run.
    pub(super) fn trouble(&self, cause: impl Into<String>) -> Trouble {
        Trouble::new(TroubleKind::Command, format!("run `{self}`"), "this machine", cause)
    }
}

impl fmt::Display for Command {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.arguments.join(" "))
    }
}

/// The executable file that a command names: a path from this directory, or a name on this `PATH`.
fn find(name: &str, directory: &Path, path: &OsStr) -> Option<PathBuf> {
    if name.contains('/') {
        return Some(directory.join(name)).filter(|path| is_executable(path));
    }
    std::env::split_paths(path).map(|folder| folder.join(name)).find(|path| is_executable(path))
}

/// Whether a program can be run here.
pub fn is_installed(program: &str) -> bool {
    find(program, Path::new("."), &std::env::var_os("PATH").unwrap_or_default()).is_some()
}

fn is_executable(path: &Path) -> bool {
    path.metadata().is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

/// How a command ended, and what it left.
#[derive(Clone, Debug)]
pub struct Ended {
    /// How it ended. [`Ending::Timeout`] if it was ended for any of its limits.
    pub ending: Ending,
    /// The limit other than time for which it was ended.
    pub overrun: Option<Overrun>,
    /// The start of its standard output, at most [`OUTPUT`](super::OUTPUT) bytes.
    pub output: Vec<u8>,
    /// Whether `output` is all of it.
    pub output_is_complete: bool,
    /// The end of its standard error, at most [`ERROR_OUTPUT`](super::ERROR_OUTPUT) bytes.
    pub error_output: Vec<u8>,
    /// The largest resident memory seen of all its processes together, in bytes; 0 if unknown.
    pub peak_memory: u64,
}

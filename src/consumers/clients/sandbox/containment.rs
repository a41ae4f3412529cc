//! A command's processes, kept together by what the system allows.

use std::os::unix::process::CommandExt as _;
use std::process::{Child, Stdio};

use super::command::{Command, Limits};
use super::means::{Means, has_prlimit};
use super::namespace::Namespace;
use super::process::Snapshot;
use super::tree::Tree;
use crate::error::Trouble;

/// A file may grow beyond the limit by this much, so that a program is ended for the limit before it is told of an error.
const FILE_SIZE_SLACK: u64 = 4 << 20;

/// The shell that enters the folder within the namespace, where an inherited folder would be outside of it.
const IN_FOLDER: &str = r#"cd "$0" && exec "$@""#;

/// All processes of one command; they end on drop.
#[derive(Debug)]
pub(super) enum Containment {
    Namespace(Namespace),
    Tree(Tree),
}

impl Containment {
    pub fn new(means: Means) -> Result<Self, Trouble> {
        Ok(match means {
            Means::Namespace | Means::UserNamespace => Self::Namespace(Namespace::open(means)?),
            Means::Tree => Self::Tree(Tree::new()),
        })
    }

    /// Starts a command, with its output in pipes. `limits` are set for each of its processes, as a backstop.
    pub fn spawn(&mut self, command: &Command, limits: Option<&Limits>) -> Result<Child, Trouble> {
        let program = command.program()?;
        let mut line: Vec<std::ffi::OsString> = Vec::new();
        if has_prlimit() {
            line.extend(["prlimit".into(), "--core=0".into()]);
            if let Some(limits) = limits {
                line.push(format!("--fsize={}", file_size(limits)).into());
                line.push(format!("--cpu={}", processor_seconds(limits)).into());
            }
        }
        if let Self::Namespace(namespace) = self {
            line.extend(namespace.entry());
        }
        line.extend([
            "/bin/sh".into(),
            "-c".into(),
            IN_FOLDER.into(),
            command.directory.clone().into(),
            program.into(),
        ]);
        line.extend(command.arguments.iter().skip(1).map(Into::into));

        let mut process = std::process::Command::new(&line[0]);
        process.args(&line[1..]).env_clear().envs(command.environment.iter().map(|(name, value)| (name, value)));
        process.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
        if let Self::Tree(tree) = self {
            let (name, value) = tree.variable();
            process.env(name, value);
        }
        let child = process.spawn().map_err(|cause| command.trouble(format!("{}: {cause}", line[0].display())))?;
        if let Self::Tree(tree) = self {
            tree.started(&child);
        }
        Ok(child)
    }

    pub fn snapshot(&mut self) -> Snapshot {
        match self {
            Self::Namespace(namespace) => namespace.snapshot(),
            Self::Tree(tree) => tree.snapshot(),
        }
    }

    /// Ends all processes.
    pub fn end(&mut self) {
        match self {
            Self::Namespace(namespace) => namespace.end(),
            Self::Tree(tree) => tree.end(),
        }
    }
}

/// The largest size of a file.
pub(super) fn file_size(limits: &Limits) -> u64 {
    limits.disk.saturating_add(FILE_SIZE_SLACK)
}

/// What one process can use of all processors within the time limit, and some more: a program that reaches this runs on
/// although its time limit has passed.
fn processor_seconds(limits: &Limits) -> u64 {
    let processors = std::thread::available_parallelism().map_or(1, |count| count.get() as u64);
    (limits.time.as_secs() + 10).saturating_mul(processors)
}

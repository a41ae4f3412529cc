//! Fake clients: shell scripts that carry a mark, by which what is left of them is found.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use manifuzz::consumers::clients::sandbox::{Command, Folder, Limits, environment, furnish};

/// Limits that no well-behaved script reaches.
pub const LIMITS: Limits = Limits { time: Duration::from_secs(60), memory: 256 << 20, disk: 8 << 20, processes: 40 };

/// A script in new folders.
pub struct Client {
    pub folder: Folder,
    pub command: Command,
    mark: String,
}

impl Client {
    pub fn new(script: &str) -> Self {
        Self::in_folder(script, Folder::new(false).unwrap())
    }

    pub fn in_folder(script: &str, folder: Folder) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let mark = format!("MARK={}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        furnish(&folder.home(), None).unwrap();
        let command = command(script, &folder, &mark);
        Self { folder, command, mark }
    }

    /// Another script with the same folders and mark.
    pub fn other(&self, script: &str) -> Command {
        command(script, &self.folder, &self.mark)
    }

    /// How many of its processes run.
    pub fn left(&self) -> usize {
        running(&self.mark)
    }
}

fn command(script: &str, folder: &Folder, mark: &str) -> Command {
    let mut environment = environment(&folder.home(), None);
    let (name, value) = mark.split_once('=').unwrap();
    environment.push((name.to_owned(), value.to_owned()));
    Command {
        arguments: ["sh", "-c", script].map(str::to_owned).to_vec(),
        environment,
        directory: folder.out(),
        watched: folder.watched().to_owned(),
    }
}

/// How many processes with this variable run.
pub fn running(mark: &str) -> usize {
    let is_marked = |process: &Path| {
        let environment = std::fs::read(process.join("environ")).unwrap_or_default();
        environment.split(|byte| *byte == 0).any(|one| one == mark.as_bytes())
    };
    let entries = std::fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    entries.filter(|entry| is_marked(&entry.path())).count()
}

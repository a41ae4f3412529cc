//! Processes as `/proc` shows them.

use std::fs;
use std::path::{Path, PathBuf};

/// A process. An id is reused, so the start time belongs to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Process {
    pub id: i32,
    pub parent: i32,
    pub group: i32,
    pub session: i32,
    /// In ticks since the system started.
    pub started: u64,
    /// Ended, and only waits for its parent to take notice.
    pub has_ended: bool,
}

/// The processes of a command at one moment.
#[derive(Debug)]
pub(super) struct Snapshot {
    /// Where their ids are looked up.
    pub proc: PathBuf,
    /// Those that have not ended.
    pub processes: Vec<Process>,
}

impl Snapshot {
    /// The sum of their resident memory in bytes.
    pub fn resident(&self) -> u64 {
        self.sum("status", "VmRSS:")
    }

    /// The sum of their memory in bytes, with each shared page counted once.
    pub fn proportional(&self) -> u64 {
        self.sum("smaps_rollup", "Pss:")
    }

    fn sum(&self, file: &str, key: &str) -> u64 {
        let files = self.processes.iter().map(|one| self.proc.join(one.id.to_string()).join(file));
        files.filter_map(|file| kilobytes(&fs::read_to_string(file).ok()?, key)).sum::<u64>() * 1024
    }
}

fn kilobytes(text: &str, key: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(key))?;
    line.split_whitespace().next()?.parse().ok()
}

/// All processes of a `/proc`; none where the system has no such folder.
pub(super) fn all(proc: &Path) -> Vec<Process> {
    let entries = fs::read_dir(proc).into_iter().flatten().filter_map(Result::ok);
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).filter_map(|id| of_id(proc, id)).collect()
}

/// The process that has this id now.
pub(super) fn of_id(proc: &Path, id: i32) -> Option<Process> {
    parsed(id, &fs::read_to_string(proc.join(id.to_string()).join("stat")).ok()?)
}

/// `ID (NAME) STATE PARENT GROUP SESSION …`. The name may contain spaces and brackets.
fn parsed(id: i32, stat: &str) -> Option<Process> {
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |at: usize| fields.get(at)?.parse().ok();
    Some(Process {
        id,
        parent: number(1)?,
        group: number(2)?,
        session: number(3)?,
        started: fields.get(19)?.parse().ok()?,
        has_ended: matches!(*fields.first()?, "Z" | "X"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_brackets_and_spaces_does_not_shift_the_fields() {
        let stat = "7 (a) b (c) Z 3 4 5 0 -1 4194304 1 0 0 0 0 0 0 0 20 0 1 0 99 0 0";
        let expected = Process { id: 7, parent: 3, group: 4, session: 5, started: 99, has_ended: true };
        assert_eq!(parsed(7, stat), Some(expected));
        assert_eq!(parsed(7, "7 (cut"), None);
    }

    #[test]
    fn memory_is_read_in_kilobytes() {
        assert_eq!(kilobytes("VmPeak:\t  9 kB\nVmRSS:\t  1234 kB\n", "VmRSS:"), Some(1234));
        assert_eq!(kilobytes("Name:\tx\n", "VmRSS:"), None);
    }
}

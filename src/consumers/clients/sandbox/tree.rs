//! The processes of a command where the system has no namespaces: its session and group, their descendants, and on the
//! way out every process that inherited a variable of its environment.

use std::fs;
use std::path::Path;
use std::process::Child;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use super::process::{self, Process, Snapshot};

/// The name of the variable.
const VARIABLE: &str = "MANIFUZZ_CONTAINED";

/// How often the processes are searched and killed, in case that they fork meanwhile.
const ROUNDS: usize = 200;

/// The processes of one command.
#[derive(Debug)]
pub(super) struct Tree {
    /// The value of the variable.
    mark: String,
    /// The command's process, which leads its group.
    leader: Option<i32>,
    /// When that process started, if the system says so.
    leader_started: Option<u64>,
    /// Those that were seen, since a process whose parent ended cannot be told by its parent any more.
    known: Vec<Process>,
}

impl Tree {
    pub fn new() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        Self { mark: format!("{}-{count}", std::process::id()), leader: None, leader_started: None, known: Vec::new() }
    }

    /// The variable that the command must have.
    pub fn variable(&self) -> (&'static str, &str) {
        (VARIABLE, &self.mark)
    }

    /// The command was started as this process.
    pub fn started(&mut self, leader: &Child) {
        self.leader = i32::try_from(leader.id()).ok();
        self.leader_started = self.leader.and_then(|id| process::of_id(Path::new("/proc"), id)).map(|one| one.started);
    }

    pub fn snapshot(&mut self) -> Snapshot {
        let proc = Path::new("/proc");
        self.known = self.members(process::all(proc), |_| false);
        let mut processes = self.known.clone();
        processes.retain(|one| !one.has_ended);
        Snapshot { proc: proc.to_owned(), processes }
    }

    /// Ends all processes.
    pub fn end(&mut self) {
        let Some(leader) = self.leader else { return };
        let proc = Path::new("/proc");
        if let Some(group) = Pid::from_raw(leader).filter(|_| !self.is_reused(&process::all(proc), leader)) {
            // All of the group may have ended.
            let _ = kill_process_group(group, Signal::KILL);
        }
        for _ in 0..ROUNDS {
            self.known = self.members(process::all(proc), |one| self.has_mark(proc, one));
            let running: Vec<_> = self.known.iter().filter(|one| !one.has_ended).collect();
            if running.is_empty() {
                break;
            }
            for one in running {
                let is_same = process::of_id(proc, one.id).is_some_and(|now| now.started == one.started);
                if let Some(id) = Pid::from_raw(one.id).filter(|_| is_same) {
                    let _ = kill_process(id, Signal::KILL);
                }
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Those of `all` that belong to the command.
    fn members(&self, all: Vec<Process>, is_marked: impl Fn(&Process) -> bool) -> Vec<Process> {
        let Some(leader) = self.leader else { return Vec::new() };
        let was_known = |one: &Process| self.known.iter().any(|old| old.id == one.id && old.started == one.started);
        let is_reused = self.is_reused(&all, leader);
        let is_led = |one: &Process| !is_reused && [one.id, one.group, one.session].contains(&leader);
        let is_one = |one: &Process| is_led(one) || was_known(one) || is_marked(one);
        let (mut members, mut others): (Vec<_>, Vec<_>) = all.into_iter().partition(is_one);
        loop {
            let is_child = |one: &Process| members.iter().any(|parent| parent.id == one.parent);
            let (children, rest): (Vec<_>, Vec<_>) = others.into_iter().partition(is_child);
            if children.is_empty() {
                return members;
            }
            members.extend(children);
            others = rest;
        }
    }

    /// Whether the command has ended with its group and another process has its id. An id in use as that of a group or a
    /// session is not given to another process.
    fn is_reused(&self, all: &[Process], leader: i32) -> bool {
        all.iter().any(|one| one.id == leader && self.leader_started.is_some_and(|started| started != one.started))
    }

    fn has_mark(&self, proc: &Path, one: &Process) -> bool {
        let variable = format!("{VARIABLE}={}", self.mark);
        let environment = fs::read(proc.join(one.id.to_string()).join("environ")).unwrap_or_default();
        environment.split(|byte| *byte == 0).any(|one| one == variable.as_bytes())
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        self.end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_the_session_and_the_group_their_descendants_and_those_seen_before() {
        let process = |id, parent, group, session| Process { id, parent, group, session, started: 1, has_ended: false };
        let (leader, child, grandchild) = (process(10, 1, 10, 10), process(11, 10, 11, 11), process(12, 11, 12, 12));
        let (adopted, reused) = (process(13, 1, 13, 13), process(14, 1, 14, 14));
        let stranger = process(15, 1, 15, 15);
        let known = vec![adopted, Process { started: 0, ..reused }];
        let mut tree = Tree { mark: "0-0".into(), leader: Some(10), leader_started: Some(1), known };
        let all = vec![grandchild, stranger, child, leader, adopted, reused];
        assert_eq!(tree.members(all.clone(), |_| false), [leader, adopted, child, grandchild]);
        tree.leader_started = Some(0);
        assert_eq!(tree.members(all, |_| false), [adopted], "another process has the leader's id");
        // There is nothing to end.
        std::mem::forget(tree);
    }
}

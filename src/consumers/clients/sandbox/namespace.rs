//! A namespace for process ids. Its first process is ours and keeps it open; when that ends, the kernel ends all others,
//! however often they forked and whichever session they moved to.
//!
//! The command enters by `nsenter` instead of being the first process, for the kernel protects the first process of a
//! namespace from signals, and the exit status of a command that was started by a shell does not tell a signal from an exit
//! code. `nsenter` ends by the same signal as its child.

use std::ffi::OsString;
use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use super::means::Means;
use super::process::{self, Snapshot};
use crate::error::{Trouble, TroubleKind};

/// How long the namespace may take to start, and to end.
const PATIENCE: Duration = Duration::from_secs(20);

/// The first process says that it is there, and ends when its standard input is closed: also when manifuzz is killed.
const FIRST_PROCESS: &str = "echo ready; exec cat";

/// An open namespace; it ends on drop.
#[derive(Debug)]
pub(super) struct Namespace {
    means: Means,
    /// `unshare`, whose child is the first process.
    holder: Child,
}

impl Namespace {
    pub fn open(means: Means) -> Result<Self, Trouble> {
        let trouble = |cause: String| Trouble::new(TroubleKind::Command, "start a namespace", "this machine", cause);
        let mut command = Command::new("unshare");
        command.args(means.unshare_flags()).args(["sh", "-c", FIRST_PROCESS]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // An interrupt at the terminal is for manifuzz, which then ends the namespace.
        command.process_group(0);
        let mut holder = command.spawn().map_err(|cause| trouble(format!("unshare: {cause}")))?;
        let (Some(output), Some(mut errors)) = (holder.stdout.take(), holder.stderr.take()) else {
            return Err(trouble("unshare has no output".to_owned()));
        };
        let namespace = Self { means, holder };
        let (sender, answer) = mpsc::channel();
        std::thread::spawn(move || {
            let mut line = String::new();
            let is_ready = BufReader::new(output).read_line(&mut line).is_ok() && line == "ready\n";
            // Only the dropped namespace does not receive it.
            let _ = sender.send(is_ready);
        });
        match answer.recv_timeout(PATIENCE) {
            Ok(true) => Ok(namespace),
            Ok(false) => {
                drop(namespace);
                let mut message = String::new();
                errors.read_to_string(&mut message).map_err(|cause| trouble(cause.to_string()))?;
                Err(trouble(crate::foreign::escaped(message.trim_end()).into_owned()))
            }
            Err(_) => Err(trouble(format!("unshare was not ready within {} s", PATIENCE.as_secs()))),
        }
    }

    /// What is put before a command so that it starts inside.
    pub fn entry(&self) -> Vec<OsString> {
        let file = |name: &str| format!("/proc/{}/ns/{name}", self.holder.id());
        let mut entry = vec!["nsenter".to_owned()];
        if self.means == Means::UserNamespace {
            entry.extend([format!("--user={}", file("user")), "--preserve-credentials".to_owned()]);
        }
        entry.extend([format!("--mount={}", file("mnt")), format!("--pid={}", file("pid_for_children"))]);
        entry.push("--".to_owned());
        entry.into_iter().map(OsString::from).collect()
    }

    /// The processes inside, without the first one. The holder's root has the `/proc` of the namespace.
    pub fn snapshot(&self) -> Snapshot {
        let proc = PathBuf::from(format!("/proc/{}/root/proc", self.holder.id()));
        let mut processes = process::all(&proc);
        processes.retain(|one| one.id != 1 && !one.has_ended);
        Snapshot { proc, processes }
    }

    /// Ends all processes inside.
    pub fn end(&mut self) {
        // The first process reads the end of its input. If the system is too busy for that, its parent takes it along.
        drop(self.holder.stdin.take());
        if !super::output::ends_within(&mut self.holder, Duration::from_millis(200)) {
            // It may have ended since; `ends_within` finds out.
            let _ = self.holder.kill();
            super::output::ends_within(&mut self.holder, PATIENCE);
        }
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        self.end();
    }
}

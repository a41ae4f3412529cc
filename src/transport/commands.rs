//! Commands of the user that restart, reset and tidy up a development server.

use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How long a command may take.
const LIMIT: Duration = Duration::from_secs(120);
/// How often it is looked at.
const LOOK: Duration = Duration::from_millis(20);

/// Shell commands for a development server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Commands {
    /// Restarts a server that is down.
    pub restart: Option<String>,
    /// Empties it; used between blocks of cases.
    pub reset: Option<String>,
    /// Collects its garbage; used after a run has cleaned up.
    pub gc: Option<String>,
}

/// Runs a command with `sh` and waits until it has ended. Its output is not read: a server that it starts may keep writing.
///
/// Fails with the reason if it cannot be started, fails, or takes too long.
pub(super) fn execute(command: &str, stop: &AtomicBool) -> Result<(), String> {
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(command).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = shell.spawn().map_err(|error| format!("`{command}` cannot be started: {error}"))?;
    let end = Instant::now() + LIMIT;
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(status)) => return Err(format!("`{command}` failed ({status})")),
            Err(error) => return Err(format!("`{command}`: {error}")),
            Ok(None) if stop.load(Ordering::Relaxed) || Instant::now() >= end => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("`{command}` did not end within {} s", LIMIT.as_secs()));
            }
            Ok(None) => std::thread::sleep(LOOK),
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_command_that_fails_or_is_stopped_is_named() {
        let run = |command: &str, stop| execute(command, &AtomicBool::new(stop));
        assert_eq!(run("true", false), Ok(()));
        assert!(run("exit 3", false).is_err_and(|why| why.contains("`exit 3` failed") && why.contains('3')));
        assert!(run("sleep 600", true).is_err());
    }
}

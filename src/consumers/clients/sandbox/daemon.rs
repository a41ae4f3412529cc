//! A program in the background of several commands, such as a container engine.

use std::process::Child;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::command::{Command, Limits};
use super::containment::Containment;
use super::gauge::Gauge;
use super::means::Means;
use super::output::{Drain, ERROR_OUTPUT, Part, ends_within};
use super::running::{end, run};
use crate::error::Trouble;
use crate::exchange::client::{Ending, Overrun};
use crate::foreign::{bounded, escaped};

/// What one question whether the daemon is ready may take.
const READY: Limits = Limits { time: Duration::from_secs(10), memory: 1 << 30, disk: 64 << 20, processes: 100 };
/// The time between two questions.
const POLL: Duration = Duration::from_millis(100);

/// A running daemon; on drop, all processes that it started end.
#[derive(Debug)]
pub struct Daemon {
    command: Command,
    processes: Mutex<Processes>,
    errors: Drain,
}

#[derive(Debug)]
struct Processes {
    containment: Containment,
    child: Child,
}

impl Daemon {
    /// Starts `command` and runs `ready` again and again until it exits with 0, for at most `patience`.
    pub fn start(command: Command, ready: &Command, patience: Duration) -> Result<Self, Trouble> {
        let mut containment = Containment::new(Means::best())?;
        let mut child = containment.spawn(&command, None)?;
        // Nothing of it is needed, but a full pipe would stop the daemon.
        drop(Drain::start(child.stdout.take(), Part::Start(0)));
        let errors = Drain::start(child.stderr.take(), Part::End(ERROR_OUTPUT));
        let daemon = Self { command, processes: Mutex::new(Processes { containment, child }), errors };
        let start = Instant::now();
        loop {
            if !daemon.is_running() {
                return Err(daemon.command.trouble(format!("it ended before it was ready{}", daemon.last_words())));
            }
            if run(ready, &READY, &|| None)?.ending == Ending::Exit(0) {
                return Ok(daemon);
            }
            if start.elapsed() >= patience {
                let waited = patience.as_secs();
                let cause = format!("it was not ready within {waited} s: `{ready}` fails{}", daemon.last_words());
                return Err(daemon.command.trouble(cause));
            }
            std::thread::sleep(POLL);
        }
    }

    /// Whether it has not ended.
    pub fn is_running(&self) -> bool {
        !ends_within(&mut self.lock().child, Duration::ZERO)
    }

    /// What it printed last to standard error.
    pub fn error_output(&self) -> Vec<u8> {
        self.errors.so_far()
    }

    /// Compares what the daemon takes from now on with the limits of a command that lets it work. The time limit is the
    /// command's.
    pub fn watch<'a>(&'a self, limits: &'a Limits) -> impl Fn() -> Option<Overrun> + 'a {
        let gauge = Mutex::new(Gauge::new(limits, &self.command.watched));
        move || {
            let now = self.lock().containment.snapshot();
            gauge.lock().unwrap_or_else(PoisonError::into_inner).overrun(&now)
        }
    }

    fn lock(&self) -> MutexGuard<'_, Processes> {
        self.processes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn last_words(&self) -> String {
        let text = self.error_output();
        let text = String::from_utf8_lossy(&text);
        let line = text.lines().rfind(|line| !line.trim().is_empty());
        line.map(|line| format!("; it printed: {}", bounded(&escaped(line), 300))).unwrap_or_default()
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let processes = self.processes.get_mut().unwrap_or_else(PoisonError::into_inner);
        // A process that cannot be killed waits for the system; it is not ours any more.
        let _ = end(&mut processes.containment, &mut processes.child, &self.command);
    }
}

//! Runs one command to its end.

use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, ExitStatus};
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::command::{Command, Ended, Limits};
use super::containment::Containment;
use super::gauge::Gauge;
use super::means::Means;
use super::output::{Drain, ERROR_OUTPUT, OUTPUT, Part, ends_within};
use crate::error::Trouble;
use crate::exchange::client::{Ending, Overrun};

/// The longest time between two looks at what the command takes.
const POLL: Duration = Duration::from_millis(20);
/// How long a killed process may take to end.
const PATIENCE: Duration = Duration::from_secs(20);

/// Runs a command until it ends by itself, or exceeds its limits, or `over` names a limit that it exceeds. Every process
/// that it started has ended afterwards.
pub fn run(command: &Command, limits: &Limits, over: &dyn Fn() -> Option<Overrun>) -> Result<Ended, Trouble> {
    run_by(Means::best(), command, limits, over)
}

/// [`run`], with the means to keep its processes together.
pub fn run_by(
    means: Means,
    command: &Command,
    limits: &Limits,
    over: &dyn Fn() -> Option<Overrun>,
) -> Result<Ended, Trouble> {
    let mut containment = Containment::new(means)?;
    let mut gauge = Gauge::new(limits, &command.watched);
    let start = Instant::now();
    let mut child = containment.spawn(command, Some(limits))?;
    let output = Drain::start(child.stdout.take(), Part::Start(OUTPUT));
    let errors = Drain::start(child.stderr.take(), Part::End(ERROR_OUTPUT));

    let mut pause = Duration::from_millis(1);
    let (ending, overrun) = loop {
        if let Some(status) = child.try_wait().map_err(|cause| command.trouble(cause.to_string()))? {
            break interpreted(status, &gauge);
        }
        if let Some(overrun) = gauge.overrun(&containment.snapshot()).or_else(over) {
            break (Ending::Timeout, Some(overrun));
        }
        if start.elapsed() >= limits.time {
            break (Ending::Timeout, None);
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(POLL);
    };
    end(&mut containment, &mut child, command)?;
    let (output, output_is_complete) = output.finish();
    let (error_output, _) = errors.finish();
    Ok(Ended { ending, overrun, output, output_is_complete, error_output, peak_memory: gauge.peak() })
}

/// Ends all processes of a command.
pub(super) fn end(containment: &mut Containment, child: &mut Child, command: &Command) -> Result<(), Trouble> {
    containment.end();
    if ends_within(child, Duration::ZERO) {
        return Ok(());
    }
    // What is put before the command, such as `nsenter`, is outside of the namespace.
    let _ = child.kill();
    if ends_within(child, PATIENCE) {
        return Ok(());
    }
    Err(command.trouble(format!("process {} does not end although it was killed", child.id())))
}

/// How a command ended by itself. The limits of `prlimit` end it by signals, too.
fn interpreted(status: ExitStatus, gauge: &Gauge<'_>) -> (Ending, Option<Overrun>) {
    if let Some(overrun) = gauge.disk_overrun() {
        return (Ending::Timeout, Some(overrun));
    }
    match (status.signal(), status.code()) {
        (Some(signal), _) if signal == Signal::XFSZ.as_raw() => (Ending::Timeout, Some(Overrun::Disk)),
        (Some(signal), _) if signal == Signal::XCPU.as_raw() => (Ending::Timeout, None),
        (Some(signal), _) => (Ending::Signal(signal), None),
        (None, code) => (Ending::Exit(code.unwrap_or_default()), None),
    }
}

//! Progress of a run: a bar on a terminal, otherwise a line every ten seconds.

use std::fmt;
use std::io::IsTerminal as _;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressState, ProgressStyle};

use super::pace::Pace;
use crate::cli::tell;
use crate::foreign::bounded;

/// The time between two lines.
const EVERY: Duration = Duration::from_secs(10);
/// How often a bar is drawn at least, so that the time left counts down while the run waits.
const TICK: Duration = Duration::from_millis(500);
/// The characters of a target's name before a bar.
const NAME: usize = 24;

/// The progress of a run on one target. Dropping it ends the display.
pub(super) struct Progress {
    bar: ProgressBar,
    bars: MultiProgress,
    pace: Arc<Pace>,
    /// Dropping it ends the thread that prints lines.
    _lines: Option<Sender<()>>,
}

/// The progress of runs side by side, one bar for each.
pub(super) struct Bars {
    bars: MultiProgress,
    /// The number of targets of the run.
    targets: usize,
}

impl Bars {
    /// For a run on so many targets.
    pub fn new(targets: usize) -> Self {
        Self { bars: MultiProgress::new(), targets }
    }

    /// Starts showing the progress of a run on the target with this number, counted from 1.
    pub fn begin(&self, target: &str, number: usize, pace: Pace) -> Progress {
        let (pace, bars) = (Arc::new(pace), self.bars.clone());
        let place = if self.targets > 1 { format!("{number} of {}", self.targets) } else { String::new() };
        if !std::io::stderr().is_terminal() {
            let name = if place.is_empty() { target.to_owned() } else { format!("{target} ({place})") };
            let lines = lines(name, Arc::clone(&pace), EVERY, tell);
            return Progress { bar: ProgressBar::hidden(), bars, pace, _lines: Some(lines) };
        }
        let bar = self.bars.add(ProgressBar::no_length());
        if let Ok(style) = ProgressStyle::with_template("{prefix} {wide_bar} {pace}") {
            let shown = Arc::clone(&pace);
            let text = move |_: &ProgressState, out: &mut dyn fmt::Write| {
                let _ = out.write_str(&shown.text(Instant::now()));
            };
            bar.set_style(style.with_key("pace", text));
        }
        bar.set_prefix(format!("{place} {}", bounded(target, NAME)).trim_start().to_owned());
        bar.enable_steady_tick(TICK);
        Progress { bar, bars, pace, _lines: None }
    }
}

impl Progress {
    /// Sets the number of cases of the run.
    pub fn set_cases(&self, cases: usize) {
        self.pace.set_cases(cases, Instant::now());
        self.bar.set_length(cases as u64);
    }

    /// Sets the number of finished cases.
    pub fn set_done(&self, done: usize) {
        self.pace.set_done(done);
        self.bar.set_position(done as u64);
    }

    /// Sets the number of rows found.
    pub fn set_rows(&self, rows: usize) {
        self.pace.set_rows(rows);
    }

    /// Prints something without disturbing the bars.
    pub fn suspend(&self, print: impl FnOnce()) {
        self.bars.suspend(print);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// Starts a thread that prints a line at every interval until the returned sender is dropped. A thread, because the events
/// of the run may be minutes apart on a slow target.
fn lines(name: String, pace: Arc<Pace>, every: Duration, print: impl Fn(String) + Send + 'static) -> Sender<()> {
    let (end, ended) = channel::<()>();
    std::thread::spawn(move || {
        while ended.recv_timeout(every) == Err(RecvTimeoutError::Timeout) {
            print(format!("{name}: {}", pace.text(Instant::now())));
        }
    });
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_comes_at_every_interval_until_the_end() {
        let pace = Arc::new(Pace::new(0, None));
        let (sender, printed) = channel();
        let print = move |line| drop(sender.send(line));
        let every = Duration::from_millis(5);
        let running = lines("t".to_owned(), Arc::clone(&pace), every, print);
        let long = Duration::from_secs(20);
        assert_eq!(printed.recv_timeout(long).as_deref(), Ok("t: preparing, 0 findings"));
        pace.set_cases(9, Instant::now());
        pace.set_done(4);
        pace.set_rows(2);
        let is_under_way = |line: &String| line.starts_with("t: 4/9 cases, ") && line.contains("/s, 2 findings, ");
        assert!(printed.iter().take(100).any(|line| is_under_way(&line)));
        drop(running);
        // The thread ends and drops its sender, or this would not return.
        let left = printed.iter().count();
        assert!(left < 100, "{left} lines after the end");
    }
}

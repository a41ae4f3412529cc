//! Progress of a run: a bar on a terminal, otherwise a line every ten seconds.

use std::io::IsTerminal as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::cli::tell;

/// The time between two lines.
const EVERY: Duration = Duration::from_secs(10);

/// The progress of a run on one target. Dropping it ends the display.
pub(super) struct Progress {
    bar: ProgressBar,
    bars: MultiProgress,
    counts: Arc<Counts>,
    /// Dropping it ends the thread that prints lines.
    _lines: Option<Sender<()>>,
}

#[derive(Default)]
struct Counts {
    /// Number of cases; 0 if not yet known.
    cases: AtomicUsize,
    done: AtomicUsize,
    rows: AtomicUsize,
}

/// The progress of runs side by side, one bar for each.
#[derive(Default)]
pub(super) struct Bars(MultiProgress);

impl Bars {
    /// Starts showing the progress of a run on this target.
    pub fn begin(&self, target: &str) -> Progress {
        let (counts, bars) = (Arc::new(Counts::default()), self.0.clone());
        if !std::io::stderr().is_terminal() {
            let lines = lines(target.to_owned(), Arc::clone(&counts), EVERY, tell);
            return Progress { bar: ProgressBar::hidden(), bars, counts, _lines: Some(lines) };
        }
        let bar = self.0.add(ProgressBar::no_length());
        if let Ok(style) = ProgressStyle::with_template("{prefix} {bar:30} {pos}/{len} cases {msg}") {
            bar.set_style(style);
        }
        bar.set_prefix(target.to_owned());
        Progress { bar, bars, counts, _lines: None }
    }
}

impl Progress {
    /// Sets the number of cases of the run.
    pub fn set_cases(&self, cases: usize) {
        self.counts.cases.store(cases, Ordering::Relaxed);
        self.bar.set_length(cases as u64);
    }

    /// Sets the number of finished cases.
    pub fn set_done(&self, done: usize) {
        self.counts.done.store(done, Ordering::Relaxed);
        self.bar.set_position(done as u64);
    }

    /// Adds to the number of rows found.
    pub fn add_rows(&self, rows: usize) {
        let rows = self.counts.rows.fetch_add(rows, Ordering::Relaxed) + rows;
        self.bar.set_message(format!("{rows} findings"));
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
fn lines(target: String, counts: Arc<Counts>, every: Duration, print: impl Fn(String) + Send + 'static) -> Sender<()> {
    let (end, ended) = channel::<()>();
    std::thread::spawn(move || {
        while ended.recv_timeout(every) == Err(RecvTimeoutError::Timeout) {
            let count = |count: &AtomicUsize| count.load(Ordering::Relaxed);
            let cases = match count(&counts.cases) {
                0 => "preparing".to_owned(),
                cases if count(&counts.done) >= cases => format!("{cases} cases fired, shrinking"),
                cases => format!("{}/{cases} cases", count(&counts.done)),
            };
            print(format!("{target}: {cases}, {} findings", count(&counts.rows)));
        }
    });
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_comes_at_every_interval_until_the_end() {
        let counts = Arc::new(Counts::default());
        let (sender, printed) = channel();
        let print = move |line| drop(sender.send(line));
        let every = Duration::from_millis(5);
        let running = lines("t".to_owned(), Arc::clone(&counts), every, print);
        let long = Duration::from_secs(20);
        assert_eq!(printed.recv_timeout(long).as_deref(), Ok("t: preparing, 0 findings"));
        counts.cases.store(9, Ordering::Relaxed);
        counts.done.store(4, Ordering::Relaxed);
        counts.rows.store(2, Ordering::Relaxed);
        assert!(printed.iter().take(100).any(|line| line == "t: 4/9 cases, 2 findings"));
        drop(running);
        // The thread ends and drops its sender, or this would not return.
        let left = printed.iter().count();
        assert!(left < 100, "{left} lines after the end");
    }
}

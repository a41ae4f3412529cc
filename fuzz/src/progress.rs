//! The line about executions, keys and rows that `fire` prints every ten seconds.

use std::time::{Duration, Instant};

/// The time between two lines.
const PAUSE: Duration = Duration::from_secs(10);

/// What has been done so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Inputs executed.
    pub executions: u64,
    /// Cases fired, including those of hunts but not those whose outcome was cached.
    pub fired: u64,
    /// Findings with a new key.
    pub keys: usize,
    /// Rows for the corpus, those of findings that were not shrunk included.
    pub rows: usize,
}

/// When the last line was printed, and what it said.
#[derive(Debug)]
pub struct Progress {
    since: Instant,
    before: Counts,
}

impl Progress {
    /// Starts counting now.
    pub fn new() -> Self {
        Self { since: Instant::now(), before: Counts::default() }
    }

    /// The line, if ten seconds have passed since the last one.
    pub fn due(&mut self, now: Counts) -> Option<String> {
        if self.since.elapsed() < PAUSE { None } else { Some(self.line(now)) }
    }

    /// The line.
    pub fn line(&mut self, now: Counts) -> String {
        let line = line(self.since.elapsed(), self.before, now);
        *self = Self { since: Instant::now(), before: now };
        line
    }
}

impl Default for Progress {
    fn default() -> Self {
        Self::new()
    }
}

fn line(elapsed: Duration, before: Counts, now: Counts) -> String {
    let per_second = (now.executions - before.executions) as f64 / elapsed.as_secs_f64().max(0.001);
    let Counts { executions, fired, keys, rows } = now;
    let (new_keys, new_rows) = (keys - before.keys, rows - before.rows);
    format!(
        "fire: {executions} executions, {per_second:.0} a second; {fired} cases fired; {keys} keys ({new_keys} new), \
         {rows} rows ({new_rows} new)"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_what_happened_since_the_one_before() {
        let before = Counts { executions: 100, fired: 90, keys: 2, rows: 3 };
        let now = Counts { executions: 20_100, fired: 15_000, keys: 5, rows: 7 };
        let line = line(Duration::from_secs(10), before, now);
        let expected = "fire: 20100 executions, 2000 a second; 15000 cases fired; 5 keys (3 new), 7 rows (4 new)";
        assert_eq!(line, expected);
    }

    #[test]
    fn nothing_is_due_at_once() {
        assert_eq!(Progress::new().due(Counts { executions: 1_000_000, ..Counts::default() }), None);
    }
}

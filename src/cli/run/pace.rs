//! How far a run on one target is, how fast it goes, and how long it will take.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// The counts of a run on one target.
#[derive(Default)]
pub(super) struct Pace {
    /// Number of cases; 0 if not yet known.
    cases: AtomicUsize,
    done: AtomicUsize,
    rows: AtomicUsize,
    /// Cases that an earlier run fired.
    before: usize,
    /// When the first case was fired.
    began: OnceLock<Instant>,
    /// When the run ends at the latest.
    end: Option<Instant>,
}

impl Pace {
    /// After this many cases of an earlier run, until this time.
    pub fn new(before: usize, end: Option<Instant>) -> Self {
        Self { done: AtomicUsize::new(before), before, end, ..Self::default() }
    }

    /// Sets the number of cases. The first call is the beginning: capabilities were probed before.
    pub fn set_cases(&self, cases: usize, now: Instant) {
        self.began.get_or_init(|| now);
        self.cases.store(cases, Ordering::Relaxed);
    }

    /// Sets the number of finished cases.
    pub fn set_done(&self, done: usize) {
        self.done.store(done, Ordering::Relaxed);
    }

    /// Sets the number of rows found.
    pub fn set_rows(&self, rows: usize) {
        self.rows.store(rows, Ordering::Relaxed);
    }

    /// Cases, rate, findings and time left, in words.
    pub fn text(&self, now: Instant) -> String {
        let count = |count: &AtomicUsize| count.load(Ordering::Relaxed);
        let (cases, done) = (count(&self.cases), count(&self.done));
        let rows = match count(&self.rows) {
            1 => "1 finding".to_owned(),
            rows => format!("{rows} findings"),
        };
        let until_end = self.end.map(|end| end.saturating_duration_since(now));
        if cases == 0 {
            return format!("preparing, {rows}");
        }
        if done >= cases {
            // How much there is to shrink is not known before it is done.
            let most = until_end.map(|left| format!(", at most {} left", words(left))).unwrap_or_default();
            return format!("{cases} cases fired, shrinking, {rows}{most}");
        }
        let Some(rate) = self.rate(done, now) else { return format!("{done}/{cases} cases, {rows}") };
        let left = Duration::try_from_secs_f64((cases - done) as f64 / rate).unwrap_or(Duration::MAX);
        let left = until_end.map_or(left, |end| end.min(left));
        let digits = usize::from(rate < 10.0);
        format!("{done}/{cases} cases, {rate:.digits$}/s, {rows}, {} left", words(left))
    }

    /// Cases per second since the beginning; `None` before the first.
    fn rate(&self, done: usize, now: Instant) -> Option<f64> {
        let elapsed = now.saturating_duration_since(*self.began.get()?).as_secs_f64();
        let fired = done.saturating_sub(self.before);
        (fired > 0 && elapsed > 0.0).then(|| fired as f64 / elapsed)
    }
}

/// A duration, such as `9 s`, `4 min` or `2 h 5 min`.
fn words(time: Duration) -> String {
    let seconds = time.as_secs();
    match (seconds / 3600, seconds / 60 % 60) {
        (0, 0) => format!("{seconds} s"),
        (0, minutes) => format!("{minutes} min"),
        (hours @ 1..100, minutes) => format!("{hours} h {minutes} min"),
        _ => "days".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn rate_and_time_left_follow_from_the_cases_of_this_run() {
        let began = Instant::now();
        let pace = Pace::new(1000, None);
        assert_eq!(pace.text(began), "preparing, 0 findings");
        pace.set_cases(5000, began);
        assert_eq!(pace.text(began + SECOND), "1000/5000 cases, 0 findings");
        pace.set_done(2000);
        pace.set_rows(1);
        assert_eq!(pace.text(began + 10 * SECOND), "2000/5000 cases, 100/s, 1 finding, 30 s left");
        // A known number of cases does not begin anew.
        pace.set_cases(9000, began + 9 * SECOND);
        assert_eq!(pace.text(began + 200 * SECOND), "2000/9000 cases, 5.0/s, 1 finding, 23 min left");
        pace.set_done(9000);
        assert_eq!(pace.text(began + 300 * SECOND), "9000 cases fired, shrinking, 1 finding");
    }

    #[test]
    fn a_run_takes_no_longer_than_its_time() {
        let began = Instant::now();
        let pace = Pace::new(0, Some(began + 60 * SECOND));
        pace.set_cases(100_000, began);
        pace.set_done(100);
        pace.set_rows(2);
        assert_eq!(pace.text(began + 10 * SECOND), "100/100000 cases, 10/s, 2 findings, 50 s left");
        pace.set_done(100_000);
        assert_eq!(pace.text(began + 59 * SECOND), "100000 cases fired, shrinking, 2 findings, at most 1 s left");
        assert_eq!(words(2 * 3600 * SECOND + 5 * 60 * SECOND), "2 h 5 min");
        assert_eq!(words(Duration::MAX), "days");
    }
}

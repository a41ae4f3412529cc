//! Runs the plan on several targets side by side.

use std::sync::atomic::Ordering;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Mutex, PoisonError};
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use super::pace::Pace;
use super::progress::{Bars, Progress};
use super::recorder::{Recorder, TargetRecorder};
use super::resume::Begin;
use crate::cli::interrupt::Interrupt;
use crate::cli::targets::TargetArgument;
use crate::cli::tell;
use crate::engine::{Plan, RunState, Schedule, run};
use crate::error::Error;
use crate::generate::Tested;
use crate::report::TargetReport;
use crate::transport::{Target, side_by_side};

/// Cases in flight at a registry over HTTP, by default: most of the time of a request is waiting.
pub(super) const LIVE_JOBS: usize = 8;
/// Requests queue in a slow registry, and each must be answered within the deadline: so much time in all is sent at once.
const QUEUE: Duration = Duration::from_millis(1250);
/// How often new rows are written at least.
const SAVE: Duration = Duration::from_secs(1);

/// A target of the run.
pub(super) struct OpenTarget {
    pub target: Box<dyn Target>,
    pub is_embedded: bool,
    /// Who is tested.
    pub tested: Tested,
    /// How long it takes to answer, if that was measured.
    pub latency: Option<Duration>,
}

impl OpenTarget {
    /// The target that an argument names.
    pub fn new(target: Box<dyn Target>, argument: &TargetArgument) -> Self {
        Self { target, is_embedded: !argument.is_live(), tested: argument.tested(), latency: None }
    }

    /// Cases in flight by default: fewer at a registry that takes long to answer.
    pub fn default_jobs(&self) -> usize {
        let Some(latency) = self.latency else { return LIVE_JOBS };
        let fit = QUEUE.as_secs_f64() / latency.as_secs_f64().max(1e-3);
        (fit as usize).clamp(1, LIVE_JOBS)
    }
}

/// What the runs have in common.
pub(super) struct SideBySide<'r> {
    pub plan: &'r Plan,
    /// The number of jobs that the user asked for.
    pub jobs: Option<usize>,
    /// When the whole run ends.
    pub end: Option<Instant>,
    pub interrupt: &'r Interrupt,
    pub recorder: &'r Mutex<Recorder>,
}

impl SideBySide<'_> {
    /// Runs all targets: every registry over HTTP at once, embedded ones on as many threads as there are jobs. Returns the
    /// reports in the order of the targets.
    ///
    /// Trouble with one target does not end the others; any other error ends the run.
    pub fn run(&self, targets: Vec<OpenTarget>) -> Result<Vec<TargetReport>, Error> {
        let bars = Bars::new(targets.len());
        let cores = available_parallelism().map_or(1, std::num::NonZero::get);
        let (embedded, live): (Vec<usize>, Vec<usize>) = (0..targets.len()).partition(|i| targets[*i].is_embedded);
        let threads = self.jobs.unwrap_or(cores);
        let embedded_jobs = (threads / embedded.len().max(1)).max(1);
        let mut ended: Vec<Option<Result<TargetReport, Error>>> = targets.iter().map(|_| None).collect();
        // Each target is dropped at the end of its run: what was pushed to an embedded registry is in memory.
        let targets: Vec<Mutex<Option<OpenTarget>>> = targets.into_iter().map(|one| Mutex::new(Some(one))).collect();
        let one = |i: usize, jobs: Option<usize>, rounds| {
            let taken = targets[i].lock().unwrap_or_else(PoisonError::into_inner).take();
            taken.map(|open| {
                let jobs = jobs.unwrap_or_else(|| open.default_jobs());
                self.one(&open, jobs, rounds, |pace| bars.begin(open.target.name(), i + 1, pace))
            })
        };
        let (end, ended_channel) = channel::<()>();
        std::thread::scope(|scope| {
            let saving = scope.spawn(move || self.save_while_running(&ended_channel));
            let of_live: Vec<_> = live.iter().map(|i| scope.spawn(|| one(*i, self.jobs, 1))).collect();
            let of_embedded = side_by_side(embedded.len(), threads, |at| {
                let rounds = (embedded.len() - at).div_ceil(threads);
                one(embedded[at], Some(embedded_jobs), rounds)
            });
            for (i, result) in embedded.iter().zip(of_embedded) {
                ended[*i] = result;
            }
            for (i, thread) in live.iter().zip(of_live) {
                ended[*i] = thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            }
            drop(end);
            saving.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })?;
        ended.into_iter().flatten().collect()
    }

    /// Runs one target, which shares the remaining time with those of the following rounds.
    fn one(
        &self,
        open: &OpenTarget,
        jobs: usize,
        rounds: usize,
        begin: impl FnOnce(Pace) -> Progress,
    ) -> Result<TargetReport, Error> {
        let target = open.target.as_ref();
        let stop = self.interrupt.stop();
        if stop.load(Ordering::SeqCst) {
            return Ok(TargetRecorder::left_out(target));
        }
        let rounds = u32::try_from(rounds).unwrap_or(u32::MAX);
        let time = self.end.map(|end| end.saturating_duration_since(Instant::now()) / rounds);
        let resume = match self.recorder.lock().unwrap_or_else(PoisonError::into_inner).begin(target)? {
            Begin::Anew => None,
            Begin::After(state) => {
                tell(format_args!("{}: continues after {} cases", target.name(), state.done()));
                Some(*state)
            }
            Begin::Complete(report) => {
                tell(format_args!("{}: complete, nothing sent; these are its findings", target.name()));
                return Ok(*report);
            }
        };
        let before = resume.as_ref().map_or(0, RunState::done);
        let end = time.and_then(|time| Instant::now().checked_add(time));
        let order = Schedule { tested: open.tested, ..self.plan.order.clone() };
        let plan = Plan { time, jobs, resume, order, ..self.plan.clone() };
        let mut recorder = TargetRecorder::new(self.recorder, target, begin(Pace::new(before, end)));
        match run(target, &plan, stop, &mut recorder) {
            Err(error @ (Error::Input(_) | Error::Bug(_) | Error::Unread)) => {
                // Nothing that the other runs find could be recorded.
                stop.store(true, Ordering::SeqCst);
                Err(error)
            }
            ended => Ok(recorder.ended(target, &ended)),
        }
    }

    /// Writes new rows every second, because shrinking on a slow target can take minutes.
    fn save_while_running(&self, ended: &std::sync::mpsc::Receiver<()>) -> Result<(), Error> {
        while ended.recv_timeout(SAVE) == Err(RecvTimeoutError::Timeout) {
            let saved = self.recorder.lock().unwrap_or_else(PoisonError::into_inner).save_if_due(SAVE);
            if let Err(error) = saved {
                self.interrupt.stop().store(true, Ordering::SeqCst);
                return Err(error.into());
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::Profile;
    use crate::transport::{Opening, embedded};

    #[test]
    fn a_slow_registry_gets_fewer_cases_at_once() {
        let open = |milliseconds| OpenTarget {
            target: embedded(&Profile::clean(), &Opening::default()),
            tested: Tested::Registry,
            is_embedded: false,
            latency: Some(Duration::from_millis(milliseconds)),
        };
        let jobs: Vec<usize> =
            [0, 100, 250, 700, 5000].into_iter().map(|latency| open(latency).default_jobs()).collect();
        assert_eq!(jobs, [LIVE_JOBS, LIVE_JOBS, 5, 1, 1]);
    }
}

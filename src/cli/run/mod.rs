//! `manifuzz run`: fuzzes registries and reports what departs from the specifications.

mod estimate;
mod progress;
mod recorder;
mod results;

use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

pub(in crate::cli) use self::recorder::{lost, record_of, waiting};

use self::recorder::Recorder;
use super::drawing::DrawingFlags;
use super::flags::{CorpusFlag, SpecFlag, TimeFlag, epilogue};
use super::interrupt::Interrupt;
use super::targets::{TargetFlags, TargetList, open_all};
use super::values::{ParsedBy, depth, duration, grade};
use super::{FOUND, INTERRUPTED, Output, UNTESTABLE, tell};
use crate::compare::Grade;
use crate::engine::{Plan, RESTART_WAIT, run};
use crate::error::{Error, Input};
use crate::exchange::Depth;

/// Fuzz registries, and record where they depart from the specifications
///
/// Pushes generated manifests, judges every answer, shrinks each finding to its smallest case and adds it to the corpus.
#[derive(Debug, clap::Args)]
#[command(after_long_help = epilogue(
    "manifuzz run http://127.0.0.1:5000/some/repo --time 5m --corpus cases.csv",
    &[
        (0, "no finding at or above --fail-on"),
        (FOUND, "findings at or above --fail-on"),
        (UNTESTABLE, "no case, or fewer than half of those sent, could be judged"),
        (INTERRUPTED, "interrupted by a signal; the findings so far are recorded"),
    ],
))]
pub(super) struct RunCommand {
    #[command(flatten)]
    targets: TargetList,
    #[command(flatten)]
    target: TargetFlags,
    #[command(flatten)]
    drawing: DrawingFlags,
    /// How much to read back after each push
    #[arg(long, default_value = "full", value_parser = depth(), help_heading = "Cases")]
    depth: Depth,
    /// Record cases as found, without shrinking them
    #[arg(long, help_heading = "Cases")]
    no_shrink: bool,
    #[command(flatten)]
    spec: SpecFlag,
    /// Lowest grade of a finding that makes the exit code 1
    #[arg(long, value_name = "GRADE", default_value_t = Grade::Warning, value_parser = grade(), help_heading = "Verdict")]
    fail_on: Grade,
    #[command(flatten)]
    time: TimeFlag,
    /// How long to wait for a target that went down [default: 60s]
    #[arg(long, value_name = "TIME", value_parser = ParsedBy(duration), help_heading = "Limits")]
    restart_wait: Option<Duration>,
    /// Number of cases in flight; does not change the findings
    #[arg(
        long,
        value_name = "N",
        default_value_t = 8,
        value_parser = clap::value_parser!(u16).range(1..=256),
        help_heading = "Limits",
    )]
    jobs: u16,
    #[command(flatten)]
    corpus: CorpusFlag,
    /// Write the findings and counts of this run to this directory: findings.jsonl and run.json
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    results: Option<PathBuf>,
    /// Print the number of cases and requests, and send nothing
    #[arg(long, help_heading = "Output")]
    dry_run: bool,
    #[command(flatten)]
    output: Output,
}

impl RunCommand {
    pub(super) fn run(self) -> Result<u8, Error> {
        let plan = Plan {
            order: self.drawing.schedule()?,
            versions: self.spec.spec,
            depth: self.depth,
            jobs: usize::from(self.jobs),
            shrink: !self.no_shrink,
            time: None,
            restart_wait: self.restart_wait.unwrap_or(RESTART_WAIT),
        };
        let limit = self.time.time;
        let targets = self.targets.named_or_default();
        // The default targets may share a name.
        if !self.targets.is_default() {
            self.target.check_name(targets.len())?;
        }
        let interrupt = Interrupt::watch();
        let targets = open_all(&targets, &self.target.opening(&interrupt))?;
        let seed = format!("seed {}", plan.order.seed);
        if self.dry_run {
            tell(seed);
            return Ok(estimate::dry_run(&plan, &targets));
        }
        let corpus = recorder::open(&self.corpus.corpus)?;
        if let Some(results) = &self.results {
            std::fs::create_dir_all(results)
                .map_err(|cause| Input::file("create", results, cause, "name a writable directory"))?;
        }
        tell(seed);
        recorder::warn_of_damage(&corpus, &self.corpus.corpus);
        let end = limit.and_then(|limit| Instant::now().checked_add(limit));
        if let Some(limit) = limit {
            interrupt.after(limit);
        }
        let mut sink = Recorder::new(corpus, plan.order.seed, plan.versions);
        for (i, target) in targets.iter().enumerate() {
            if interrupt.stop().load(Ordering::SeqCst) {
                sink.left_out(target.as_ref());
                continue;
            }
            // The remaining targets share the remaining time evenly.
            let shares = u32::try_from(targets.len() - i).unwrap_or(u32::MAX);
            let time = end.map(|end| end.saturating_duration_since(Instant::now()) / shares);
            let plan = Plan { time, ..plan.clone() };
            sink.begins(target.as_ref());
            let summary = run(target.as_ref(), &plan, interrupt.stop(), &mut sink);
            sink.ended(target.as_ref(), &summary);
            let saved = sink.save();
            // Trouble with one target does not skip the next; anything else ends the run.
            if let Err(error @ (Error::Input(_) | Error::Bug(_) | Error::Unread)) = summary {
                return Err(error);
            }
            saved?;
        }
        let report = sink.report();
        self.report(&report)?;
        let found = report.findings.iter().any(|record| record.grade >= self.fail_on);
        let untested = report.ended().judged == 0
            || report.targets.iter().any(|target| target.error.is_some() || target.ended.is_untested());
        Ok(match () {
            () if interrupt.came() => INTERRUPTED,
            () if found => FOUND,
            () if untested => UNTESTABLE,
            () => 0,
        })
    }
}

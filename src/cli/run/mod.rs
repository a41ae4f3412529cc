//! `manifuzz run`: the main job.

mod estimate;
mod progress;
mod recorder;
mod results;

use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::time::Instant;

pub(in crate::cli) use self::recorder::{lost, record_of, waiting};

use self::recorder::Recorder;
use super::drawing::Drawing;
use super::interrupt::Interrupt;
use super::targets::{TargetFlags, of_the_table, open_all};
use super::time::duration;
use super::{FOUND, INTERRUPTED, Output, UNTESTABLE};
use crate::compare::Grade;
use crate::engine::{Plan, RESTART_WAIT, run};
use crate::error::{Error, Input};
use crate::transport::{Target, open};

/// Fuzz registries: generate shapes, fire them, judge the answers, shrink what disagrees, write it down
#[derive(Debug, clap::Args)]
pub(super) struct Run {
    /// `embedded:PROFILE` or `http://HOST:PORT/REPOSITORY`; without one, every embedded profile of the seed table
    targets: Vec<String>,
    #[command(flatten)]
    drawing: Drawing,
    /// Versions of the specifications to judge by: 1.1 or 1.0
    #[arg(long, default_value = "1.1")]
    spec: String,
    /// How much is read back: put, get or full
    #[arg(long, default_value = "full")]
    depth: String,
    /// How many cases are in flight at most; changes nothing but the time
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: u16,
    /// The corpus that findings are written to
    #[arg(long, default_value = "manifuzz-cases.csv", value_name = "FILE")]
    corpus: PathBuf,
    /// A folder for what this run found: findings.jsonl and run.json
    #[arg(long, value_name = "DIR")]
    results: Option<PathBuf>,
    /// The least grade that makes the exit code 1: violation, warning or note
    #[arg(long, default_value = "warning", value_name = "GRADE")]
    fail_on: String,
    /// How long the whole run may take, shrinking included, such as 60s or 5m
    #[arg(long, value_name = "TIME")]
    time: Option<String>,
    /// How long a target that went down is waited for, such as 60s; that is also the default
    #[arg(long, value_name = "TIME")]
    restart_wait: Option<String>,
    /// Write cases as they were found
    #[arg(long)]
    no_shrink: bool,
    /// Say how many cases and requests it would be, and send nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    target: TargetFlags,
    #[command(flatten)]
    output: Output,
}

impl Run {
    pub(super) fn run(self) -> Result<u8, Error> {
        let plan = Plan {
            order: self.drawing.order()?,
            versions: self.spec.parse()?,
            depth: self.depth.parse()?,
            jobs: usize::from(self.jobs),
            shrink: !self.no_shrink,
            time: None,
            restart_wait: self.restart_wait.as_deref().map(duration).transpose()?.unwrap_or(RESTART_WAIT),
        };
        let fail_on: Grade = self.fail_on.parse()?;
        let limit = self.time.as_deref().map(duration).transpose()?;
        let interrupt = Interrupt::watch();
        let targets = self.open(&interrupt)?;
        if self.dry_run {
            return Ok(estimate::dry_run(&plan, &targets));
        }
        let corpus = recorder::open(&self.corpus)?;
        if let Some(results) = &self.results {
            std::fs::create_dir_all(results)
                .map_err(|cause| Input::file("create", results, cause, "name a folder that can be written"))?;
        }
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
            // What time is left is shared evenly among the targets that are left.
            let shares = u32::try_from(targets.len() - i).unwrap_or(u32::MAX);
            let time = end.map(|end| end.saturating_duration_since(Instant::now()) / shares);
            let plan = Plan { time, ..plan.clone() };
            sink.begins(target.as_ref());
            let summary = run(target.as_ref(), &plan, interrupt.stop(), &mut sink);
            sink.ended(target.as_ref(), &summary);
            // Trouble with one target does not skip the next; anything else ends the run.
            if let Err(error @ (Error::Input(_) | Error::Bug(_) | Error::Unread)) = summary {
                return Err(error);
            }
        }
        let report = sink.report();
        self.report(&report)?;
        let found = report.findings.iter().any(|record| record.grade >= fail_on);
        let untested = report.ended().judged == 0
            || report.targets.iter().any(|target| target.error.is_some() || target.ended.is_untested());
        Ok(match () {
            () if interrupt.came() => INTERRUPTED,
            () if found => FOUND,
            () if untested => UNTESTABLE,
            () => 0,
        })
    }

    fn open(&self, interrupt: &Interrupt) -> Result<Vec<Box<dyn Target>>, Error> {
        let opening = self.target.opening(interrupt)?;
        if self.targets.is_empty() {
            return of_the_table().iter().map(|target| open(target, &opening)).collect();
        }
        open_all(&self.targets, &opening)
    }
}

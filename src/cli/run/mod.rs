//! `manifuzz run`: fuzzes registries and reports what departs from the specifications.

mod baseline;
mod cases;
mod disagreements;
mod documents;
mod estimate;
mod github;
mod next_steps;
mod pace;
mod plan_hash;
mod policies;
mod progress;
mod record;
mod recorder;
mod rejudged;
mod results;
mod resume;
mod safety;
mod shard;
mod side_by_side;
mod spread;

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

pub(in crate::cli) use self::cases::{merge_cases, read_cases};
pub(in crate::cli) use self::disagreements::{Compared, OfRun, disagreements};
pub(in crate::cli) use self::record::record_of;
pub(in crate::cli) use self::recorder::{lost, visible_arguments, waiting};
pub(in crate::cli) use self::results::write_results;
pub(in crate::cli) use self::safety::size;

use self::baseline::{BaselineFlag, may_fire};
use self::plan_hash::plan_hash;
use self::recorder::Recorder;
use self::resume::{ResumeFlag, arguments_hash};
use self::safety::SafetyFlags;
use self::shard::ShardFlag;
use self::side_by_side::{LIVE_JOBS, OpenTarget, SideBySide};
use super::cleanup::Written;
use super::documents::ManifestFlags;
use super::drawing::DrawingFlags;
use super::flags::{CorpusFlag, KeepFlag, SpecFlag, TimeFlag, epilogue};
use super::interrupt::Interrupt;
use super::report_files::ReportFiles;
use super::targets::{Opener, TargetArgument, TargetFlags, TargetList, check_filter, check_shapes};
use super::values::{ParsedBy, depth, duration, grade};
use super::{FOUND, INTERRUPTED, Output, UNTESTABLE, tell};
use crate::compare::Grade;
use crate::engine::{Plan, RESTART_WAIT, Schedule};
use crate::error::{Error, Input};
use crate::exchange::Depth;
use crate::report::TargetReport;

/// When a quick run ends, in requests. Those of the cases in flight then come on top.
const QUICK: u64 = 1400;

/// Fuzz registries, and record where they depart from the specifications
///
/// Pushes generated manifests, judges every answer, shrinks each finding to its smallest case and adds it to the corpus.
#[derive(Debug, clap::Args)]
#[command(after_long_help = epilogue(
    "manifuzz run http://127.0.0.1:5000/some/repo --time 5m --corpus cases.csv",
    &[
        (0, "no finding at or above --fail-on"),
        (FOUND, "findings at or above --fail-on that --baseline does not name, or a stale row of it"),
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
    /// How much to read back after each push; of random cases, only a sample is read back in full
    #[arg(long, default_value = "full", value_parser = depth(), help_heading = "Cases")]
    depth: Depth,
    /// For pull requests: fire only the fixed cases, with --depth put and at most 1500 requests
    #[arg(long, help_heading = "Cases", conflicts_with_all = ["cases", "cover", "depth", "preset"])]
    quick: bool,
    #[command(flatten)]
    documents: ManifestFlags,
    #[command(flatten)]
    part: ShardFlag,
    /// Record cases as found, without shrinking them
    #[arg(long, help_heading = "Cases")]
    no_shrink: bool,
    #[command(flatten)]
    spec: SpecFlag,
    /// Lowest grade of a finding that makes the exit code 1
    #[arg(long, value_name = "GRADE", default_value_t = Grade::Warning, value_parser = grade(), help_heading = "Verdict")]
    fail_on: Grade,
    #[command(flatten)]
    baseline: BaselineFlag,
    #[command(flatten)]
    safety: SafetyFlags,
    #[command(flatten)]
    keep: KeepFlag,
    #[command(flatten)]
    time: TimeFlag,
    /// How long to wait for a target that went down [default: 60s]
    #[arg(long, value_name = "TIME", value_parser = ParsedBy(duration), help_heading = "Limits")]
    restart_wait: Option<Duration>,
    /// Number of cases in flight; does not change the findings [default: 8, for embedded registries the number of cores]
    #[arg(
        long,
        value_name = "N",
        value_parser = clap::value_parser!(u16).range(1..=256),
        help_heading = "Limits",
    )]
    jobs: Option<u16>,
    #[command(flatten)]
    corpus: CorpusFlag,
    /// Write the results of this run to this directory: findings.jsonl, cases.jsonl, run.json, and the state from which --resume continues
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    results: Option<PathBuf>,
    /// Write a packet for each violation and warning to this directory; see `manifuzz repro`
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    repro: Option<PathBuf>,
    /// Print notes, too; without this, tables only count them
    #[arg(long, help_heading = "Output")]
    notes: bool,
    #[command(flatten)]
    reports: ReportFiles,
    #[command(flatten)]
    resume: ResumeFlag,
    /// Print the number of cases and requests, and send nothing
    #[arg(long, help_heading = "Output")]
    dry_run: bool,
    #[command(flatten)]
    output: Output,
}

impl RunCommand {
    fn check_documents(&self) -> Result<(), Input> {
        if self.documents.is_empty() || (!self.safety.read_only && self.part.shard.is_none()) {
            return Ok(());
        }
        let why = "a document is pushed, and by one run only";
        Err(Input::value("--manifest with --read-only or --shard", why, "push it in a run without them"))
    }

    pub(super) fn run(mut self) -> Result<u8, Error> {
        let resumed = self.resume.read()?;
        if let (Some(state), None) = (&resumed, self.drawing.seed) {
            self.drawing.seed = Some(state.seed());
        }
        self.results = self.results.or(self.resume.resume.clone());
        let plan = Plan {
            order: Schedule { quick: self.quick, shard: self.part.shard, ..self.drawing.schedule()? },
            versions: self.spec.spec,
            depth: if self.quick { Depth::Put } else { self.depth },
            budget: self.safety.budget(self.quick.then_some(QUICK)),
            jobs: 1,
            shrink: !self.no_shrink,
            time: None,
            read_only: self.safety.read_only,
            resume: None,
            restart_wait: self.restart_wait.unwrap_or(RESTART_WAIT),
        };
        let mut known = self.baseline.read()?;
        self.check_documents()?;
        let documents = self.documents.read()?;
        let limit = self.time.time;
        let targets = self.targets.named_or_default();
        check_filter(plan.order.filter.as_ref(), targets.iter().map(TargetArgument::tested))?;
        check_shapes(&targets, &plan.order.flavours)?;
        let arguments = arguments_hash(&plan_hash(&plan), plan.order.shard, &targets);
        resumed.iter().try_for_each(|state| state.check(&arguments))?;
        // The default targets may share a name.
        if !self.targets.is_default() {
            self.target.check_name(targets.len())?;
        }
        let interrupt = Interrupt::watch();
        let mut opener = self.target.opener(&interrupt)?;
        opener.opening.http.at_once = self.jobs.map_or(LIVE_JOBS, usize::from);
        let open = |opener: &Opener| -> Result<Vec<OpenTarget>, Error> {
            let opened = opener.open_all(&targets)?.into_iter().zip(&targets);
            Ok(opened.map(|(target, argument)| OpenTarget::new(target, argument)).collect())
        };
        let seed = format!("seed {}", plan.order.seed);
        if self.dry_run {
            let opened = open(&opener)?;
            tell(seed);
            if self.safety.read_only {
                tell("only requests that read would be sent, about 20 for each target");
            } else {
                estimate::announce(&plan, &opened, limit, self.jobs.map(usize::from), true);
            }
            if !self.documents.is_empty() {
                tell(format_args!("before them, {} documents of --manifest", documents.len()));
            }
            tell("nothing sent");
            return Ok(0);
        }
        self.reports.check()?;
        let corpus = recorder::open(&self.corpus.corpus)?;
        if let Some(results) = &self.results {
            std::fs::create_dir_all(results)
                .map_err(|cause| Input::file("create", results, cause, "name a writable directory"))?;
        }
        // Before anything is said, and before the ledger is made, so that a wrong target leaves no file.
        opener.check(&targets)?;
        tell(seed);
        recorder::warn_of_damage(&corpus, &self.corpus.corpus);
        let written = Written::record(&mut opener, &targets, &self.corpus.corpus, self.keep.keep)?;
        let mut opened = open(&opener)?;
        let is_live = opened.iter().any(|target| !target.is_embedded);
        if is_live && self.safety.read_only {
            tell("only requests that read are sent; nothing is written");
        } else if is_live {
            for open in opened.iter_mut().filter(|open| !open.is_embedded) {
                open.latency = open.target.latency();
            }
            estimate::announce(&plan, &opened, limit, self.jobs.map(usize::from), false);
            if !self.safety.confirm() {
                tell("nothing sent");
                written.end(&opener, &targets, &[], &interrupt, None)?;
                return Ok(0);
            }
        }
        let end = limit.and_then(|limit| Instant::now().checked_add(limit));
        // A part of the time is for cleaning up.
        let testing = limit.map(|limit| if is_live && !self.keep.keep { limit * 9 / 10 } else { limit });
        if let Some(testing) = testing {
            interrupt.after(testing);
        }
        let test_end = testing.and_then(|testing| Instant::now().checked_add(testing));
        let known_first = match may_fire(&known, &self.safety) {
            true => known.fire(&opener, &targets, &opened, &plan, (&corpus, &self.corpus.corpus), &interrupt),
            false => Ok(()),
        };
        let mut recorder = Recorder::new(corpus, &plan);
        let before = known_first.and_then(|()| {
            if let Some(results) = &self.results {
                recorder.keep_states(results, resumed, arguments)?;
            }
            for (argument, OpenTarget { target, .. }) in targets.iter().zip(&opened) {
                recorder.add_policies(target.name(), opener.policies(argument)?);
            }
            documents::push_all(&documents, &opened, &plan, &self.corpus.corpus, &interrupt, &mut recorder)
        });
        if let Err(error) = before {
            // What was pushed until then is removed.
            recorder.save()?;
            written.end(&opener, &targets, &[], &interrupt, None)?;
            return Err(error);
        }
        let recorder = Mutex::new(recorder);
        let jobs = self.jobs.map(usize::from);
        let side_by_side = SideBySide { plan: &plan, jobs, end: test_end, interrupt: &interrupt, recorder: &recorder };
        let ended = side_by_side.run(opened);
        // What was found is written even if the run failed.
        let mut recorder = recorder.into_inner().unwrap_or_else(PoisonError::into_inner);
        let compared = recorder.compare_targets(ended.as_deref().unwrap_or_default());
        let saved = recorder.save();
        let left = end.map(|end| end.saturating_duration_since(Instant::now()));
        let given_up =
            |reports: &Vec<TargetReport>| reports.iter().map(|one| one.lost || one.error.is_some()).collect();
        let given_up: Vec<bool> = ended.as_ref().map(given_up).unwrap_or_default();
        let cleaned = written.end(&opener, &targets, &given_up, &interrupt, left);
        let ended = ended?;
        recorder.rejudged(&ended).iter().for_each(tell);
        let report = recorder.report(ended);
        let printed = self.report(&report);
        let reported = self.write_reports(&report);
        let packed = self.write_packets(&report);
        let found = known.settle(&report, self.fail_on, &self.baseline);
        // A file that cannot be written must not cost other results, so errors are returned last.
        compared.and(saved)?;
        printed.and(reported).and(packed).and(cleaned)?;
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

//! `--resume`: the file `state.json` in a results directory, from which a later run continues.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::cli::targets::TargetArgument;
use crate::engine::{RunState, Shard};
use crate::error::Input;
use crate::exchange::short_sha256;
use crate::findings::{Identity, Record};
use crate::report::{TargetReport, json_of, record_of};

/// The name of the file.
const NAME: &str = "state.json";
/// The time between two writes as a multiple of what the last one took.
const PAUSE: u32 = 9;

/// Where to continue.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Output")]
pub(super) struct ResumeFlag {
    /// Continue the run whose results are in this directory, with the same targets and options
    ///
    /// The findings equal those of an uninterrupted run. Without --seed, the seed is that of the run.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["results", "dry_run"])]
    pub resume: Option<PathBuf>,
}

impl ResumeFlag {
    /// The state to continue from, if any.
    pub fn read(&self) -> Result<Option<StateFile>, Input> {
        self.resume.as_deref().map(StateFile::read).transpose()
    }
}

/// How far the run on a target came.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct TargetState {
    name: String,
    /// Set if it is complete: the member of `run.json`.
    report: Option<Value>,
    /// The state after the last whole block.
    state: Option<RunState>,
    /// The rows as of then.
    rows: Vec<Value>,
    /// The number of its cases in `cases.jsonl` as of then; files of older versions lack it.
    #[serde(default)]
    cases: Option<usize>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Content {
    tool_version: String,
    seed: u64,
    /// A hash of the targets and of the options that decide what the run does.
    arguments: String,
    targets: Vec<TargetState>,
}

/// How to begin the run on a target.
#[derive(Debug)]
pub(super) enum Begin {
    /// With the first case.
    Anew,
    /// After the last whole block.
    After(Box<RunState>),
    /// It is complete.
    Complete(Box<TargetReport>),
}

/// The state of a run and its file.
#[derive(Debug)]
pub(super) struct StateFile {
    path: PathBuf,
    content: Content,
    /// When the file was last written, and how long that took.
    written: Option<(Instant, Duration)>,
}

/// A hash of what must not change before a run continues.
pub(super) fn arguments_hash(plan: &str, shard: Option<Shard>, targets: &[TargetArgument]) -> String {
    let name = |target: &TargetArgument| match target {
        TargetArgument::Embedded(profile) => profile.name.clone(),
        TargetArgument::Http(address) => format!("{address:?}"),
        TargetArgument::Named(name) => name.clone(),
        TargetArgument::Client(adapter) => format!("{adapter:?}"),
    };
    let targets: Vec<String> = targets.iter().map(name).collect();
    short_sha256(&format!("{plan} {shard:?} {targets:?}"))
}

impl StateFile {
    /// The state of a run that begins.
    pub fn new(directory: &Path, seed: u64, arguments: String) -> Self {
        let tool_version = env!("CARGO_PKG_VERSION").to_owned();
        let content = Content { tool_version, seed, arguments, targets: Vec::new() };
        Self { path: directory.join(NAME), content, written: None }
    }

    /// The state of the run whose results are in the directory.
    fn read(directory: &Path) -> Result<Self, Input> {
        let path = directory.join(NAME);
        let text = std::fs::read_to_string(&path);
        let text =
            text.map_err(|cause| Input::file("read", &path, cause, "pass a directory written by `run --results DIR`"))?;
        let content = serde_json::from_str(&text).map_err(|error| {
            let what = format!("cannot read {}", path.display());
            Input::value(what, error.to_string(), "start the run again with --results")
        })?;
        Ok(Self { path, content, written: None })
    }

    /// The seed of the run.
    pub fn seed(&self) -> u64 {
        self.content.seed
    }

    /// Rejects other arguments than those of the run.
    pub fn check(&self, arguments: &str) -> Result<(), Input> {
        if self.content.arguments == arguments {
            return Ok(());
        }
        let (path, version) = (self.path.display(), &self.content.tool_version);
        let what = format!("cannot continue the run of {path}");
        let why = format!("its targets, options, seed or version ({version}) were others");
        Err(Input::value(what, why, "pass the arguments that its run.json lists, or start anew with --results"))
    }

    /// How to begin on a target.
    pub fn begin(&self, name: &str) -> Result<Begin, Input> {
        let Some(target) = self.content.targets.iter().find(|target| target.name == name) else {
            return Ok(Begin::Anew);
        };
        match (&target.report, &target.state) {
            (Some(report), _) => match TargetReport::of_json(report) {
                Ok(report) => Ok(Begin::Complete(Box::new(report))),
                Err(why) => Err(self.unreadable(why)),
            },
            (None, Some(state)) => Ok(Begin::After(Box::new(state.clone()))),
            (None, None) => Ok(Begin::Anew),
        }
    }

    /// The rows of the run so far.
    pub fn rows(&self) -> Result<Vec<Record>, Input> {
        let rows = self.content.targets.iter().flat_map(|target| &target.rows);
        rows.map(|row| record_of(row).map_err(|why| self.unreadable(why))).collect()
    }

    /// How many cases of each target the run so far wrote to `cases.jsonl`.
    pub fn cases(&self) -> Vec<(String, Option<usize>)> {
        self.content.targets.iter().map(|target| (target.name.clone(), target.cases)).collect()
    }

    fn unreadable(&self, why: String) -> Input {
        Input::value(format!("cannot read {}", self.path.display()), why, "start the run again with --results")
    }

    /// Keeps the state of a target after a whole block, or the report if the run on it is complete.
    pub fn keep<'r>(
        &mut self,
        name: &str,
        state: Option<&RunState>,
        report: Option<&TargetReport>,
        rows: impl Iterator<Item = &'r Record>,
        cases: usize,
    ) {
        let (report, rows) = (report.map(TargetReport::json), rows.map(json_of).collect());
        let kept = TargetState { name: name.to_owned(), report, state: state.cloned(), rows, cases: Some(cases) };
        match self.content.targets.iter_mut().find(|target| target.name == name) {
            Some(target) => *target = kept,
            None => self.content.targets.push(kept),
        }
    }

    /// Writes the file if the last write took less than a tenth of the time since.
    pub fn write_if_due(&mut self) -> Result<(), Input> {
        match self.written {
            Some((at, took)) if at.elapsed() < took.saturating_mul(PAUSE) => Ok(()),
            _ => self.write(),
        }
    }

    /// Replaces the file.
    pub fn write(&mut self) -> Result<(), Input> {
        let start = Instant::now();
        let fail = |cause| Input::file("write", &self.path, cause, "free disk space or name a writable directory");
        let directory = self.path.parent().unwrap_or(Path::new("."));
        let mut file = tempfile::NamedTempFile::new_in(directory).map_err(fail)?;
        let text = serde_json::to_vec(&self.content).map_err(|error| fail(error.into()))?;
        file.write_all(&text).map_err(fail)?;
        file.persist(&self.path).map_err(|error| fail(error.error))?;
        self.written = Some((Instant::now(), start.elapsed()));
        Ok(())
    }
}

/// The rows that only the end of a stopped run made: those of its `findings.jsonl` that are not among those of its whole blocks.
pub(super) fn provisional(directory: &Path, whole: &BTreeMap<Identity, Record>) -> Result<Vec<Record>, Input> {
    let path = directory.join("findings.jsonl");
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        // The run was killed before it wrote its results.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(cause) => return Err(Input::file("read", &path, cause, "pass a directory written by `run --results DIR`")),
    };
    let records = text.lines().filter_map(|line| record_of(&serde_json::from_str(line).ok()?).ok());
    Ok(records.filter(|record| !whole.contains_key(&record.identity())).collect())
}

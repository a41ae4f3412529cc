//! `manifuzz repro`: writes packets for the authors of a registry.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};

use super::cleanup::Written;
use super::flags::{CorpusFlag, KeepFlag, SpecFlag, epilogue};
use super::interrupt::Interrupt;
use super::run::record_of;
use super::shrink::CaseArgument;
use super::targets::{TargetArgument, TargetFlags};
use super::values::ParsedBy;
use super::{INTERRUPTED, Output, UNTESTABLE, tell};
use crate::compare::Symptom;
use crate::engine::{CaseRunner, Outcome, Prober};
use crate::error::{Error, Input};
use crate::exchange::Depth;
use crate::findings::{Corpus, Record, today};
use crate::model::rule;
use crate::render::Case;
use crate::report::{Traffic, packet};
use crate::shape::Shape;
use crate::transport::Target;
use crate::transport::trace::Trace;

/// Write a packet for each finding of a case: its exact bytes, a script that shows it, the traffic, and a text to paste
///
/// A packet is the folder ID-N with manifest.json, blobs, repro.sh, traffic.har and issue.md. With --target, the case is sent
/// there, and the traffic is what came. Without it, the traffic lists the requests of the case and has no answers.
#[derive(Debug, clap::Args)]
#[command(after_long_help = epilogue(
    "manifuzz repro 0a1b2c3d4e5f6071 --corpus cases.csv --out packets",
    &[
        (0, "packets written"),
        (UNTESTABLE, "the target could not be tested"),
        (INTERRUPTED, "interrupted by a signal"),
    ],
))]
pub(super) struct ReproCommand {
    /// The id of corpus rows, or with --target a shape, which is shrunk there
    #[arg(value_parser = ParsedBy(CaseArgument::parse))]
    case: CaseArgument,
    /// Registry to send the case to: `embedded:PROFILE`, `http://HOST:PORT/REPOSITORY` or a name in targets.toml
    #[arg(long = "target", value_name = "TARGET", value_parser = ParsedBy(TargetArgument::parse), help_heading = "Target")]
    at: Option<TargetArgument>,
    /// Only rows whose key contains this text
    #[arg(long, value_name = "TEXT")]
    key: Option<String>,
    /// Directory to write the packets into, which is created if necessary
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    out: PathBuf,
    #[command(flatten)]
    target: TargetFlags,
    #[command(flatten)]
    keep: KeepFlag,
    #[command(flatten)]
    spec: SpecFlag,
    #[command(flatten)]
    corpus: CorpusFlag,
    #[command(flatten)]
    output: Output,
}

impl ReproCommand {
    pub(super) fn run(self) -> Result<u8, Error> {
        let Some(at) = &self.at else {
            let mut packets = Packets::new(&self.out);
            for record in self.rows()? {
                packets.write(&record, Traffic::None)?;
            }
            packets.folders.iter().try_for_each(|(folder, record)| self.say(folder, record, None))?;
            return Ok(0);
        };
        let interrupt = Interrupt::watch();
        let mut opener = self.target.opener(&interrupt)?;
        let trace = Arc::new(Trace::in_memory());
        opener.opening.trace = Some(Arc::clone(&trace));
        let targets = [at.clone()];
        // A row that does not exist is said before anything is sent.
        let rows = match &self.case {
            CaseArgument::Id(_) => Some(self.rows()?),
            CaseArgument::Shape(_) => None,
        };
        let written = Written::record(&mut opener, &targets, &self.corpus.corpus, self.keep.keep)?;
        let target = opener.open(&targets[0])?;
        let records = match (&self.case, rows) {
            (CaseArgument::Shape(shape), _) => self.shrunk(shape, target.as_ref(), &interrupt)?,
            (_, rows) => rows.unwrap_or_default(),
        };
        if records.is_empty() {
            tell("no finding: no answer departs from what is expected");
        }
        let mut packets = Packets::new(&self.out);
        for record in records {
            let (requests, shown) = self.sent(&record, target.as_ref(), &trace)?;
            let folder = packets.write(&record, Traffic::Recorded { requests: &requests, shown })?;
            if !shown {
                tell(format_args!("warning: {}: {} does not show {} now", folder.display(), target.name(), record.key));
            }
            self.say(&folder, &record, Some(shown))?;
        }
        written.end(&opener, &targets, &[], &interrupt, None)?;
        Ok(if interrupt.came() { INTERRUPTED } else { 0 })
    }

    /// The rows of the corpus with the id.
    fn rows(&self) -> Result<Vec<Record>, Input> {
        let CaseArgument::Id(id) = &self.case else {
            let why = "a shape is a finding only on a target";
            return Err(Input::value("cannot make a packet", why, "name the target with --target, or the id of a row"));
        };
        let path = &self.corpus.corpus;
        let corpus = Corpus::read_only(path).map_err(|error| error.advising(", with --corpus"))?;
        let has_key = |record: &&&Record| self.key.as_ref().is_none_or(|key| record.key.contains(key));
        let records = corpus.records();
        let found: Vec<Record> = records
            .iter()
            .filter(|record| record.shape.id() == *id)
            .filter(has_key)
            .map(|record| (*record).clone())
            .collect();
        if found.is_empty() {
            let why =
                format!("no row of {} has it{}", path.display(), if self.key.is_some() { " and the key" } else { "" });
            return Err(Input::value(format!("the id {id}"), why, "name another --corpus or --key"));
        }
        Ok(found)
    }

    /// The findings of a shape in their smallest form.
    fn shrunk(&self, shape: &Shape, target: &dyn Target, interrupt: &Interrupt) -> Result<Vec<Record>, Error> {
        let runner = CaseRunner::new(target, self.spec.spec, Depth::Full)?;
        let found = runner.within(Arc::clone(interrupt.stop()), None).case(shape)?;
        let records = found.iter().map(|one| record_of(one, target, self.spec.spec, 0, today()));
        let has_key = |record: &Record| self.key.as_ref().is_none_or(|key| record.key.contains(key));
        Ok(records.filter(has_key).collect())
    }

    /// Sends a case as its re-runs are sent: the requests and answers, and whether they show the finding.
    fn sent(&self, record: &Record, target: &dyn Target, trace: &Trace) -> Result<(Vec<Value>, bool), Error> {
        let Some(shape) = record.shape.shape() else { return Ok((Vec::new(), false)) };
        let prober = Prober::new(target, self.spec.spec, Depth::Full)?;
        let symptom = Symptom {
            stage: record.stage,
            class: record.class,
            status: record.status,
            code: record.error_code.clone(),
            duty: record.duty().and_then(rule).map(|rule| rule.info().id),
        };
        trace.take();
        let outcome = prober.fire(&Case::of(shape.clone()), prober.options(&symptom));
        let shown = outcome.finding(&symptom).is_some();
        match outcome {
            Outcome::Trouble(trouble) => Err(trouble.into()),
            _ => Ok((trace.take(), shown)),
        }
    }

    fn say(&self, folder: &Path, record: &Record, shown: Option<bool>) -> Result<(), Error> {
        let folder = folder.display().to_string();
        if !self.output.is_pretty() {
            let (id, key) = (record.shape.id(), &record.key);
            return Output::print(&json!({ "folder": folder, "id": id, "key": key, "shown": shown }).to_string());
        }
        Output::print(&format!("{folder}: {} at {}, {}", record.class.as_str(), record.stage, record.shape))
    }
}

/// Writes packets into a directory.
pub(super) struct Packets<'d> {
    directory: &'d Path,
    /// How many packets each id has so far.
    counts: HashMap<String, usize>,
    /// What was written.
    pub folders: Vec<(PathBuf, Record)>,
}

impl<'d> Packets<'d> {
    pub fn new(directory: &'d Path) -> Self {
        Self { directory, counts: HashMap::new(), folders: Vec::new() }
    }

    /// Writes the packet of a record into the folder `ID-N`.
    pub fn write(&mut self, record: &Record, traffic: Traffic<'_>) -> Result<PathBuf, Input> {
        let id = record.shape.id();
        let files: BTreeMap<String, Vec<u8>> = packet(record, traffic).ok_or_else(|| {
            let what = format!("cannot make a packet for {id}");
            Input::value(what, format!("unknown shape {}", record.shape), "use the version that wrote the row")
        })?;
        let count = self.counts.entry(id.to_owned()).or_default();
        *count += 1;
        let folder = self.directory.join(format!("{id}-{count}"));
        for (name, content) in files {
            let path = folder.join(name);
            let fail = |cause| Input::file("write", &path, cause, "choose a writable directory with enough free space");
            std::fs::create_dir_all(path.parent().unwrap_or(&folder)).map_err(fail)?;
            std::fs::write(&path, content).map_err(fail)?;
        }
        self.folders.push((folder.clone(), record.clone()));
        Ok(folder)
    }
}

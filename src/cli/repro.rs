//! `manifuzz repro`: writes packets for the authors of a registry.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};

use super::cleanup::Written;
use super::flags::{CorpusFlag, KeepFlag, SpecFlag, epilogue};
use super::interrupt::Interrupt;
use super::packets::Packets;
use super::refire::{Recorded, RecordedCase};
use super::run::record_of;
use super::shrink::CaseArgument;
use super::targets::{TargetArgument, TargetFlags, check_shapes};
use super::values::ParsedBy;
use super::{INTERRUPTED, Output, UNTESTABLE, tell};
use crate::engine::{CaseRunner, Outcome, Prober};
use crate::error::{Error, Input};
use crate::exchange::Depth;
use crate::findings::{Corpus, Record, today};
use crate::foreign::escaped;
use crate::render::Case;
use crate::report::Traffic;
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
            let mut packets = Packets::new(&self.out, &self.corpus.corpus);
            let mut count = 0;
            for record in self.rows()? {
                if let Some(folder) = packets.write(&record, Traffic::None)? {
                    count += 1;
                    self.say(&folder, &record, None)?;
                }
            }
            return if count > 0 { Ok(0) } else { Err(self.none_written().into()) };
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
        let of_rows = rows.iter().flatten().filter_map(|row| row.shape.shape());
        let named = if let CaseArgument::Shape(shape) = &self.case { Some(shape) } else { None };
        check_shapes(&targets, of_rows.chain(named))?;
        let written = Written::record(&mut opener, &targets, &self.corpus.corpus, self.keep.keep)?;
        let target = opener.open(&targets[0])?;
        let packed = self.pack(rows, target.as_ref(), &trace, &interrupt);
        written.end(&opener, &targets, &[], &interrupt, None)?;
        packed?;
        Ok(if interrupt.came() { INTERRUPTED } else { 0 })
    }

    /// Sends the rows, or else the findings of the shape, and writes their packets.
    fn pack(
        &self,
        rows: Option<Vec<Record>>,
        target: &dyn Target,
        trace: &Trace,
        interrupt: &Interrupt,
    ) -> Result<(), Error> {
        let records = match (&self.case, rows) {
            (CaseArgument::Shape(shape), _) => self.shrunk(shape, target, interrupt)?,
            (_, rows) => rows.unwrap_or_default(),
        };
        if records.is_empty() {
            tell("no finding: no answer departs from what is expected");
            return Ok(());
        }
        let mut packets = Packets::new(&self.out, &self.corpus.corpus).of_targets(&self.at);
        let mut count = 0;
        for record in records {
            let sent = sent(&record, target, trace)?;
            let traffic = match &sent {
                Some((requests, shown)) => Traffic::Recorded { requests, shown: *shown },
                None => Traffic::None,
            };
            let Some(folder) = packets.write(&record, traffic)? else { continue };
            count += 1;
            let shown = sent.map(|(_, shown)| shown);
            match shown {
                Some(true) => {}
                Some(false) => {
                    tell(format_args!(
                        "warning: {}: {} does not show {} now",
                        folder.display(),
                        target.name(),
                        escaped(&record.key)
                    ));
                }
                None => tell(format_args!(
                    "warning: {}: not sent: this version cannot read the shape or the versions of the row",
                    folder.display()
                )),
            }
            self.say(&folder, &record, shown)?;
        }
        if count > 0 { Ok(()) } else { Err(self.none_written().into()) }
    }

    fn none_written(&self) -> Input {
        let what = format!("no packet in {}", self.out.display());
        Input::value(what, "none of the rows has what a packet needs", "use the version that wrote the rows")
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

    fn say(&self, folder: &Path, record: &Record, shown: Option<bool>) -> Result<(), Error> {
        let folder = folder.display().to_string();
        if !self.output.is_pretty() {
            let (id, key) = (record.shape.id(), &record.key);
            return Output::print(&json!({ "folder": folder, "id": id, "key": key, "shown": shown }).to_string());
        }
        Output::print(&format!("{folder}: {} at {}, {}", record.class.as_str(), record.stage, record.shape))
    }
}

/// Sends the case of a record as its re-runs are sent: the requests and answers, and whether they show the finding. `None` if this
/// version cannot read the case.
fn sent(record: &Record, target: &dyn Target, trace: &Trace) -> Result<Option<(Vec<Value>, bool)>, Error> {
    let (Some(shape), Ok(versions)) = (record.shape.shape(), record.spec.parse()) else { return Ok(None) };
    let prober = Prober::new(target, versions, Depth::Full)?;
    let recorded = Recorded { case: RecordedCase::Shape(shape), key: &record.key };
    trace.take();
    match prober.fire(&Case::of(shape.clone()), prober.options_at(recorded.stage())) {
        Outcome::Judged { findings, .. } => {
            Ok(Some((trace.take(), findings.iter().any(|finding| recorded.is(&finding.symptom)))))
        }
        Outcome::Unsupported => Ok(Some((trace.take(), false))),
        Outcome::Trouble(trouble) => Err(trouble.into()),
    }
}

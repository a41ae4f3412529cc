//! `manifuzz shrink`: reduces one case to the smallest form of each of its findings.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::cleanup::Written;
use super::documents::{ManifestFlags, Pushing, json, lines, push};
use super::flags::{CorpusFlag, KeepFlag, SpecFlag, TimeFlag, epilogue};
use super::interrupt::Interrupt;
use super::run::{lost, record_of, waiting};
use super::targets::{TargetArgument, TargetFlags};
use super::values::{ParsedBy, Rejected, shape};
use super::{FOUND, INTERRUPTED, Output, UNTESTABLE};
use crate::cli::tell;
use crate::compare::Grade;
use crate::engine::{CaseRunner, DocumentVerdict, Event, Sink};
use crate::error::{Error, Input};
use crate::exchange::Depth;
use crate::findings::{Corpus, Record, today};
use crate::report::{Screen, groups, json_line, table};
use crate::shape::{Shape, ShapeError};
use crate::transport::Target;

/// A case as an argument names it.
#[derive(Clone, Debug)]
pub(super) enum CaseArgument {
    /// The id of a corpus row.
    Id(String),
    Shape(Shape),
}

impl CaseArgument {
    pub fn parse(text: &str) -> Result<Self, Rejected> {
        let is_id = text.len() == 16 && text.bytes().all(|b| b.is_ascii_hexdigit());
        if is_id { Ok(Self::Id(text.to_owned())) } else { shape(text).map(Self::Shape) }
    }
}

/// Shrink one case on a target, and print each of its findings in its smallest form
#[derive(Debug, clap::Args)]
#[command(after_long_help = epilogue(
    "manifuzz shrink 'layers=empty;text.space=indented' --target embedded:quay",
    &[
        (0, "no finding above a note"),
        (FOUND, "violations or warnings"),
        (UNTESTABLE, "the target could not be tested"),
        (INTERRUPTED, "interrupted by a signal; the smallest forms so far are printed"),
    ],
))]
pub(super) struct ShrinkCommand {
    /// A shape such as `layers=empty;text.space=indented`, or the id of a corpus row
    #[arg(value_parser = ParsedBy(CaseArgument::parse), required_unless_present = "manifest", conflicts_with = "manifest")]
    case: Option<CaseArgument>,
    #[command(flatten)]
    documents: ManifestFlags,
    /// Registry: `embedded:PROFILE` or `http://HOST:PORT/REPOSITORY`
    #[arg(long = "target", value_name = "TARGET", value_parser = ParsedBy(TargetArgument::parse), help_heading = "Target")]
    at: TargetArgument,
    #[command(flatten)]
    target: TargetFlags,
    #[command(flatten)]
    keep: KeepFlag,
    #[command(flatten)]
    spec: SpecFlag,
    #[command(flatten)]
    time: TimeFlag,
    #[command(flatten)]
    corpus: CorpusFlag,
    #[command(flatten)]
    output: Output,
}

impl ShrinkCommand {
    pub(super) fn run(self) -> Result<u8, Error> {
        let shape = self.case.as_ref().map(|case| self.shape(case)).transpose()?;
        let documents = self.documents.read()?;
        let (versions, time) = (self.spec.spec, self.time.time);
        let interrupt = Interrupt::watch();
        if let Some(time) = time {
            interrupt.after(time);
        }
        let mut opener = self.target.opener(&interrupt)?;
        let targets = [self.at.clone()];
        let written = Written::record(&mut opener, &targets, &self.corpus.corpus, self.keep.keep)?;
        let target = opener.open(&targets[0])?;
        let mut records: Vec<Record> = Vec::new();
        if let Some(shape) = shape {
            let single = CaseRunner::new(target.as_ref(), versions, Depth::Full)?;
            let mut single = single.within(Arc::clone(interrupt.stop()), time);
            let found = single.case_told(&shape, &mut ShrinkProgress::new())?;
            // A given case has no seed.
            records.extend(found.iter().map(|found| record_of(found, target.as_ref(), versions, 0, today())));
        }
        let how = Pushing {
            versions,
            depth: Depth::Full,
            shrinks: true,
            stop: interrupt.stop(),
            time,
            seed: 0,
            day: today(),
        };
        let mut is_untested = false;
        for document in documents {
            let outcome = push(target.as_ref(), &document, &how, &mut ShrinkProgress::new())?;
            let say = if self.output.is_pretty() { lines } else { json };
            Output::print(&say(target.name(), &document, &outcome))?;
            is_untested |= outcome.report.verdict == DocumentVerdict::Unsupported;
            records.extend(outcome.records);
        }
        if self.output.is_pretty() {
            table(&groups(&records), Screen::stdout()).map_or(Ok(()), |table| Output::print(&table))?;
        } else {
            records.iter().try_for_each(|record| Output::print(&json_line(record)))?;
        }
        let count = match records.len() {
            0 => "no finding: no answer departs from what is expected".to_owned(),
            1 => "1 finding".to_owned(),
            count => format!("{count} findings"),
        };
        tell(format_args!("{count}; {} requests", target.requests()));
        written.end(&opener, &targets, &[], &interrupt, None)?;
        Ok(match () {
            () if interrupt.came() => INTERRUPTED,
            () if records.iter().any(|record| record.grade > Grade::Note) => FOUND,
            () if is_untested => UNTESTABLE,
            () => 0,
        })
    }

    fn shape(&self, case: &CaseArgument) -> Result<Shape, Input> {
        let id = match case {
            CaseArgument::Id(id) => id,
            CaseArgument::Shape(shape) => return Ok(shape.clone()),
        };
        let path = &self.corpus.corpus;
        let corpus = Corpus::read_only(path).map_err(|error| error.advising(", with --corpus"))?;
        let record = corpus.records().into_iter().find(|record| record.shape.id() == *id).ok_or_else(|| {
            let why = format!("no row of {} has it", path.display());
            Input::value(format!("the id {id}"), why, "name another --corpus, or a shape")
        })?;
        record.shape.to_string().parse().map_err(|error: ShapeError| {
            let what = format!("the shape of {id} in {}", path.display());
            Input::value(what, error.to_string(), "`manifuzz slots` lists slots and entries")
        })
    }
}

/// The least time between two lines of progress.
const PAUSE: Duration = Duration::from_secs(2);

/// Prints how small the case has become.
struct ShrinkProgress {
    told: Instant,
}

impl ShrinkProgress {
    fn new() -> Self {
        Self { told: Instant::now() }
    }
}

impl Sink for ShrinkProgress {
    fn take(&mut self, target: &dyn Target, event: Event<'_>) -> Result<(), Error> {
        match event {
            Event::Smaller { symptom, shape, probes } if self.told.elapsed() >= PAUSE => {
                self.told = Instant::now();
                tell(format_args!("{symptom}: {} slots after {probes} probes: {shape}", shape.deviating().count()));
            }
            Event::Waiting { failing, most } => tell(waiting(target, failing, most)),
            Event::Lost(why) => tell(lost(target, why)),
            _ => {}
        }
        Ok(())
    }
}

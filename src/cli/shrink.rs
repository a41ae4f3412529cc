//! `manifuzz shrink`: reduces one case to the smallest form of each of its findings.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::cleanup::Written;
use super::documents::{ManifestFlags, NamedDocument, Pushing, json, lines, push, recorded};
use super::flags::{CorpusFlag, KeepFlag, SpecFlag, TimeFlag, epilogue};
use super::interrupt::Interrupt;
use super::run::{lost, record_of, waiting};
use super::targets::{TargetFlag, TargetFlags, check_shapes};
use super::values::{ParsedBy, Rejected, shape};
use super::{FOUND, INTERRUPTED, Output, UNTESTABLE};
use crate::cli::tell;
use crate::compare::Grade;
use crate::engine::{CaseRunner, Document, DocumentVerdict, Event, Sink};
use crate::error::{Error, Input};
use crate::exchange::{Budget, Depth};
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

/// The case of a corpus row.
enum CaseOfRow {
    Shape(Shape),
    Document(Document),
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
    #[command(flatten)]
    at: TargetFlag,
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

/// What shrinking showed so far.
#[derive(Default)]
struct Found {
    records: Vec<Record>,
    /// Whether a document could not be tested.
    is_untested: bool,
}

impl ShrinkCommand {
    pub(super) fn run(self) -> Result<u8, Error> {
        let mut documents = self.documents.read()?;
        let shape = match &self.case {
            None => None,
            Some(CaseArgument::Shape(shape)) => Some(shape.clone()),
            Some(CaseArgument::Id(id)) => match self.recorded(id)? {
                CaseOfRow::Shape(shape) => Some(shape),
                CaseOfRow::Document(document) => {
                    documents.push(NamedDocument { name: id.clone(), document });
                    None
                }
            },
        };
        let targets = [self.at.target.clone()];
        check_shapes(&targets, &shape)?;
        let interrupt = Interrupt::watch();
        if let Some(time) = self.time.time {
            interrupt.after(time);
        }
        let mut opener = self.target.opener(&interrupt)?;
        let written = Written::record(&mut opener, &targets, &self.corpus.corpus, self.keep.keep)?;
        let target = opener.open(&targets[0])?;
        let mut found = Found::default();
        let shrunk = self.shrink(shape, &documents, target.as_ref(), &interrupt, &mut found);
        let Found { records, is_untested } = found;
        // What was found is printed, and what was pushed removed, even if the rest failed.
        let printed = self.print(&records);
        let count = match records.len() {
            0 => "no finding: no answer departs from what is expected".to_owned(),
            1 => "1 finding".to_owned(),
            count => format!("{count} findings"),
        };
        // Without an answer to all, none is not a result.
        if shrunk.is_ok() || !records.is_empty() {
            tell(format_args!("{count}; {} requests", target.requests()));
        }
        written.end(&opener, &targets, &[], &interrupt, None)?;
        shrunk.and(printed)?;
        Ok(match () {
            () if interrupt.came() => INTERRUPTED,
            () if records.iter().any(|record| record.grade > Grade::Note) => FOUND,
            () if is_untested => UNTESTABLE,
            () => 0,
        })
    }

    /// Shrinks the shape and pushes the documents, and adds what they show.
    fn shrink(
        &self,
        shape: Option<Shape>,
        documents: &[NamedDocument],
        target: &dyn Target,
        interrupt: &Interrupt,
        found: &mut Found,
    ) -> Result<(), Error> {
        let (versions, time) = (self.spec.spec, self.time.time);
        if let Some(shape) = shape {
            let single = CaseRunner::new(target, versions, Depth::Full)?;
            let mut single = single.within(Arc::clone(interrupt.stop()), time);
            let shown = single.case_told(&shape, &mut ShrinkProgress::new())?;
            // A given case has no seed.
            found.records.extend(shown.iter().map(|one| record_of(one, target, versions, 0, today())));
        }
        let how = Pushing {
            versions,
            depth: Depth::Full,
            shrinks: true,
            stop: interrupt.stop(),
            time,
            budget: Budget::default(),
            seed: 0,
            day: today(),
        };
        for document in documents {
            let outcome = push(target, document, &how, &mut ShrinkProgress::new())?;
            let say = if self.output.is_pretty() { lines } else { json };
            found.is_untested |= outcome.report.verdict == DocumentVerdict::Unsupported;
            found.records.extend(outcome.records.iter().cloned());
            Output::print(&say(target.name(), document, &outcome))?;
        }
        Ok(())
    }

    fn print(&self, records: &[Record]) -> Result<(), Error> {
        if self.output.is_pretty() {
            return table(&groups(records), Screen::stdout()).map_or(Ok(()), |table| Output::print(&table));
        }
        records.iter().try_for_each(|record| Output::print(&json_line(record)))
    }

    /// The case of a row of the corpus.
    fn recorded(&self, id: &str) -> Result<CaseOfRow, Input> {
        let path = &self.corpus.corpus;
        let corpus = Corpus::read_only(path).map_err(|error| error.advising(", with --corpus"))?;
        let record = corpus.records().into_iter().find(|record| record.shape.id() == id).ok_or_else(|| {
            let why = format!("no row of {} has it", path.display());
            Input::value(format!("the id {id}"), why, "name another --corpus, or a shape")
        })?;
        let what = || format!("the shape of {id} in {}", path.display());
        if let Some(document) = recorded(path, record) {
            let advice =
                "copy the directory `bodies` along with the corpus, or pass the files with --manifest and --blob";
            return document.map(CaseOfRow::Document).map_err(|why| Input::value(what(), why, advice));
        }
        let shape = record.shape.to_string().parse();
        shape.map(CaseOfRow::Shape).map_err(|error: ShapeError| {
            Input::value(what(), error.to_string(), "`manifuzz slots` lists slots and entries")
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

//! `manifuzz shrink`: one case brought down to its smallest forms.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::interrupt::Interrupt;
use super::run::{lost, record_of, waiting};
use super::targets::TargetFlags;
use super::time::duration;
use super::{FOUND, INTERRUPTED, Output};
use crate::cli::tell;
use crate::compare::Grade;
use crate::engine::{CaseRunner, Event, Sink};
use crate::error::{Error, Input};
use crate::exchange::Depth;
use crate::findings::{Corpus, Record, today};
use crate::model::Versions;
use crate::report::{json_line, table};
use crate::shape::Shape;
use crate::transport::{Target, open};

/// Shrink one case on a target, and print each of its findings in its smallest form
#[derive(Debug, clap::Args)]
pub(super) struct Shrink {
    /// A shape's text, or the id of a corpus row
    case: String,
    /// `embedded:PROFILE` or `http://HOST:PORT/REPOSITORY`
    #[arg(long = "target", value_name = "TARGET")]
    at: String,
    /// Where ids are looked up
    #[arg(long, default_value = "manifuzz-cases.csv", value_name = "FILE")]
    corpus: PathBuf,
    /// Versions of the specifications to judge by: 1.1 or 1.0
    #[arg(long, default_value = "1.1")]
    spec: String,
    /// How long it may take, such as 60s or 5m; then the smallest form so far is printed
    #[arg(long, value_name = "TIME")]
    time: Option<String>,
    #[command(flatten)]
    target: TargetFlags,
    #[command(flatten)]
    output: Output,
}

impl Shrink {
    pub(super) fn run(self) -> Result<u8, Error> {
        let shape = self.shape()?;
        let versions: Versions = self.spec.parse()?;
        let time = self.time.as_deref().map(duration).transpose()?;
        let interrupt = Interrupt::watch();
        if let Some(time) = time {
            interrupt.after(time);
        }
        let target = open(&self.at, &self.target.opening(&interrupt)?)?;
        let single = CaseRunner::new(target.as_ref(), versions, Depth::Full)?;
        let mut single = single.within(Arc::clone(interrupt.stop()), time);
        let found = single.case_told(&shape, &mut ShrinkProgress::new())?;
        // A single case is not drawn, so there is no seed.
        let record = |found| record_of(found, target.as_ref(), versions, 0, today());
        let records: Vec<Record> = found.iter().map(record).collect();
        if self.output.is_pretty() {
            Output::print(&table(&records))?;
        } else {
            records.iter().try_for_each(|record| Output::print(&json_line(record)))?;
        }
        tell(format_args!("{} findings, {} requests", records.len(), target.requests()));
        Ok(match () {
            () if interrupt.came() => INTERRUPTED,
            () if records.iter().any(|record| record.grade > Grade::Note) => FOUND,
            () => 0,
        })
    }

    fn shape(&self) -> Result<Shape, Input> {
        let is_id = self.case.len() == 16 && self.case.bytes().all(|b| b.is_ascii_hexdigit());
        let text = if is_id {
            let corpus = Corpus::read_only(&self.corpus).map_err(|error| error.advising(", with --corpus"))?;
            let record = corpus.records().iter().find(|record| record.shape.id() == self.case).ok_or_else(|| {
                let what = format!("the id {}", self.case);
                Input::value(
                    what,
                    format!("no row of {} has it", self.corpus.display()),
                    "name another --corpus, or a shape",
                )
            })?;
            record.shape.to_string()
        } else {
            self.case.clone()
        };
        text.parse().map_err(|error: crate::shape::ShapeError| {
            Input::value("the case", error.to_string(), "`manifuzz slots` lists slots and entries")
        })
    }
}

/// How often progress is told.
const PAUSE: Duration = Duration::from_secs(2);

/// Tells how small the case has become, now and then.
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

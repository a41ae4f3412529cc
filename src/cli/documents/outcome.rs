//! Pushes a document of the user to a target, and makes rows of what it shows.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use jiff::civil::Date;

use super::NamedDocument;
use crate::cli::run::record_of;
use crate::engine::{CaseRunner, DocumentReport, DocumentRunner, Sink, known_shape};
use crate::error::{Error, Input};
use crate::exchange::{Budget, Depth};
use crate::findings::{Context, DocumentSighting, Record, write_body};
use crate::model::Versions;
use crate::shape::Shape;
use crate::transport::Target;

/// What came of pushing a document.
pub(in crate::cli) struct DocumentOutcome {
    pub report: DocumentReport,
    /// The fixed shape that renders to the document, if one does.
    pub shape: Option<Shape>,
    /// The rows of its findings.
    pub records: Vec<Record>,
    /// The bodies that the rows name.
    bodies: Vec<bytes::Bytes>,
}

/// How to push documents.
pub(in crate::cli) struct Pushing<'p> {
    pub versions: Versions,
    pub depth: Depth,
    pub shrinks: bool,
    pub stop: &'p Arc<AtomicBool>,
    pub time: Option<Duration>,
    pub budget: Budget,
    pub seed: u64,
    pub day: Date,
}

/// Pushes a document. One that a fixed shape renders to is shrunk as a shape, so that its rows are those that any run makes.
pub(in crate::cli) fn push(
    target: &dyn Target,
    NamedDocument { document, .. }: &NamedDocument,
    how: &Pushing<'_>,
    sink: &mut dyn Sink,
) -> Result<DocumentOutcome, Error> {
    let shape = known_shape(document);
    let runner = DocumentRunner::new(target, how.versions, how.depth)?.within(Arc::clone(how.stop), how.time);
    let runner = runner.sending_at_most(how.budget);
    let runner = if how.shrinks { runner } else { runner.with_budget(0) };
    let report = runner.run(document, sink)?;
    let context = Context { seed: how.seed, day: how.day, tool_version: env!("CARGO_PKG_VERSION") };
    if let Some(shape) = shape.filter(|_| how.shrinks) {
        let runner = CaseRunner::new(target, how.versions, how.depth)?.within(Arc::clone(how.stop), how.time);
        let mut runner = runner.sending_at_most(how.budget);
        let found = runner.case_told(&shape, sink)?;
        let records = found.iter().map(|one| record_of(one, target, how.versions, how.seed, how.day)).collect();
        return Ok(DocumentOutcome { report, shape: Some(shape), records, bodies: Vec::new() });
    }
    let from = crate::exchange::sha256(&document.body);
    let (mut records, mut bodies) = (Vec::new(), vec![document.body.clone()]);
    for one in &report.findings {
        let reason = &one.reason;
        let sighting = DocumentSighting {
            target: target.name(),
            target_version: &target.version(),
            spec: how.versions.name,
            smallest: &reason.smallest,
            finding: &one.finding,
            witness: reason.witness.as_ref(),
            place: reason.place.as_deref(),
            from: &from,
            reproduced: reason.reproduced,
            probes: reason.probes,
        };
        records.push(sighting.record(&context));
        bodies.push(reason.smallest.tested.body.bytes().clone());
        bodies.extend(reason.witness.iter().map(|witness| witness.tested.body.bytes().clone()));
    }
    Ok(DocumentOutcome { report, shape: None, records, bodies })
}

impl DocumentOutcome {
    /// Stores the bodies that the rows name next to a corpus.
    pub fn keep_bodies(&self, corpus: &Path) -> Result<(), Input> {
        if self.records.is_empty() {
            return Ok(());
        }
        self.bodies.iter().try_for_each(|body| write_body(corpus, body).map(drop))
    }
}

//! Takes a run's events: progress to stderr, records to the corpus, counts to the report.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;

use jiff::civil::Date;

use super::progress::Progress;
use crate::cli::tell;
use crate::corpus::{Context, Corpus, Damaged, Record, Sighting, merge, today};
use crate::engine::{Event, Found, Sink, Summary};
use crate::error::{Error, Input};
use crate::foreign::escaped;
use crate::report::{Ended, RunReport, TargetReport};
use crate::spec::Versions;
use crate::target::Target;

/// Opens the corpus for writing, and warns of its damaged lines.
pub(super) fn open(path: &Path) -> Result<Corpus, Input> {
    let corpus = Corpus::open(path).map_err(|error| error.advising(", with --corpus"))?;
    for Damaged { line, why, .. } in corpus.damaged() {
        tell(format_args!("warning: {}, line {line}: {why}; the line is kept", path.display()));
    }
    Ok(corpus)
}

/// Takes a run's events: shows progress, keeps the records, writes the corpus.
pub(super) struct Recorder {
    corpus: Corpus,
    seed: u64,
    spec: Versions,
    day: Date,
    /// What this run found, by identity; independent of what the corpus held before.
    records: BTreeMap<(String, String, String), Record>,
    targets: Vec<TargetReport>,
    progress: Progress,
}

/// The record of a finding that was made today.
pub(in crate::cli) fn record_of(found: &Found, target: &dyn Target, spec: Versions, seed: u64, day: Date) -> Record {
    let sighting = Sighting {
        target: target.name(),
        target_version: &target.version(),
        spec: spec.name,
        shape: &found.shape,
        finding: &found.finding,
        witness: found.witness.as_ref(),
        from: &found.from,
        reproduced: found.reproduced,
        probes: found.probes,
    };
    sighting.record(&Context { seed, day, tool_version: env!("CARGO_PKG_VERSION") })
}

impl Recorder {
    pub fn new(corpus: Corpus, seed: u64, spec: Versions) -> Self {
        let (records, targets) = (BTreeMap::new(), Vec::new());
        Self { corpus, seed, spec, day: today(), records, targets, progress: Progress::default() }
    }

    /// A run on this target begins: its events and its end belong to it.
    pub fn begins(&mut self, target: &dyn Target) {
        self.targets.push(TargetReport { name: target.name().to_owned(), ..TargetReport::default() });
        self.progress = Progress::begin(target.name());
        self.progress.set_rows(self.records.len());
    }

    /// The run on a target has ended, after its events.
    pub fn ended(&mut self, target: &dyn Target, ended: &Result<Summary, Error>) {
        self.progress = Progress::default();
        let Some(report) = self.targets.last_mut() else { return };
        report.version = target.version();
        report.requests = target.requests();
        match ended {
            Ok(summary) => {
                let Summary { judged, unsupported, trouble, .. } = *summary;
                let not_asked = report.cases.saturating_sub(judged + unsupported + trouble);
                report.ended = Ended { judged, unsupported, trouble, not_asked };
                report.not_reproduced = summary.not_reproduced;
                report.found = summary.found;
                report.requests = summary.requests;
                report.covered = summary.covered.count();
                report.stopped = summary.stopped;
                report.whole = summary.whole;
            }
            Err(error) => report.error = Some(escaped(&error.to_string()).into_owned()),
        }
    }

    /// What the run did.
    pub fn report(self) -> RunReport {
        RunReport {
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            arguments: std::env::args_os().skip(1).map(visible).collect(),
            day: self.day,
            seed: self.seed,
            spec: self.spec.name.to_owned(),
            targets: self.targets,
            findings: self.records.into_values().collect(),
        }
    }
}

fn visible(argument: OsString) -> String {
    escaped(&argument.to_string_lossy()).into_owned()
}

impl Sink for Recorder {
    fn take(&mut self, target: &dyn Target, event: Event<'_>) -> Result<(), Error> {
        match event {
            Event::Target { name, lacking, cases } => {
                self.progress.suspend(|| {
                    tell(format_args!("{name}: {cases} cases"));
                    if !lacking.is_empty() {
                        tell(format_args!("{name}: unsupported, and so not judged: {}", lacking.join(", ")));
                    }
                });
                if let Some(report) = self.targets.last_mut() {
                    report.lacking = lacking.into_iter().map(str::to_owned).collect();
                    report.cases = cases;
                    report.ended = Ended { not_asked: cases, ..Ended::default() };
                }
                self.progress.set_cases(cases);
            }
            Event::Block { done, .. } => self.progress.set_done(done),
            Event::Warning(text) => self.progress.suspend(|| tell(format_args!("warning: {text}"))),
            Event::Found(found) => {
                let record = record_of(found, target, self.spec, self.seed, self.day);
                let (target, spec, key) = record.identity();
                let identity = (target.to_owned(), spec.to_owned(), key.to_owned());
                let merged = self.records.get(&identity).map_or_else(|| record.clone(), |old| merge(old, &record));
                self.records.insert(identity, merged.clone());
                self.progress.set_rows(self.records.len());
                self.corpus.record(merged)?;
            }
        }
        Ok(())
    }
}

//! Handles the events of runs side by side: progress to stderr, records to the corpus, counts to the report.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::civil::Date;

use super::cases::CaseLog;
use super::disagreements::{Compared, OfRun, disagreements};
use super::plan_hash::plan_hash;
use super::policies::Policies;
use super::progress::Progress;
use super::record::record_of;
use super::rejudged::rejudged;
use super::resume::{Begin, StateFile, provisional};
use super::spread::reported;
use crate::cli::advice::{message, with_advice};
use crate::cli::targets::Policy;
use crate::cli::tell;
use crate::compare::Symptom;
use crate::engine::{
    BaseCounts, Event, FlavourOutcome, MinimalFinding, Plan, RuleCount, RunState, Shard, Sink, Summary,
};
use crate::error::{Error, Input};
use crate::exchange::{Capability, RequestsByPurpose};
use crate::findings::{Corpus, Damaged, Identity, Record, merge, today};
use crate::foreign::escaped;
use crate::model::Versions;
use crate::report::{Ended, FlavourEnd, Late, RuleTally, RunReport, Spread, TargetReport, UnreproducedLine};
use crate::shape::Shape;
use crate::transport::Target;

/// Opens the corpus for writing.
pub(super) fn open(path: &Path) -> Result<Corpus, Input> {
    Corpus::open(path).map_err(|error| error.advising(", with --corpus"))
}

/// Warns of each damaged line of a corpus.
pub(super) fn warn_of_damage(corpus: &Corpus, path: &Path) {
    for Damaged { line, why, .. } in corpus.damaged() {
        tell(format_args!("warning: {}, line {line}: {why}; the line is kept", path.display()));
    }
}

/// Keeps the records of a run and writes the corpus.
pub(super) struct Recorder {
    corpus: Corpus,
    seed: u64,
    spec: Versions,
    plan: String,
    shard: Option<Shard>,
    day: Date,
    policies: Policies,
    /// Findings of this run by identity, whether or not the corpus had them before.
    records: BTreeMap<Identity, Record>,
    /// Where states are kept, if anywhere.
    states: Option<StateFile>,
    cases: CaseLog,
}

impl Recorder {
    pub fn new(corpus: Corpus, plan: &Plan) -> Self {
        let (seed, shard, spec) = (plan.order.seed, plan.order.shard, plan.versions);
        Self {
            corpus,
            seed,
            spec,
            plan: plan_hash(plan),
            shard,
            day: today(),
            policies: Policies::default(),
            records: BTreeMap::new(),
            states: None,
            cases: CaseLog::default(),
        }
    }

    /// Keeps states in this directory, and continues from one. Rows that only the end of the stopped run made, such as those of
    /// findings that it did not shrink, are removed.
    pub fn keep_states(&mut self, results: &Path, resumed: Option<StateFile>, arguments: String) -> Result<(), Input> {
        if let Some(state) = &resumed {
            for record in state.rows()? {
                self.corpus.merge(record.clone());
                self.records.insert(record.identity(), record);
            }
            provisional(results, &self.records)?.iter().for_each(|record| self.corpus.retract(record));
        }
        self.cases = match &resumed {
            Some(state) => CaseLog::continued(results, &state.cases())?,
            None => CaseLog::create(results)?,
        };
        self.states = Some(resumed.unwrap_or_else(|| StateFile::new(results, self.seed, arguments)));
        Ok(())
    }

    /// How to begin on a target.
    pub fn begin(&self, target: &dyn Target) -> Result<Begin, Input> {
        self.states.as_ref().map_or(Ok(Begin::Anew), |states| states.begin(target.name()))
    }

    /// Keeps the state of a target after a block, or its report if it is complete.
    fn keep_state(&mut self, name: &str, state: Option<&RunState>, report: Option<&TargetReport>) {
        if let Some(states) = &mut self.states {
            let rows = self.records.values().filter(|record| record.target == name);
            states.keep(name, state, report, rows, self.cases.count(name));
        }
    }

    /// In a shard, how far defects spread.
    fn spread(&self, summary: &Summary, target: &dyn Target) -> Option<Spread> {
        self.shard.map(|_| reported(&summary.spread, target, self.spec, self.seed, self.day))
    }

    /// Adds what a target refuses on purpose.
    pub fn add_policies(&mut self, target: &str, policies: Vec<Policy>) {
        self.policies.add(target, policies, self.day);
    }

    /// Keeps the record of a finding, merged with those of the same identity in this run.
    fn keep(&mut self, found: &MinimalFinding, target: &dyn Target) {
        self.keep_record(record_of(found, target, self.spec, self.seed, self.day));
    }

    /// Keeps a record of this run.
    pub fn keep_record(&mut self, record: Record) {
        let record = self.policies.excuse(record);
        let identity = record.identity();
        let merged = self.records.get(&identity).map_or_else(|| record.clone(), |old| merge(old, &record));
        self.corpus.merge(merged.clone());
        self.records.insert(identity, merged);
    }

    /// Adds where the targets disagree, and completes the file of cases. A shard does not know all answers; merging adds it.
    pub fn compare_targets<'t>(&mut self, targets: &'t [TargetReport]) -> Result<(), Input> {
        let names: Vec<&str> = targets.iter().map(|target| &*target.name).collect();
        let of = |TargetReport { name, version, .. }: &'t TargetReport| Compared {
            name,
            version,
            fixed: self.cases.fixed(name),
        };
        let compared: Vec<Compared<'_>> = targets.iter().map(of).collect();
        let run = OfRun { spec: self.spec, seed: self.seed, day: self.day };
        if self.shard.is_none() {
            let found: Vec<&Record> = self.records.values().collect();
            disagreements(&compared, &found, run).into_iter().for_each(|record| self.keep_record(record));
        }
        self.cases.finish(&names)
    }

    /// Writes the corpus, if some record is not written yet, and the states.
    pub fn save(&mut self) -> Result<(), Input> {
        self.corpus.save()?;
        self.cases.flush()?;
        self.states.as_mut().map_or(Ok(()), StateFile::write)
    }

    /// As [`save`](Self::save), if `period` has passed since the last time, or longer if saving takes long.
    pub fn save_if_due(&mut self, period: Duration) -> Result<(), Input> {
        self.corpus.save_if_due(period)
    }

    /// Lines on rows of these targets that this version judges otherwise than the one that recorded them.
    pub fn rejudged(&self, targets: &[TargetReport]) -> Vec<String> {
        let names: Vec<&str> = targets.iter().map(|target| target.name.as_str()).collect();
        rejudged(self.corpus.records(), &names, self.spec, &self.records)
    }

    /// The report of the run.
    pub fn report(self, targets: Vec<TargetReport>) -> RunReport {
        RunReport {
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            arguments: visible_arguments(),
            day: self.day,
            seed: self.seed,
            spec: self.spec.name.to_owned(),
            plan: self.plan,
            shard: self.shard.map(|shard| shard.to_string()),
            targets,
            findings: self.records.into_values().collect(),
        }
    }
}

/// Handles the events of the run on one target: shows progress, records findings, keeps the counts.
pub(super) struct TargetRecorder<'r> {
    recorder: &'r Mutex<Recorder>,
    report: TargetReport,
    progress: Progress,
}

impl<'r> TargetRecorder<'r> {
    /// The run on this target begins.
    pub fn new(recorder: &'r Mutex<Recorder>, target: &dyn Target, progress: Progress) -> Self {
        let report = TargetReport { name: target.name().to_owned(), ..TargetReport::default() };
        Self { recorder, report, progress }
    }

    /// The report on a target that was not run, because the whole run ended before.
    pub fn left_out(target: &dyn Target) -> TargetReport {
        let error = Some("not tested, because the run ended before".to_owned());
        TargetReport { name: target.name().to_owned(), error, ..TargetReport::default() }
    }

    /// The run on this target has ended; its report.
    pub fn ended(self, target: &dyn Target, ended: &Result<Summary, Error>) -> TargetReport {
        let mut report = self.report;
        report.version = target.version();
        match ended {
            Ok(summary) => {
                let Summary { judged, unsupported, trouble, not_asked, .. } = *summary;
                report.ended = Ended { judged, unsupported, trouble, not_asked };
                let BaseCounts { judged, unsupported, trouble, not_asked } = summary.bases;
                report.bases = Ended { judged, unsupported, trouble, not_asked };
                report.spread = self.recorder.lock().unwrap_or_else(PoisonError::into_inner).spread(summary, target);
                report.not_reproduced = summary.not_reproduced;
                report.unreproduced = unreproduced(summary);
                report.late = late(summary);
                report.flaky = summary.is_flaky();
                report.found = summary.found;
                report.requests = summary.requests;
                report.covered = summary.covered.clone();
                report.rules = rules(summary);
                report.flavours = flavours(summary);
                report.points = summary.tally.points.clone();
                report.stopped = summary.stopped;
                report.whole = summary.whole;
                report.lost = summary.lost.is_some();
                report.notes.extend(summary.lost.as_ref().map(|why| format!("the run ended early, because {why}")));
                report.notes.extend(summary.contradictions.iter().cloned());
                if !report.stopped && !report.lost {
                    let mut recorder = self.recorder.lock().unwrap_or_else(PoisonError::into_inner);
                    recorder.keep_state(target.name(), None, Some(&report));
                }
            }
            Err(error) => {
                report.requests = RequestsByPurpose { others: target.requests(), ..RequestsByPurpose::default() };
                report.error = Some(escaped(&message(error)).into_owned());
            }
        }
        report
    }

    fn aside(&self, text: std::fmt::Arguments<'_>) {
        self.progress.suspend(|| tell(text));
    }

    fn keep(&self, found: &[MinimalFinding], target: &dyn Target) {
        let mut recorder = self.recorder.lock().unwrap_or_else(PoisonError::into_inner);
        found.iter().for_each(|one| recorder.keep(one, target));
        let rows = recorder.records.values().filter(|record| record.target == target.name());
        self.progress.set_rows(rows.count());
    }
}

/// The message that a target is down and is waited for.
pub(in crate::cli) fn waiting(target: &dyn Target, failing: bool, most: Duration) -> String {
    let what = if failing { "fails on the base" } else { "does not answer the base" };
    format!("{}: {what}; waiting up to {:.0} s for it to recover", target.name(), most.as_secs_f64())
}

/// The message that a target did not recover.
pub(in crate::cli) fn lost(target: &dyn Target, why: &str) -> String {
    format!("error: {}: the run on this target ends here, because {why}", target.name())
}

fn unreproduced(summary: &Summary) -> Vec<UnreproducedLine> {
    let one = |(symptom, seen): (&Symptom, &crate::engine::Unreproduced)| UnreproducedLine {
        symptom: symptom.to_string(),
        count: seen.count,
        shapes: seen.shapes.iter().map(Shape::to_string).collect(),
    };
    summary.unreproduced.iter().map(one).collect()
}

fn late(summary: &Summary) -> Vec<Late> {
    let one = |(symptom, shape, times): &(Symptom, Shape, Vec<Duration>)| Late {
        symptom: symptom.to_string(),
        shape: shape.to_string(),
        milliseconds: times.iter().map(Duration::as_millis).collect(),
    };
    summary.late.iter().map(one).collect()
}

fn rules(summary: &Summary) -> Vec<RuleTally> {
    let one = |RuleCount { rule, kept, broken }| RuleTally { rule: String::from(rule), kept, broken };
    summary.tally.rules().into_iter().map(one).collect()
}

fn flavours(summary: &Summary) -> Vec<FlavourEnd> {
    let one = |FlavourOutcome { flavour, accepted, status }| FlavourEnd { flavour, accepted, status };
    let mut ends: Vec<FlavourEnd> = summary.tally.flavours.iter().cloned().map(one).collect();
    ends.sort_by(|a, b| a.flavour.cmp(&b.flavour));
    ends
}

/// The arguments of this process, escaped.
pub(in crate::cli) fn visible_arguments() -> Vec<String> {
    std::env::args_os().skip(1).map(|argument| escaped(&argument.to_string_lossy()).into_owned()).collect()
}

impl Sink for TargetRecorder<'_> {
    fn keeps_states(&self) -> bool {
        self.recorder.lock().unwrap_or_else(PoisonError::into_inner).states.is_some()
    }

    fn take(&mut self, target: &dyn Target, event: Event<'_>) -> Result<(), Error> {
        match event {
            Event::Target { name, lacking, cases } => {
                let lacks_repositories = lacking.iter().any(|lack| lack.part == Capability::FreshRepositories);
                let lacking: Vec<String> = lacking.iter().map(ToString::to_string).collect();
                self.progress.suspend(|| {
                    // The size of a covering array is not known before it is built.
                    if cases > 0 {
                        tell(format_args!("{name}: {cases} cases"));
                    }
                    for lack in &lacking {
                        tell(format_args!("{name}: not supported, so its cases are skipped: {lack}"));
                    }
                    if lacks_repositories {
                        tell(format_args!("{name}: name existing repositories for them with --repository-for-fresh"));
                    }
                });
                self.report.lacking = lacking;
                self.report.cases = cases;
                self.report.ended = Ended { not_asked: cases, ..Ended::default() };
                self.progress.set_cases(cases);
            }
            Event::Cases(cases) => {
                self.recorder.lock().unwrap_or_else(PoisonError::into_inner).cases.add(target.name(), cases)?;
            }
            Event::Block { done, cases } => {
                self.report.cases = cases;
                self.progress.set_cases(cases);
                self.progress.set_done(done);
                self.recorder.lock().unwrap_or_else(PoisonError::into_inner).save_if_due(Duration::ZERO)?;
            }
            Event::Smaller { .. } => {}
            Event::State(state) => {
                let mut recorder = self.recorder.lock().unwrap_or_else(PoisonError::into_inner);
                recorder.keep_state(target.name(), Some(state), None);
                recorder.cases.flush()?;
                recorder.states.as_mut().map_or(Ok(()), StateFile::write_if_due)?;
            }
            Event::Trouble(trouble) => self.aside(format_args!("warning: {}", with_advice(trouble))),
            Event::Waiting { failing, most } => self.aside(format_args!("{}", waiting(target, failing, most))),
            Event::Lost(why) => self.aside(format_args!("{}", lost(target, why))),
            Event::Found(found) => self.keep(std::slice::from_ref(found), target),
            Event::Unshrunk(all) => self.keep(all, target),
        }
        Ok(())
    }
}

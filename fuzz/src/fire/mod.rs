//! The pipeline driven by a fuzzer: shape text in, findings out. [`Settings`] says which environment variables it reads.

use std::cell::RefCell;
use std::collections::HashSet;

use manifuzz::compare::Grade;
use manifuzz::engine::{CaseRunner, MinimalFinding, Schedule};
use manifuzz::error::{Error, Input};
use manifuzz::exchange::Depth;
use manifuzz::findings::{Context, Corpus, Record, Sighting, today};
use manifuzz::generate::flavours;
use manifuzz::model::Versions;
use manifuzz::shape::Shape;
use manifuzz::transport::Target;

use crate::answers::of_finding;
use crate::mutator::mutated;
use crate::progress::{Counts, Progress};
use crate::settings::Settings;
use crate::watched::Watched;

/// Number of consecutive inputs that may fail with trouble before the target is given up.
const MAX_TROUBLES: usize = 100;
/// After this many executions the caches and an embedded registry are emptied, so that memory stays flat.
const KEPT: u64 = 20_000;
/// After this many executions another repository is used, so that the lists that are read back stay short.
const LISTED: u64 = 128;
/// Probes for shrinking, for each thousand executions.
const PROBES: usize = 200;

/// Fuzzes one target.
#[derive(Debug)]
pub struct Fire<'t> {
    target: &'t Watched,
    runner: CaseRunner<'t>,
    settings: Settings,
    corpus: Option<Corpus>,
    keys: HashSet<String>,
    counts: Counts,
    /// At how many executions to empty the caches.
    renew_at: u64,
}

impl<'t> Fire<'t> {
    /// Prepares to fuzz `target`. The settings' own target is not used.
    ///
    /// # Errors
    ///
    /// If the target cannot be probed or the corpus cannot be opened.
    pub fn new(target: &'t Watched, settings: Settings) -> Result<Self, Error> {
        let runner = CaseRunner::new(target, Versions::V1_1, settings.depth)?;
        // A violation must be confirmed before it is a crash.
        let runner = if settings.crash_on_violation { runner } else { runner.with_budget(PROBES) };
        let corpus = settings.corpus.as_deref().map(Corpus::open).transpose()?;
        let (keys, counts) = (HashSet::new(), Counts::default());
        Ok(Self { target, runner, settings, corpus, keys, counts, renew_at: KEPT })
    }

    /// Fires one input and calls `steer` with each way in which the target answered. Returns the shapes of findings with a new key;
    /// `None` if the input was skipped: it is not a shape, or a large one.
    ///
    /// # Errors
    ///
    /// If the target is in trouble, the corpus cannot be written, or the input has an answer to clients.
    ///
    /// # Panics
    ///
    /// On a violation, if violations are crashes; the fuzzer then saves the input as an artefact.
    pub fn input(&mut self, input: &[u8], steer: &mut dyn FnMut(u64)) -> Result<Option<Vec<String>>, Error> {
        let shape = std::str::from_utf8(input).ok().and_then(|text| text.parse::<Shape>().ok());
        let Some(shape) = shape.filter(|shape| self.settings.large || !shape.is_large()) else {
            return Ok(None);
        };
        if let Some((slot, _)) = shape.answers().next() {
            let why = format!("`{}` is what a registry answers a client, and this fuzzes registries", slot.name);
            let advice = "take it out of the inputs; `manifuzz run client:NAME` tests client programs";
            return Err(Input::value(format!("the input `{shape}`"), why, advice).into());
        }
        self.counts.executions += 1;
        if self.counts.executions >= self.renew_at {
            self.target.empty()?;
            self.runner.renew()?;
            self.renew_at += KEPT;
        } else if self.counts.executions.is_multiple_of(LISTED) {
            self.runner.rotate();
        }
        self.target.watch();
        let fired = self.runner.fire(&shape);
        let features = self.target.take();
        let fired = fired?;
        if self.settings.steered {
            features.into_iter().chain(fired.findings().iter().map(of_finding)).for_each(steer);
        }
        let mut new = Vec::new();
        for found in self.runner.pursue(fired)? {
            new.extend(self.add(&found, &shape)?);
        }
        Ok(Some(new))
    }

    /// Adds a finding. Returns its shape if its key is new.
    fn add(&mut self, found: &MinimalFinding, shape: &Shape) -> Result<Option<String>, Error> {
        let record = record_of(found, self.target);
        if !self.keys.insert(record.key.clone()) {
            return Ok(None);
        }
        let text = found.shape.to_string();
        eprintln!("{} {}: {text}: {}", found.finding.grade, found.finding.symptom, found.finding.note);
        if let Some(corpus) = &mut self.corpus {
            corpus.merge(record);
        }
        self.counts.keys += usize::from(found.is_smallest);
        self.counts.rows += 1;
        if self.settings.crash_on_violation && found.finding.grade == Grade::Violation {
            self.write()?;
            panic!("violation: {}; smallest case: {text}; found with: {shape}", found.finding.note);
        }
        Ok(Some(text))
    }

    /// Writes new rows to the corpus. The whole file is replaced each time, so this is not done for each row.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub fn write(&mut self) -> Result<(), Error> {
        if let Some(corpus) = &mut self.corpus {
            corpus.save()?;
        }
        Ok(())
    }

    /// What has been done so far.
    pub fn counts(&self) -> Counts {
        Counts { fired: self.target.fired(), ..self.counts }
    }
}

/// The record of a finding. Its seed is 0: the fuzzer generates the cases.
fn record_of(found: &MinimalFinding, target: &dyn Target) -> Record {
    let sighting = Sighting {
        target: target.name(),
        target_version: &target.version(),
        spec: Versions::V1_1.name,
        shape: &found.shape,
        finding: &found.finding,
        witness: found.witness.as_ref(),
        from: &found.from,
        reproduced: found.reproduced,
        is_smallest: found.is_smallest,
        probes: found.probes,
        extent: &found.extent.to_string(),
    };
    sighting.record(&Context { seed: 0, day: today(), tool_version: env!("CARGO_PKG_VERSION") })
}

/// The fuzzing of this process.
struct Session {
    fire: Fire<'static>,
    progress: Progress,
    troubles: usize,
}

impl Session {
    /// Fires one input and prints what is due. Returns whether it was fired.
    fn input(&mut self, input: &[u8], steer: &mut dyn FnMut(u64)) -> Result<bool, Error> {
        let was_fired = match self.fire.input(input, steer) {
            Ok(new) => {
                self.troubles = 0;
                new.is_some()
            }
            Err(Error::Trouble(trouble)) if self.troubles < MAX_TROUBLES => {
                self.troubles += 1;
                eprintln!("trouble: {trouble}");
                true
            }
            Err(error) => return Err(error),
        };
        if let Some(line) = self.progress.due(self.fire.counts()) {
            eprintln!("{line}");
            self.fire.write()?;
        }
        Ok(was_fired)
    }
}

thread_local! {
    /// On the main thread. libFuzzer ends by `exit`, which drops it.
    static SESSION: RefCell<Option<Session>> = const { RefCell::new(None) };
}

impl Drop for Session {
    fn drop(&mut self) {
        if let Err(error) = self.fire.write() {
            eprintln!("error: {error}");
        }
        eprintln!("{}", self.progress.line(self.fire.counts()));
    }
}

/// Fires the fixed cases of a run at a registry that conforms, so that what is made on first use (tables, rendered content) is
/// there before the first execution; then opens the target that the environment names. Exits as [`run`] does.
pub fn prepare() {
    let session = warm_up().and_then(|()| {
        let settings = Settings::from_environment();
        let nonce = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |now| now.as_nanos());
        // Leaked on purpose: the target is used until the process exits.
        let target: &'static Watched = Box::leak(Box::new(Watched::open(&settings.target, &format!("{nonce:x}"))?));
        Ok(Session { fire: Fire::new(target, settings)?, progress: Progress::new(), troubles: 0 })
    });
    match session {
        Ok(session) => SESSION.set(Some(session)),
        // Not a panic: that would look like a finding.
        Err(error) => give_up(&error),
    }
}

fn warm_up() -> Result<(), Error> {
    let clean = Watched::open("embedded:clean", "warmup")?;
    let mut runner = CaseRunner::new(&clean, Versions::V1_1, Depth::Full)?;
    let flavours = flavours().iter().map(|flavour| flavour.shape.clone()).collect();
    let schedule = Schedule { flavours, ..Schedule::default() };
    for shape in schedule.fixed().filter(|shape| !shape.is_large()) {
        runner.fire(&shape)?;
    }
    Ok(())
}

/// Fires one input at the target after [`prepare`], and prints the progress every ten seconds. Returns whether the input was
/// fired. Exits with 3 if the target is given up, and with 2 on any other error.
///
/// # Panics
///
/// On a violation, with `MANIFUZZ_CRASH_ON=violation`.
pub fn run(input: &[u8], steer: &mut dyn FnMut(u64)) -> bool {
    let was_fired = SESSION.with_borrow_mut(|session| match session {
        Some(session) => session.input(input, steer),
        None => Ok(false),
    });
    was_fired.unwrap_or_else(|error| give_up(&error))
}

fn give_up(error: &Error) -> ! {
    eprintln!("error: {error}");
    std::process::exit(if matches!(error, Error::Trouble(_)) { 3 } else { 2 })
}

/// Custom mutator for libFuzzer, with the settings of the environment: see [`mutated`].
pub fn mutate(data: &mut [u8], size: usize, max_size: usize, seed: u32) -> usize {
    let is_large_allowed = SESSION.with_borrow(|session| session.as_ref().is_some_and(|one| one.fire.settings.large));
    mutated(data, size, max_size, seed, is_large_allowed)
}

#[cfg(test)]
mod tests;

//! The pipeline driven by a fuzzer: shape text in, findings out.
//!
//! `MANIFUZZ_TARGET` is the target (default `embedded:distribution`), `MANIFUZZ_CORPUS` the CSV file for findings (by
//! default they are not written), and `MANIFUZZ_CRASH_ON=violation` turns violations into crashes.

use std::collections::HashSet;
use std::path::Path;
use std::sync::{Mutex, OnceLock, PoisonError};

use manifuzz::compare::Grade;
use manifuzz::engine::{CaseRunner, MinimalFinding};
use manifuzz::error::Error;
use manifuzz::exchange::Depth;
use manifuzz::findings::{Context, Corpus, Record, Sighting, key, today};
use manifuzz::generate::{Seeded, mutate as with_one_slot_changed};
use manifuzz::model::Versions;
use manifuzz::shape::Shape;
use manifuzz::transport::{Opening, Target, open};

/// Number of consecutive inputs that may fail with trouble before the target is given up.
const MAX_TROUBLES: usize = 100;

/// Fuzzes one target.
#[derive(Debug)]
pub struct Fire<'t> {
    runner: CaseRunner<'t>,
    corpus: Option<Corpus>,
    crash_on_violation: bool,
    keys: HashSet<String>,
}

impl<'t> Fire<'t> {
    /// Prepares to fuzz `target`. Records findings in `corpus` if given; with `crash_on_violation`, panics on violations.
    ///
    /// # Errors
    ///
    /// If the target cannot be probed or the corpus cannot be opened.
    pub fn new(target: &'t dyn Target, corpus: Option<&Path>, crash_on_violation: bool) -> Result<Self, Error> {
        let runner = CaseRunner::new(target, Versions::V1_1, Depth::Full)?;
        let corpus = corpus.map(Corpus::open).transpose()?;
        Ok(Self { runner, corpus, crash_on_violation, keys: HashSet::new() })
    }

    /// Fires one input; returns the smallest case of each finding with a new key. Input that is not a shape is skipped.
    ///
    /// # Errors
    ///
    /// If the target is in trouble or the corpus cannot be written.
    ///
    /// # Panics
    ///
    /// On a violation, if violations are crashes; the fuzzer then saves the input as an artefact.
    pub fn input(&mut self, input: &[u8]) -> Result<Vec<String>, Error> {
        let Some(shape) = std::str::from_utf8(input).ok().and_then(|text| text.parse::<Shape>().ok()) else {
            return Ok(Vec::new());
        };
        let mut new = Vec::new();
        for found in self.runner.case(&shape)? {
            if !self.keys.insert(key(&found.finding.symptom, &found.shape)) {
                continue;
            }
            let text = found.shape.to_string();
            if let Some(corpus) = &mut self.corpus {
                corpus.merge(record_of(&found, self.runner.target()));
                // A crash follows if violations are crashes.
                corpus.save()?;
            }
            eprintln!("{} {}: {text}: {}", found.finding.grade, found.finding.symptom, found.finding.note);
            assert!(
                !(self.crash_on_violation && found.finding.grade == Grade::Violation),
                "violation: {}; smallest case: {text}; found with: {shape}",
                found.finding.note
            );
            new.push(text);
        }
        Ok(new)
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
    };
    sighting.record(&Context { seed: 0, day: today(), tool_version: env!("CARGO_PKG_VERSION") })
}

/// Fires one input at the target configured by the environment. Exits with 3 if the target is given up, and with 2 on
/// any other error.
///
/// # Panics
///
/// On a violation, with `MANIFUZZ_CRASH_ON=violation`.
pub fn run(input: &[u8]) {
    static FIRE: OnceLock<Mutex<(Fire<'static>, usize)>> = OnceLock::new();
    let fire = FIRE.get_or_init(|| match from_environment() {
        Ok(fire) => Mutex::new((fire, 0)),
        // Not a panic: that would look like a finding.
        Err(error) => give_up(&error),
    });
    let mut fire = fire.lock().unwrap_or_else(PoisonError::into_inner);
    let (fire, troubles) = &mut *fire;
    match fire.input(input) {
        Ok(_) => *troubles = 0,
        Err(Error::Trouble(trouble)) if *troubles < MAX_TROUBLES => {
            *troubles += 1;
            eprintln!("trouble: {trouble}");
        }
        Err(error) => give_up(&error),
    }
}

fn give_up(error: &Error) -> ! {
    eprintln!("error: {error}");
    std::process::exit(if matches!(error, Error::Trouble(_)) { 3 } else { 2 })
}

fn from_environment() -> Result<Fire<'static>, Error> {
    let text = std::env::var("MANIFUZZ_TARGET").unwrap_or_else(|_| "embedded:distribution".to_owned());
    let nonce = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_nanos());
    let opening = Opening { nonce: format!("{nonce:x}"), ..Opening::default() };
    // Leaked on purpose: the target is used until the process exits.
    let target: &'static dyn Target = Box::leak(open(&text, &opening)?);
    let corpus = std::env::var_os("MANIFUZZ_CORPUS");
    let crash_on_violation = std::env::var("MANIFUZZ_CRASH_ON").is_ok_and(|value| value == "violation");
    Fire::new(target, corpus.as_deref().map(Path::new), crash_on_violation)
}

/// Custom mutator for libFuzzer: parses the shape text, changes one slot and prints it. Returns the new length in bytes.
pub fn mutate(data: &mut [u8], size: usize, max_size: usize, seed: u32) -> usize {
    let text = std::str::from_utf8(&data[..size.min(data.len())]).ok();
    let shape = text.and_then(|text| text.parse().ok()).unwrap_or_else(Shape::base);
    let changed = with_one_slot_changed(&shape, &mut Seeded::new(&["mutate", &seed.to_string()])).to_string();
    // Restart from the base if the text exceeds the fuzzer's limit.
    let text = if changed.len() <= max_size.min(data.len()) { changed } else { "base".to_owned() };
    let length = text.len().min(max_size).min(data.len());
    data[..length].copy_from_slice(&text.as_bytes()[..length]);
    length
}

#[cfg(test)]
mod tests {
    use super::*;
    use manifuzz::registry::{Params, Profile};
    use manifuzz::transport::embedded;

    fn clean_with(quirk: &str) -> Box<dyn Target> {
        let profile = Profile::clean().plant(quirk, Params::default()).expect("a known quirk");
        embedded(&profile, &Opening { nonce: "smoke".to_owned(), ..Opening::default() })
    }

    #[test]
    fn smoke() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = directory.path().join("cases.csv");
        let target = clean_with("refuses-annotations");
        let mut fire = Fire::new(target.as_ref(), Some(&path), false).expect("the target can be probed");
        let mut text = vec![0; 4096];
        text[..4].copy_from_slice(b"base");
        let mut size = 4;
        let mut found = Vec::new();
        for seed in 0..2000 {
            size = mutate(&mut text, size, 4096, seed);
            found.extend(fire.input(&text[..size]).expect("the target answers"));
        }
        assert!(found.iter().any(|shape| shape.starts_with("annotations=")), "{found:?}");
        drop(fire);
        let corpus = Corpus::read_only(&path).expect("the corpus was written");
        assert!(
            corpus.records().iter().any(|record| record.class.as_str() == "rejects-valid"),
            "the finding was recorded"
        );
    }

    #[test]
    fn a_violation_is_a_crash_only_if_requested() {
        let shape = b"config.mediaType=unknown;text.space=indented";
        let target = clean_with("refuses-unknown-config-type");
        let mut fire = Fire::new(target.as_ref(), None, false).expect("the target can be probed");
        assert_eq!(fire.input(shape).expect("the target answers"), ["config.mediaType=unknown"]);
        let mut fire = Fire::new(target.as_ref(), None, true).expect("the target can be probed");
        let crash = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| fire.input(shape)));
        let message = *crash.expect_err("a crash").downcast::<String>().expect("a panic message");
        assert!(message.contains("smallest case: config.mediaType=unknown;"), "{message}");
    }

    #[test]
    fn the_mutator_always_yields_a_valid_shape() {
        let mut data = b"not a shape".to_vec();
        data.resize(4096, 0);
        let mut size = 11;
        for seed in 0..500 {
            size = mutate(&mut data, size, 4096, seed);
            let text = std::str::from_utf8(&data[..size]).expect("UTF-8");
            assert!(text.parse::<Shape>().is_ok(), "{text}");
        }
    }
}

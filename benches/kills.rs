//! How many cases each of four generation strategies needs to detect each quirk. `cargo bench --bench kills` prints a
//! Markdown table; `cargo bench --bench kills -- run array` has the columns of these two strategies only, of `run`,
//! `array`, `random` and `json`.
//!
//! A case detects a quirk if it leads to a finding of the quirk's class that the same case does not lead to on `clean`.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use manifuzz::compare::compare;
use manifuzz::engine::Schedule;
use manifuzz::exchange::{Capabilities, Exchange, IMAGE_MANIFEST, Put, Questions};
use manifuzz::generate::flavours;
use manifuzz::generate::{Choices, Preset, Seeded, cover, draw_nth};
use manifuzz::model::{Party, Versions, judge};
use manifuzz::registry::{Params, Profile, Quirk, Shows, quirks};
use manifuzz::render::render;
use manifuzz::shape::Shape;
use manifuzz::transport::{Opening, Repository, Target, embedded};
use mimalloc::MiMalloc;
use serde_json::{Map, Value, json};

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Number of cases for unbounded strategies.
const CASES: u64 = 5000;
/// Number of pushes per registry. Bounded because the tags are listed after each push.
const PUSHES: usize = 250;

/// A way to generate cases.
struct Strategy {
    title: &'static str,
    cases: Vec<Exchange>,
    /// The symptoms of each case on `clean`.
    clean: Vec<BTreeSet<String>>,
}

impl Strategy {
    fn new(title: &'static str, cases: Vec<Exchange>) -> Self {
        let mut clean = Vec::with_capacity(cases.len());
        for chunk in cases.chunks(PUSHES) {
            let registry = ProbedRegistry::new(&Profile::clean());
            clean.extend(chunk.iter().map(|case| registry.symptoms(case).map(|(_, symptom)| symptom).collect()));
        }
        Self { title, cases, clean }
    }

    /// The first case that detects the quirk.
    fn first_detection(&self, quirk: &Quirk, class: &str) -> Option<Detection> {
        let profile = Profile::clean().plant(quirk.name, Params::default()).ok()?;
        let mut requests = 0;
        for (c, chunk) in self.cases.chunks(PUSHES).enumerate() {
            let registry = ProbedRegistry::new(&profile);
            for (i, case) in chunk.iter().enumerate() {
                let at = c * PUSHES + i;
                if registry.symptoms(case).any(|(found, symptom)| found == class && !self.clean[at].contains(&symptom))
                {
                    return Some((at + 1, requests + registry.0.requests()));
                }
            }
            requests += registry.0.requests();
        }
        None
    }
}

/// The number of a case, from 1, and the number of requests until its end.
type Detection = (usize, u64);
/// The first detection of a quirk by each strategy.
type Detections = Vec<Option<Detection>>;
/// The name and the title of a strategy, and its cases.
type Row = (&'static str, &'static str, fn() -> Vec<Exchange>);

/// A registry and its capabilities.
struct ProbedRegistry(Box<dyn Target>, Capabilities);

impl ProbedRegistry {
    fn new(profile: &Profile) -> Self {
        let target = embedded(profile, &Opening { nonce: "bench".to_owned(), ..Opening::default() });
        let capabilities = target
            .capabilities(&render(&Shape::base()), &render(&"subject=present".parse().unwrap()))
            .unwrap_or(Capabilities::ALL);
        Self(target, capabilities)
    }

    fn symptoms(&self, case: &Exchange) -> impl Iterator<Item = (&'static str, String)> {
        let place = if case.needs_fresh_repository() { Repository::Fresh } else { Repository::Main };
        let seen = self.0.fire(case, place, Questions::ALL).ok();
        let findings = seen.map(|seen| {
            let judgement = judge(case, &seen.facts, Party::Registry, Versions::V1_1);
            compare(case, &judgement, &seen, &self.1, Versions::V1_1)
        });
        let findings = findings.into_iter().flatten();
        findings.map(|finding| (finding.symptom.class.as_str(), finding.symptom.to_string()))
    }
}

/// Random JSON, as a naive fuzzer would send it.
fn random_json(choices: &mut Seeded, depth: usize) -> Value {
    let name = |choices: &mut Seeded| -> String {
        (0..1 + choices.below(8)).map(|_| char::from(b'a' + u8::try_from(choices.below(26)).unwrap_or(0))).collect()
    };
    match choices.below(if depth == 0 { 5 } else { 7 }) {
        0 => Value::Null,
        1 => json!(choices.below(2) == 0),
        2 => json!(choices.below(1 << 31)),
        3 => json!(choices.below(1 << 20) as f64 / 1024.0),
        4 => json!(name(choices)),
        5 => (0..choices.below(5)).map(|_| random_json(choices, depth - 1)).collect(),
        _ => Value::Object(
            (0..choices.below(6)).map(|_| (name(choices), random_json(choices, depth - 1))).collect::<Map<_, _>>(),
        ),
    }
}

/// The strategies of these names, in their own order.
///
/// # Errors
/// A name that no strategy has.
fn strategies(names: &[String]) -> Result<Vec<Strategy>, String> {
    let all: [Row; 4] = [
        ("run", "`run` with default options", || {
            let flavours = flavours().iter().map(|flavour| flavour.shape.clone()).collect();
            let order = Schedule { seed: 1, flavours, ..Schedule::default() };
            order.cases().map(|shape| render(&shape)).collect()
        }),
        ("array", "strength-2 covering array", || {
            let array = cover(2, None);
            array.valid.iter().chain(&array.invalid).map(render).collect()
        }),
        ("random", "random `mostly-valid`", || {
            (0..CASES).map(|i| render(&draw_nth(1, Preset::MostlyValid, i))).collect()
        }),
        ("json", "plain random JSON", || {
            let mut choices = Seeded::new(&["random JSON"]);
            let base = render(&Shape::base());
            let with = |body: String| Exchange { tested: Put::by_tag(IMAGE_MANIFEST, body.into()), ..base.clone() };
            (0..CASES).map(|_| with(random_json(&mut choices, 4).to_string())).collect()
        }),
    ];
    if let Some(name) = names.iter().find(|&name| all.iter().all(|(known, ..)| known != name)) {
        return Err(format!("no strategy is called `{name}`; there are run, array, random and json"));
    }
    let asked = all.iter().filter(|(name, ..)| names.is_empty() || names.iter().any(|asked| asked == name));
    Ok(asked.map(|(_, title, cases)| Strategy::new(title, cases())).collect())
}

fn main() -> Result<(), String> {
    // Cargo itself passes `--bench`.
    let names: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let strategies = strategies(&names)?;
    let all: Vec<(&Quirk, &str, &str)> = quirks()
        .filter_map(|quirk| match quirk.shows {
            // Without waiting, a late manifest looks like a lost one.
            Shows::Finding("late", shape) => Some((quirk, "lost", shape)),
            Shows::Finding(class, shape) => Some((quirk, class, shape)),
            _ => None,
        })
        .collect();
    let next = AtomicUsize::new(0);
    let firsts: Mutex<Vec<Detections>> = Mutex::new(vec![Vec::new(); all.len()]);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some((quirk, class, _)) = all.get(at) else { break };
                    let found = strategies.iter().map(|strategy| strategy.first_detection(quirk, class)).collect();
                    firsts.lock().unwrap_or_else(std::sync::PoisonError::into_inner)[at] = found;
                }
            });
        }
    });
    let firsts = firsts.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    print(&strategies, &all, &firsts);
    Ok(())
}

fn print(strategies: &[Strategy], all: &[(&Quirk, &str, &str)], firsts: &[Detections]) {
    let row = |name: &str, cells: Vec<String>, requests: String| {
        println!("| {name} | {} | {requests} |", cells.join(" | "));
    };
    // The number of requests is that of the first strategy.
    let first = &strategies[0];
    row(
        "",
        strategies.iter().map(|strategy| strategy.title.to_owned()).collect(),
        format!("requests of {}", first.title),
    );
    println!("| --- |{} ---: |", " ---: |".repeat(strategies.len()));
    let detected = |i: usize| firsts.iter().filter_map(move |first| first[i]);
    let mut requests: Vec<u64> = detected(0).map(|(_, requests)| requests).collect();
    requests.sort_unstable();
    let sorted: Vec<Vec<usize>> = (0..strategies.len())
        .map(|i| {
            let mut cases: Vec<usize> = detected(i).map(|(case, _)| case).collect();
            cases.sort_unstable();
            cases
        })
        .collect();
    row("total cases", strategies.iter().map(|strategy| strategy.cases.len().to_string()).collect(), String::new());
    let counts = sorted.iter().map(|cases| format!("{} of {}", cases.len(), all.len())).collect();
    row("quirks detected", counts, String::new());
    // Percentiles over all quirks: an undetected one counts as needing infinitely many cases.
    let at = |percent: usize| (all.len() * percent).div_ceil(100).max(1) - 1;
    let never = || "never".to_owned();
    for (name, percent) in [("50%", 50), ("90%", 90), ("all", 100)] {
        let cases = sorted.iter().map(|cases| cases.get(at(percent)).map_or_else(never, usize::to_string)).collect();
        let requests = requests.get(at(percent)).map_or_else(never, u64::to_string);
        row(&format!("cases to detect {name}"), cases, requests);
    }
    for ((quirk, class, shape), first) in all.iter().zip(firsts) {
        let cases = first.iter().map(|first| first.map_or_else(never, |(case, _)| case.to_string())).collect();
        let requests = first[0].map_or_else(never, |(_, requests)| requests.to_string());
        row(&format!("{}: {class}, `{shape}`", quirk.name), cases, requests);
    }
}

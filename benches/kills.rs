//! How many cases it takes until each quirk shows itself, by four ways to draw them. `cargo bench --bench kills` prints
//! one table in Markdown.
//!
//! A case shows a quirk if it gives a finding in the quirk's class that the same case does not give of `clean`.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use manifuzz::compare::compare;
use manifuzz::engine::Schedule;
use manifuzz::exchange::{Capabilities, Depth, Exchange, IMAGE_MANIFEST, Put};
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

/// How many cases a way without an end of its own gets.
const CASES: u64 = 5000;
/// How many pushes a registry gets: its tags are listed after each.
const PUSHES: usize = 250;

/// A way to draw cases.
struct Way {
    name: &'static str,
    cases: Vec<Exchange>,
    /// What each case shows of `clean`, as class and symptom.
    clean: Vec<BTreeSet<String>>,
}

impl Way {
    fn new(name: &'static str, cases: Vec<Exchange>) -> Self {
        let mut clean = Vec::with_capacity(cases.len());
        for chunk in cases.chunks(PUSHES) {
            let registry = Planted::new(&Profile::clean());
            clean.extend(chunk.iter().map(|case| registry.shows(case).map(|(_, symptom)| symptom).collect()));
        }
        Self { name, cases, clean }
    }

    /// The first case that shows the quirk, counted from one.
    fn first(&self, quirk: &Quirk, class: &str) -> Option<usize> {
        let profile = Profile::clean().plant(quirk.name, Params::default()).ok()?;
        for (c, chunk) in self.cases.chunks(PUSHES).enumerate() {
            let registry = Planted::new(&profile);
            for (i, case) in chunk.iter().enumerate() {
                let at = c * PUSHES + i;
                if registry.shows(case).any(|(own, symptom)| own == class && !self.clean[at].contains(&symptom)) {
                    return Some(at + 1);
                }
            }
        }
        None
    }
}

/// A registry and what it can do.
struct Planted(Box<dyn Target>, Capabilities);

impl Planted {
    fn new(profile: &Profile) -> Self {
        let target = embedded(profile, &Opening { nonce: "bench".to_owned(), ..Opening::default() });
        let capabilities = target
            .capabilities(&render(&Shape::base()), &render(&"subject=present".parse().unwrap()))
            .unwrap_or(Capabilities::ALL);
        Self(target, capabilities)
    }

    fn shows(&self, case: &Exchange) -> impl Iterator<Item = (&'static str, String)> {
        let place = if case.afterwards.is_some_and(|ask| ask.changes()) { Repository::Fresh } else { Repository::Main };
        let seen = self.0.fire(case, place, Depth::Full).ok();
        let findings = seen.map(|seen| {
            let judgement = judge(case, &seen.facts, Party::Registry, Versions::V1_1);
            compare(case, &judgement, &seen, &self.1, Versions::V1_1)
        });
        let findings = findings.into_iter().flatten();
        findings.map(|finding| (finding.symptom.class.as_str(), finding.symptom.to_string()))
    }
}

/// JSON as a loop around a random generator would send it.
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

fn ways() -> [Way; 4] {
    let flavours = flavours().iter().map(|flavour| flavour.shape.clone()).collect();
    let order = Schedule { seed: 1, flavours, ..Schedule::default() };
    let array = cover(2, None);
    let mut choices = Seeded::new(&["random JSON"]);
    let base = render(&Shape::base());
    let json = (0..CASES).map(|_| {
        let body = random_json(&mut choices, 4).to_string();
        Exchange { tested: Put::by_tag(IMAGE_MANIFEST, body.into()), ..base.clone() }
    });
    [
        Way::new("`run` without options", order.cases().map(|shape| render(&shape)).collect()),
        Way::new("strength-2 array", array.valid.iter().chain(&array.invalid).map(render).collect()),
        Way::new("random `mostly-valid`", (0..CASES).map(|i| render(&draw_nth(1, Preset::MostlyValid, i))).collect()),
        Way::new("plain random JSON", json.collect()),
    ]
}

fn main() {
    let ways = ways();
    let all: Vec<(&Quirk, &str, &str)> = quirks()
        .filter_map(|quirk| match quirk.shows {
            // A single case shows what is late as what is lost; only waiting tells them apart.
            Shows::Finding("late", shape) => Some((quirk, "lost", shape)),
            Shows::Finding(class, shape) => Some((quirk, class, shape)),
            _ => None,
        })
        .collect();
    let next = AtomicUsize::new(0);
    let firsts: Mutex<Vec<[Option<usize>; 4]>> = Mutex::new(vec![[None; 4]; all.len()]);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some((quirk, class, _)) = all.get(at) else { break };
                    let found = [0, 1, 2, 3].map(|way| ways[way].first(quirk, class));
                    firsts.lock().unwrap_or_else(std::sync::PoisonError::into_inner)[at] = found;
                }
            });
        }
    });
    let firsts = firsts.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    print(&ways, &all, &firsts);
}

fn print(ways: &[Way; 4], all: &[(&Quirk, &str, &str)], firsts: &[[Option<usize>; 4]]) {
    let row = |name: &str, cells: [String; 4]| println!("| {name} | {} |", cells.join(" | "));
    row("", [0, 1, 2, 3].map(|way| ways[way].name.to_owned()));
    println!("| --- | ---: | ---: | ---: | ---: |");
    let sorted = [0, 1, 2, 3].map(|way| {
        let mut cases: Vec<usize> = firsts.iter().filter_map(|first| first[way]).collect();
        cases.sort_unstable();
        cases
    });
    row("cases in all", [0, 1, 2, 3].map(|way| ways[way].cases.len().to_string()));
    row("quirks found", [0, 1, 2, 3].map(|way| format!("{} of {}", sorted[way].len(), all.len())));
    let share = |percent: usize| {
        // Over all quirks: one that is not found needs more cases than there are.
        [0, 1, 2, 3].map(|way| {
            let at = (all.len() * percent).div_ceil(100).max(1) - 1;
            sorted[way].get(at).map_or_else(|| "never".to_owned(), usize::to_string)
        })
    };
    row("cases until half of them were found", share(50));
    row("until nine of ten", share(90));
    row("until all", share(100));
    for ((quirk, class, shape), first) in all.iter().zip(firsts) {
        row(
            &format!("{}: {class}, `{shape}`", quirk.name),
            first.map(|first| first.map_or_else(|| "never".to_owned(), |n| n.to_string())),
        );
    }
}

//! Quirks planted into the registry that keeps everything, and what an ordinary run finds there.

use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crate::registry::{planted, target};
use manifuzz::compare::{Grade, Symptom};
use manifuzz::engine::{Event, MinimalFinding, Outcome, Plan, Prober, Schedule, Sink, Summary, run};
use manifuzz::error::Error;
use manifuzz::exchange::Depth;
use manifuzz::findings::key;
use manifuzz::generate::flavours;
use manifuzz::model::Versions;
use manifuzz::registry::Profile;
use manifuzz::render::Case;
use manifuzz::shape::Shape;
use manifuzz::transport::Target;

/// A finding as a run hands it on.
#[derive(Clone, Debug)]
pub struct Row {
    pub key: String,
    pub symptom: Symptom,
    pub class: &'static str,
    pub grade: Grade,
    pub shape: String,
    pub rules: Vec<&'static str>,
    /// The rules that the answer breaks.
    pub breaks: Vec<&'static str>,
    pub probes: usize,
}

impl fmt::Display for Row {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { class, grade, shape, probes, rules, .. } = self;
        write!(out, "{class} {shape} ({grade}, {probes} probes, {})", rules.join(" "))
    }
}

/// What a run shows.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    pub findings: Vec<Row>,
    pub lacking: Vec<&'static str>,
    /// Symptoms that did not show again.
    pub unreproduced: Vec<String>,
}

impl Seen {
    /// Whether the same was found in the same smallest case.
    pub fn holds(&self, other: &Row) -> bool {
        self.findings.iter().any(|row| row.key == other.key && row.shape == other.shape)
    }
}

impl Sink for Seen {
    fn take(&mut self, _: &dyn Target, event: Event<'_>) -> Result<(), Error> {
        match event {
            Event::Target { lacking, .. } => self.lacking = lacking.iter().map(|lack| lack.name).collect(),
            Event::Found(MinimalFinding { shape, finding, probes, .. }) => {
                let key = key(&finding.symptom, shape);
                let (class, grade, symptom) = (finding.symptom.class.as_str(), finding.grade, finding.symptom.clone());
                let (shape, rules, probes) = (shape.to_string(), finding.rules.clone(), *probes);
                let breaks = finding.breaks().collect();
                self.findings.push(Row { key, symptom, class, grade, shape, rules, breaks, probes });
            }
            _ => {}
        }
        Ok(())
    }
}

#[derive(Default)]
struct Findings(Vec<MinimalFinding>);

impl Sink for Findings {
    fn take(&mut self, _: &dyn Target, event: Event<'_>) -> Result<(), Error> {
        if let Event::Found(found) = event {
            self.0.push(found.clone());
        }
        Ok(())
    }
}

/// The findings of a run as the engine gives them.
pub fn findings(target: &dyn Target, plan: &Plan) -> (Vec<MinimalFinding>, Summary) {
    let mut findings = Findings::default();
    let summary = run(target, plan, &AtomicBool::new(false), &mut findings).unwrap();
    (findings.0, summary)
}

/// What a run shows of this profile; `None` as count is a run without `--cases`.
pub fn seen(profile: &Profile, seed: u64, count: Option<usize>) -> Seen {
    let target = target(profile);
    let flavours = flavours().iter().map(|flavour| flavour.shape.clone()).collect();
    let order = Schedule { seed, flavours, count, ..Schedule::default() };
    let plan = Plan { order, versions: Versions::V1_1, jobs: 1, ..Plan::default() };
    let mut seen = Seen::default();
    let summary = run(target.as_ref(), &plan, &AtomicBool::new(false), &mut seen).unwrap();
    seen.unreproduced = summary.unreproduced.keys().map(ToString::to_string).collect();
    seen
}

/// The symptoms of a class that one case shows with these quirks.
pub fn symptoms(quirks: &[&str], class: &str, shape: &str) -> Vec<String> {
    let target = target(&planted(quirks));
    let prober = Prober::new(target.as_ref(), Versions::V1_1, Depth::Full).unwrap();
    let case = Case::of(shape.parse::<Shape>().unwrap());
    let outcome = prober.fire(&case, prober.usual());
    let Outcome::Judged { findings, .. } = outcome else { return Vec::new() };
    let of_class = findings.iter().filter(|finding| finding.symptom.class.as_str() == class);
    of_class.map(|finding| finding.symptom.to_string()).collect()
}

/// The candidates of a smallest case that show the symptom, too, on a new target with these quirks. Empty if it is 1-minimal.
pub fn smaller_with_the_symptom(quirks: &[&str], shape: &str, symptom: &Symptom) -> Vec<String> {
    let target = target(&planted(quirks));
    let prober = Prober::new(target.as_ref(), Versions::V1_1, Depth::Full).unwrap();
    let shows =
        |shape: &Shape| prober.fire(&Case::of(shape.clone()), prober.options(symptom)).finding(symptom).is_some();
    let simpler = shape.parse::<Shape>().unwrap().simpler().into_iter();
    simpler.filter(shows).map(|shape| shape.to_string()).collect()
}

/// Does it for each, on two threads; the results in their order.
pub fn each<T: Sync, R: Send + Clone>(all: &[T], act: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<Option<R>>> = Mutex::new(vec![None; all.len()]);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let i = next.fetch_add(1, Ordering::Relaxed);
                    let Some(one) = all.get(i) else { break };
                    let result = act(one);
                    done.lock().unwrap()[i] = Some(result);
                }
            });
        }
    });
    done.into_inner().unwrap().into_iter().map(Option::unwrap).collect()
}

//! `run --resume`: a run that was stopped and continued reports what an uninterrupted one does.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use crate::command::{manifuzz, stderr};
use crate::registry::opening;

use manifuzz::engine::{Event, MinimalFinding, Plan, RunState, Schedule, Sink, Summary, run};
use manifuzz::error::Error;
use manifuzz::exchange::Budget;
use manifuzz::exchange::RequestsByPurpose;
use manifuzz::generate::flavours;
use manifuzz::transport::{Target, open};
use serde_json::Value;

/// Keeps findings, and the last state with the findings up to it.
#[derive(Default)]
struct Keeper {
    found: Vec<String>,
    last: Option<(RunState, usize)>,
}

/// A finding as text, without the unconfirmed ones of a run that ended.
fn text(found: &MinimalFinding) -> String {
    format!("{found:?}")
}

impl Sink for Keeper {
    fn take(&mut self, _: &dyn Target, event: Event<'_>) -> Result<(), Error> {
        match event {
            Event::Found(found) => self.found.push(text(found)),
            Event::Unshrunk(all) => self.found.extend(all.iter().map(text)),
            Event::State(state) => self.last = Some((state.clone(), self.found.len())),
            _ => {}
        }
        Ok(())
    }

    fn keeps_states(&self) -> bool {
        true
    }
}

fn plan(cases: usize) -> Plan {
    let flavours = flavours().iter().map(|flavour| flavour.shape.clone()).collect();
    let order = Schedule { seed: 7, count: Some(cases), flavours, ..Schedule::default() };
    Plan { order, jobs: 1, ..Plan::default() }
}

/// Runs a plan on a new target. The state passes through JSON.
fn fire(name: &str, plan: &Plan, resume: Option<&RunState>) -> (Keeper, Summary) {
    let resume = resume.map(|state| serde_json::from_str(&serde_json::to_string(state).unwrap()).unwrap());
    let target = open(name, &opening()).unwrap();
    let mut keeper = Keeper::default();
    let summary = run(target.as_ref(), &Plan { resume, ..plan.clone() }, &AtomicBool::new(false), &mut keeper).unwrap();
    (keeper, summary)
}

#[test]
fn a_run_stopped_anywhere_and_continued_finds_the_same_in_the_same_order() {
    let planted = "embedded:gitea+refuses-annotations+pull-answers-late+push-answers-202";
    for (name, cases) in [("embedded:distribution", 1250), (planted, 1150)] {
        let plan = plan(cases);
        let (whole, summary) = fire(name, &plan, None);
        assert!(whole.found.len() > 10);
        let all = summary.requests.total();
        for part in [2, 3, 7] {
            let (mut found, mut state, mut stops) = (Vec::new(), None::<RunState>, 0);
            // Stopped again and again after so many requests.
            let ended = loop {
                let sent = state.as_ref().map_or(0, |state: &RunState| state.requests());
                let limit = (stops < 4).then_some(sent + all * part / 10);
                let (keeper, summary) = fire(
                    name,
                    &Plan { budget: Budget { requests: limit, ..Budget::default() }, ..plan.clone() },
                    state.as_ref(),
                );
                if !summary.stopped {
                    found.extend(keeper.found);
                    break summary;
                }
                stops += 1;
                if let Some((last, count)) = keeper.last {
                    found.extend(keeper.found[..count].iter().cloned());
                    state = Some(last);
                }
            };
            assert!(stops > 0 && state.is_some(), "{name}, {part}: it was stopped");
            assert_eq!(found, whole.found, "{name}, {part}");
            let same = |summary: &Summary| Summary { requests: RequestsByPurpose::default(), ..summary.clone() };
            assert_eq!(same(&ended), same(&summary), "{name}, {part}");
        }
    }
}

fn run_in(directory: &Path, arguments: &[&str]) -> (i32, String) {
    let output = manifuzz().args(arguments).current_dir(directory).output().unwrap();
    (output.status.code().unwrap(), stderr(&output))
}

const OPTIONS: [&str; 6] = ["run", "embedded:distribution", "embedded:ecr", "--cases", "1500", "--format"];

/// The rows of a results directory by target and key.
fn rows(directory: &Path) -> BTreeMap<(String, String), Value> {
    let text = std::fs::read_to_string(directory.join("findings.jsonl")).unwrap();
    let rows = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    rows.map(|row| ((row["target"].to_string(), row["key"].to_string()), row)).collect()
}

#[test]
fn results_and_corpus_of_a_continued_run_equal_those_of_an_uninterrupted_one() {
    let folder = tempfile::tempdir().unwrap();
    let directory = folder.path();
    let with = |more: &[&'static str]| [&OPTIONS[..], &["json"], more].concat();
    run_in(directory, &with(&["--seed", "7", "--results", "whole", "--corpus", "whole.csv"]));
    run_in(directory, &with(&["--seed", "7", "--results", "part", "--corpus", "part.csv", "--time", "700ms"]));
    assert!(directory.join("part/state.json").exists());
    let mut tries = 0;
    loop {
        // The seed is that of the run.
        let time = if tries < 3 { "900ms" } else { "10m" };
        let (_, err) = run_in(directory, &with(&["--resume", "part", "--corpus", "part.csv", "--time", time]));
        let run: Value = serde_json::from_slice(&std::fs::read(directory.join("part/run.json")).unwrap()).unwrap();
        let targets = run["targets"].as_array().unwrap();
        if targets.iter().all(|target| target["stopped"] == false && target["error"].is_null()) {
            break;
        }
        tries += 1;
        assert!(tries < 6, "{err}");
    }
    assert_eq!(rows(&directory.join("part")), rows(&directory.join("whole")));
    let read = |name: &str| std::fs::read_to_string(directory.join(name)).unwrap();
    assert_eq!(read("part.csv"), read("whole.csv"));
    let counts = |name: &str| {
        let mut run: Value = serde_json::from_str(&read(name)).unwrap();
        let targets = run["targets"].as_array_mut().unwrap();
        targets.iter_mut().for_each(|target| {
            ["requests", "requests_by_purpose"]
                .iter()
                .for_each(|member| drop(target.as_object_mut().unwrap().remove(*member)));
        });
        targets.clone()
    };
    assert_eq!(counts("part/run.json"), counts("whole/run.json"));
    assert!(read("whole/cases.jsonl").lines().count() == 3000 && read("part/cases.jsonl") == read("whole/cases.jsonl"));
    // A complete run says so and reports its rows again.
    let (code, err) = run_in(directory, &with(&["--resume", "part", "--corpus", "part.csv"]));
    assert!(code == 1 && err.contains("embedded:ecr: complete, nothing sent"), "{err}");
    assert_eq!(rows(&directory.join("part")), rows(&directory.join("whole")));
}

#[test]
fn other_arguments_are_rejected_before_anything_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let start = ["run", "embedded:clean", "--seed", "7", "--cases", "40", "--results", "r"];
    assert!(run_in(folder.path(), &start).0 <= 1);
    for other in [
        &["embedded:clean", "--cases", "41"][..],
        &["embedded:ecr", "--cases", "40"],
        &["embedded:clean", "--cases", "40", "--seed", "8"],
        &["embedded:clean", "--cases", "40", "--depth", "put"],
        &["embedded:clean", "--cases", "40", "--seed", "7", "--shard", "1/2"],
    ] {
        let (code, err) = run_in(folder.path(), &[&["run", "--resume", "r"], other].concat());
        assert!(code == 2 && err.contains("cannot continue the run"), "{other:?}: {err}");
    }
    let (code, err) = run_in(folder.path(), &["run", "embedded:clean", "--resume", "missing"]);
    assert!(code == 2 && err.contains("state.json"), "{err}");
    // What changes only the duration may differ.
    let (code, err) =
        run_in(folder.path(), &["run", "embedded:clean", "--cases", "40", "--resume", "r", "--jobs", "2"]);
    assert!(code <= 1 && err.contains("complete"), "{err}");
}

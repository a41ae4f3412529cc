//! Reads `run.json` and its parts.

use serde::Deserialize;
use serde_json::Value;

use super::run_report::{Ended, Late, RunReport, TargetReport, UnreproducedLine};
use super::shard_spread::Spread;
use super::tally::{FlavourEnd, RuleTally};
use crate::exchange::RequestsByPurpose;
use crate::generate::Covered;

#[derive(Deserialize)]
struct StoredRun {
    tool_version: String,
    arguments: Vec<String>,
    day: String,
    seed: u64,
    spec: String,
    #[serde(default)]
    plan: String,
    shard: Option<String>,
    targets: Vec<Value>,
}

#[derive(Deserialize)]
struct StoredTarget {
    name: String,
    version: String,
    lacking: Vec<String>,
    cases: usize,
    #[serde(flatten)]
    ended: StoredEnded,
    bases: StoredEnded,
    not_reproduced: usize,
    unreproduced: Vec<StoredSymptom>,
    late: Vec<StoredLate>,
    flaky: bool,
    found: usize,
    requests_by_purpose: StoredRequests,
    #[serde(default)]
    rules: Vec<RuleTally>,
    #[serde(default)]
    flavours: Vec<FlavourEnd>,
    #[serde(default)]
    points: Vec<(usize, usize)>,
    whole: usize,
    stopped: bool,
    lost: bool,
    error: Option<String>,
    notes: Vec<String>,
}

#[derive(Deserialize)]
struct StoredEnded {
    judged: usize,
    unsupported: usize,
    trouble: usize,
    not_asked: usize,
}

#[derive(Deserialize)]
struct StoredSymptom {
    symptom: String,
    count: usize,
    shapes: Vec<String>,
}

#[derive(Deserialize)]
struct StoredLate {
    symptom: String,
    shape: String,
    milliseconds: Vec<u128>,
}

#[derive(Deserialize)]
struct StoredRequests {
    cases: u64,
    repetitions: u64,
    hunts: u64,
    uploads: u64,
    others: u64,
}

impl From<StoredEnded> for Ended {
    fn from(StoredEnded { judged, unsupported, trouble, not_asked }: StoredEnded) -> Self {
        Self { judged, unsupported, trouble, not_asked }
    }
}

impl RunReport {
    /// Reads [`json`](Self::json). The findings are in another file.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn of_json(text: &str) -> Result<Self, String> {
        let run: StoredRun = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if run.plan.is_empty() {
            return Err("it was written by a version that could not merge runs".to_owned());
        }
        Ok(Self {
            tool_version: run.tool_version,
            arguments: run.arguments,
            day: run.day.parse().map_err(|_| format!("invalid day `{}`", run.day))?,
            seed: run.seed,
            spec: run.spec,
            plan: run.plan,
            shard: run.shard,
            targets: run.targets.iter().map(TargetReport::of_json).collect::<Result<_, _>>()?,
            findings: Vec::new(),
        })
    }
}

impl TargetReport {
    /// Reads [`json`](Self::json).
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn of_json(value: &Value) -> Result<Self, String> {
        let target = StoredTarget::deserialize(value).map_err(|error| error.to_string())?;
        let covered = value["covered"]["bits"].as_str().and_then(Covered::from_text);
        let covered = covered.ok_or("the coverage is not that of this version of manifuzz")?;
        let spread = match &value["spread"] {
            Value::Null => None,
            spread => Some(Spread::of_json(spread).ok_or("the member `spread` is invalid")?),
        };
        let StoredRequests { cases, repetitions, hunts, uploads, others } = target.requests_by_purpose;
        let unreproduced = target.unreproduced.into_iter();
        let late = target.late.into_iter();
        Ok(Self {
            name: target.name,
            version: target.version,
            lacking: target.lacking,
            cases: target.cases,
            ended: target.ended.into(),
            bases: target.bases.into(),
            not_reproduced: target.not_reproduced,
            unreproduced: unreproduced
                .map(|StoredSymptom { symptom, count, shapes }| UnreproducedLine { symptom, count, shapes })
                .collect(),
            late: late
                .map(|StoredLate { symptom, shape, milliseconds }| Late { symptom, shape, milliseconds })
                .collect(),
            flaky: target.flaky,
            found: target.found,
            requests: RequestsByPurpose { cases, repetitions, hunts, uploads, others },
            covered,
            rules: target.rules,
            flavours: target.flavours,
            points: target.points,
            stopped: target.stopped,
            whole: target.whole,
            spread,
            lost: target.lost,
            error: target.error,
            notes: target.notes,
        })
    }
}

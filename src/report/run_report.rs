//! What a run did, as data. `run.json`, the lines at the end of a run and the tables are made from it.

use jiff::civil::Date;
use serde_json::{Value, json};

use crate::compare::Grade;
use crate::findings::Record;
use crate::generate::{Count, Coverage};

/// A whole run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunReport {
    /// The version of manifuzz.
    pub tool_version: String,
    /// The command line, without the program's name.
    pub arguments: Vec<String>,
    /// The UTC day on which it began.
    pub day: Date,
    /// The seed of the draws.
    pub seed: u64,
    /// The set of specification versions judged by.
    pub spec: String,
    /// The targets, in the order in which they were run.
    pub targets: Vec<TargetReport>,
    /// What was found, one record for each target, spec and key, in that order.
    pub findings: Vec<Record>,
}

/// What came of a run on one target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TargetReport {
    /// The target's name.
    pub name: String,
    /// Its version; empty where that is not known.
    pub version: String,
    /// The capabilities that it lacks.
    pub lacking: Vec<String>,
    /// Cases that the plan has.
    pub cases: usize,
    /// Of these, how each ended.
    pub ended: Ended,
    /// Findings with another result on repetition.
    pub not_reproduced: usize,
    /// The symptoms of those.
    pub unreproduced: Vec<UnreproducedLine>,
    /// What was absent at first and appeared later.
    pub late: Vec<Late>,
    /// More findings failed to come again than a target that works can explain.
    pub flaky: bool,
    /// Findings that were recorded, before those with one key are merged.
    pub found: usize,
    /// Requests sent.
    pub requests: u64,
    /// What the judged cases cover of the variant space.
    pub covered: Coverage,
    /// The run was stopped before its end.
    pub stopped: bool,
    /// Cases in the blocks that were decided on as a whole: as many repeat the run.
    pub whole: usize,
    /// The target was lost in mid-run.
    pub lost: bool,
    /// Why the run on this target ended with an error.
    pub error: Option<String>,
    /// What else is to be said of it, once for the target.
    pub notes: Vec<String>,
}

/// How cases ended, by their number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ended {
    /// Could be judged.
    pub judged: usize,
    /// Need what the target lacks.
    pub unsupported: usize,
    /// The target could not be asked.
    pub trouble: usize,
    /// Were not sent, or not decided on, before the run ended.
    pub not_asked: usize,
}

impl Ended {
    /// Whether too little was judged for a result to mean anything: nothing, or less than half of the cases that were
    /// sent and need nothing that the target lacks.
    pub fn is_untested(self) -> bool {
        self.judged == 0 || self.judged < self.trouble
    }
}

/// Something that was absent at first and appeared later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Late {
    /// The symptom, as the first part of a key.
    pub symptom: String,
    /// The smallest case that shows it.
    pub shape: String,
    /// After how many milliseconds it was there, on each of three pushes.
    pub milliseconds: Vec<u128>,
}

/// A symptom that was seen and did not come again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreproducedLine {
    /// The symptom, as the first part of a key.
    pub symptom: String,
    /// How often it was seen.
    pub count: usize,
    /// At most two shapes that showed it.
    pub shapes: Vec<String>,
}

impl RunReport {
    /// The number of findings of this grade.
    pub fn count(&self, grade: Grade) -> usize {
        self.findings.iter().filter(|record| record.grade == grade).count()
    }

    /// The cases of all targets.
    pub fn ended(&self) -> Ended {
        self.targets.iter().fold(Ended::default(), |sum, target| Ended {
            judged: sum.judged + target.ended.judged,
            unsupported: sum.unsupported + target.ended.unsupported,
            trouble: sum.trouble + target.ended.trouble,
            not_asked: sum.not_asked + target.ended.not_asked,
        })
    }

    /// Findings of all targets that did not reproduce.
    pub fn not_reproduced(&self) -> usize {
        self.targets.iter().map(|target| target.not_reproduced).sum()
    }

    /// The last line of a run.
    pub fn last_line(&self) -> String {
        let Ended { judged, unsupported, trouble, not_asked } = self.ended();
        let line = format!(
            "{judged} cases judged, {unsupported} unsupported, {trouble} in trouble, {} findings not reproduced",
            self.not_reproduced()
        );
        format!("{line}, {not_asked} cases not asked")
    }

    /// The content of `run.json`. Members are only ever added.
    pub fn json(&self) -> Value {
        let Ended { judged, unsupported, trouble, not_asked } = self.ended();
        json!({
            "tool_version": self.tool_version,
            "arguments": self.arguments,
            "day": self.day.to_string(),
            "seed": self.seed,
            "spec": self.spec,
            "judged": judged,
            "unsupported": unsupported,
            "trouble": trouble,
            "not_reproduced": self.not_reproduced(),
            "not_asked": not_asked,
            "lost": self.targets.iter().any(|target| target.lost),
            "targets": self.targets.iter().map(TargetReport::json).collect::<Vec<_>>(),
        })
    }
}

impl TargetReport {
    fn json(&self) -> Value {
        let Coverage { entries, pairs, invalid_pairs } = self.covered;
        let count = |count: Count| json!({ "covered": count.covered, "of": count.of });
        json!({
            "name": self.name,
            "version": self.version,
            "lacking": self.lacking,
            "cases": self.cases,
            "judged": self.ended.judged,
            "unsupported": self.ended.unsupported,
            "trouble": self.ended.trouble,
            "not_asked": self.ended.not_asked,
            "not_reproduced": self.not_reproduced,
            "unreproduced": self.unreproduced.iter().map(|one| json!({
                "symptom": one.symptom, "count": one.count, "shapes": one.shapes,
            })).collect::<Vec<_>>(),
            "late": self.late.iter().map(|one| json!({
                "symptom": one.symptom, "shape": one.shape, "milliseconds": one.milliseconds,
            })).collect::<Vec<_>>(),
            "flaky": self.flaky,
            "found": self.found,
            "requests": self.requests,
            "covered": {
                "entries": count(entries),
                "pairs": count(pairs),
                "invalid_pairs": count(invalid_pairs),
            },
            "stopped": self.stopped,
            "lost": self.lost,
            "error": self.error,
            "notes": self.notes,
        })
    }
}

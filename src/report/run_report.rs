//! The report of a run, from which `run.json`, the summary lines and the tables are made.

use jiff::civil::Date;
use serde_json::{Value, json};

use crate::compare::Grade;
use crate::exchange::RequestsByPurpose;
use crate::findings::Record;
use crate::generate::{Count, Coverage, Covered};

use super::groups::{Group, groups};
use super::shard_spread::Spread;
use super::tally::{FlavourEnd, RuleTally};

/// The report of a run on one or more targets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunReport {
    /// The version of manifuzz.
    pub tool_version: String,
    /// The command line, without the program name.
    pub arguments: Vec<String>,
    /// The UTC day on which the run started.
    pub day: Date,
    /// The seed of the draws.
    pub seed: u64,
    /// The set of specification versions, such as `1.1`.
    pub spec: String,
    /// Identifies the options of the run, without targets and shard: runs that share it may be merged.
    pub plan: String,
    /// The part of the run, such as `1/3`.
    pub shard: Option<String>,
    /// The targets, in the order of the run.
    pub targets: Vec<TargetReport>,
    /// The findings, one record per target, spec and key, in that order.
    pub findings: Vec<Record>,
}

/// The report of a run on one target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TargetReport {
    /// The target's name.
    pub name: String,
    /// The target's version; empty if unknown.
    pub version: String,
    /// The capabilities it lacks.
    pub lacking: Vec<String>,
    /// The number of cases planned.
    pub cases: usize,
    /// How they ended.
    pub ended: Ended,
    /// Of these, the bases.
    pub bases: Ended,
    /// Findings that were not reproduced.
    pub not_reproduced: usize,
    /// Their symptoms.
    pub unreproduced: Vec<UnreproducedLine>,
    /// Content that was absent at first and appeared later.
    pub late: Vec<Late>,
    /// Whether more than 5 % of the findings were not reproduced.
    pub flaky: bool,
    /// Findings recorded, before merging by key.
    pub found: usize,
    /// Requests sent, by purpose.
    pub requests: RequestsByPurpose,
    /// Coverage of the variant space by the judged cases.
    pub covered: Covered,
    /// How often each rule that a registry can break was kept and broken. The bases count in every shard.
    pub rules: Vec<RuleTally>,
    /// How the flavours ended that the run fired, by name.
    pub flavours: Vec<FlavourEnd>,
    /// After some blocks and at the end: cases fired, and violations and warnings recorded so far. Empty for merged shards.
    pub points: Vec<(usize, usize)>,
    /// Whether the run was stopped before its end.
    pub stopped: bool,
    /// Cases in completely evaluated blocks. Running this many cases again reproduces the run.
    pub whole: usize,
    /// In a shard: how far defects spread.
    pub spread: Option<Spread>,
    /// Whether the target was lost during the run.
    pub lost: bool,
    /// The error that ended the run on this target, if any.
    pub error: Option<String>,
    /// Further remarks on the target.
    pub notes: Vec<String>,
}

/// Numbers of cases by how they ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ended {
    /// Judged.
    pub judged: usize,
    /// Not supported by the target.
    pub unsupported: usize,
    /// Not testable: the target failed or denied access.
    pub trouble: usize,
    /// Not sent, or not evaluated, before the run ended.
    pub not_asked: usize,
}

impl Ended {
    /// The sums.
    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            judged: self.judged + other.judged,
            unsupported: self.unsupported + other.unsupported,
            trouble: self.trouble + other.trouble,
            not_asked: self.not_asked + other.not_asked,
        }
    }

    /// The rest without `part`.
    pub(super) fn minus(self, part: Self) -> Self {
        Self {
            judged: self.judged.saturating_sub(part.judged),
            unsupported: self.unsupported.saturating_sub(part.unsupported),
            trouble: self.trouble.saturating_sub(part.trouble),
            not_asked: self.not_asked.saturating_sub(part.not_asked),
        }
    }

    /// All cases.
    pub(super) fn cases(self) -> usize {
        self.judged + self.unsupported + self.trouble + self.not_asked
    }

    fn json(self) -> Value {
        let Self { judged, unsupported, trouble, not_asked } = self;
        json!({ "judged": judged, "unsupported": unsupported, "trouble": trouble, "not_asked": not_asked })
    }

    /// Whether too few cases were judged for the result to be meaningful: none, or less than half of the supported cases that
    /// were sent.
    pub fn is_untested(self) -> bool {
        self.judged == 0 || self.judged < self.trouble
    }
}

/// Content that was absent at first and appeared later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Late {
    /// The symptom, as in a key.
    pub symptom: String,
    /// The smallest case that shows it.
    pub shape: String,
    /// The delay for each of three pushes, in milliseconds.
    pub milliseconds: Vec<u128>,
}

/// A symptom that was observed but not reproduced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreproducedLine {
    /// The symptom, as in a key.
    pub symptom: String,
    /// How often it was observed.
    pub count: usize,
    /// At most two shapes that showed it.
    pub shapes: Vec<String>,
}

impl RunReport {
    /// The number of findings of this grade.
    pub fn count(&self, grade: Grade) -> usize {
        self.findings.iter().filter(|record| record.grade == grade).count()
    }

    /// The groups of the violations and warnings, the most severe first.
    pub fn groups(&self) -> Vec<Group<'_>> {
        groups(self.findings.iter().filter(|record| record.grade > Grade::Note))
    }

    /// The case counts, summed over all targets.
    pub fn ended(&self) -> Ended {
        self.targets.iter().fold(Ended::default(), |sum, target| sum.plus(target.ended))
    }

    /// The number of findings that were not reproduced, over all targets.
    pub fn not_reproduced(&self) -> usize {
        self.targets.iter().map(|target| target.not_reproduced).sum()
    }

    /// The summary line at the end of a run.
    pub fn last_line(&self) -> String {
        let Ended { judged, unsupported, trouble, not_asked } = self.ended();
        let line = format!(
            "{judged} cases judged, {unsupported} unsupported, {trouble} untestable, {} findings not reproduced",
            self.not_reproduced()
        );
        format!("{line}, {not_asked} cases not run")
    }

    /// The content of `run.json`. Later versions only add members.
    pub fn json(&self) -> Value {
        let Ended { judged, unsupported, trouble, not_asked } = self.ended();
        json!({
            "tool_version": self.tool_version,
            "arguments": self.arguments,
            "day": self.day.to_string(),
            "seed": self.seed,
            "spec": self.spec,
            "plan": self.plan,
            "shard": self.shard,
            "judged": judged,
            "unsupported": unsupported,
            "trouble": trouble,
            "not_reproduced": self.not_reproduced(),
            "not_asked": not_asked,
            "lost": self.targets.iter().any(|target| target.lost),
            "targets": self.targets.iter().map(TargetReport::json).collect::<Vec<_>>(),
            "groups": self.groups().iter().map(Group::json).collect::<Vec<_>>(),
        })
    }
}

impl TargetReport {
    /// The member of `run.json`.
    pub fn json(&self) -> Value {
        let Coverage { entries, pairs, invalid_pairs } = self.covered.count();
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
            "bases": self.bases.json(),
            "not_reproduced": self.not_reproduced,
            "unreproduced": self.unreproduced.iter().map(|one| json!({
                "symptom": one.symptom, "count": one.count, "shapes": one.shapes,
            })).collect::<Vec<_>>(),
            "late": self.late.iter().map(|one| json!({
                "symptom": one.symptom, "shape": one.shape, "milliseconds": one.milliseconds,
            })).collect::<Vec<_>>(),
            "flaky": self.flaky,
            "found": self.found,
            "requests": self.requests.total(),
            "requests_by_purpose": {
                "cases": self.requests.cases,
                "repetitions": self.requests.repetitions,
                "hunts": self.requests.hunts,
                "uploads": self.requests.uploads,
                "others": self.requests.others,
            },
            "covered": {
                "entries": count(entries),
                "pairs": count(pairs),
                "invalid_pairs": count(invalid_pairs),
                "bits": self.covered.to_text(),
            },
            "rules": self.rules,
            "flavours": self.flavours,
            "points": self.points,
            "whole": self.whole,
            "spread": self.spread.as_ref().map(Spread::json),
            "stopped": self.stopped,
            "lost": self.lost,
            "error": self.error,
            "notes": self.notes,
        })
    }
}

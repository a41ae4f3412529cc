//! `manifuzz replay`: fires the rows of a corpus again and says which of them the target still shows.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde_json::{Value, json};

use super::cleanup::Written;
use super::flags::{CorpusFlag, KeepFlag, TimeFlag, epilogue};
use super::interrupt::Interrupt;
use super::refire::{Recorded, Shown, Waits};
use super::targets::{TargetArgument, TargetFlags};
use super::values::{ParsedBy, case_id};
use super::{FOUND, INTERRUPTED, Output, UNTESTABLE, tell};
use crate::cli::advice::with_advice;
use crate::compare::{Class, Finding, Grade, Symptom};
use crate::engine::{Replayed, Replayer};
use crate::error::{Error, Input};
use crate::exchange::Stage;
use crate::findings::{Corpus, Record};
use crate::foreign::escaped;
use crate::model::Versions;
use crate::shape::Shape;
use crate::transport::Target;

/// How often each row is fired.
const TIMES: usize = 3;

/// Fire rows of the corpus again, and say which of them the target still shows
///
/// Each row is fired three times. It is `fixed` if it shows nothing, `failing` if it shows the recorded finding each time, `changed` if it
/// shows another finding at the same stage, and `flaky` if it does not show the same each time.
#[derive(Debug, clap::Args)]
#[command(after_long_help = epilogue(
    "manifuzz replay --target http://127.0.0.1:5000/some/repo --corpus cases.csv",
    &[
        (0, "every row is fixed"),
        (FOUND, "a row is failing, changed or flaky"),
        (UNTESTABLE, "the target or a row could not be tested"),
        (INTERRUPTED, "interrupted by a signal; the rows so far are printed"),
    ],
))]
pub(super) struct ReplayCommand {
    /// Ids of corpus rows, of any target [default: every row of the target]
    #[arg(value_name = "ID", value_parser = ParsedBy(case_id))]
    ids: Vec<String>,
    /// Registry: `embedded:PROFILE`, `http://HOST:PORT/REPOSITORY` or a name in targets.toml
    #[arg(long = "target", value_name = "TARGET", value_parser = ParsedBy(TargetArgument::parse), help_heading = "Target")]
    at: TargetArgument,
    #[command(flatten)]
    target: TargetFlags,
    #[command(flatten)]
    keep: KeepFlag,
    #[command(flatten)]
    time: TimeFlag,
    #[command(flatten)]
    corpus: CorpusFlag,
    #[command(flatten)]
    output: Output,
}

/// What became of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Verdict {
    Fixed,
    Failing,
    Changed(String),
    Flaky(String),
    NotTested(String),
}

impl Verdict {
    /// The verdict on a row that showed the recorded finding `same` times, nothing `clean` times, and these others.
    fn of(same: usize, clean: usize, mut others: Vec<String>) -> Self {
        let all = same + clean + others.len();
        others.sort_unstable();
        others.dedup();
        match (same, clean, others.as_slice()) {
            (0, _, []) => Self::Fixed,
            (_, 0, []) => Self::Failing,
            (0, 0, [one]) => Self::Changed(one.clone()),
            _ => {
                let instead =
                    if others.is_empty() { String::new() } else { format!("; instead: {}", others.join("; ")) };
                Self::Flaky(format!("shown {same} of {all} times{instead}"))
            }
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Fixed => "fixed",
            Self::Failing => "failing",
            Self::Changed(_) => "changed",
            Self::Flaky(_) => "flaky",
            Self::NotTested(_) => "not-tested",
        }
    }

    fn detail(&self) -> &str {
        match self {
            Self::Fixed | Self::Failing => "",
            Self::Changed(detail) | Self::Flaky(detail) | Self::NotTested(detail) => detail,
        }
    }
}

impl ReplayCommand {
    pub(super) fn run(self) -> Result<u8, Error> {
        let path = &self.corpus.corpus;
        let corpus = Corpus::read_only(path).map_err(|error| error.advising(", with --corpus"))?;
        for damaged in corpus.damaged() {
            tell(format_args!(
                "warning: {}, line {}: {}; the line is skipped",
                path.display(),
                damaged.line,
                damaged.why
            ));
        }
        let interrupt = Interrupt::watch();
        if let Some(time) = self.time.time {
            interrupt.after(time);
        }
        let mut opener = self.target.opener(&interrupt)?;
        let targets = [self.at.clone()];
        let target = opener.open(&targets[0])?;
        let rows = self.rows(&corpus, target.name())?;
        if rows.is_empty() {
            tell(format_args!("{} has no row of {}; nothing sent", path.display(), target.name()));
            return Ok(0);
        }
        drop(target);
        let written = Written::record(&mut opener, &targets, path, self.keep.keep)?;
        let target = opener.open(&targets[0])?;
        let replayed = self.replay(target.as_ref(), &rows, &interrupt);
        written.end(&opener, &targets, &[], &interrupt, None)?;
        let counts = replayed?;
        let count = |name: &str| counts.get(name).copied().unwrap_or_default();
        let names = ["fixed", "failing", "changed", "flaky", "not-tested"];
        let line: Vec<String> = names.iter().map(|name| format!("{} {name}", count(name))).collect();
        tell(format_args!("{} rows: {}", counts.values().sum::<usize>(), line.join(", ")));
        Ok(match () {
            () if interrupt.came() => INTERRUPTED,
            () if ["failing", "changed", "flaky"].iter().any(|name| count(name) > 0) => FOUND,
            () if count("not-tested") > 0 || counts.is_empty() => UNTESTABLE,
            () => 0,
        })
    }

    /// The rows to fire.
    fn rows<'c>(&self, corpus: &'c Corpus, target: &str) -> Result<Vec<&'c Record>, Input> {
        let records = corpus.records();
        if let Some(id) = self.ids.iter().find(|id| records.iter().all(|record| record.shape.id() != **id)) {
            let why = format!("no row of {} has it", self.corpus.corpus.display());
            return Err(Input::value(format!("the id {id}"), why, "name another --corpus"));
        }
        let is_chosen = |record: &&Record| match self.ids.is_empty() {
            true => record.target == target,
            false => self.ids.iter().any(|id| id == record.shape.id()),
        };
        // What several targets show together, one alone cannot show.
        Ok(records.into_iter().filter(is_chosen).filter(|record| record.class != Class::Disagrees).collect())
    }

    /// Fires the rows and prints each verdict. Returns how many rows have each.
    fn replay(
        &self,
        target: &dyn Target,
        rows: &[&Record],
        interrupt: &Interrupt,
    ) -> Result<BTreeMap<&'static str, usize>, Error> {
        let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
        let mut replays: HashMap<String, Replay<'_>> = HashMap::new();
        for row in rows {
            let Some(shape) = row.shape.shape() else {
                tell(format_args!(
                    "warning: {} {}: this version cannot read the shape; skipped",
                    row.shape.id(),
                    row.shape
                ));
                continue;
            };
            let Ok(versions) = row.spec.parse::<Versions>() else {
                tell(format_args!(
                    "warning: {} {}: unknown versions `{}`; skipped",
                    row.shape.id(),
                    row.shape,
                    row.spec
                ));
                continue;
            };
            let replay = match replays.entry(row.spec.clone()) {
                std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
                std::collections::hash_map::Entry::Vacant(free) => {
                    let replayer = Replayer::new(target, versions, Arc::clone(interrupt.stop()))?;
                    free.insert(Replay { replayer, lost: None, of_bases: HashMap::new() })
                }
            };
            let Some(verdict) = replay.verdict(row, shape, rows)? else { break };
            *counts.entry(verdict.name()).or_default() += 1;
            self.print(row, &verdict)?;
        }
        Ok(counts)
    }

    fn print(&self, row: &Record, verdict: &Verdict) -> Result<(), Error> {
        let (name, detail) = (verdict.name(), verdict.detail());
        if self.output.is_pretty() {
            let (id, key) = (row.shape.id(), escaped(&row.key));
            let detail = if detail.is_empty() { String::new() } else { format!("\n           {}", escaped(detail)) };
            return Output::print(&format!("{name:<10} {id} {key}{detail}"));
        }
        let status = row.status.map_or(Value::Null, Value::from);
        let line = json!({
            "id": row.shape.id(), "shape": row.shape.as_str(), "target": row.target, "spec": row.spec, "key": row.key,
            "class": row.class.as_str(), "status": status, "error_code": row.error_code, "result": name, "detail": detail,
        });
        Output::print(&line.to_string())
    }
}

/// The replay of the rows of one version of the specifications.
struct Replay<'t> {
    replayer: Replayer<'t>,
    /// Why the target was given up.
    lost: Option<String>,
    /// What the base of a kind shows at a stage: no case of the kind is to blame for that.
    of_bases: HashMap<(Shape, Stage), Vec<Symptom>>,
}

impl Replay<'_> {
    /// What became of a row; `None` if the command was asked to stop.
    fn verdict(&mut self, row: &Record, shape: &Shape, rows: &[&Record]) -> Result<Option<Verdict>, Error> {
        if let Some(why) = &self.lost {
            return Ok(Some(Verdict::NotTested(why.clone())));
        }
        let recorded = Recorded { shape, key: &row.key };
        let (mut same, mut clean) = (0, 0);
        let mut others: Vec<String> = Vec::new();
        for _ in 0..TIMES {
            match recorded.fire(&self.replayer)? {
                Shown::Same => same += 1,
                Shown::Once => return Ok(Some(Verdict::Flaky("shown once, not when repeated at once".to_owned()))),
                Shown::Others(findings) => match self.other(row, shape, &findings, rows)? {
                    None => clean += 1,
                    Some(other) => others.push(other),
                },
                Shown::Lost { is_shown, why } => {
                    self.lost = Some(format!("the target was given up, because {why}"));
                    same += usize::from(is_shown);
                    if !is_shown {
                        return Ok(Some(Verdict::NotTested(why)));
                    }
                    break;
                }
                Shown::Unsupported => {
                    return Ok(Some(Verdict::NotTested("the target lacks a capability that it needs".to_owned())));
                }
                Shown::Trouble(trouble) => return Ok(Some(Verdict::NotTested(with_advice(&trouble)))),
                Shown::Interrupted => return Ok(None),
            }
        }
        Ok(Some(Verdict::of(same, clean, others)))
    }

    /// What a row that no longer shows its finding shows instead at the same stage. Not what the base shows as well, what another row
    /// of the case says, and what is less than the row said.
    fn other(
        &mut self,
        row: &Record,
        shape: &Shape,
        findings: &[Finding],
        rows: &[&Record],
    ) -> Result<Option<String>, Error> {
        let of_base = self.of_base(shape, row.stage)?;
        let is_said = |finding: &Finding| {
            let start = format!("{} ", finding.symptom);
            rows.iter().any(|other| other.shape == row.shape && other.key != row.key && other.key.starts_with(&start))
        };
        let is_other = |finding: &&Finding| match row.class {
            // Nothing was observed before.
            Class::Imported => finding.grade > Grade::Note,
            _ => {
                finding.symptom.stage == row.stage
                    && !is_said(finding)
                    && finding.grade >= row.grade.min(Grade::Warning)
            }
        };
        let mut others = findings.iter().filter(is_other).filter(|finding| !of_base.contains(&finding.symptom));
        Ok(others.next().map(|finding| format!("{}: {}", finding.symptom, finding.note)))
    }

    fn of_base(&mut self, shape: &Shape, stage: Stage) -> Result<Vec<Symptom>, Error> {
        let base = shape.own_base();
        if base == *shape {
            return Ok(Vec::new());
        }
        if let Some(known) = self.of_bases.get(&(base.clone(), stage)) {
            return Ok(known.clone());
        }
        let symptoms: Vec<Symptom> = match self.replayer.fire(&base, stage, &mut Waits)? {
            Replayed::Judged { findings, .. } => findings.into_iter().map(|finding| finding.symptom).collect(),
            _ => Vec::new(),
        };
        self.of_bases.insert((base, stage), symptoms.clone());
        Ok(symptoms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_the_same_each_time_is_not_flaky() {
        let other = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        assert_eq!(Verdict::of(0, 3, Vec::new()), Verdict::Fixed);
        assert_eq!(Verdict::of(3, 0, Vec::new()), Verdict::Failing);
        assert_eq!(Verdict::of(0, 0, other(&["a", "a", "a"])), Verdict::Changed("a".to_owned()));
        assert_eq!(Verdict::of(1, 2, Vec::new()), Verdict::Flaky("shown 1 of 3 times".to_owned()));
        assert_eq!(Verdict::of(0, 2, other(&["a"])), Verdict::Flaky("shown 0 of 3 times; instead: a".to_owned()));
        assert_eq!(Verdict::of(0, 0, other(&["b", "a", "a"])).name(), "flaky");
    }
}

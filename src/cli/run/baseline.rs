//! `run --baseline`: fires the known findings first, and tells them from new ones at the end.

use std::path::{Path, PathBuf};

use super::safety::SafetyFlags;
use super::side_by_side::OpenTarget;
use crate::cli::interrupt::Interrupt;
use crate::cli::refire::{Recorded, RecordedCase, Shown};
use crate::cli::targets::{Opener, TargetArgument};
use crate::cli::tell;
use crate::compare::{Class, Grade};
use crate::engine::{Plan, Replayer};
use crate::error::{Error, Input};
use crate::findings::{Baseline, BaselineRow, Corpus, Record, body_digest, today};
use crate::report::RunReport;

/// How often a known finding is fired before it counts as gone.
const TIMES: usize = 3;

/// The findings that are known.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Verdict")]
pub(super) struct BaselineFlag {
    /// Known findings, which do not make the exit code 1: a file of `manifuzz baseline add`, or a corpus
    ///
    /// They are fired before the cases of the run. One that no longer shows is stale and makes the exit code 1, and so does one whose
    /// date has passed if it shows.
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
}

/// What became of the baseline's rows of the run's targets.
#[derive(Debug, Default)]
pub(super) struct KnownFindings {
    baseline: Option<Baseline>,
    /// Those that were fired and did not reproduce.
    stale: Vec<BaselineRow>,
    /// Those that reproduced.
    shown: usize,
    /// Those that could not be tested.
    untested: usize,
}

impl BaselineFlag {
    /// Reads the file.
    pub fn read(&self) -> Result<KnownFindings, Input> {
        let read = |path: &PathBuf| Baseline::read(path).map_err(|error| error.advising(", with --baseline"));
        Ok(KnownFindings { baseline: self.baseline.as_ref().map(read).transpose()?, ..KnownFindings::default() })
    }

    fn path(&self) -> &Path {
        self.baseline.as_deref().unwrap_or(Path::new(""))
    }
}

impl KnownFindings {
    /// Fires the rows of the run's targets in their order. An embedded registry is opened anew for that, so that the run finds the
    /// same with a baseline as without one.
    pub fn fire(
        &mut self,
        opener: &Opener,
        arguments: &[TargetArgument],
        opened: &[OpenTarget],
        plan: &Plan,
        corpus: (&Corpus, &Path),
        interrupt: &Interrupt,
    ) -> Result<(), Error> {
        let Some(baseline) = &self.baseline else { return Ok(()) };
        for (argument, open) in arguments.iter().zip(opened) {
            let name = open.target.name();
            let rows: Vec<&BaselineRow> = (baseline.rows().iter())
                .filter(|row| row.target == name && row.spec == plan.versions.name && !is_comparison(row))
                .collect();
            if rows.is_empty() {
                continue;
            }
            let own = if open.is_embedded { Some(opener.open(argument)?) } else { None };
            let target = own.as_deref().unwrap_or(open.target.as_ref());
            let replayer = match Replayer::new(target, plan.versions, interrupt.stop().clone()) {
                Ok(replayer) => replayer.sending_at_most(plan.budget),
                // The run meets the same trouble and reports it.
                Err(_) => {
                    self.untested += rows.len();
                    continue;
                }
            };
            let count = rows.len();
            for (done, row) in rows.into_iter().enumerate() {
                match fire(&replayer, row, corpus)? {
                    Fired::Shown => self.shown += 1,
                    Fired::Stale => self.stale.push(row.clone()),
                    Fired::NotTested => self.untested += 1,
                    Fired::Lost { is_shown } => {
                        // Waiting for it once is enough.
                        self.shown += usize::from(is_shown);
                        self.untested += count - done - usize::from(is_shown);
                        break;
                    }
                }
            }
        }
        Ok(())
    }

    /// Says how many findings are known and new, and names the rows that are stale or expired. Returns whether the run failed: some
    /// finding at or above the grade is new, or a row is stale.
    pub fn settle(&self, report: &RunReport, fail_on: Grade, flag: &BaselineFlag) -> bool {
        let failing = report.findings.iter().filter(|record| record.grade >= fail_on);
        let Some(baseline) = &self.baseline else { return failing.count() > 0 };
        let day = today();
        let (known, new): (Vec<&Record>, Vec<&Record>) = failing.partition(|one| baseline.naming(one, day).is_some());
        let names: Vec<&str> = report.targets.iter().map(|target| target.name.as_str()).collect();
        let of_run = |row: &&BaselineRow| names.contains(&&*row.target) && row.spec == report.spec;
        let expired: Vec<&BaselineRow> =
            baseline.rows().iter().filter(|row| row.is_expired(day)).filter(of_run).collect();
        for row in &self.stale {
            tell(format_args!(
                "stale: {}: it did not reproduce; remove the row from {}",
                line(row),
                flag.path().display()
            ));
        }
        for row in &expired {
            let until = row.until.map(|until| until.to_string()).unwrap_or_default();
            tell(format_args!("expired: {}: it was acceptable until {until}, so it counts again", line(row)));
        }
        for record in &new {
            let (target, id, key) = (&record.target, record.shape.id(), &record.key);
            tell(format_args!("new: {target} {id} {}: {key}", record.shape));
        }
        tell(format_args!(
            "baseline {}: {} findings known, {} new; {} rows reproduced, {} stale, {} expired, {} not tested",
            flag.path().display(),
            known.len(),
            new.len(),
            self.shown,
            self.stale.len(),
            expired.len(),
            self.untested
        ));
        !new.is_empty() || !self.stale.is_empty()
    }
}

/// Says that nothing is fired, if there is a baseline but the run only reads.
pub(super) fn may_fire(known: &KnownFindings, safety: &SafetyFlags) -> bool {
    if known.baseline.is_some() && safety.read_only {
        tell("the rows of the baseline are not fired, because only requests that read are sent");
    }
    !safety.read_only
}

/// A difference between targets is not shown by one of them.
fn is_comparison(row: &BaselineRow) -> bool {
    row.key.split(' ').nth(1) == Some(Class::Disagrees.as_str())
}

/// What firing a row showed.
enum Fired {
    Shown,
    Stale,
    NotTested,
    /// The target was given up after it.
    Lost {
        is_shown: bool,
    },
}

fn fire(replayer: &Replayer<'_>, row: &BaselineRow, corpus: (&Corpus, &Path)) -> Result<Fired, Error> {
    let case = match case(row, corpus) {
        Ok(case) => case,
        Err(why) => {
            tell(format_args!("warning: {}: {why}; the row is not fired", line(row)));
            return Ok(Fired::NotTested);
        }
    };
    let recorded = Recorded { case, key: &row.key };
    for _ in 0..TIMES {
        match recorded.fire(replayer)? {
            Shown::Same | Shown::Once => return Ok(Fired::Shown),
            Shown::Lost { is_shown, .. } => return Ok(Fired::Lost { is_shown }),
            Shown::Others(_) => {}
            Shown::Unsupported | Shown::Trouble(_) | Shown::Interrupted => return Ok(Fired::NotTested),
        }
    }
    Ok(Fired::Stale)
}

/// The case of a row. A baseline has only the digest of a document; the rest is in the corpus. The error says why there is none.
fn case<'r>(row: &'r BaselineRow, (corpus, path): (&'r Corpus, &Path)) -> Result<RecordedCase<'r>, String> {
    if let Some(shape) = row.shape.shape() {
        return Ok(RecordedCase::Shape(shape));
    }
    if body_digest(row.shape.as_str()).is_none() {
        return Err("this version cannot read the shape".to_owned());
    }
    let of_row = corpus.records().into_iter().find(|record| record.shape == row.shape);
    let record = of_row.ok_or_else(|| format!("{} has no row with this document", path.display()))?;
    RecordedCase::of(path, record)
}

fn line(row: &BaselineRow) -> String {
    let owner = if row.owner.is_empty() { String::new() } else { format!(", {}", row.owner) };
    format!("{} {} {} ({}{owner})", row.target, row.shape.id(), row.key, row.reason)
}

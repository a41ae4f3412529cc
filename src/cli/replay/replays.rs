//! Fires rows again, those of each version of the specifications by its own rules.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::Path;
use std::sync::Arc;

use super::verdict::Verdict;
use crate::cli::advice::with_advice;
use crate::cli::interrupt::Interrupt;
use crate::cli::refire::{Recorded, RecordedCase, Shown, TellWaiting};
use crate::compare::{Class, Finding, Grade, Symptom};
use crate::engine::{Replayed, Replayer};
use crate::error::Error;
use crate::exchange::Stage;
use crate::findings::Record;
use crate::generate::Tested;
use crate::model::Versions;
use crate::shape::Shape;
use crate::transport::Target;

/// How often each row is fired.
const TIMES: usize = 3;

/// The replay of rows on a target.
pub(super) struct Replays<'t> {
    target: &'t dyn Target,
    tested: Tested,
    corpus: &'t Path,
    rows: &'t [&'t Record],
    interrupt: &'t Interrupt,
    of_versions: HashMap<String, Replay<'t>>,
    /// Why no more rows are fired.
    over: Option<String>,
}

impl<'t> Replays<'t> {
    pub fn new(
        (target, tested): (&'t dyn Target, Tested),
        corpus: &'t Path,
        rows: &'t [&'t Record],
        interrupt: &'t Interrupt,
    ) -> Self {
        Self { target, tested, corpus, rows, interrupt, of_versions: HashMap::new(), over: None }
    }

    /// What became of a row.
    ///
    /// # Errors
    ///
    /// Trouble if the target cannot be tested at all.
    pub fn verdict(&mut self, row: &Record) -> Result<Verdict, Error> {
        if let Some(why) = &self.over {
            return Ok(Verdict::NotTested(why.clone()));
        }
        if row.class == Class::Disagrees {
            return Ok(Verdict::NotTested("it compares several targets, and one was fired at".to_owned()));
        }
        if row.class != Class::Imported && row.stage.is_of_client() != (self.tested == Tested::Client) {
            let of = if row.stage.is_of_client() { "a client program" } else { "a registry" };
            return Ok(Verdict::NotTested(format!("it is a finding of {of}")));
        }
        let case = match RecordedCase::of(self.corpus, row) {
            Ok(case) => case,
            Err(why) => return Ok(Verdict::NotTested(why)),
        };
        let Ok(versions) = row.spec.parse::<Versions>() else {
            return Ok(Verdict::NotTested(format!("this version does not know the versions `{}`", row.spec)));
        };
        let is_first = self.of_versions.is_empty();
        let replay = match self.of_versions.entry(row.spec.clone()) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(free) => match Replayer::new(self.target, versions, Arc::clone(self.interrupt.stop())) {
                Ok(replayer) => free.insert(Replay { replayer, of_bases: HashMap::new() }),
                Err(trouble) if is_first => return Err(trouble.into()),
                Err(trouble) => {
                    let why = with_advice(&trouble);
                    self.over = Some(why.clone());
                    return Ok(Verdict::NotTested(why));
                }
            },
        };
        let (verdict, over) = match replay.verdict(row, case, self.rows)? {
            Replayable::Judged(verdict) => (verdict, None),
            Replayable::Lost(verdict, why) => (verdict, Some(format!("the target was given up, because {why}"))),
            Replayable::Stopped => {
                let why = if self.interrupt.came() { "the command was interrupted" } else { "the time was over" };
                (Verdict::NotTested(why.to_owned()), Some(why.to_owned()))
            }
        };
        self.over = over;
        Ok(verdict)
    }
}

/// How firing a row ended.
enum Replayable {
    Judged(Verdict),
    /// The target was given up.
    Lost(Verdict, String),
    /// The command was asked to stop.
    Stopped,
}

/// The replay of the rows of one version of the specifications.
struct Replay<'t> {
    replayer: Replayer<'t>,
    /// What the base of a kind shows at a stage: no case of the kind is to blame for that.
    of_bases: HashMap<(Shape, Stage), Vec<Symptom>>,
}

impl Replay<'_> {
    fn verdict(&mut self, row: &Record, case: RecordedCase<'_>, rows: &[&Record]) -> Result<Replayable, Error> {
        let base = case.base();
        let recorded = Recorded { case, key: &row.key };
        let (mut same, mut clean) = (0, 0);
        let mut others: Vec<String> = Vec::new();
        let not_tested = |why: String| Ok(Replayable::Judged(Verdict::NotTested(why)));
        for _ in 0..TIMES {
            match recorded.fire(&self.replayer)? {
                Shown::Same => same += 1,
                Shown::Once => {
                    let why = "shown once, not when repeated at once".to_owned();
                    return Ok(Replayable::Judged(Verdict::Flaky(why)));
                }
                Shown::Others(findings) => match self.other(row, base.as_ref(), &findings, rows)? {
                    None => clean += 1,
                    Some(other) => others.push(other),
                },
                Shown::Lost { is_shown, why } => {
                    let verdict =
                        if is_shown { Verdict::of(same + 1, clean, others) } else { Verdict::NotTested(why.clone()) };
                    return Ok(Replayable::Lost(verdict, why));
                }
                Shown::Unsupported => return not_tested("the target lacks a capability that it needs".to_owned()),
                Shown::Trouble(trouble) => return not_tested(with_advice(&trouble)),
                Shown::Interrupted => return Ok(Replayable::Stopped),
            }
        }
        Ok(Replayable::Judged(Verdict::of(same, clean, others)))
    }

    /// What a row that no longer shows its finding shows instead at the same stage. Not what the base shows as well, what another row
    /// of the case says, and what is less than the row said.
    fn other(
        &mut self,
        row: &Record,
        base: Option<&Shape>,
        findings: &[Finding],
        rows: &[&Record],
    ) -> Result<Option<String>, Error> {
        let of_base = base.map_or(Ok(Vec::new()), |base| self.of_base(base, row.stage))?;
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

    fn of_base(&mut self, base: &Shape, stage: Stage) -> Result<Vec<Symptom>, Error> {
        if let Some(known) = self.of_bases.get(&(base.clone(), stage)) {
            return Ok(known.clone());
        }
        let symptoms: Vec<Symptom> = match self.replayer.fire(base, stage, &mut TellWaiting)? {
            Replayed::Judged { findings, .. } => findings.into_iter().map(|finding| finding.symptom).collect(),
            _ => Vec::new(),
        };
        self.of_bases.insert((base.clone(), stage), symptoms.clone());
        Ok(symptoms)
    }
}

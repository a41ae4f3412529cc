//! What every format is made from: a run or a corpus, and how to look at it.

use crate::compare::Grade;
use crate::findings::Record;
use crate::report::groups::{Group, groups};
use crate::report::run_report::{RunReport, TargetReport};

use super::places::RowPlaces;

/// What a report is made from.
#[derive(Clone, Copy, Debug)]
pub struct Document<'r> {
    /// The run; of a corpus, only the findings and the version of manifuzz are meaningful.
    pub run: &'r RunReport,
    /// Whether there was a run. A corpus has findings, but no counts and no coverage.
    pub is_run: bool,
    /// The lowest grade that counts as a failure.
    pub fail_on: Grade,
    /// Where the rows are.
    pub places: &'r RowPlaces,
}

impl<'r> Document<'r> {
    /// The names and versions of the targets: those of the run, or else of the findings, in order.
    pub(super) fn targets(&self) -> Vec<(&'r str, &'r str)> {
        let mut targets: Vec<(&str, &str)> =
            self.run.targets.iter().map(|target| (&*target.name, &*target.version)).collect();
        for record in &self.run.findings {
            if !targets.iter().any(|(name, _)| *name == record.target) {
                targets.push((&record.target, &record.target_version));
            }
        }
        targets
    }

    /// The report of a target; `None` if there was no run on it.
    pub(super) fn target(&self, name: &str) -> Option<&'r TargetReport> {
        self.run.targets.iter().find(|target| self.is_run && target.name == name)
    }

    /// The findings on a target.
    pub(super) fn findings_on<'n>(&self, name: &'n str) -> impl Iterator<Item = &'r Record> + use<'r, 'n> {
        self.run.findings.iter().filter(move |record| record.target == name)
    }

    /// The findings in groups, the most severe first.
    pub(super) fn groups(&self) -> Vec<Group<'r>> {
        groups(&self.run.findings)
    }

    /// The number of findings on a target with this grade.
    pub(super) fn count(&self, name: &str, grade: Grade) -> usize {
        self.findings_on(name).filter(|record| record.grade == grade).count()
    }
}

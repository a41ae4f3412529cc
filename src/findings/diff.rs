//! What differs between two runs, case by case, and between two corpora, row by row. Pure.

use std::collections::{BTreeMap, HashMap};

use super::case_line::{CaseEnd, CaseLine};
use super::message::without_details;
use super::record::{Identity, Record};

/// A difference between two runs in one case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CaseChange<'c> {
    /// What changed.
    pub change: Change,
    /// The case in the first run.
    pub before: &'c CaseLine,
    /// The case in the second run.
    pub after: &'c CaseLine,
}

/// What changed in a case that both runs judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// Accepted before, refused now.
    NewlyRefused,
    /// Refused before, accepted now.
    NewlyAccepted,
    /// Another status or error code.
    Code,
    /// Another message, digests, numbers and quoted parts aside.
    Message,
}

impl Change {
    /// The name in the output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NewlyRefused => "newly-refused",
            Self::NewlyAccepted => "newly-accepted",
            Self::Code => "code-changed",
            Self::Message => "message-changed",
        }
    }
}

/// The differences between two runs, and how many cases could be compared.
#[derive(Debug, Default)]
pub struct CaseDifferences<'c> {
    /// In the order of targets, then kinds of change, the smallest case first.
    pub changes: Vec<CaseChange<'c>>,
    /// Cases that both judged.
    pub compared: usize,
    /// Cases that only one of them judged.
    pub alone: usize,
}

/// Compares two runs. Cases are the same if target and shape are; if each run has one target, the names may differ.
pub fn case_differences<'c>(before: &'c [CaseLine], after: &'c [CaseLine]) -> CaseDifferences<'c> {
    let is_judged = |line: &&CaseLine| matches!(line.outcome, CaseEnd::Accepted | CaseEnd::Refused);
    let only = |lines: &[CaseLine]| lines.iter().all(|line| line.target == lines[0].target);
    let by_name = !(only(before) && only(after));
    let place = |line: &'c CaseLine| (if by_name { &*line.target } else { "" }, &*line.shape);
    let mut later: HashMap<(&str, &str), &CaseLine> =
        after.iter().filter(is_judged).map(|one| (place(one), one)).collect();
    let mut found = CaseDifferences::default();
    for before in before.iter().filter(is_judged) {
        let Some(after) = later.remove(&place(before)) else {
            found.alone += 1;
            continue;
        };
        found.compared += 1;
        if let Some(change) = change(before, after) {
            found.changes.push(CaseChange { change, before, after });
        }
    }
    found.alone += later.len();
    // The smallest case of each kind of change first.
    let size = |line: &CaseLine| (line.shape.split(';').count(), line.shape.len());
    found.changes.sort_by_key(|one| (&one.before.target, one.change, size(one.before)));
    found
}

fn change(before: &CaseLine, after: &CaseLine) -> Option<Change> {
    match (before.outcome, after.outcome) {
        (CaseEnd::Accepted, CaseEnd::Refused) => Some(Change::NewlyRefused),
        (CaseEnd::Refused, CaseEnd::Accepted) => Some(Change::NewlyAccepted),
        _ if answer(before) != answer(after) => Some(Change::Code),
        _ if without_details(&before.message) != without_details(&after.message) => Some(Change::Message),
        _ => None,
    }
}

/// What must be the same.
fn answer(line: &CaseLine) -> (Option<u16>, &str, Option<&str>) {
    (line.status, &line.code, line.stage.as_deref())
}

/// A difference between two corpora in one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowDifference<'r> {
    /// Only the first has it.
    Gone(&'r Record),
    /// Only the second has it.
    New(&'r Record),
    /// Both have it, with these columns changed.
    Changed(&'r Record, &'r Record, Vec<&'static str>),
}

impl<'r> RowDifference<'r> {
    /// The name in the output.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Gone(_) => "gone",
            Self::New(_) => "new",
            Self::Changed(..) => "changed",
        }
    }

    /// The row, as the second corpus has it if it does.
    pub fn record(&self) -> &'r Record {
        match self {
            Self::Gone(record) | Self::New(record) | Self::Changed(_, record, _) => record,
        }
    }
}

/// Compares two corpora by target, spec and key, in that order. Columns that say when and how a finding was seen do not count.
pub fn row_differences<'r>(before: &[&'r Record], after: &[&'r Record]) -> Vec<RowDifference<'r>> {
    let by_identity = |records: &[&'r Record]| -> BTreeMap<Identity, &'r Record> {
        records.iter().map(|record| (record.identity(), *record)).collect()
    };
    let (before, mut after) = (by_identity(before), by_identity(after));
    let mut found: BTreeMap<Identity, RowDifference<'r>> = BTreeMap::new();
    for (identity, old) in before {
        match after.remove(&identity) {
            None => drop(found.insert(identity, RowDifference::Gone(old))),
            Some(new) => {
                let columns = changed(old, new);
                if !columns.is_empty() {
                    found.insert(identity, RowDifference::Changed(old, new, columns));
                }
            }
        }
    }
    found.extend(after.into_iter().map(|(identity, new)| (identity, RowDifference::New(new))));
    found.into_values().collect()
}

fn changed(old: &Record, new: &Record) -> Vec<&'static str> {
    let columns = [
        ("shape", old.shape != new.shape),
        ("grade", old.grade != new.grade),
        ("target_version", old.target_version != new.target_version),
        ("expect", old.expect != new.expect),
        ("rules", old.rules != new.rules),
        ("error_message", without_details(&old.error_message) != without_details(&new.error_message)),
        // The body of the same shape is frozen.
        ("body_sha256", old.shape == new.shape && old.body_sha256 != new.body_sha256),
    ];
    columns.into_iter().filter(|(_, is_changed)| *is_changed).map(|(name, _)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(target: &str, shape: &str, outcome: CaseEnd, status: u16, message: &str) -> CaseLine {
        let message = message.to_owned();
        CaseLine { status: Some(status), message, ..CaseLine::new(target, shape.to_owned(), outcome) }
    }

    #[test]
    fn each_kind_of_change_is_told() {
        use CaseEnd::{Accepted, Refused, Trouble};
        let before = [
            line("t", "a=1", Accepted, 201, ""),
            line("t", "b=1", Refused, 400, "no"),
            line("t", "c=1", Refused, 400, "no"),
            line("t", "d=1", Refused, 400, "blob sha256:ab12 of 17 bytes"),
            line("t", "e=1", Refused, 400, "size"),
            line("t", "f=1", Trouble, 503, ""),
        ];
        let after = [
            line("t", "a=1", Refused, 400, ""),
            line("t", "b=1", Accepted, 201, ""),
            line("t", "c=1", Refused, 422, "no"),
            line("t", "d=1", Refused, 400, "blob sha256:99ff0 of 4 bytes"),
            line("t", "e=1", Refused, 400, "media type"),
            line("t", "f=1", Accepted, 201, ""),
        ];
        let found = case_differences(&before, &after);
        let changes: Vec<_> = found.changes.iter().map(|one| (&*one.before.shape, one.change)).collect();
        let expected = [
            ("a=1", Change::NewlyRefused),
            ("b=1", Change::NewlyAccepted),
            ("c=1", Change::Code),
            ("e=1", Change::Message),
        ];
        assert_eq!(changes, expected);
        assert_eq!((found.compared, found.alone), (5, 1));
        assert!(case_differences(&before, &before).changes.is_empty());
    }

    #[test]
    fn targets_are_compared_by_name_unless_each_run_has_one() {
        let one = [line("v1", "a=1", CaseEnd::Accepted, 201, "")];
        let other = [line("v2", "a=1", CaseEnd::Refused, 400, "")];
        assert_eq!(case_differences(&one, &other).changes.len(), 1);
        let both = [other[0].clone(), line("v1", "a=1", CaseEnd::Accepted, 201, "")];
        assert!(case_differences(&one, &both).changes.is_empty());
    }
}

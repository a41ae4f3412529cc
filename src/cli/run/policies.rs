//! What targets refuse on purpose, as `targets.toml` says.

use std::collections::HashMap;

use jiff::civil::Date;

use crate::cli::targets::Policy;
use crate::cli::tell;
use crate::compare::Grade;
use crate::findings::Record;

/// The policies of a run, by the name of the target.
#[derive(Debug, Default)]
pub(super) struct Policies(HashMap<String, Vec<Policy>>);

impl Policies {
    /// Adds those of a target that hold on this day, and warns of the others.
    pub fn add(&mut self, target: &str, policies: Vec<Policy>, day: Date) {
        let (over, valid): (Vec<Policy>, Vec<Policy>) = policies.into_iter().partition(|one| one.is_expired(day));
        for policy in over {
            tell(format_args!("warning: {target}: this policy is over, so its findings count: {policy}"));
        }
        self.0.insert(target.to_owned(), valid);
    }

    /// Makes a note of a finding that is on purpose.
    pub fn excuse(&self, record: Record) -> Record {
        let mut policies = self.0.get(&record.target).into_iter().flatten();
        match policies.find(|policy| policy.covers(&record)) {
            Some(policy) => {
                let said = [&*record.note, &*policy.to_string()].join("; ");
                Record { grade: Grade::Note, note: said.trim_start_matches("; ").to_owned(), ..record }
            }
            None => record,
        }
    }
}

//! The text form of a finding that is not hunted yet, as part of the state of a run.

use serde::{Deserialize, Serialize};

use super::pending::Pending;
use super::stored_symptom::{StoredSymptom, known_id};
use crate::compare::{Finding, Grade};

/// A case with a finding.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct StoredPending {
    shape: String,
    symptom: StoredSymptom,
    grade: String,
    message: String,
    rules: Vec<String>,
    expect: String,
    note: String,
    rules_due: Vec<String>,
    rules_recommending: Vec<String>,
}

impl From<&Pending> for StoredPending {
    fn from(Pending { shape, finding }: &Pending) -> Self {
        let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
        Self {
            shape: shape.to_string(),
            symptom: StoredSymptom::from(&finding.symptom),
            grade: finding.grade.as_str().to_owned(),
            message: finding.message.clone(),
            rules: ids(&finding.rules),
            expect: finding.expect.clone(),
            note: finding.note.clone(),
            rules_due: ids(&finding.rules_due),
            rules_recommending: ids(&finding.rules_recommending),
        }
    }
}

impl StoredPending {
    /// The case and its finding; `None` if this version cannot read them.
    pub fn read(&self) -> Option<Pending> {
        let ids = |ids: &[String]| ids.iter().map(|id| known_id(id)).collect::<Option<Vec<_>>>();
        let finding = Finding {
            symptom: self.symptom.read()?,
            grade: Grade::named(&self.grade)?,
            message: self.message.clone(),
            rules: ids(&self.rules)?,
            expect: self.expect.clone(),
            note: self.note.clone(),
            rules_due: ids(&self.rules_due)?,
            rules_recommending: ids(&self.rules_recommending)?,
        };
        Some(Pending { shape: self.shape.parse().ok()?, finding })
    }
}

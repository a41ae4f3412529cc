//! The text forms of what the state of a run holds. Shapes are texts, and rules are ids.

use serde::{Deserialize, Serialize};

use super::pending::Pending;
use crate::compare::{Finding, Grade, Symptom};
use crate::exchange::Stage;
use crate::model::{Class, rule};

/// A symptom.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct StoredSymptom {
    stage: String,
    class: String,
    status: Option<u16>,
    code: String,
    duty: Option<String>,
}

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

impl From<&Symptom> for StoredSymptom {
    fn from(symptom: &Symptom) -> Self {
        Self {
            stage: symptom.stage.as_str().to_owned(),
            class: symptom.class.as_str().to_owned(),
            status: symptom.status,
            code: symptom.code.clone(),
            duty: symptom.duty.map(str::to_owned),
        }
    }
}

impl StoredSymptom {
    /// The symptom; `None` if this version has no such stage, class or rule.
    pub fn read(&self) -> Option<Symptom> {
        Some(Symptom {
            stage: Stage::named(&self.stage)?,
            class: Class::named(&self.class)?,
            status: self.status,
            code: self.code.clone(),
            duty: match &self.duty {
                Some(id) => Some(known_id(id)?),
                None => None,
            },
        })
    }
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

/// The id of a rule of this version.
fn known_id(id: &str) -> Option<&'static str> {
    rule(id).map(|rule| rule.id)
}

//! The text form of a symptom, as part of the state of a run.

use serde::{Deserialize, Serialize};

use crate::compare::Symptom;
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

/// The id of a rule of this version.
pub(super) fn known_id(id: &str) -> Option<&'static str> {
    rule(id).map(|rule| rule.id)
}

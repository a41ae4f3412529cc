//! What must stay the same while a document shrinks.

use std::collections::BTreeSet;

use crate::compare::{Finding, Symptom};
use crate::engine::refusal::Refusal;
use crate::exchange::Observation;
use crate::model::{Class, Expect, Judgement};

/// What must stay the same.
#[derive(Clone, Debug)]
pub(super) enum Sought {
    /// A finding, and whether the document must or should be accepted.
    Finding(Symptom, bool),
    /// A refusal that departs from nothing, and the rules that the document breaks.
    Refusal(Refusal, BTreeSet<&'static str>),
}

/// The rules that a document breaks.
pub(super) fn broken(judgement: &Judgement) -> BTreeSet<&'static str> {
    judgement.breaches.iter().map(|breach| breach.rule.id).collect()
}

impl Sought {
    pub fn finding(finding: &Finding, expect: Expect) -> Self {
        Self::Finding(finding.symptom.clone(), expect.is_accept())
    }

    /// Whether a candidate with this judgement can show it. If not, it is not sent: a document that is wrong in another way is
    /// refused for that.
    pub fn may_be_shown_by(&self, judgement: &Judgement) -> bool {
        match self {
            Self::Finding(symptom, is_valid) => {
                let is_refusal =
                    matches!(symptom.class, Class::RejectsValid | Class::ServerError | Class::Dropped | Class::Hang);
                !(is_refusal && *is_valid) || judgement.expect.is_accept()
            }
            Self::Refusal(_, rules) => broken(judgement).is_subset(rules),
        }
    }

    /// Whether an observation and its findings show it.
    pub fn is_shown_by(&self, seen: &Observation, findings: &[Finding]) -> bool {
        match self {
            Self::Finding(symptom, _) => findings.iter().any(|finding| finding.symptom == *symptom),
            Self::Refusal(refused, _) => Refusal::of(seen).is_some_and(|now| now.is_like(refused)),
        }
    }

    /// Whether the target may be down after it.
    pub fn may_be_down(&self) -> bool {
        match self {
            Self::Finding(symptom, _) => matches!(symptom.class, Class::Dropped | Class::Hang),
            Self::Refusal(refused, _) => refused.status.is_none(),
        }
    }
}

//! What must stay the same while a document shrinks.

use std::collections::BTreeSet;

use crate::compare::{Finding, Symptom};
use crate::engine::refusal::Refusal;
use crate::exchange::Observation;
use crate::model::{Class, Expect, Judgement, Level};

/// What must stay the same.
#[derive(Clone, Debug)]
pub(super) enum Sought {
    /// A finding, and whether the document must or should be accepted.
    Finding(Symptom, bool),
    /// A refusal that departs from nothing, the expectation, and what the document breaks.
    Refusal(Refusal, Expect, Broken),
}

/// Rules that a document breaks, each with the place; positions in lists are left out, because they change.
pub(super) type Broken = BTreeSet<(&'static str, String)>;

/// The rules that a document breaks.
pub(super) fn broken(judgement: &Judgement) -> Broken {
    let place = |place: &str| place.chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
    judgement.breaches.iter().map(|breach| (breach.rule.id, place(&breach.place))).collect()
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
            Self::Refusal(_, expect, rules) => judgement.expect == *expect && broken(judgement).is_subset(rules),
        }
    }

    /// Whether a document with this judgement may be accepted, although it cannot show what is sought: it breaks no MUST.
    pub fn may_be_accepted(judgement: &Judgement) -> bool {
        let breaks_must = judgement.breaches.iter().any(|breach| breach.rule.level == Level::Must);
        !breaks_must && !matches!(judgement.expect, Expect::MustReject | Expect::ShouldReject)
    }

    /// Whether an observation and its findings show it.
    pub fn is_shown_by(&self, seen: &Observation, findings: &[Finding]) -> bool {
        match self {
            Self::Finding(symptom, _) => findings.iter().any(|finding| finding.symptom == *symptom),
            Self::Refusal(refused, ..) => Refusal::of(seen).is_some_and(|now| now.is_like(refused)),
        }
    }

    /// Whether the target may be down after it.
    pub fn may_be_down(&self) -> bool {
        match self {
            Self::Finding(symptom, _) => matches!(symptom.class, Class::Dropped | Class::Hang),
            Self::Refusal(refused, ..) => refused.status.is_none(),
        }
    }
}

//! What must stay the same while a document shrinks.

use std::collections::BTreeSet;

use crate::compare::{Finding, Symptom, words_of};
use crate::exchange::{Observation, Probe, Reply, Stage};
use crate::model::{Class, Expect, Judgement};

/// How a target refused a push: without the message, which may quote the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refused {
    pub stage: Stage,
    /// The status of the answer, if one arrived.
    pub status: Option<u16>,
    /// The first error code; empty if absent.
    pub code: String,
    /// The server's message, or what happened instead of an answer.
    pub message: String,
}

impl Refused {
    /// How the push, or the upload of content that it needs, was refused; `None` if it was accepted or not sent.
    pub fn of(seen: &Observation) -> Option<Self> {
        // Nothing is pushed after a refused upload, and only refused uploads have a reply.
        let decides = |(probe, _): &&(Probe, Reply)| matches!(probe, Probe::Upload(_) | Probe::Put);
        let (probe, reply) = seen.replies.iter().rfind(decides)?;
        let refused = |status, code, message| Self { stage: probe.stage(), status, code, message };
        match reply {
            Reply::Answer(answer) if answer.is_success() => None,
            Reply::Answer(answer) => {
                let (code, message) = words_of(answer);
                Some(refused(Some(answer.status), code, message))
            }
            Reply::Dropped(why) => Some(refused(None, String::new(), why.clone())),
            Reply::Hang => Some(refused(None, String::new(), "no answer within the deadline".to_owned())),
            Reply::NotFollowed(not) => Some(refused(None, String::new(), not.to_string())),
        }
    }

    fn is_like(&self, other: &Self) -> bool {
        (self.stage, self.status, &self.code) == (other.stage, other.status, &other.code)
    }
}

/// What must stay the same.
#[derive(Clone, Debug)]
pub(super) enum Sought {
    /// A finding, and whether the document must or should be accepted.
    Finding(Symptom, bool),
    /// A refusal that departs from nothing, and the rules that the document breaks.
    Refusal(Refused, BTreeSet<&'static str>),
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
            Self::Refusal(refused, _) => Refused::of(seen).is_some_and(|now| now.is_like(refused)),
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

//! What the rules on answers look at, and what they report.

use crate::exchange::{Answer, Ask, Capabilities, Observation, Probe, Stage};
use crate::model::document::content::Content;
use crate::model::policy::judgement::Judgement;
use crate::model::rule::class::Class;
use crate::model::versions::FROM_1_1;

/// What the rules on answers look at.
#[derive(Debug)]
pub struct Answered<'e> {
    /// The request and its document.
    pub content: Content<'e>,
    /// What was expected of it.
    pub judgement: &'e Judgement,
    /// What was answered.
    pub observation: &'e Observation,
    /// What the target can do; what it lacks is excused.
    pub capabilities: &'e Capabilities,
}

impl Answered<'_> {
    /// Whether the request was accepted and is one that the specification speaks for: only then is it owed
    /// more than faithful storage.
    pub fn accepted_valid(&self) -> bool {
        self.observation.accepted() && self.judgement.expect.is_accept()
    }

    /// The tested request's answer, where it is 4xx.
    pub fn refusal(&self) -> Option<&Answer> {
        self.observation.answer(&Probe::Put).filter(|answer| (400..500).contains(&answer.status))
    }

    /// Whether the target has what is asked for: what it lacks, or the version does not have, it owes nothing of.
    pub fn owes(&self, probe: &Probe) -> bool {
        match probe {
            Probe::Referrers
            | Probe::Ask(Ask::ReferrersOfUnknown | Ask::ReferrersOfMalformed | Ask::ReferrersFiltered) => {
                self.capabilities.referrers && FROM_1_1.holds(self.content.versions.distribution)
            }
            Probe::TagList | Probe::Ask(Ask::NoTags | Ask::OneTag | Ask::TagsInOrder) => self.capabilities.tag_list,
            Probe::Ask(Ask::DeleteDigest | Ask::DeleteInUnknownRepository) => self.capabilities.deletion,
            _ => true,
        }
    }

    /// The answer to a question, unless it is that we may not ask or that the server failed.
    pub fn asked(&self, ask: Ask) -> Option<&Answer> {
        self.observation.answer(&Probe::Ask(ask)).filter(|answer| !matches!(answer.status, 401 | 403 | 429 | 500..))
    }
}

/// One way in which the answers break a rule.
#[derive(Clone, Debug)]
pub struct Flaw {
    /// Where it was seen.
    pub stage: Stage,
    /// The answer that shows it; of what a refusal left behind, the refusal.
    pub answer: Answer,
    /// What is wrong.
    pub message: String,
    /// The class of the finding, where it differs from the rule's.
    pub class: Option<Class>,
}

impl Flaw {
    /// A flaw of the answer to this request.
    pub(in crate::model) fn of(probe: &Probe, answer: &Answer, message: String) -> Self {
        Self::at(probe.stage(), answer, message)
    }

    /// A flaw of an answer that shows at this stage.
    pub(in crate::model) fn at(stage: Stage, answer: &Answer, message: String) -> Self {
        Self { stage, answer: answer.clone(), message, class: None }
    }

    /// The same flaw under another class than the rule's.
    pub(in crate::model) fn classed(self, class: Class) -> Self {
        Self { class: Some(class), ..self }
    }
}

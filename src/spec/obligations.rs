//! What any answer must satisfy: runs the rules that bind answers over an observation.

use super::content::Content;
use super::judge::{Expect, Judgement};
use super::rule::{Check, Class, Rule};
use super::{Versions, rules};
use crate::exchange::{Answer, Ask, Capabilities, Exchange, Observation, Probe, Stage};

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

    /// The answer to a question, where it says something: not that we may not ask, not that the server failed.
    pub fn asked(&self, ask: Ask) -> Option<&Answer> {
        self.observation.answer(&Probe::Ask(ask)).filter(|answer| !matches!(answer.status, 401 | 403 | 429 | 500..))
    }
}

/// One way in which the answers break a rule.
#[derive(Clone, Debug)]
pub struct Flaw {
    /// Where it was seen.
    pub stage: Stage,
    /// The status of the answer that shows it, if one came.
    pub status: Option<u16>,
    /// What is wrong.
    pub message: String,
}

impl Flaw {
    /// A flaw of the answer to this request.
    pub(super) fn of(probe: &Probe, answer: &Answer, message: String) -> Self {
        Self { stage: probe.stage(), status: Some(answer.status), message }
    }
}

/// A rule that the answers break.
#[derive(Clone, Debug)]
pub struct Departure {
    /// The rule.
    pub rule: &'static Rule,
    /// The class of such a finding.
    pub class: Class,
    /// Where and how; once for each stage.
    pub flaw: Flaw,
}

/// Every rule on answers that the observation breaks, once for each rule, stage and status.
pub fn obligations(
    exchange: &Exchange,
    judgement: &Judgement,
    observation: &Observation,
    capabilities: &Capabilities,
    versions: Versions,
) -> Vec<Departure> {
    // Content that had to be refused and was not: that is the finding; what is read back of it is no other.
    if observation.accepted() && matches!(judgement.expect, Expect::MustReject) {
        return Vec::new();
    }
    let content = Content::new(exchange, &observation.facts, versions);
    let answered = Answered { content, judgement, observation, capabilities };
    let mut departures: Vec<Departure> = Vec::new();
    for rule in rules().filter(|rule| rule.holds_in(versions)) {
        let Check::Answer(class, check) = rule.check else { continue };
        // Whether a coded body is stored as it came or as it was meant is not said.
        if exchange.tested.content_encoding.is_some()
            && matches!(class, Class::Altered | Class::Lost | Class::Inconsistent)
        {
            continue;
        }
        let mut flaws = Vec::new();
        check(&answered, &mut flaws);
        for flaw in flaws {
            let same = |other: &Departure| {
                other.rule.id == rule.id && (other.flaw.stage, other.flaw.status) == (flaw.stage, flaw.status)
            };
            if !departures.iter().any(same) {
                departures.push(Departure { rule, class, flaw });
            }
        }
    }
    departures
}

//! What any answer must satisfy: runs the rules that bind answers over an observation.

use crate::exchange::{Answer, Ask, Capabilities, Exchange, Observation, Probe, Stage};
use crate::model::document::content::Content;
use crate::model::policy::judge::{Expect, Judgement};
use crate::model::rule::{Check, Class, Rule};
use crate::model::rules::distribution::errors::code_of;
use crate::model::rules::distribution::failures::{due, failures};
use crate::model::rules::http::codings::decoded;
use crate::model::rules::pages::rules;
use crate::model::versions::FROM_1_1;
use crate::model::versions::Versions;

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

impl Departure {
    /// What distinguishes it from other departures.
    fn symptom(&self) -> (&'static str, Class, Stage, u16, String) {
        let Flaw { stage, answer, .. } = &self.flaw;
        (self.rule.id, self.class, *stage, answer.status, code_of(answer))
    }
}

/// Every rule on answers that the observation breaks, once for each rule, class, stage, status and code.
pub fn obligations(
    exchange: &Exchange,
    judgement: &Judgement,
    observation: &Observation,
    capabilities: &Capabilities,
    versions: Versions,
) -> Vec<Departure> {
    // If MUST-reject content was accepted, report only that, not the read-back.
    if observation.accepted() && matches!(judgement.expect, Expect::MustReject) {
        return Vec::new();
    }
    let observation = &*decoded(exchange, observation);
    let content = Content::new(exchange, &observation.facts, versions);
    let answered = Answered { content, judgement, observation, capabilities };
    let mut departures: Vec<Departure> = Vec::new();
    let mut add = |rule: &'static Rule, class, flaw: Flaw| {
        let departure = Departure { rule, class, flaw };
        if !departures.iter().any(|other| other.symptom() == departure.symptom()) {
            departures.push(departure);
        }
    };
    for rule in rules().filter(|rule| rule.holds_in(versions)) {
        let Check::Answer(class, check) = rule.check else { continue };
        // Whether a coded body is stored as it came or decoded is not said. Warnings do not depend on that.
        if exchange.tested.content_encoding.is_some()
            && matches!(class, Class::Altered | Class::Lost | Class::Inconsistent)
            && rule.clause.section != crate::model::rules::distribution::warnings::SECTION
        {
            continue;
        }
        let mut flaws = Vec::new();
        check(&answered, &mut flaws);
        flaws.into_iter().for_each(|flaw| add(rule, flaw.class.unwrap_or(class), flaw));
    }
    failures(&answered).into_iter().for_each(|(rule, flaw)| add(rule, Class::ServerError, flaw));
    departures
}

/// The MUST that requires an answer to a request that got none, if there is one.
pub fn unanswered(
    exchange: &Exchange,
    judgement: &Judgement,
    observation: &Observation,
    capabilities: &Capabilities,
    versions: Versions,
    probe: &Probe,
) -> Option<&'static Rule> {
    if observation.accepted() && matches!(judgement.expect, Expect::MustReject) {
        return None;
    }
    let content = Content::new(exchange, &observation.facts, versions);
    due(&Answered { content, judgement, observation, capabilities }, probe)
}

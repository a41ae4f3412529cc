//! What any answer must satisfy: runs the rules that bind answers over an observation.

use crate::exchange::{Capabilities, Exchange, Observation, Probe, Stage};
use crate::model::document::content::Content;
use crate::model::policy::answered::{Answered, Flaw};
use crate::model::policy::judgement::{Expect, Judgement};
use crate::model::rule::{AnswerRule, Class, Family, RuleInfo};
use crate::model::rules::distribution::errors::code_of;
use crate::model::rules::distribution::failures::{due, failures};
use crate::model::rules::http::codings::decoded;
use crate::model::rules::pages::answer_rules;
use crate::model::versions::Versions;

/// A rule that the answers break.
#[derive(Clone, Debug)]
pub struct Departure {
    /// The rule.
    pub rule: &'static RuleInfo,
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
    let mut add = |rule: &'static RuleInfo, class, flaw: Flaw| {
        let departure = Departure { rule, class, flaw };
        if !departures.iter().any(|other| other.symptom() == departure.symptom()) {
            departures.push(departure);
        }
    };
    for AnswerRule { info, class, check } in answer_rules().filter(|rule| rule.info.holds_in(versions)) {
        // Whether a coded body is stored as it came or decoded is not said. Warnings do not depend on that.
        if exchange.tested.content_encoding.is_some()
            && matches!(class, Class::Altered | Class::Lost | Class::Inconsistent)
            && info.family != Family::Warnings
        {
            continue;
        }
        let mut flaws = Vec::new();
        check(&answered, &mut flaws);
        flaws.into_iter().for_each(|flaw| add(info, flaw.class.unwrap_or(*class), flaw));
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
) -> Option<&'static RuleInfo> {
    if observation.accepted() && matches!(judgement.expect, Expect::MustReject) {
        return None;
    }
    let content = Content::new(exchange, &observation.facts, versions);
    due(&Answered { content, judgement, observation, capabilities }, probe)
}

//! Runs the rules on answers over an observation.

use crate::exchange::{Capabilities, Observation, Probe, Stage};
use crate::model::document::content::Content;
use crate::model::policy::answered::{Answered, Flaw};
use crate::model::policy::judgement::{Expect, Judgement};
use crate::model::rule::{AnswerRule, Class, Family, RuleInfo};
use crate::model::rules::distribution::errors::code_of;
use crate::model::rules::distribution::failures::{failures, requirement};
use crate::model::rules::http::codings::decoded;
use crate::model::rules::pages::answer_rules;

/// A rule that the answers break.
#[derive(Clone, Debug)]
pub struct Departure {
    /// The rule.
    pub rule: &'static RuleInfo,
    /// The class of the finding.
    pub class: Class,
    /// Where and how it is broken.
    pub flaw: Flaw,
}

impl Departure {
    /// The properties that distinguish departures.
    fn symptom(&self) -> (&'static str, Class, Stage, u16, String) {
        let Flaw { stage, answer, .. } = &self.flaw;
        (self.rule.id, self.class, *stage, answer.status, code_of(answer))
    }
}

/// The rules on answers that an observation breaks: one departure for each rule, class, stage, status and error code.
///
/// `content` must be parsed with the facts of `observation`, and `judgement` be the judgement on it. Rules on capabilities
/// that the target lacks do not apply. Empty if content was accepted that must be refused, since that is the only thing to
/// report then.
pub fn obligations(
    content: &Content<'_>,
    judgement: &Judgement,
    observation: &Observation,
    capabilities: &Capabilities,
) -> Vec<Departure> {
    let (exchange, versions) = (content.exchange, content.versions);
    // If MUST-reject content was accepted, report only that, not the read-back.
    if matches!(judgement.expect, Expect::MustReject) && observation.accepted() && observation.is_decided() {
        return Vec::new();
    }
    let observation = &*decoded(exchange, observation);
    let answered = Answered::new(content, judgement, observation, capabilities);
    let mut departures: Vec<Departure> = Vec::new();
    let mut add = |rule: &'static RuleInfo, class, flaw: Flaw| {
        let departure = Departure { rule, class, flaw };
        if !departures.iter().any(|other| other.symptom() == departure.symptom()) {
            departures.push(departure);
        }
    };
    for AnswerRule { info, class, check } in answer_rules(versions) {
        // No specification defines whether a body with a coding is stored encoded or decoded. Warnings are not
        // affected.
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

/// The MUST that requires an answer to `probe`, for a request that got no answer; `None` if no MUST requires one.
///
/// The other arguments are those of [`obligations`].
pub fn unanswered(
    content: &Content<'_>,
    judgement: &Judgement,
    observation: &Observation,
    capabilities: &Capabilities,
    probe: &Probe,
) -> Option<&'static RuleInfo> {
    if observation.accepted() && matches!(judgement.expect, Expect::MustReject) {
        return None;
    }
    requirement(&Answered::new(content, judgement, observation, capabilities), probe)
}

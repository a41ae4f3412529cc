//! The input and output of rules on answers.

use std::borrow::Cow;
use std::cell::OnceCell;

use crate::exchange::{Answer, Ask, Capabilities, Observation, Probe, Role, ScriptedRequest, Stage};
use crate::model::document::content::Content;
use crate::model::policy::judgement::Judgement;
use crate::model::policy::listed_tags::ListFacts;
use crate::model::rule::class::Class;
use crate::model::versions::FROM_1_1;

/// The input of rules on answers.
#[derive(Debug)]
pub struct Answered<'a, 'e> {
    /// The request and its document.
    pub content: &'a Content<'e>,
    /// The judgement on the request.
    pub judgement: &'a Judgement,
    /// The answers.
    pub observation: &'a Observation,
    /// The target's capabilities; rules on absent ones do not apply.
    pub capabilities: &'a Capabilities,
    /// What the tag list after the push says.
    usual_list: OnceCell<ListFacts>,
}

impl<'a, 'e> Answered<'a, 'e> {
    /// The parts must belong together: the content be parsed with the facts of the observation, and judged so.
    pub fn new(
        content: &'a Content<'e>,
        judgement: &'a Judgement,
        observation: &'a Observation,
        capabilities: &'a Capabilities,
    ) -> Self {
        Self { content, judgement, observation, capabilities, usual_list: OnceCell::new() }
    }
}

impl Answered<'_, '_> {
    /// What rules ask of every tag list, of the one in this answer.
    pub(in crate::model) fn facts_of_list(&self, probe: &Probe, answer: &Answer) -> Cow<'_, ListFacts> {
        let read = || ListFacts::of(answer, &self.observation.tag);
        if *probe == Probe::TagList { Cow::Borrowed(self.usual_list.get_or_init(read)) } else { Cow::Owned(read()) }
    }

    /// Whether the request was accepted as expected. Only then must the registry do more than store the manifest.
    pub fn accepted_valid(&self) -> bool {
        self.observation.accepted() && self.judgement.expect.is_accept()
    }

    /// The answer to the tested request, if it is 4xx.
    pub fn refusal(&self) -> Option<&Answer> {
        self.observation.answer(&Probe::Put).filter(|answer| (400..500).contains(&answer.status))
    }

    /// Whether the target and the chosen versions support this request. If not, no rule applies to its answer.
    pub fn supports(&self, probe: &Probe) -> bool {
        match probe {
            Probe::Referrers
            | Probe::Ask(Ask::ReferrersOfUnknown | Ask::ReferrersOfMalformed | Ask::ReferrersFiltered) => {
                self.capabilities.referrers && FROM_1_1.holds(self.content.versions.distribution)
            }
            Probe::TagList | Probe::Ask(Ask::NoTags | Ask::OneTag | Ask::TagsInOrder) => self.capabilities.tag_list,
            Probe::Ask(Ask::DeleteDigest | Ask::DeleteInUnknownRepository) => self.capabilities.deletion,
            Probe::Ask(Ask::Script(script)) => script.needs.is_none_or(|part| self.capabilities.has(part)),
            _ => true,
        }
    }

    /// The answers to the requests with this role in the case's script, except 401, 403, 429 and 5xx.
    pub fn scripted(&self, role: Role) -> impl Iterator<Item = ScriptedAnswer<'_>> {
        self.all_scripted().filter(move |one| one.request.role == role)
    }

    /// The answers to all requests of the case's script, except 401, 403, 429 and 5xx.
    pub fn all_scripted(&self) -> impl Iterator<Item = ScriptedAnswer<'_>> {
        // Most cases have no script, and many rules ask.
        let answers = (!self.observation.script.is_empty()).then(|| self.observation.answers());
        let scripted = answers.into_iter().flatten().filter_map(|(probe, answer)| match probe {
            Probe::Scripted { at, page, .. } => {
                Some(ScriptedAnswer { at: *at, page: *page, request: self.observation.script.get(*at)?, answer })
            }
            _ => None,
        });
        scripted.filter(|one| !matches!(one.answer.status, 401 | 403 | 429 | 500..))
    }

    /// The answer to a follow-up request, unless it is 401, 403, 429 or 5xx.
    pub fn answer_to(&self, ask: Ask) -> Option<&Answer> {
        self.observation.answer(&Probe::Ask(ask)).filter(|answer| !matches!(answer.status, 401 | 403 | 429 | 500..))
    }
}

/// An answer to a request of a script.
#[derive(Clone, Copy, Debug)]
pub struct ScriptedAnswer<'a> {
    /// The index of the request in the script.
    pub at: usize,
    /// The page of a list, from 0.
    pub page: usize,
    /// The request.
    pub request: &'a ScriptedRequest,
    /// The answer.
    pub answer: &'a Answer,
}

impl ScriptedAnswer<'_> {
    /// A flaw of the answer.
    pub(in crate::model) fn flaw(&self, message: String) -> Flaw {
        Flaw::at(self.request.role.stage, self.answer, message)
    }
}

/// One way in which the answers break a rule.
#[derive(Clone, Debug)]
pub struct Flaw {
    /// The stage at which it was observed.
    pub stage: Stage,
    /// The answer that shows it; at stage `residue`, the refusal.
    pub answer: Answer,
    /// A description.
    pub message: String,
    /// The class of the finding, if it differs from the rule's.
    pub class: Option<Class>,
}

impl Flaw {
    /// A flaw of the answer to this request.
    pub(in crate::model) fn of(probe: &Probe, answer: &Answer, message: String) -> Self {
        Self::at(probe.stage(), answer, message)
    }

    /// A flaw of an answer, observed at this stage.
    pub(in crate::model) fn at(stage: Stage, answer: &Answer, message: String) -> Self {
        Self { stage, answer: answer.clone(), message, class: None }
    }

    /// The flaw with another class than the rule's.
    pub(in crate::model) fn classed(self, class: Class) -> Self {
        Self { class: Some(class), ..self }
    }
}

//! The two kinds of rule: on the content of the tested request, and on the target's answers.

use std::fmt;
use std::ops::Deref;

use super::class::Class;
use super::info::{Binds, RuleInfo};
use super::report::Report;
use crate::model::document::content::Content;
use crate::model::policy::answered::{Answered, Flaw};

/// What follows if the check of a [`ContentRule`] reports a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consequence {
    /// The content breaks what binds its author.
    Breach,
    /// The registry must or should accept the content.
    Accept,
    /// The registry must or should refuse the request, with one of these codes.
    Refuse(&'static [&'static str]),
    /// The registry may refuse the request; the refusal must have one of these codes, or any if there are none.
    Allow(&'static [&'static str]),
}

/// A rule on the tested request and its content.
#[derive(Clone, Copy)]
pub struct ContentRule {
    /// What every rule has.
    pub info: RuleInfo,
    /// What follows if the check reports a place.
    pub consequence: Consequence,
    /// Reports where the rule applies to the content; for [`Consequence::Breach`], where the content breaks it.
    pub check: fn(&Content<'_>, &mut Report),
}

/// A rule on the answers of a registry.
#[derive(Clone, Copy)]
pub struct AnswerRule {
    /// What every rule has.
    pub info: RuleInfo,
    /// The class of a finding that breaks it, unless the flaw has another one.
    pub class: Class,
    /// Reports how the answers break it.
    pub check: fn(&Answered<'_>, &mut Vec<Flaw>),
}

/// A rule of either kind.
#[derive(Clone, Copy, Debug)]
pub enum Rule {
    /// On content.
    Content(&'static ContentRule),
    /// On answers.
    Answer(&'static AnswerRule),
}

impl Rule {
    /// What every rule has.
    pub fn info(self) -> &'static RuleInfo {
        match self {
            Self::Content(rule) => &rule.info,
            Self::Answer(rule) => &rule.info,
        }
    }

    /// The rule on content; `None` for a rule on answers.
    pub fn on_content(self) -> Option<&'static ContentRule> {
        match self {
            Self::Content(rule) => Some(rule),
            Self::Answer(_) => None,
        }
    }

    /// The rule on answers; `None` for a rule on content.
    pub fn on_answers(self) -> Option<&'static AnswerRule> {
        match self {
            Self::Content(_) => None,
            Self::Answer(rule) => Some(rule),
        }
    }

    /// Whether an answer of a registry can break it. A rule that only allows something cannot be broken.
    pub fn a_registry_can_break(self) -> bool {
        let requires = match self {
            Self::Content(rule) => matches!(rule.consequence, Consequence::Accept | Consequence::Refuse(_)),
            Self::Answer(_) => true,
        };
        self.binds == Binds::Registry && requires
    }
}

impl Deref for Rule {
    type Target = RuleInfo;

    fn deref(&self) -> &RuleInfo {
        self.info()
    }
}

impl fmt::Debug for ContentRule {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("ContentRule").field("id", &self.info.id).field("consequence", &self.consequence).finish()
    }
}

impl fmt::Debug for AnswerRule {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("AnswerRule").field("id", &self.info.id).field("class", &self.class).finish()
    }
}

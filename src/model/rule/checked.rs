//! The kinds of rule: on the content of the tested request, on the target's answers, on runs of client programs, and on image
//! layouts.

use std::fmt;
use std::ops::Deref;

use super::class::Class;
use super::info::{Binds, RuleInfo};
use super::report::Report;
use crate::exchange::client::Operation;
use crate::model::document::content::Content;
use crate::model::policy::answered::{Answered, Flaw};
use crate::model::policy::ran::{Ran, RunFlaw};

/// The consequence if the check of a [`ContentRule`] reports a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consequence {
    /// The content breaks a rule that binds its author.
    Breach,
    /// The registry must or should accept the content.
    Accept,
    /// The registry must or should refuse the request, with one of these codes.
    Refuse(&'static [&'static str]),
    /// The registry may refuse the request, with one of these codes, or any code if the list is empty.
    Allow(&'static [&'static str]),
}

/// A rule on the tested request and its content.
#[derive(Clone, Copy)]
pub struct ContentRule {
    /// Id, clause, level and versions.
    pub info: RuleInfo,
    /// The consequence if the check reports a place.
    pub consequence: Consequence,
    /// Reports where the rule applies to the content or, for [`Consequence::Breach`], where the content breaks it.
    pub check: fn(&Content<'_>, &mut Report),
}

/// A rule on the answers of a registry.
#[derive(Clone, Copy)]
pub struct AnswerRule {
    /// Id, clause, level and versions.
    pub info: RuleInfo,
    /// The class of findings, unless the flaw has another one.
    pub class: Class,
    /// Reports how the answers break the rule.
    pub check: fn(&Answered<'_, '_>, &mut Vec<Flaw>),
}

/// What a rule on runs of client programs requires.
#[derive(Clone, Copy)]
pub enum Requires {
    /// The program must or should do the operation with content of which this holds, if every answer is right: with others, it may
    /// fail for those.
    Takes(fn(&Content<'_>, Operation) -> bool),
    /// The program must or should do the operation with answers of which this holds.
    Follows(fn(&Content<'_>, Operation) -> bool),
    /// The program should refuse the operation with content of which the first holds, if the second holds of the run: the program
    /// was served what is wrong.
    Refuses(fn(&Content<'_>, Operation) -> bool, fn(&Ran<'_, '_>) -> bool),
    /// The run has none of the flaws that this reports.
    Duty(fn(&Ran<'_, '_>, &mut Vec<RunFlaw>)),
}

/// A rule on runs of client programs.
#[derive(Clone, Copy)]
pub struct ClientRule {
    /// Id, clause, level and versions.
    pub info: RuleInfo,
    /// The class of findings.
    pub class: Class,
    /// What it requires.
    pub requires: Requires,
}

/// A rule of any kind.
#[derive(Clone, Copy, Debug)]
pub enum Rule {
    /// A rule on content.
    Content(&'static ContentRule),
    /// A rule on answers.
    Answer(&'static AnswerRule),
    /// A rule on runs of client programs.
    Client(&'static ClientRule),
    /// A rule on an image layout, whose files the caller compares.
    Layout(&'static RuleInfo),
}

impl Rule {
    /// Id, clause, level and versions.
    pub fn info(self) -> &'static RuleInfo {
        match self {
            Self::Content(rule) => &rule.info,
            Self::Answer(rule) => &rule.info,
            Self::Client(rule) => &rule.info,
            Self::Layout(info) => info,
        }
    }

    /// The rule on content; `None` for other rules.
    pub fn on_content(self) -> Option<&'static ContentRule> {
        match self {
            Self::Content(rule) => Some(rule),
            Self::Answer(_) | Self::Client(_) | Self::Layout(_) => None,
        }
    }

    /// The rule on answers; `None` for other rules.
    pub fn on_answers(self) -> Option<&'static AnswerRule> {
        match self {
            Self::Content(_) | Self::Client(_) | Self::Layout(_) => None,
            Self::Answer(rule) => Some(rule),
        }
    }

    /// The rule on runs of client programs; `None` for other rules.
    pub fn on_runs(self) -> Option<&'static ClientRule> {
        match self {
            Self::Client(rule) => Some(rule),
            Self::Content(_) | Self::Answer(_) | Self::Layout(_) => None,
        }
    }

    /// Whether a registry's answers can break the rule. A rule that only allows something cannot be broken.
    pub fn a_registry_can_break(self) -> bool {
        let requires = match self {
            Self::Content(rule) => matches!(rule.consequence, Consequence::Accept | Consequence::Refuse(_)),
            Self::Answer(_) => true,
            Self::Client(_) | Self::Layout(_) => false,
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

impl fmt::Debug for ClientRule {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("ClientRule").field("id", &self.info.id).field("class", &self.class).finish()
    }
}

//! What a finding is, and when a neighbour's answer takes something of it back.

use std::fmt;

use super::grade::Grade;
use crate::exchange::Stage;
use crate::model::{Class, rule};

/// What must stay the same while a case shrinks. The target is left out: a run of the minimiser has one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Symptom {
    /// Where it was seen.
    pub stage: Stage,
    /// What it is.
    pub class: Class,
    /// The status of the answer that shows it.
    pub status: Option<u16>,
    /// The first error code of that answer; empty where there is none.
    pub code: String,
    /// The rule that the answer breaks; rules that the content breaks are no part of a symptom.
    pub duty: Option<&'static str>,
}

impl Symptom {
    /// Whether it was seen in what is read back: then what the repository held before plays a part, and the
    /// case is repeated where nothing was.
    pub fn depends_on_state(&self) -> bool {
        !matches!(self.stage, Stage::BlobUpload | Stage::ManifestPut)
    }
}

impl fmt::Display for Symptom {
    /// The first part of the `key` column.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}", self.stage, self.class.as_str())?;
        match self.status {
            Some(status) => write!(out, " {status}")?,
            None => out.write_str(" -")?,
        }
        let code = if self.code.is_empty() { "-" } else { &self.code };
        write!(out, " {code} {}", self.duty.unwrap_or("-"))
    }
}

/// One way in which an answer departs from the expectation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What must stay the same while it shrinks.
    pub symptom: Symptom,
    /// How much it weighs.
    pub grade: Grade,
    /// The server's words, at most 500 characters.
    pub message: String,
    /// The rules it rests on.
    pub rules: Vec<&'static str>,
    /// The expectation, as the `expect` column has it.
    pub expect: String,
    /// In our words, what was seen.
    pub note: String,
    /// The rules by which the content must be accepted, if it must.
    pub rules_due: Vec<&'static str>,
    /// Where it must be accepted, the SHOULDs that speak for it as well.
    pub rules_recommending: Vec<&'static str>,
}

impl Finding {
    /// The rules that the answer breaks: what it owes, and what was to be taken or refused. What it only lets pass
    /// breaks none of its own.
    pub fn breaks(&self) -> impl Iterator<Item = &'static str> + '_ {
        let is_verdict = self.symptom.class == Class::AcceptsForbidden || self.is_refusal();
        let rules = self.rules.iter().chain(&self.rules_recommending).copied();
        rules.filter(move |_| is_verdict).chain(self.symptom.duty)
    }

    /// Whether a refusal that was seen without what this one is blamed on answers alike: then its code fits the other
    /// reason, and says nothing here.
    pub fn is_explained_by(&self, neighbour: &Self) -> bool {
        let answer = |symptom: &Symptom| (symptom.stage, symptom.status, symptom.code.clone());
        self.blames_a_code() && answer(&self.symptom) == answer(&neighbour.symptom) && self.symptom != neighbour.symptom
    }

    /// Takes the MUST out of a refusal if the target keeps that MUST elsewhere: it accepts content that the same
    /// rules name, so they are not what it breaks here. What remains is valid content that was refused.
    pub fn excuse(&mut self, accepted_by: &[&'static str], elsewhere: &str) {
        if self.breaks_a_duty_to_accept() && self.rules_due.iter().all(|rule| accepted_by.contains(rule)) {
            self.grade = Grade::Warning;
            self.rules.retain(|rule| !accepted_by.contains(rule));
            self.rules_recommending.retain(|rule| !accepted_by.contains(rule));
            self.rules.append(&mut self.rules_recommending);
            self.note.push_str(&format!("; downgraded to a warning: the same MUST is honoured for {elsewhere}"));
        }
    }

    /// Downgrades a violation that blames a refusal on one part of the content, because another deviation may explain the
    /// refusal. For cases that were not shrunk to their smallest form, with the number of their deviations: if there is only
    /// one, nothing changes.
    pub fn unshrunk(&mut self, deviations: usize) {
        let blames_content = self.breaks_a_duty_to_accept() || self.blames_a_code();
        if deviations > 1 && self.grade == Grade::Violation && blames_content {
            self.grade = Grade::Warning;
            self.note.push_str("; downgraded to a warning: not shrunk, and another deviation may explain the refusal");
        }
    }

    /// Whether the tested request was refused; a failure, or no answer, counts as a refusal.
    fn is_refusal(&self) -> bool {
        self.symptom.stage == Stage::ManifestPut
            && matches!(self.symptom.class, Class::RejectsValid | Class::ServerError | Class::Dropped | Class::Hang)
    }

    /// Whether it is a violation because content that must be accepted was refused.
    fn breaks_a_duty_to_accept(&self) -> bool {
        self.is_refusal() && self.grade == Grade::Violation && !self.rules_due.is_empty()
    }

    /// Whether it says that the error code does not fit the only reason that the content gives for a refusal.
    fn blames_a_code(&self) -> bool {
        self.symptom.class == Class::WrongCode
            && self.symptom.duty.and_then(rule).is_some_and(|rule| rule.excused_by_equal_refusal)
    }
}

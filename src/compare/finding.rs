//! Findings, and when a neighbour's answer downgrades or explains one.

use std::fmt;

use super::grade::Grade;
use crate::exchange::Stage;
use crate::model::{Class, rule};

/// What must stay the same while a case shrinks, on a given target.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Symptom {
    /// The stage at which it was observed.
    pub stage: Stage,
    /// The class of the finding.
    pub class: Class,
    /// The status of the answer that shows it, if one arrived.
    pub status: Option<u16>,
    /// The first error code of that answer; empty if it has none.
    pub code: String,
    /// The rule that the answer breaks. Rules that the content breaks are not part of a symptom.
    pub duty: Option<&'static str>,
}

impl Symptom {
    /// Whether it was observed in reading back, so that the earlier content of the repository matters and the case is repeated in
    /// a fresh one.
    pub fn depends_on_state(&self) -> bool {
        self.stage.depends_on_state()
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

/// One departure of an answer from the expectation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What must stay the same while the case shrinks.
    pub symptom: Symptom,
    /// The severity.
    pub grade: Grade,
    /// The server's message, escaped, at most 500 characters.
    pub message: String,
    /// Ids of the rules it is based on.
    pub rules: Vec<&'static str>,
    /// The expectation: the `expect` column.
    pub expect: String,
    /// What was observed, at most 500 characters before later stages append to it.
    pub note: String,
    /// Ids of the rules that require accepting the content, if it must be accepted.
    pub rules_due: Vec<&'static str>,
    /// Ids of the rules that recommend accepting it as well.
    pub rules_recommending: Vec<&'static str>,
}

impl Finding {
    /// Ids of the rules that the answer itself breaks: its duty, and for a wrong verdict the rules on the content. Rules that
    /// leniently accepted content breaks are not included.
    pub fn breaks(&self) -> impl Iterator<Item = &'static str> + '_ {
        let is_verdict = self.symptom.class == Class::AcceptsForbidden || self.is_refusal();
        let rules = self.rules.iter().chain(&self.rules_recommending).copied();
        rules.filter(move |_| is_verdict).chain(self.symptom.duty)
    }

    /// Whether a neighbour without the content blamed here is refused with the same status and code, so that the code fits another
    /// reason and the finding is void.
    pub fn is_explained_by(&self, neighbour: &Self) -> bool {
        let answer = |symptom: &Symptom| (symptom.stage, symptom.status, symptom.code.clone());
        self.blames_a_code() && answer(&self.symptom) == answer(&neighbour.symptom) && self.symptom != neighbour.symptom
    }

    /// Downgrades a refused MUST-accept to a warning if the target accepts another case, `elsewhere`, to which the same rules apply
    /// (`accepted_by`): it honours the MUST, so the refusal has another reason.
    pub fn excuse(&mut self, accepted_by: &[&'static str], elsewhere: &str) {
        if self.breaks_a_duty_to_accept() && self.rules_due.iter().all(|rule| accepted_by.contains(rule)) {
            self.grade = Grade::Warning;
            self.rules.retain(|rule| !accepted_by.contains(rule));
            self.rules_recommending.retain(|rule| !accepted_by.contains(rule));
            self.rules.append(&mut self.rules_recommending);
            self.note.push_str(&format!("; downgraded to a warning: the same MUST is honoured for {elsewhere}"));
        }
    }

    /// Downgrades a violation that blames a refusal on one part of the content if the case, which was not shrunk, has other
    /// `deviations` that may explain the refusal.
    pub fn unshrunk(&mut self, deviations: usize) {
        if deviations > 1 && self.grade == Grade::Violation && self.blames_content() {
            self.grade = Grade::Warning;
            self.note.push_str("; downgraded to a warning: not shrunk, and another deviation may explain the refusal");
        }
    }

    /// Whether it depends on the reason of a refusal.
    pub fn blames_content(&self) -> bool {
        self.breaks_a_duty_to_accept() || self.blames_a_code()
    }

    /// Whether the tested request was refused, or the operation of a client failed. A 5xx or no answer counts as a refusal.
    fn is_refusal(&self) -> bool {
        let fails = match self.symptom.stage {
            Stage::ManifestPut => &[Class::RejectsValid, Class::ServerError, Class::Dropped, Class::Hang][..],
            stage if stage.is_of_client() => &[Class::ClientFailsOnValid, Class::ClientCrash, Class::ClientHang],
            _ => &[],
        };
        fails.contains(&self.symptom.class)
    }

    /// Whether it is a violation because content that must be accepted was refused.
    pub fn breaks_a_duty_to_accept(&self) -> bool {
        self.is_refusal() && self.grade == Grade::Violation && !self.rules_due.is_empty()
    }

    /// Whether it is about an error code that does not match the only reason for a refusal.
    pub fn blames_a_code(&self) -> bool {
        self.symptom.class == Class::WrongCode
            && self.symptom.duty.and_then(rule).is_some_and(|rule| rule.excused_by_equal_refusal)
    }
}

/// Appended to the note of a finding that each of `all` answers of a group shows; `answer` is the name of one.
pub fn everywhere(answer: &str, all: usize) -> String {
    format!("; on every {answer} seen ({all} of {all})")
}

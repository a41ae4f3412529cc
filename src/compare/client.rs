//! Compares runs of a client program with the model's judgement.

use std::collections::HashSet;

use super::finding::{Finding, Symptom};
use super::grade::grade;
use super::{MESSAGE, NOTE};
use crate::error::redacted;
use crate::exchange::client::{Outcome, ProgramRun};
use crate::foreign::bounded;
use crate::model::{Class, Content, Expect, Judgement, Level, RuleInfo, decide_operation, run_duties};

/// Every departure of these runs from what a client must or should do with the case: one finding for each symptom. `judgement` is
/// one on the content; what may be done in each operation follows from it. Operations that were not tested give nothing.
pub fn compare_runs(content: &Content<'_>, judgement: &Judgement, runs: &[ProgramRun]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for run in runs.iter().filter(|run| run.is_tested()) {
        let judgement = &decide_operation(content, judgement, run.operation);
        let seen = Seen { run, judgement };
        let departures = run_duties(content, run);
        // A duty says more than that the run failed.
        let is_said = |failure: &Finding| departures.iter().any(|one| one.rule.class == failure.symptom.class);
        findings.extend(seen.failure().filter(|failure| !is_said(failure)));
        findings.extend(departures.iter().map(|departure| {
            let info = &departure.rule.info;
            seen.finding(departure.rule.class, Some(info), vec![info.id], &departure.flaw.message)
        }));
    }
    let mut seen = HashSet::new();
    findings.retain(|finding| seen.insert(finding.symptom.clone()));
    findings
}

/// A run, and what a client may do in its operation.
struct Seen<'s> {
    run: &'s ProgramRun,
    judgement: &'s Judgement,
}

impl Seen<'_> {
    /// The finding about a run that failed: a crash or a hang with any content, a refusal of what must or should be taken.
    fn failure(&self) -> Option<Finding> {
        let (class, what) = match self.run.outcome {
            Outcome::Crashed => (Class::ClientCrash, "crashed".to_owned()),
            Outcome::Hung => {
                let why = self.run.overrun.map(|limit| format!("it reached the limit of {limit}"));
                (Class::ClientHang, why.unwrap_or_else(|| "it did not end in time".to_owned()))
            }
            Outcome::Refused if self.judgement.expect.is_accept() => {
                let rule = self.judgement.rules.first().map(|rule| match rule.level {
                    Level::Must => format!("; required: {}", rule.clause.summary),
                    Level::Should | Level::May => format!("; recommended: {}", rule.clause.summary),
                });
                let rule = rule.unwrap_or_else(|| " (no normative text requires clients to take it)".to_owned());
                (Class::ClientFailsOnValid, format!("valid content refused{rule}"))
            }
            _ => return None,
        };
        let rules = if self.judgement.expect.is_accept() { ids(&self.judgement.rules) } else { Vec::new() };
        Some(self.finding(class, None, rules, &what))
    }

    fn finding(&self, class: Class, duty: Option<&'static RuleInfo>, rules: Vec<&'static str>, what: &str) -> Finding {
        let Self { run, judgement } = self;
        let must = judgement.expect == Expect::MustAccept && duty.is_none();
        // A failure without a duty breaks what recommends to take the content.
        let rule = duty.or_else(|| judgement.rules.first().copied().filter(|_| judgement.expect.is_accept()));
        // What must be taken is about failures, not about duties.
        let expect = if duty.is_some() { Expect::Unspecified } else { judgement.expect };
        let code = run.ending.to_string();
        let note = format!("{}: {}: {what}", run.operation, code.replace(':', " "));
        Finding {
            symptom: Symptom {
                stage: run.operation.stage(),
                class,
                status: None,
                code,
                duty: duty.map(|rule| rule.id),
            },
            grade: grade(class, expect, rule),
            message: bounded(&redacted(&run.last_line), MESSAGE),
            rules,
            expect: judgement.to_string(),
            note: bounded(&redacted(&note), NOTE),
            rules_due: if must { ids(&judgement.rules) } else { Vec::new() },
            rules_recommending: if must { ids(&judgement.recommends) } else { Vec::new() },
        }
    }
}

fn ids(rules: &[&'static RuleInfo]) -> Vec<&'static str> {
    rules.iter().map(|rule| rule.id).collect()
}

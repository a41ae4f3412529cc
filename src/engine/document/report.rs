//! What came of pushing a document, as data.

use crate::compare::{Finding, Grade, Symptom};
use crate::engine::refusal::Refusal;
use crate::exchange::{Exchange, Presence};
use crate::model::Judgement;

/// What the target did with a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DocumentVerdict {
    /// It was accepted.
    Accepted,
    /// It, or content that it needs, was refused.
    Refused(Refusal),
    /// The target lacks a capability that the push needs.
    Unsupported,
}

/// What in a document an answer is about.
#[derive(Clone, Debug)]
pub struct DocumentReason {
    /// The push of the smallest document that gets the same answer.
    pub smallest: Exchange,
    /// The push of the nearest document that is accepted.
    pub witness: Option<Exchange>,
    /// Where the two differ, in the smallest document.
    pub pointer: Option<String>,
    /// The same place in the user's document.
    pub place: Option<String>,
    /// How often the target gave this answer again.
    pub reproduced: usize,
    /// How many documents were tried.
    pub probes: usize,
    /// Whether nothing more can be taken out of the smallest document.
    pub is_minimal: bool,
}

/// A finding that a document shows.
#[derive(Clone, Debug)]
pub struct MinimalDocumentFinding {
    /// What the smallest document shows.
    pub finding: Finding,
    /// What it is about.
    pub reason: DocumentReason,
}

/// Content that a document references and that was not given with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotGiven {
    /// Where, named as slots are.
    pub path: String,
    /// Its digest.
    pub digest: String,
    /// Whether the target has it.
    pub held: Presence,
}

/// A place in a document that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokenRule {
    /// The rule's id.
    pub rule: &'static str,
    /// A JSON Pointer.
    pub place: String,
    /// What is wrong.
    pub message: String,
}

/// What came of pushing a document.
#[derive(Clone, Debug)]
pub struct DocumentReport {
    /// What the target did.
    pub verdict: DocumentVerdict,
    /// The expectation, with codes or a reason.
    pub expect: String,
    /// The rules that the document breaks.
    pub broken: Vec<BrokenRule>,
    /// Content that was not given.
    pub not_given: Vec<NotGiven>,
    /// What departs from the expectation.
    pub findings: Vec<MinimalDocumentFinding>,
    /// What a refusal is about that departs from nothing.
    pub refusal: Option<DocumentReason>,
    /// Findings that the target shows for every push, and so not for this document alone.
    pub everywhere: Vec<Symptom>,
    /// Symptoms that were seen once and not again.
    pub not_reproduced: Vec<Symptom>,
    /// Why the target was given up, if it was.
    pub lost: Option<String>,
}

impl DocumentReport {
    /// A push that was not tested.
    pub(super) fn new(judgement: &Judgement, not_given: Vec<NotGiven>) -> Self {
        let broken = judgement.breaches.iter().map(|breach| BrokenRule {
            rule: breach.rule.id,
            place: breach.place.clone(),
            message: breach.message.to_string(),
        });
        Self {
            verdict: DocumentVerdict::Unsupported,
            expect: judgement.to_string(),
            broken: broken.collect(),
            not_given,
            findings: Vec::new(),
            refusal: None,
            everywhere: Vec::new(),
            not_reproduced: Vec::new(),
            lost: None,
        }
    }
}

impl DocumentReason {
    /// An answer to a document that was not shrunk, and that the target gave so often again.
    pub(super) fn unshrunk(exchange: Exchange, reproduced: usize) -> Self {
        Self {
            smallest: exchange,
            witness: None,
            pointer: None,
            place: None,
            reproduced,
            probes: 1 + reproduced,
            is_minimal: false,
        }
    }
}

impl MinimalDocumentFinding {
    /// A finding that was not confirmed, so that its grade is at most a warning.
    pub(super) fn as_seen(mut finding: Finding, exchange: &Exchange) -> Self {
        finding.grade = finding.grade.min(Grade::Warning);
        finding.note.push_str("; not shrunk");
        Self { finding, reason: DocumentReason::unshrunk(exchange.clone(), 0) }
    }
}

//! Pushes one document to a target, judges the answer, and finds out what in the document it is about.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::exchange::{Document, references};
use super::report::{DocumentReport, DocumentVerdict, MinimalDocumentFinding, NotGiven};
use super::sought::{Sought, broken};
use crate::compare::{Finding, Symptom};
use crate::engine::counts::Purpose;
use crate::engine::fire_options::FireOptions;
use crate::engine::health::health;
use crate::engine::limits::Limits;
use crate::engine::outcome::{Outcome, access_trouble};
use crate::engine::prober::Prober;
use crate::engine::refusal::Refusal;
use crate::engine::sink::Sink;
use crate::error::{Error, Trouble};
use crate::exchange::{Budget, Depth, Exchange, Facts, Observation, Presence, Questions, Stage, State};
use crate::model::{Content, Judgement, Versions, decide};
use crate::render::Case;
use crate::shape::Shape;
use crate::transport::{Repository, Target};

/// The documents that are tried, by default, to find the reason of each answer.
const BUDGET: usize = 200;
/// Why a target is given up.
const GIVEN_UP: &str = "it did not answer the base after this document";

/// Pushes documents to one target.
///
/// # Examples
///
/// ```
/// use manifuzz::engine::{Contents, Document, DocumentRunner};
/// use manifuzz::exchange::Depth;
/// use manifuzz::model::Versions;
/// use manifuzz::registry::{Params, Profile};
/// use manifuzz::transport::{Opening, embedded};
///
/// let profile = Profile::clean().plant("refuses-annotations", Params::default())?;
/// let target = embedded(&profile, &Opening { nonce: "run1".to_owned(), ..Opening::default() });
/// let runner = DocumentRunner::new(target.as_ref(), Versions::V1_1, Depth::Full)?;
/// let document = br#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json",
///     "manifests":[],"annotations":{"com.example.by":"hand","com.example.on":"Monday"}}"#;
/// let report = runner.run_silently(&Document::new(None, document[..].into(), Contents::default()))?;
/// assert_eq!(report.findings[0].reason.place.as_deref(), Some("/annotations"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct DocumentRunner<'t> {
    pub(super) prober: Prober<'t>,
    stop: Arc<AtomicBool>,
    time: Option<Duration>,
    budget: usize,
    sending: Budget,
    /// The documents that may still be tried.
    left: Cell<usize>,
    /// Whether the target holds content that was not given.
    held: RefCell<HashMap<String, Presence>>,
}

/// What a push showed.
pub(super) struct Shot {
    pub seen: Observation,
    pub outcome: Outcome,
}

/// Pushes a document once, without judging the answer.
///
/// # Errors
///
/// As [`Target::fire`], and if access is denied.
pub fn push_document(target: &dyn Target, document: &Document) -> Result<Observation, Trouble> {
    let seen = target.fire(&document.exchange(), Repository::Main, Questions::NONE)?;
    access_trouble(&seen, target.name()).map_or(Ok(seen), Err)
}

impl<'t> DocumentRunner<'t> {
    /// Checks that the target is a registry and probes its capabilities.
    ///
    /// # Errors
    ///
    /// As [`Prober::new`].
    pub fn new(target: &'t dyn Target, versions: Versions, depth: Depth) -> Result<Self, Trouble> {
        let prober = Prober::new(target, versions, depth)?;
        let stop = Arc::new(AtomicBool::new(false));
        let (left, held) = (Cell::new(BUDGET), RefCell::default());
        Ok(Self { prober, stop, time: None, budget: BUDGET, sending: Budget::default(), left, held })
    }

    /// Ends when `stop` is set or after `time`, with what was found by then.
    #[must_use]
    pub fn within(self, stop: Arc<AtomicBool>, time: Option<Duration>) -> Self {
        Self { stop, time, ..self }
    }

    /// Tries at most so many smaller documents for each document.
    #[must_use]
    pub fn with_budget(self, budget: usize) -> Self {
        Self { budget, ..self }
    }

    /// Ends also when so much was sent to the target, with what was found by then.
    #[must_use]
    pub fn sending_at_most(self, sending: Budget) -> Self {
        Self { sending, ..self }
    }

    /// How many documents may still be tried.
    pub(super) fn left(&self) -> usize {
        self.left.get()
    }

    pub(super) fn spend(&self, probes: usize) {
        self.left.set(self.left.get().saturating_sub(probes));
    }

    /// As [`run`](Self::run), without progress.
    ///
    /// # Errors
    ///
    /// As [`run`](Self::run).
    pub fn run_silently(&self, document: &Document) -> Result<DocumentReport, Error> {
        self.run(document, &mut crate::engine::sink::Silent)
    }

    /// Pushes a document, and shrinks it to what each finding is about; if it is refused and that departs from nothing, also to
    /// what the refusal is about. Tries at most 200 smaller documents, unless
    /// [`with_budget`](Self::with_budget) says otherwise.
    ///
    /// # Errors
    ///
    /// [`Error::Trouble`] if the push could not be tested, and any error that the sink returns.
    pub fn run(&self, document: &Document, sink: &mut dyn Sink) -> Result<DocumentReport, Error> {
        self.left.set(self.budget);
        let stop = Arc::clone(&self.stop);
        let limits = Limits::new(&stop, self.time).with_budget(self.prober.target(), self.sending);
        let exchange = document.exchange();
        let shot = match self.shoot(document, &exchange, self.prober.usual()) {
            Ok(shot) => shot,
            Err(outcome) => match *outcome {
                Outcome::Trouble(trouble) => return Err(trouble.into()),
                _ => return Ok(self.unsupported(document, &exchange)),
            },
        };
        self.learn(&exchange, &shot.seen);
        let judgement = self.judgement(document, &exchange);
        let refused = Refusal::of(&shot.seen);
        let mut report = DocumentReport {
            verdict: refused.clone().map_or(DocumentVerdict::Accepted, DocumentVerdict::Refused),
            ..self.report(document, &judgement)
        };
        // Judged again, with what is known by now of content that was not given.
        let Outcome::Judged { mut findings, .. } = self.judge(document, &exchange, &shot.seen) else {
            return Ok(report);
        };
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.grade));
        if shot.outcome.is_doubtful() {
            let health = health(&self.prober, limits, shot.outcome.silences(), sink)?;
            if !health.is_usable() {
                report.lost = Some(GIVEN_UP.to_owned());
                report.findings =
                    findings.into_iter().map(|finding| MinimalDocumentFinding::as_seen(finding, &exchange)).collect();
                return Ok(report);
            }
        }
        let mut is_explained = false;
        for finding in findings {
            if limits.are_over() {
                report.findings.push(MinimalDocumentFinding::as_seen(finding, &exchange));
                continue;
            }
            let options = self.options_at(document, finding.symptom.stage);
            if self.base_shows(document, &finding.symptom, options) {
                is_explained |= is_about(&finding, refused.as_ref());
                report.everywhere.push(finding.symptom);
                continue;
            }
            let sought = Sought::finding(&finding, judgement.expect);
            let symptom = finding.symptom.clone();
            let is_of_refusal = is_about(&finding, refused.as_ref());
            match self.pursue(document, &sought, Some(finding), options, limits, sink)? {
                Some((finding, reason)) => {
                    let Some(finding) = finding else { continue };
                    is_explained |= is_of_refusal;
                    report.findings.push(MinimalDocumentFinding { finding, reason });
                }
                None => report.not_reproduced.push(symptom),
            }
        }
        if let Some(refused) = refused.filter(|_| !is_explained && !limits.are_over()) {
            let place = Repository::Main;
            let options = FireOptions { place, questions: Questions::NONE, purpose: Purpose::Hunt };
            if self.prober.ask(self.prober.base(), options).accepted() {
                let sought = Sought::Refusal(refused, judgement.expect, broken(&judgement));
                let pursued = self.pursue(document, &sought, None, options, limits, sink)?;
                report.refusal = pursued.map(|(_, reason)| reason);
            }
        }
        Ok(report)
    }

    /// Pushes a document once, with the requests that a finding at this stage depends on. The outcome, and why the target was given
    /// up after it, if it was.
    ///
    /// # Errors
    ///
    /// Any error that the sink returns.
    pub(in crate::engine) fn once(
        &self,
        document: &Document,
        stage: Stage,
        sink: &mut dyn Sink,
    ) -> Result<(Outcome, Option<String>), Error> {
        let limits = Limits::new(&self.stop, self.time).with_budget(self.prober.target(), self.sending);
        let exchange = document.exchange();
        let options = FireOptions { purpose: Purpose::Repetition, ..self.options_at(document, stage) };
        let seen = match self.prober.observed(&exchange, options) {
            Ok(seen) => seen,
            Err(outcome) => return Ok((*outcome, None)),
        };
        self.learn(&exchange, &seen);
        let outcome = self.judge(document, &exchange, &seen);
        let is_lost = outcome.is_doubtful() && !health(&self.prober, limits, outcome.silences(), sink)?.is_usable();
        Ok((outcome, is_lost.then(|| GIVEN_UP.to_owned())))
    }

    fn unsupported(&self, document: &Document, exchange: &Exchange) -> DocumentReport {
        self.report(document, &self.judgement(document, exchange))
    }

    fn report(&self, document: &Document, judgement: &Judgement) -> DocumentReport {
        let held = self.held.borrow();
        let not_given = document.not_given().into_iter().map(|one| NotGiven {
            held: held.get(&one.digest).copied().unwrap_or(Presence::Unknown),
            path: one.path,
            digest: one.digest,
        });
        DocumentReport::new(judgement, not_given.collect())
    }

    /// Fires an exchange. With content that was not given, which only the user's repository may hold, never in a fresh one.
    pub(super) fn shoot(
        &self,
        document: &Document,
        exchange: &Exchange,
        options: FireOptions,
    ) -> Result<Shot, Box<Outcome>> {
        let seen = self.prober.observed(exchange, options)?;
        let outcome = self.judge(document, exchange, &seen);
        Ok(Shot { seen, outcome })
    }

    /// Judges an observation, with what is known of content that was not given.
    fn judge(&self, document: &Document, exchange: &Exchange, seen: &Observation) -> Outcome {
        let others = self.others(document, exchange);
        let facts = Facts { others, ..seen.facts.clone() };
        self.prober.judge(exchange, &Observation { facts, ..seen.clone() })
    }

    /// The judgement on an exchange before it is sent.
    pub(super) fn judgement(&self, document: &Document, exchange: &Exchange) -> Judgement {
        let held = self.held.borrow();
        let needs = exchange.needs.iter().map(|need| match need.state {
            State::Present => Presence::Yes,
            _ => held.get(&need.digest).copied().unwrap_or(Presence::Unknown),
        });
        let facts = Facts { needs: needs.collect(), others: self.others(document, exchange) };
        decide(&Content::new(exchange, &facts, self.prober.versions))
    }

    /// Remembers which content that was not given the target holds.
    fn learn(&self, exchange: &Exchange, seen: &Observation) {
        let mut held = self.held.borrow_mut();
        for (need, presence) in exchange.needs.iter().zip(&seen.facts.needs) {
            if need.state == State::Absent {
                held.insert(need.digest.clone(), *presence);
            }
        }
    }

    /// Whether the target holds everything that the document references and that was not given. A subject may be missing.
    fn others(&self, document: &Document, exchange: &Exchange) -> Presence {
        let held = self.held.borrow();
        let not_given = references(&exchange.tested.body)
            .into_iter()
            .filter(|one| one.path != "subject" && document.contents.get(&one.digest).is_none());
        let each = not_given.map(|one| held.get(&one.digest).copied().unwrap_or(Presence::Unknown));
        each.fold(Presence::Yes, |all, one| match (all, one) {
            (Presence::No, _) | (_, Presence::No) => Presence::No,
            (Presence::Unknown, _) | (_, Presence::Unknown) => Presence::Unknown,
            _ => Presence::Yes,
        })
    }

    fn options_at(&self, document: &Document, stage: Stage) -> FireOptions {
        let options = self.prober.options_at(stage);
        // Only the user's repository may hold what was not given.
        let place = if document.not_given().is_empty() { options.place } else { Repository::Main };
        FireOptions { place, ..options }
    }

    /// Whether a base shows the symptom as well, so that it is not about the document.
    fn base_shows(&self, document: &Document, symptom: &Symptom, options: FireOptions) -> bool {
        let kind = document.content_type.as_deref().and_then(crate::model::kind_of);
        let own = kind.and_then(|kind| format!("kind={kind}").parse::<Shape>().ok());
        let bases = std::iter::once(self.prober.base().clone()).chain(own.map(Case::of));
        bases.into_iter().any(|base| self.prober.ask(&base, options).finding(symptom).is_some())
    }
}

/// Whether a finding is about the refusal itself.
fn is_about(finding: &Finding, refused: Option<&Refusal>) -> bool {
    refused.is_some_and(|refused| {
        let symptom = &finding.symptom;
        (symptom.stage, symptom.status, &symptom.code) == (refused.stage, refused.status, &refused.code)
    })
}

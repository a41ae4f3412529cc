//! Fires recorded cases again, without shrinking and without looking up what they showed before.

use std::cell::OnceCell;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::batch::ToFire;
use super::counts::Purpose;
use super::document::{Document, DocumentRunner};
use super::doubt::{Believed, Firing, Loss};
use super::fire_options::FireOptions;
use super::known::KnownSmallest;
use super::limits::Limits;
use super::outcome::Outcome;
use super::prober::Prober;
use super::sink::{Event, Sink};
use crate::compare::{Finding, Symptom};
use crate::error::{Error, Trouble};
use crate::exchange::{Budget, Depth, Stage};
use crate::model::Versions;
use crate::render::Case;
use crate::shape::Shape;
use crate::transport::Target;

/// What a recorded case showed when it was fired again.
#[derive(Clone, Debug)]
pub enum Replayed {
    /// It was judged.
    Judged {
        /// Every departure from the expectation.
        findings: Vec<Finding>,
        /// Symptoms that it showed first, but not when it was repeated alone at once.
        gone: Vec<Symptom>,
    },
    /// It needs a capability that the target lacks.
    Unsupported,
    /// The target could not be reached, or denied access.
    Trouble(Trouble),
    /// The target was given up after this case.
    Lost {
        /// What the case showed, if anything.
        findings: Vec<Finding>,
        /// Why it was given up.
        why: String,
    },
    /// The command was asked to stop.
    Interrupted,
}

/// Fires recorded cases again on one target.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
///
/// use manifuzz::engine::{Replayed, Replayer, Silent};
/// use manifuzz::exchange::Stage;
/// use manifuzz::model::Versions;
/// use manifuzz::transport::{Opening, open};
///
/// let target = open("embedded:quay", &Opening { nonce: "run1".to_owned(), ..Opening::default() })?;
/// let replayer = Replayer::new(target.as_ref(), Versions::V1_1, Arc::default())?;
/// let replayed = replayer.fire(&"layers=empty".parse()?, Stage::ManifestPut, &mut Silent)?;
/// assert!(matches!(replayed, Replayed::Judged { .. }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Replayer<'t> {
    prober: Prober<'t>,
    stop: Arc<AtomicBool>,
    budget: Budget,
    /// Pushes documents; made for the first one.
    documents: OnceCell<DocumentRunner<'t>>,
}

impl<'t> Replayer<'t> {
    /// Checks that the target is a registry and probes its capabilities. Setting `stop` ends every wait.
    ///
    /// # Errors
    ///
    /// Trouble from [`Target::ping`] or [`Target::capabilities`].
    pub fn new(target: &'t dyn Target, versions: Versions, stop: Arc<AtomicBool>) -> Result<Self, Trouble> {
        let prober = Prober::new(target, versions, Depth::Full)?;
        Ok(Self { prober, stop, budget: Budget::default(), documents: OnceCell::new() })
    }

    /// Fires nothing more when so much was sent to the target.
    #[must_use]
    pub fn sending_at_most(self, budget: Budget) -> Self {
        Self { budget, ..self }
    }

    fn limits(&self) -> Limits<'_> {
        Limits::new(&self.stop, None).with_budget(self.prober.target(), self.budget)
    }

    /// Fires a case with the requests that a finding at this stage depends on. What may be due to a target that was down is
    /// repeated as soon as the target accepts the base again.
    ///
    /// # Errors
    ///
    /// Any error that the sink returns.
    pub fn fire(&self, shape: &Shape, stage: Stage, sink: &mut dyn Sink) -> Result<Replayed, Error> {
        let (prober, limits, known) = (&self.prober, self.limits(), KnownSmallest::default());
        let options = FireOptions { purpose: Purpose::Repetition, ..prober.options_at(stage) };
        let firing = Firing { prober, options, jobs: 1, limits, known: &known, sought: None };
        // As of a random case, the outcome is not remembered.
        let block = [ToFire { case: Case::of(shape.clone()), questions: options.questions, is_drawn: true }];
        let Believed { mut outcomes, gone, loss } = firing.fire(&block, &|| limits.are_over(), sink)?;
        if let Some(Loss { why, suspects }) = loss {
            sink.take(prober.target(), Event::Lost(&why))?;
            return Ok(Replayed::Lost { findings: suspects.into_iter().map(|(_, finding)| finding).collect(), why });
        }
        let gone = gone.into_iter().map(|(_, symptom)| symptom).collect();
        Ok(match outcomes.pop().flatten() {
            Some(Outcome::Judged { findings, .. }) => Replayed::Judged { findings, gone },
            Some(Outcome::Unsupported) => Replayed::Unsupported,
            Some(Outcome::Trouble(trouble)) => Replayed::Trouble(trouble),
            None => Replayed::Interrupted,
        })
    }

    /// As [`fire`](Self::fire), for a document that no shape renders.
    ///
    /// # Errors
    ///
    /// As [`fire`](Self::fire).
    pub fn fire_document(&self, document: &Document, stage: Stage, sink: &mut dyn Sink) -> Result<Replayed, Error> {
        if self.limits().are_over() {
            return Ok(Replayed::Interrupted);
        }
        let runner = match self.documents() {
            Ok(runner) => runner,
            Err(trouble) => return Ok(Replayed::Trouble(trouble)),
        };
        let (outcome, lost) = runner.once(document, stage, sink)?;
        let is_cut_short = lost.is_some() && self.limits().are_over();
        Ok(match outcome {
            _ if is_cut_short => Replayed::Interrupted,
            Outcome::Judged { findings, .. } => match lost {
                Some(why) => Replayed::Lost { findings, why },
                None => Replayed::Judged { findings, gone: Vec::new() },
            },
            Outcome::Unsupported => Replayed::Unsupported,
            Outcome::Trouble(trouble) => Replayed::Trouble(trouble),
        })
    }

    fn documents(&self) -> Result<&DocumentRunner<'t>, Trouble> {
        if let Some(runner) = self.documents.get() {
            return Ok(runner);
        }
        let (target, versions) = (self.prober.target(), self.prober.versions);
        let runner = DocumentRunner::new(target, versions, Depth::Full)?.within(Arc::clone(&self.stop), None);
        Ok(self.documents.get_or_init(|| runner.sending_at_most(self.budget)))
    }
}

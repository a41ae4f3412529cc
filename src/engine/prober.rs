//! Fires a single case, judges it by the observed facts and remembers the outcome.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::counts::{Purpose, RequestCounts};
use super::excusal::{excused, neighbours};
use super::fire_options::FireOptions;
use super::known_outcomes::KnownOutcomes;
use super::outcome::{Outcome, PushAnswer, accepted, access_trouble, answered};
use super::rendered::Rendered;
use crate::compare::{Finding, Symptom, applicable, compare_content, refusable};
use crate::error::Trouble;
use crate::exchange::client::ProgramRun;
use crate::exchange::{
    Ask, Capabilities, Depth, Exchange, NeedKind, Observation, Questions, Reference, Reply, RequestsByPurpose, Stage,
    State, Transfer,
};
use crate::model::{Content, Versions, decide, decide_client};
use crate::render::Case;
use crate::shape::Shape;
use crate::transport::{Repository, Target};

/// Default of [`Plan::restart_wait`](super::Plan::restart_wait).
pub const RESTART_WAIT: Duration = Duration::from_secs(60);

/// Fires cases at one target and judges the answers, without shrinking.
///
/// # Examples
///
/// ```
/// use manifuzz::engine::Prober;
/// use manifuzz::exchange::Depth;
/// use manifuzz::model::Versions;
/// use manifuzz::render::Case;
/// use manifuzz::transport::{Opening, open};
///
/// let target = open("embedded:clean", &Opening { nonce: "run1".to_owned(), ..Opening::default() })?;
/// let prober = Prober::new(target.as_ref(), Versions::V1_1, Depth::Full)?;
/// let outcome = prober.fire(&Case::of("annotations=one".parse()?), prober.usual());
/// assert!(outcome.accepted() && outcome.findings().is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Prober<'t> {
    target: &'t dyn Target,
    base: Case,
    /// The target's capabilities.
    pub capabilities: Capabilities,
    /// The specification versions to judge by.
    pub versions: Versions,
    /// How much to read back.
    pub depth: Depth,
    restart_wait: Duration,
    outcomes: KnownOutcomes,
    rendered: Rendered,
    counts: RequestCounts,
    contradictions: Mutex<BTreeSet<String>>,
    fired: AtomicUsize,
}

impl<'t> Prober<'t> {
    /// Checks that the target is a registry and probes its capabilities.
    ///
    /// # Errors
    ///
    /// Trouble from [`Target::ping`] or [`Target::capabilities`].
    pub fn new(target: &'t dyn Target, versions: Versions, depth: Depth) -> Result<Self, Trouble> {
        let base = Case::base();
        let with_subject = Case::of("subject=present".parse().expect("a shape of the menu"));
        target.ping(&base.exchange)?;
        let capabilities = target.capabilities(&base.exchange, &with_subject.exchange)?;
        Ok(Self {
            target,
            base,
            capabilities,
            versions,
            depth,
            restart_wait: RESTART_WAIT,
            outcomes: KnownOutcomes::default(),
            rendered: Rendered::default(),
            counts: RequestCounts::default(),
            contradictions: Mutex::default(),
            fired: AtomicUsize::new(0),
        })
    }

    /// The target.
    pub fn target(&self) -> &'t dyn Target {
        self.target
    }

    /// Sets how long to wait for a target that went down.
    #[must_use]
    pub fn waiting(self, restart_wait: Duration) -> Self {
        Self { restart_wait, ..self }
    }

    /// How long to wait for a target that went down.
    pub(super) fn restart_wait(&self) -> Duration {
        self.restart_wait
    }

    /// The case of a shape. Within a block, the cases of hunts are rendered and hashed once.
    pub(super) fn case(&self, shape: &Shape) -> Case {
        self.rendered.case(shape)
    }

    /// Forgets the cases of a block that is over.
    pub(super) fn end_block(&self) {
        self.rendered.clear();
    }

    /// The simplest case, which a working target accepts.
    pub fn base(&self) -> &Case {
        &self.base
    }

    /// The options with which a run fires its cases.
    pub fn usual(&self) -> FireOptions {
        FireOptions { place: Repository::Main, questions: self.depth.into(), purpose: Purpose::Case }
    }

    /// The options to hunt a symptom with: only the requests that it depends on.
    pub fn options(&self, symptom: &Symptom) -> FireOptions {
        self.options_at(symptom.stage)
    }

    /// The options to hunt a symptom at this stage with.
    pub fn options_at(&self, stage: Stage) -> FireOptions {
        let fresh = stage.depends_on_state() && self.capabilities.fresh_repositories;
        let place = if fresh { Repository::Fresh } else { Repository::Main };
        let questions = Questions::from(self.depth).about(stage);
        FireOptions { place, questions, purpose: Purpose::Hunt }
    }

    /// Fires a case without looking up a known outcome, and remembers the outcome.
    pub fn fire(&self, case: &Case, options: FireOptions) -> Outcome {
        let outcome = self.fire_once(case, options);
        self.outcomes.remember(case, options, &outcome);
        outcome
    }

    /// Fires a case without looking up or remembering its outcome.
    pub(super) fn fire_once(&self, case: &Case, options: FireOptions) -> Outcome {
        self.fired.fetch_add(1, Ordering::Relaxed);
        self.judged(&case.exchange, options)
    }

    /// Fires a case once, and judges what was observed by each of these versions.
    pub(super) fn fire_under(
        &self,
        case: &Case,
        options: FireOptions,
        sets: [Versions; 2],
    ) -> Result<[Outcome; 2], Box<Outcome>> {
        let observation = self.observed(&case.exchange, options)?;
        Ok(sets.map(|versions| self.judge_under(&case.exchange, &observation, versions)))
    }

    /// How many cases were fired so far, not counting cached outcomes.
    pub(super) fn fired(&self) -> usize {
        self.fired.load(Ordering::Relaxed)
    }

    /// Whether a case shows a symptom on its own. What is observed in reading back may be caused by another push, so the case is
    /// fired again in a fresh repository, if the target allows that.
    pub fn shows_alone(&self, case: &Case, symptom: &Symptom) -> bool {
        let options = self.options(symptom);
        options.place == Repository::Main || self.fire(case, options).finding(symptom).is_some()
    }

    /// A finding of a case as a run judges it; `None` if a simpler case explains it.
    pub fn excused(&self, case: &Case, finding: &Finding) -> Option<Finding> {
        let options = self.options(&finding.symptom);
        let outcomes = neighbours(&case.shape, finding).into_iter().map(|shape| {
            let outcome = self.ask(&self.case(&shape), options);
            (shape, outcome)
        });
        excused(finding.clone(), outcomes)
    }

    /// The remembered outcome of a case that was asked these questions, and perhaps more.
    pub fn known(&self, case: &Case, options: FireOptions) -> Option<Outcome> {
        self.outcomes.of(case, options)
    }

    /// The remembered outcome of a case, or that of firing it now.
    pub fn ask(&self, case: &Case, options: FireOptions) -> Outcome {
        self.known(case, options).unwrap_or_else(|| self.fire(case, options))
    }

    /// The requests so far, by purpose.
    pub(super) fn counts(&self) -> RequestsByPurpose {
        self.counts.read(self.target.requests())
    }

    fn judged(&self, exchange: &Exchange, options: FireOptions) -> Outcome {
        match self.observed(exchange, options) {
            Ok(observation) => self.judge(exchange, &observation),
            Err(outcome) => *outcome,
        }
    }

    /// Fires an exchange: what was observed, or the outcome if there is nothing to judge.
    pub(super) fn observed(&self, exchange: &Exchange, options: FireOptions) -> Result<Observation, Box<Outcome>> {
        let by_digest =
            matches!(&exchange.tested.reference, Reference::Text(text) if *text == exchange.tested.digest());
        // Manifests that the document points at are pushed by digest.
        let points_at_manifest =
            exchange.needs.iter().any(|need| need.kind != NeedKind::Blob && need.state != State::Absent);
        if (by_digest || points_at_manifest) && !self.capabilities.push_by_digest {
            return Err(Box::new(Outcome::Unsupported));
        }
        if exchange.tested.transfer == Transfer::Chunked && !self.capabilities.http1 {
            return Err(Box::new(Outcome::Unsupported));
        }
        let elsewhere = exchange.needs.iter().any(|need| need.state == State::Elsewhere);
        if elsewhere && !self.capabilities.fresh_repositories {
            return Err(Box::new(Outcome::Unsupported));
        }
        let Some(place) = self.place(exchange, options) else {
            return Err(Box::new(Outcome::Unsupported));
        };
        let fired = self.target.fire(exchange, place, options.questions);
        let observation = fired.map_err(|trouble| Box::new(Outcome::Trouble(trouble)))?;
        self.counts.add(options.purpose, observation.requests);
        if let Some(trouble) = access_trouble(&observation, self.target.name()) {
            return Err(Box::new(Outcome::Trouble(trouble)));
        }
        if let Some(contradiction) = self.capabilities.contradicted_by(&observation) {
            self.contradictions.lock().unwrap_or_else(PoisonError::into_inner).insert(contradiction);
        }
        Ok(observation)
    }

    /// Answers that contradict the probed capabilities, each once.
    pub(super) fn contradictions(&self) -> Vec<String> {
        self.contradictions.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    /// Judges an observation.
    pub(super) fn judge(&self, exchange: &Exchange, observation: &Observation) -> Outcome {
        self.judge_under(exchange, observation, self.versions)
    }

    fn judge_under(&self, exchange: &Exchange, observation: &Observation, versions: Versions) -> Outcome {
        let content = Content::new(exchange, &observation.facts, versions);
        let runs = &observation.runs;
        if !runs.is_empty() && !runs.iter().any(ProgramRun::is_tested) {
            return Outcome::Unsupported;
        }
        let judgement = if runs.is_empty() { decide(&content) } else { decide_client(&content) };
        let findings = compare_content(&content, &judgement, observation, &self.capabilities);
        let (applicable, refusable) = (applicable(&judgement), refusable(&judgement));
        let (answered, body_is_new) = (answered(observation), observation.body_is_new);
        let timeouts = observation.replies.iter().filter(|(_, reply)| matches!(reply, Reply::Hang)).count();
        let (accepted, answer) = (accepted(observation), PushAnswer::of(observation));
        Outcome::Judged { findings, accepted, applicable, refusable, answered, body_is_new, timeouts, answer }
    }

    /// The repository to fire an exchange in: a fresh one if it needs that. `None` if it needs a capability that the target
    /// lacks.
    fn place(&self, exchange: &Exchange, options: FireOptions) -> Option<Repository> {
        let is_fresh = exchange.needs_fresh_repository() && self.capabilities.fresh_repositories;
        let place = if is_fresh { Repository::Fresh } else { options.place };
        let Some(ask) = exchange.afterwards else { return Some(place) };
        let is_supported = match ask {
            Ask::Script(script) => script.needs.is_none_or(|part| self.capabilities.has(part)),
            _ => match ask.stage() {
                Stage::Referrers => self.capabilities.referrers,
                Stage::TagList => self.capabilities.tag_list,
                _ => true,
            },
        };
        let needs_another = ask.changes() || ask.names_another_repository();
        if !is_supported || (needs_another && !self.capabilities.fresh_repositories) {
            return None;
        }
        Some(place)
    }
}

impl std::fmt::Debug for Prober<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Prober").field("target", &self.target.name()).finish_non_exhaustive()
    }
}

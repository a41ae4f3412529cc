//! One case, from shape to findings: render, fire, judge by the observed facts, compare. With a cache.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::outcome::{Outcome, answered, who_may_not};
use crate::compare::{Symptom, applicable, compare};
use crate::error::{Trouble, TroubleKind};
use crate::exchange::{Capabilities, Depth, Exchange, NeedKind, Observation, Reference, Stage, State};
use crate::model::{Party, Versions, judge};
use crate::render::Case;
use crate::shape::Shape;
use crate::transport::{Repository, Target};

/// How a case is fired: what a symptom needs to show itself, and no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FireOptions {
    /// In which repository.
    pub place: Repository,
    /// How far is read back.
    pub depth: Depth,
}

/// How long a target that went down is waited for, unless the plan says otherwise.
pub const RESTART_WAIT: Duration = Duration::from_secs(60);

type Cache = HashMap<([u8; 32], bool, u8), Outcome>;

/// Fires cases at one target and judges what comes back.
pub struct Prober<'t> {
    target: &'t dyn Target,
    base: Case,
    /// What the target can do.
    pub capabilities: Capabilities,
    /// What cases are judged by.
    pub versions: Versions,
    /// How far is read back.
    pub depth: Depth,
    restart_wait: Duration,
    cache: Mutex<Cache>,
    contradictions: Mutex<BTreeSet<String>>,
}

impl<'t> Prober<'t> {
    /// Probes the target's capabilities on the base.
    pub fn new(target: &'t dyn Target, versions: Versions, depth: Depth) -> Result<Self, Trouble> {
        let base = Case::base();
        let with_subject = Case::of("subject=present".parse().unwrap_or_else(|_| Shape::base()));
        target.ping(&base.exchange)?;
        let capabilities = target.capabilities(&base.exchange, &with_subject.exchange)?;
        Ok(Self {
            target,
            base,
            capabilities,
            versions,
            depth,
            restart_wait: RESTART_WAIT,
            cache: Mutex::default(),
            contradictions: Mutex::default(),
        })
    }

    /// The target.
    pub fn target(&self) -> &'t dyn Target {
        self.target
    }

    /// The same, with another time for which a target that went down is waited for.
    #[must_use]
    pub fn waiting(self, restart_wait: Duration) -> Self {
        Self { restart_wait, ..self }
    }

    /// How long a target that went down is waited for.
    pub(super) fn restart_wait(&self) -> Duration {
        self.restart_wait
    }

    /// The simplest case, which a target that works accepts.
    pub fn base(&self) -> &Case {
        &self.base
    }

    /// How the cases of a run are fired.
    pub fn usual(&self) -> FireOptions {
        FireOptions { place: Repository::Main, depth: self.depth }
    }

    /// How a case with this symptom is repeated.
    pub fn options(&self, symptom: &Symptom) -> FireOptions {
        if !symptom.depends_on_state() {
            return FireOptions { place: Repository::Main, depth: Depth::Put };
        }
        let place = if self.capabilities.fresh_repositories { Repository::Fresh } else { Repository::Main };
        FireOptions { place, depth: self.depth }
    }

    /// Fires a case, whatever the cache knows, and remembers what came of it.
    pub fn fire(&self, case: &Case, options: FireOptions) -> Outcome {
        let outcome = self.fire_uncached(case, options);
        // What is in trouble now may not be so the next time.
        if !matches!(outcome, Outcome::Trouble(_)) {
            let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
            cache.insert(place_in_cache(case, options), outcome.clone());
        }
        outcome
    }

    /// Fires a case and remembers nothing of it.
    pub(super) fn fire_uncached(&self, case: &Case, options: FireOptions) -> Outcome {
        self.judged(&case.exchange, options)
    }

    /// Whether a case shows a symptom by itself: what is seen in reading back may be another push's doing, so it is
    /// fired once more where nothing was pushed, as far as the target has such a place.
    pub fn shows_alone(&self, case: &Case, symptom: &Symptom) -> bool {
        let options = self.options(symptom);
        options == self.usual() || self.fire(case, options).finding(symptom).is_some()
    }

    /// What is known of a case that was fired in this options, or read back further.
    pub fn known(&self, case: &Case, options: FireOptions) -> Option<Outcome> {
        let cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        let further = FireOptions { depth: self.depth, ..options };
        [options, further].into_iter().find_map(|options| cache.get(&place_in_cache(case, options)).cloned())
    }

    /// What is known of a case, or what comes of firing it now.
    pub fn ask(&self, case: &Case, options: FireOptions) -> Outcome {
        self.known(case, options).unwrap_or_else(|| self.fire(case, options))
    }

    fn judged(&self, exchange: &Exchange, options: FireOptions) -> Outcome {
        let by_digest =
            matches!(&exchange.tested.reference, Reference::Text(text) if *text == exchange.tested.digest());
        // A manifest that the document points at is pushed by its digest.
        let points_at_manifest =
            exchange.needs.iter().any(|need| need.kind != NeedKind::Blob && need.state != State::Absent);
        if (by_digest || points_at_manifest) && !self.capabilities.push_by_digest {
            return Outcome::Unsupported;
        }
        let elsewhere = exchange.needs.iter().any(|need| need.state == State::Elsewhere);
        if elsewhere && !self.capabilities.fresh_repositories {
            return Outcome::Unsupported;
        }
        let Some(place) = self.place(exchange, options) else { return Outcome::Unsupported };
        let observation = match self.target.fire(exchange, place, options.depth) {
            Ok(observation) => observation,
            Err(trouble) => return Outcome::Trouble(trouble),
        };
        if let Some(trouble) = self.not_let_in(&observation) {
            return Outcome::Trouble(trouble);
        }
        if let Some(contradiction) = self.capabilities.contradicted_by(&observation) {
            self.contradictions.lock().unwrap_or_else(PoisonError::into_inner).insert(contradiction);
        }
        self.judge(exchange, &observation)
    }

    /// What later answers showed against what was found out about the target's capabilities, each once.
    pub(super) fn contradictions(&self) -> Vec<String> {
        self.contradictions.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    /// What an observation shows.
    pub(super) fn judge(&self, exchange: &Exchange, observation: &Observation) -> Outcome {
        let judgement = judge(exchange, &observation.facts, Party::Registry, self.versions);
        let findings = compare(exchange, &judgement, observation, &self.capabilities, self.versions);
        let applicable = applicable(&judgement);
        let (answered, body_is_new) = (answered(observation), observation.body_is_new);
        Outcome::Judged { findings, accepted: observation.accepted(), applicable, answered, body_is_new }
    }

    /// Where an exchange is fired: what changes more than its own tag, in a repository of its own. `None` if it
    /// needs what the target lacks.
    fn place(&self, exchange: &Exchange, options: FireOptions) -> Option<Repository> {
        let Some(ask) = exchange.afterwards else { return Some(options.place) };
        let has = &self.capabilities;
        let can = match ask.stage() {
            Stage::Referrers => has.referrers,
            Stage::TagList => has.tag_list,
            _ => true,
        };
        let needs_another = ask.changes() || ask.names_another_repository();
        if !can || (needs_another && !has.fresh_repositories) {
            return None;
        }
        Some(if ask.changes() { Repository::Fresh } else { options.place })
    }

    /// 401 and 429 say nothing about the content, wherever they come.
    fn not_let_in(&self, observation: &Observation) -> Option<Trouble> {
        let (probe, status) = who_may_not(observation)?;
        let (attempted, cause) = (format!("a request ({probe:?})"), format!("it was answered with {status}"));
        Some(Trouble::new(TroubleKind::of_status(status), attempted, self.target.name(), cause))
    }
}

/// Answers are cached by rendered exchange, fresh names left out.
fn place_in_cache(case: &Case, options: FireOptions) -> ([u8; 32], bool, u8) {
    (case.fingerprint, options.place == Repository::Fresh, options.depth as u8)
}

impl std::fmt::Debug for Prober<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Prober").field("target", &self.target.name()).finish_non_exhaustive()
    }
}

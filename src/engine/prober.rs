//! One case, from shape to findings: render, fire, judge by the observed facts, compare. With a cache.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::outcome::{Outcome, answered, who_may_not};
use crate::compare::{Symptom, compare, speaking};
use crate::error::{Trouble, TroubleKind};
use crate::exchange::{Capabilities, Depth, Exchange, NeedKind, Observation, Reference, Stage, State};
use crate::model::{Party, Versions, judge};
use crate::render::Case;
use crate::shape::Shape;
use crate::transport::{Place, Target};

/// How a case is fired: what a symptom needs to show itself, and no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Manner {
    /// In which repository.
    pub place: Place,
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
    pub fn usual(&self) -> Manner {
        Manner { place: Place::Main, depth: self.depth }
    }

    /// How a case with this symptom is repeated.
    pub fn manner(&self, symptom: &Symptom) -> Manner {
        if !symptom.depends_on_state() {
            return Manner { place: Place::Main, depth: Depth::Put };
        }
        let place = if self.capabilities.fresh_repositories { Place::Fresh } else { Place::Main };
        Manner { place, depth: self.depth }
    }

    /// Fires a case, whatever the cache knows, and remembers what came of it.
    pub fn fire(&self, case: &Case, manner: Manner) -> Outcome {
        let outcome = self.fire_uncached(case, manner);
        // What is in trouble now may not be so the next time.
        if !matches!(outcome, Outcome::Trouble(_)) {
            let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
            cache.insert(place_in_cache(case, manner), outcome.clone());
        }
        outcome
    }

    /// Fires a case and remembers nothing of it.
    pub(super) fn fire_uncached(&self, case: &Case, manner: Manner) -> Outcome {
        self.judged(&case.exchange, manner)
    }

    /// Whether a case shows a symptom by itself: what is seen in reading back may be another push's doing, so it is
    /// fired once more where nothing was pushed, as far as the target has such a place.
    pub fn shows_alone(&self, case: &Case, symptom: &Symptom) -> bool {
        let manner = self.manner(symptom);
        manner == self.usual() || self.fire(case, manner).finding(symptom).is_some()
    }

    /// What is known of a case that was fired in this manner, or read back further.
    pub fn known(&self, case: &Case, manner: Manner) -> Option<Outcome> {
        let cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        let further = Manner { depth: self.depth, ..manner };
        [manner, further].into_iter().find_map(|manner| cache.get(&place_in_cache(case, manner)).cloned())
    }

    /// What is known of a case, or what comes of firing it now.
    pub fn ask(&self, case: &Case, manner: Manner) -> Outcome {
        self.known(case, manner).unwrap_or_else(|| self.fire(case, manner))
    }

    fn judged(&self, exchange: &Exchange, manner: Manner) -> Outcome {
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
        let Some(place) = self.place(exchange, manner) else { return Outcome::Unsupported };
        let observation = match self.target.fire(exchange, place, manner.depth) {
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
        let speaking = speaking(&judgement);
        let (answered, body_is_new) = (answered(observation), observation.body_is_new);
        Outcome::Judged { findings, accepted: observation.accepted(), speaking, answered, body_is_new }
    }

    /// Where an exchange is fired: what changes more than its own tag, in a repository of its own. `None` if it
    /// needs what the target lacks.
    fn place(&self, exchange: &Exchange, manner: Manner) -> Option<Place> {
        let Some(ask) = exchange.afterwards else { return Some(manner.place) };
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
        Some(if ask.changes() { Place::Fresh } else { manner.place })
    }

    /// 401 and 429 say nothing about the content, wherever they come.
    fn not_let_in(&self, observation: &Observation) -> Option<Trouble> {
        let (probe, status) = who_may_not(observation)?;
        let (attempted, cause) = (format!("a request ({probe:?})"), format!("it was answered with {status}"));
        Some(Trouble::new(TroubleKind::of_status(status), attempted, self.target.name(), cause))
    }
}

/// Answers are cached by rendered exchange, fresh names left out.
fn place_in_cache(case: &Case, manner: Manner) -> ([u8; 32], bool, u8) {
    (case.fingerprint, manner.place == Place::Fresh, manner.depth as u8)
}

impl std::fmt::Debug for Prober<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Prober").field("target", &self.target.name()).finish_non_exhaustive()
    }
}

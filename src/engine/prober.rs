//! One case, from shape to findings: render, fire, judge by the observed facts, compare. With a cache.

use std::collections::HashMap;
use std::sync::Mutex;

use crate::compare::{Finding, Symptom, compare, speaking};
use crate::error::{Trouble, TroubleKind};
use crate::exchange::{Capabilities, Depth, Exchange, NeedKind, Observation, Probe, Reference, Stage, State};
use crate::render::Case;
use crate::spec::{Party, Versions, judge};
use crate::target::{Place, Target};

/// What came of one case.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// It could be judged.
    Judged {
        /// Every way in which it departs from the expectation.
        findings: Vec<Finding>,
        /// Whether the tested request was accepted.
        accepted: bool,
        /// The rules that speak for accepting it.
        speaking: Vec<&'static str>,
    },
    /// It needs a capability that the target lacks.
    Unsupported,
    /// The target could not be asked, or it did not let us in.
    Trouble(Trouble),
}

impl Outcome {
    /// The finding with this symptom.
    pub fn finding(&self, symptom: &Symptom) -> Option<&Finding> {
        match self {
            Self::Judged { findings, .. } => findings.iter().find(|finding| finding.symptom == *symptom),
            _ => None,
        }
    }

    /// Whether the tested request was accepted.
    pub fn accepted(&self) -> bool {
        matches!(self, Self::Judged { accepted: true, .. })
    }
}

/// How a case is fired: what a symptom needs to show itself, and no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Manner {
    /// In which repository.
    pub place: Place,
    /// How far is read back.
    pub depth: Depth,
}

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
    cache: Mutex<Cache>,
}

impl<'t> Prober<'t> {
    /// Probes the target's capabilities on the base.
    pub fn new(target: &'t dyn Target, versions: Versions, depth: Depth) -> Result<Self, Trouble> {
        let base = Case::base();
        let capabilities = target.capabilities(&base.exchange)?;
        Ok(Self { target, base, capabilities, versions, depth, cache: Mutex::new(HashMap::new()) })
    }

    /// The target.
    pub fn target(&self) -> &'t dyn Target {
        self.target
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
        let outcome = self.judged(&case.exchange, manner);
        // What is in trouble now may not be so the next time.
        if !matches!(outcome, Outcome::Trouble(_)) {
            let mut cache = self.cache.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            cache.insert(place_in_cache(case, manner), outcome.clone());
        }
        outcome
    }

    /// Whether a case shows a symptom by itself: what is seen in reading back may be another push's doing, so it is
    /// fired once more where nothing was pushed, as far as the target has such a place.
    pub fn shows_alone(&self, case: &Case, symptom: &Symptom) -> bool {
        let manner = self.manner(symptom);
        manner == self.usual() || self.fire(case, manner).finding(symptom).is_some()
    }

    /// What is known of a case that was fired in this manner, or read back further.
    pub fn known(&self, case: &Case, manner: Manner) -> Option<Outcome> {
        let cache = self.cache.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
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
        let judgement = judge(exchange, &observation.facts, Party::Registry, self.versions);
        let findings = compare(exchange, &judgement, &observation, &self.capabilities, self.versions);
        let speaking = speaking(&judgement);
        Outcome::Judged { findings, accepted: observation.accepted(), speaking }
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

/// The request that was answered with 401 or 429: about who asks and how often, not about what is asked.
pub(super) fn who_may_not(observation: &Observation) -> Option<(&Probe, u16)> {
    let mut answers = observation.answers().map(|(probe, answer)| (probe, answer.status));
    answers.find(|(_, status)| matches!(status, 401 | 429))
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

/// Whether a reply makes it doubtful which of the cases in flight it belongs to, or whether the target lives.
pub(super) fn is_doubtful(outcome: &Outcome) -> bool {
    use crate::spec::Class;
    match outcome {
        Outcome::Judged { findings, .. } => findings.iter().any(|finding| {
            matches!(finding.symptom.class, Class::Dropped | Class::Hang | Class::ServerError)
                || finding.symptom.status == Some(403)
        }),
        Outcome::Trouble(_) => true,
        Outcome::Unsupported => false,
    }
}

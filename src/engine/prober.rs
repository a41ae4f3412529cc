//! One case, from shape to findings: render, fire, judge by the observed facts, compare. With a cache.

use std::collections::HashMap;
use std::sync::Mutex;

use crate::compare::{Finding, Symptom, compare};
use crate::error::Trouble;
use crate::exchange::{Capabilities, Depth, Exchange, Observation, Reference};
use crate::render::render;
use crate::shape::Shape;
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

type Cache = HashMap<([u8; 32], bool), Outcome>;

/// Fires cases at one target and judges what comes back.
pub struct Prober<'t> {
    target: &'t dyn Target,
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
        let capabilities = target.capabilities(&render(&Shape::base()))?;
        Ok(Self { target, capabilities, versions, depth, cache: Mutex::new(HashMap::new()) })
    }

    /// The target.
    pub fn target(&self) -> &'t dyn Target {
        self.target
    }

    /// Where a case with this symptom is repeated.
    pub fn place(&self, symptom: &Symptom) -> Place {
        if symptom.depends_on_state() && self.capabilities.fresh_repositories { Place::Fresh } else { Place::Main }
    }

    /// Fires a case, whatever the cache knows, and remembers what came of it.
    pub fn fire(&self, shape: &Shape, place: Place) -> Outcome {
        let exchange = render(shape);
        let outcome = self.judged(&exchange, place);
        // What is in trouble now may not be so the next time.
        if !matches!(outcome, Outcome::Trouble(_)) {
            self.remember(&exchange, place, &outcome);
        }
        outcome
    }

    /// What is known of a case.
    pub fn known(&self, shape: &Shape, place: Place) -> Option<Outcome> {
        let key = (render(shape).fingerprint(), place == Place::Fresh);
        self.cache.lock().unwrap_or_else(std::sync::PoisonError::into_inner).get(&key).cloned()
    }

    /// What is known of a case, or what comes of firing it now.
    pub fn ask(&self, shape: &Shape, place: Place) -> Outcome {
        self.known(shape, place).unwrap_or_else(|| self.fire(shape, place))
    }

    pub(super) fn remember(&self, exchange: &Exchange, place: Place, outcome: &Outcome) {
        let key = (exchange.fingerprint(), place == Place::Fresh);
        self.cache.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(key, outcome.clone());
    }

    fn judged(&self, exchange: &Exchange, place: Place) -> Outcome {
        let by_digest = matches!(&exchange.tested.reference, Reference::Text(text) if *text == exchange.tested.digest);
        if by_digest && !self.capabilities.push_by_digest {
            return Outcome::Unsupported;
        }
        let observation = match self.target.fire(exchange, place, self.depth) {
            Ok(observation) => observation,
            Err(trouble) => return Outcome::Trouble(trouble),
        };
        if let Some(trouble) = self.not_let_in(&observation) {
            return Outcome::Trouble(trouble);
        }
        let judgement = judge(exchange, &observation.facts, Party::Registry, self.versions);
        let findings = compare(exchange, &judgement, &observation, &self.capabilities, self.versions);
        Outcome::Judged { findings, accepted: observation.accepted() }
    }

    /// 401 and 429 say nothing about the content, wherever they come.
    fn not_let_in(&self, observation: &Observation) -> Option<Trouble> {
        let (probe, status) = observation.replies.iter().find_map(|(probe, reply)| {
            let status = reply.answer()?.status;
            matches!(status, 401 | 429).then_some((probe, status))
        })?;
        let advice = if status == 401 { "give credentials that may push here" } else { "lower the rate and try again" };
        Some(Trouble {
            attempted: format!("a request ({probe:?})"),
            host: self.target.name().to_owned(),
            cause: format!("it was answered with {status}"),
            advice: advice.to_owned(),
        })
    }
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

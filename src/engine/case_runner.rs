//! Judges and shrinks one case at a time, for fuzz targets and `manifuzz shrink`.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::batch::ToFire;
use super::doubt::{Believed, Firing, Loss};
use super::hunter::Hunt;
use super::known::KnownSmallest;
use super::limits::Limits;
use super::minimal::{Hunted, MinimalFinding};
use super::outcome::Outcome;
use super::probe_budget::ProbeBudget;
use super::prober::Prober;
use super::sink::{Event, Silent, Sink};
use crate::compare::Finding;
use crate::error::{Error, Trouble, TroubleKind};
use crate::exchange::{Budget, Depth};
use crate::model::Versions;
use crate::render::Case;
use crate::shape::Shape;
use crate::transport::Target;

/// Judges and shrinks single cases on one target. Remembers the smallest cases it found, and does not report them again.
///
/// # Examples
///
/// ```
/// use manifuzz::engine::CaseRunner;
/// use manifuzz::exchange::Depth;
/// use manifuzz::model::Versions;
/// use manifuzz::registry::{Params, Profile};
/// use manifuzz::transport::{Opening, embedded};
///
/// let profile = Profile::clean().plant("refuses-annotations", Params::default())?;
/// let target = embedded(&profile, &Opening { nonce: "run1".to_owned(), ..Opening::default() });
/// let mut runner = CaseRunner::new(target.as_ref(), Versions::V1_1, Depth::Full)?;
/// let found = runner.case(&"annotations=one;layers=two".parse()?)?;
/// assert_eq!(found[0].shape.to_string(), "annotations=one");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct CaseRunner<'t> {
    prober: Prober<'t>,
    known: KnownSmallest,
    stop: Arc<AtomicBool>,
    time: Option<Duration>,
    sending: Budget,
    /// Some finding was not reproduced.
    flaky: bool,
    /// Limits hunts, if set.
    budget: Option<ProbeBudget>,
    /// The findings returned unshrunk because the budget was used up.
    unshrunk: KnownSmallest,
}

/// A case that was fired and judged.
#[derive(Clone, Debug)]
pub struct FiredCase {
    case: Case,
    findings: Vec<Finding>,
    /// The target was given up: its suspects.
    suspects: Vec<MinimalFinding>,
}

impl FiredCase {
    /// What the case shows, known or not.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }
}

/// The most questions about how far the finding of a single case goes.
const EXPLAIN: usize = 40;

/// Appended to the note if the probe budget did not allow a hunt.
const OVER_BUDGET: &str = "; not shrunk: the probe budget was used up";

impl<'t> CaseRunner<'t> {
    /// Checks that the target is a registry and probes its capabilities.
    ///
    /// # Errors
    ///
    /// Trouble from [`Target::ping`] or [`Target::capabilities`].
    pub fn new(target: &'t dyn Target, versions: Versions, depth: Depth) -> Result<Self, Trouble> {
        Ok(Self {
            prober: Prober::new(target, versions, depth)?,
            known: KnownSmallest::default(),
            stop: Arc::new(AtomicBool::new(false)),
            time: None,
            sending: Budget::default(),
            flaky: false,
            budget: None,
            unshrunk: KnownSmallest::default(),
        })
    }

    /// Ends each case when `stop` is set or after `time`, with what was found by then.
    #[must_use]
    pub fn within(self, stop: Arc<AtomicBool>, time: Option<Duration>) -> Self {
        Self { stop, time, ..self }
    }

    /// Ends each case also when so much was sent to the target.
    #[must_use]
    pub fn sending_at_most(self, sending: Budget) -> Self {
        Self { sending, ..self }
    }

    /// Limits hunts to this many probes for each thousand cases, on average. A finding beyond that is returned as it was seen, with
    /// the reason in its note, and is hunted when another case shows it.
    #[must_use]
    pub fn with_budget(self, probes: usize) -> Self {
        Self { budget: Some(ProbeBudget::per_thousand_cases(probes)), ..self }
    }

    /// Empties the caches and probes the target's capabilities again, for a target that was emptied or replaced. Known smallest
    /// cases are kept.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new); the caches are kept then.
    pub fn renew(&mut self) -> Result<(), Trouble> {
        let prober = Prober::new(self.target(), self.prober.versions, self.prober.depth)?;
        self.prober = prober.waiting(self.prober.restart_wait());
        Ok(())
    }

    /// Continues in another repository below the given one, if the target allows that, so that lists stay short.
    pub fn rotate(&self) {
        if self.prober.capabilities.fresh_repositories {
            self.target().rotate();
        }
    }

    /// The target.
    pub fn target(&self) -> &'t dyn Target {
        self.prober.target()
    }

    /// Fires a case and shrinks each of its findings that known smallest cases do not explain.
    ///
    /// # Errors
    ///
    /// [`Error::Trouble`] if the case could not be tested.
    pub fn case(&mut self, shape: &Shape) -> Result<Vec<MinimalFinding>, Error> {
        self.case_told(shape, &mut Silent)
    }

    /// As [`case`](Self::case), reporting progress to `sink`.
    ///
    /// # Errors
    ///
    /// As [`case`](Self::case), and any error that the sink returns.
    pub fn case_told(&mut self, shape: &Shape, sink: &mut dyn Sink) -> Result<Vec<MinimalFinding>, Error> {
        let fired = self.fire_told(shape, sink)?;
        self.pursue_told(fired, sink)
    }

    /// Fires and judges a case; [`pursue`](Self::pursue) does the rest of [`case`](Self::case).
    ///
    /// # Errors
    ///
    /// [`Error::Trouble`] if the case could not be tested.
    pub fn fire(&mut self, shape: &Shape) -> Result<FiredCase, Error> {
        self.fire_told(shape, &mut Silent)
    }

    /// Shrinks each finding of a case that known smallest cases do not explain.
    ///
    /// # Errors
    ///
    /// As [`case`](Self::case).
    pub fn pursue(&mut self, fired: FiredCase) -> Result<Vec<MinimalFinding>, Error> {
        self.pursue_told(fired, &mut Silent)
    }

    fn fire_told(&mut self, shape: &Shape, sink: &mut dyn Sink) -> Result<FiredCase, Error> {
        self.prober.end_block();
        if let Some(budget) = &mut self.budget {
            budget.earn();
        }
        let case = self.prober.case(shape);
        let (outcome, suspects) = self.outcome(&case, sink)?;
        let findings = match outcome {
            Some(Outcome::Judged { findings, .. }) => findings,
            Some(Outcome::Trouble(trouble)) => return Err(trouble.into()),
            Some(Outcome::Unsupported) | None => Vec::new(),
        };
        Ok(FiredCase { case, findings, suspects })
    }

    /// The outcome of a case, and suspects if the target was given up.
    fn outcome(&self, case: &Case, sink: &mut dyn Sink) -> Result<(Option<Outcome>, Vec<MinimalFinding>), Error> {
        let (prober, options) = (&self.prober, self.prober.usual());
        if let Some(outcome) = prober.known(case, options) {
            return Ok((Some(outcome), Vec::new()));
        }
        let limits = Limits::new(&self.stop, self.time).with_budget(self.target(), self.sending);
        let firing = Firing { prober, options, jobs: 1, limits, known: &self.known, sought: None };
        let block = [ToFire { case: case.clone(), questions: options.questions, is_drawn: false }];
        let Believed { mut outcomes, loss, .. } = firing.fire(&block, &|| limits.are_over(), sink)?;
        let mut found = Vec::new();
        if let Some(Loss { why, suspects }) = loss {
            found.extend(suspects.into_iter().map(|(_, finding)| MinimalFinding::as_seen(&case.shape, finding, 0)));
            sink.take(self.target(), Event::Lost(&why))?;
            if found.is_empty() {
                let (host, attempted) = (self.target().name(), format!("pushing {case}"));
                return Err(Trouble::new(TroubleKind::Unreachable, attempted, host, why).into());
            }
        }
        Ok((outcomes.pop().flatten(), found))
    }

    fn pursue_told(&mut self, fired: FiredCase, sink: &mut dyn Sink) -> Result<Vec<MinimalFinding>, Error> {
        let FiredCase { case, findings, suspects: mut found } = fired;
        let stop = Arc::clone(&self.stop);
        let limits = Limits::new(&stop, self.time).with_budget(self.target(), self.sending);
        for finding in findings {
            let Some((left, shown)) = self.known.remainder(&self.prober, &case, &finding) else { continue };
            if self.budget.as_ref().is_some_and(|budget| !budget.has_some()) {
                found.extend(self.as_seen(&left.shape, shown));
                continue;
            }
            let before = self.prober.fired();
            // A fuzzer spends its budget on finding more.
            let explain = if self.budget.is_some() { 0 } else { EXPLAIN };
            let hunt = Hunt { prober: &self.prober, jobs: 1, shrink: true, explain, limits, flaky: self.flaky };
            let hunted = self.known.pursue(&hunt, &left, &shown, sink)?;
            if let Some(budget) = &mut self.budget {
                budget.spend(self.prober.fired() - before);
            }
            match hunted {
                Some(Hunted::Found(one)) => found.push(*one),
                Some(Hunted::Gone) => self.flaky = true,
                Some(Hunted::Lost(all, why)) => {
                    found.extend(all);
                    sink.take(self.target(), Event::Lost(&why))?;
                    break;
                }
                Some(Hunted::Explained(_) | Hunted::NeedsHistory) | None => {}
            }
        }
        Ok(found)
    }

    /// A finding that the budget does not allow to hunt; `None` if one like it was returned before.
    fn as_seen(&mut self, shape: &Shape, mut finding: Finding) -> Option<MinimalFinding> {
        let symptom = finding.symptom.clone();
        if self.unshrunk.overlaps(shape, &symptom) {
            return None;
        }
        self.unshrunk.add(symptom, shape.clone());
        finding.note.push_str(OVER_BUDGET);
        Some(MinimalFinding::as_seen(shape, finding, 0))
    }
}

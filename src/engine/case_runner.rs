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
use super::prober::Prober;
use super::sink::{Event, Silent, Sink};
use crate::error::{Error, Trouble, TroubleKind};
use crate::exchange::Depth;
use crate::model::Versions;
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
    /// Some finding was not reproduced.
    flaky: bool,
}

impl<'t> CaseRunner<'t> {
    /// Checks that the target is a registry and probes its capabilities.
    ///
    /// # Errors
    ///
    /// Trouble from [`Target::ping`] or [`Target::capabilities`].
    pub fn new(target: &'t dyn Target, versions: Versions, depth: Depth) -> Result<Self, Trouble> {
        let (stop, known) = (Arc::new(AtomicBool::new(false)), KnownSmallest::default());
        Ok(Self { prober: Prober::new(target, versions, depth)?, known, stop, time: None, flaky: false })
    }

    /// Ends each case when `stop` is set or after `time`, with what was found by then.
    #[must_use]
    pub fn within(self, stop: Arc<AtomicBool>, time: Option<Duration>) -> Self {
        Self { stop, time, ..self }
    }

    /// The target.
    pub fn target(&self) -> &'t dyn Target {
        self.prober.target()
    }

    /// Fires a case and shrinks each of its findings that is not explained by a known smallest case.
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
        self.prober.end_block();
        let case = self.prober.case(shape);
        let stop = Arc::clone(&self.stop);
        let limits = Limits::new(&stop, self.time);
        let mut found = Vec::new();
        let outcome = match self.prober.known(&case, self.prober.usual()) {
            Some(outcome) => Some(outcome),
            None => {
                let (prober, options) = (&self.prober, self.prober.usual());
                let firing = Firing { prober, options, jobs: 1, limits, known: &self.known, sought: None };
                let block = [ToFire { case: case.clone(), questions: options.questions, is_drawn: false }];
                let Believed { mut outcomes, loss, .. } = firing.fire(&block, &|| limits.are_over(), sink)?;
                if let Some(Loss { why, suspects }) = loss {
                    found.extend(suspects.into_iter().map(|(_, finding)| MinimalFinding::as_seen(shape, finding, 0)));
                    sink.take(self.target(), Event::Lost(&why))?;
                    if found.is_empty() {
                        let (host, attempted) = (self.target().name(), format!("pushing {shape}"));
                        return Err(Trouble::new(TroubleKind::Unreachable, attempted, host, why).into());
                    }
                }
                outcomes.pop().flatten()
            }
        };
        let findings = match outcome {
            Some(Outcome::Judged { findings, .. }) => findings,
            Some(Outcome::Trouble(trouble)) => return Err(trouble.into()),
            Some(Outcome::Unsupported) | None => return Ok(found),
        };
        for finding in findings {
            let hunt = Hunt { prober: &self.prober, jobs: 1, shrink: true, limits, flaky: self.flaky };
            match self.known.pursue(&hunt, &case, &finding, sink)? {
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
}

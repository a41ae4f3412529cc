//! One case at a time: what a fuzzer and `manifuzz shrink` drive.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::doubt::{Believed, Firing, Loss};
use super::hunt::{Hunt, Hunted, MinimalFinding};
use super::known::KnownSmallest;
use super::limits::Limits;
use super::outcome::Outcome;
use super::prober::Prober;
use super::sink::{Event, Silent, Sink};
use crate::error::{Error, Trouble, TroubleKind};
use crate::exchange::Depth;
use crate::model::Versions;
use crate::render::Case;
use crate::shape::Shape;
use crate::transport::Target;

/// Judges and shrinks single cases on one target, and knows what it found before.
#[derive(Debug)]
pub struct CaseRunner<'t> {
    prober: Prober<'t>,
    known: KnownSmallest,
    stop: Arc<AtomicBool>,
    time: Option<Duration>,
    /// Some finding did not come again.
    flaky: bool,
}

impl<'t> CaseRunner<'t> {
    /// Probes the target's capabilities on the base.
    pub fn new(target: &'t dyn Target, versions: Versions, depth: Depth) -> Result<Self, Trouble> {
        let (stop, known) = (Arc::new(AtomicBool::new(false)), KnownSmallest::default());
        Ok(Self { prober: Prober::new(target, versions, depth)?, known, stop, time: None, flaky: false })
    }

    /// Ends each case when `stop` says so, or after `time`, with what was found by then.
    #[must_use]
    pub fn within(self, stop: Arc<AtomicBool>, time: Option<Duration>) -> Self {
        Self { stop, time, ..self }
    }

    /// The target.
    pub fn target(&self) -> &'t dyn Target {
        self.prober.target()
    }

    /// Fires a case and shrinks each of its findings that no known smallest case explains.
    pub fn case(&mut self, shape: &Shape) -> Result<Vec<MinimalFinding>, Error> {
        self.case_told(shape, &mut Silent)
    }

    /// The same, and tells `sink` how it goes.
    pub fn case_told(&mut self, shape: &Shape, sink: &mut dyn Sink) -> Result<Vec<MinimalFinding>, Error> {
        let case = Case::of(shape.clone());
        let stop = Arc::clone(&self.stop);
        let limits = Limits::new(&stop, self.time);
        let mut found = Vec::new();
        let outcome = match self.prober.known(&case, self.prober.usual()) {
            Some(outcome) => Some(outcome),
            None => {
                let (prober, options) = (&self.prober, self.prober.usual());
                let firing = Firing { prober, options, jobs: 1, limits, known: &self.known, sought: None };
                let block = [case.clone()];
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
            if self.known.explains(shape, &finding.symptom) {
                continue;
            }
            let hunt = Hunt { prober: &self.prober, jobs: 1, shrink: true, limits, flaky: self.flaky };
            match hunt.down(&case, &finding, sink)? {
                Hunted::MinimalFinding(one) => {
                    self.known.add(finding.symptom, one.shape.clone());
                    found.push(*one);
                }
                Hunted::Explained(smallest) => self.known.add(finding.symptom, smallest),
                Hunted::OfHistory => {}
                Hunted::Gone => self.flaky = true,
                Hunted::Lost(all, why) => {
                    found.extend(all);
                    sink.take(self.target(), Event::Lost(&why))?;
                    break;
                }
            }
        }
        Ok(found)
    }
}

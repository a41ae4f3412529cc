//! Fires a recorded finding again and says whether the target still shows it: what `replay` and `run --baseline` have in common.

use super::run::{lost, waiting};
use super::tell;
use crate::compare::{Finding, Symptom};
use crate::engine::{Event, Replayed, Replayer, Sink};
use crate::error::{Error, Trouble};
use crate::exchange::Stage;
use crate::findings::key;
use crate::model::Class;
use crate::shape::Shape;
use crate::transport::Target;

/// A finding as it was recorded.
#[derive(Clone, Copy, Debug)]
pub(super) struct Recorded<'r> {
    /// The case.
    pub shape: &'r Shape,
    /// The key, whose first word is the stage.
    pub key: &'r str,
}

/// What firing it once showed.
#[derive(Debug)]
pub(super) enum Shown {
    /// The finding.
    Same,
    /// The finding, but not when the case was repeated at once.
    Once,
    /// Not the finding, but these.
    Others(Vec<Finding>),
    /// It could not be tested: the target lacks a capability that it needs.
    Unsupported,
    /// It could not be tested.
    Trouble(Trouble),
    /// The target was given up after the case, which showed the finding or did not.
    Lost { is_shown: bool, why: String },
    /// The command was asked to stop.
    Interrupted,
}

impl Recorded<'_> {
    /// The stage at which it was observed.
    pub fn stage(&self) -> Stage {
        let name = self.key.split(' ').next().unwrap_or_default();
        Stage::named(name).unwrap_or(Stage::ManifestPut)
    }

    /// Fires the case once.
    pub fn fire(&self, replayer: &Replayer<'_>) -> Result<Shown, Error> {
        let is_shown = |findings: &[Finding]| findings.iter().any(|finding| self.is(&finding.symptom));
        Ok(match replayer.fire(self.shape, self.stage(), &mut Waits)? {
            Replayed::Judged { findings, .. } if is_shown(&findings) => Shown::Same,
            Replayed::Judged { gone, .. } if gone.iter().any(|symptom| self.is(symptom)) => Shown::Once,
            Replayed::Judged { findings, .. } => Shown::Others(findings),
            Replayed::Unsupported => Shown::Unsupported,
            Replayed::Trouble(trouble) => Shown::Trouble(trouble),
            Replayed::Lost { findings, why } => Shown::Lost { is_shown: is_shown(&findings), why },
            Replayed::Interrupted => Shown::Interrupted,
        })
    }

    /// Whether a symptom of the case is the recorded one. What was late was absent when it was first requested.
    pub fn is(&self, symptom: &Symptom) -> bool {
        let late = Symptom { class: Class::Late, ..symptom.clone() };
        [symptom, &late].into_iter().any(|symptom| {
            // The key of a finding that was not shrunk has the whole text of its case.
            key(symptom, self.shape) == self.key || format!("{symptom} {}", self.shape) == self.key
        })
    }
}

/// Says when the target is waited for.
pub(super) struct Waits;

impl Sink for Waits {
    fn take(&mut self, target: &dyn Target, event: Event<'_>) -> Result<(), Error> {
        match event {
            Event::Waiting { failing, most } => tell(waiting(target, failing, most)),
            Event::Lost(why) => tell(lost(target, why)),
            _ => {}
        }
        Ok(())
    }
}
